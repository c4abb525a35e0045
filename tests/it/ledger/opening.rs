//! Opening a ledger: what a rebuild in parts makes is what folding the events one by one makes.

use std::sync::Arc;

use bytes::Bytes;
use entente::clock::Clock;
use entente::domain::{Docket, Event, Instant, Position, Slug, Subject};
use entente::ledger::{LedgerError, Ledgers};
use entente::store::{Catalog, Log, MemoryCatalog};
use prost::Message as _;

use super::{new_ledger, request};
use crate::grpc::sample::{signed, statement};

/// More than three of the parts that a rebuild is made in, and not a whole number of them.
const EVENTS: u64 = 14_000;

fn deal() -> Slug {
    Slug::parse("deal").unwrap()
}

/// A store with a ledger of so many events, each about something else than the one before it.
fn recorded() -> (Arc<dyn Catalog>, Arc<dyn Log>) {
    let catalog: Arc<dyn Catalog> = Arc::new(MemoryCatalog::new());
    let (ledgers, ledger) = new_ledger(catalog.clone());
    drop((ledgers, ledger));
    let log = catalog.open("deal").unwrap();
    let at = Instant::parse(crate::server::NOON).unwrap();
    let entries: Vec<Bytes> = (2..=EVENTS)
        .map(|position| {
            let submission = match position {
                2 => signed("ledgers/deal"),
                _ => statement("ledgers/deal", u32::try_from(position).unwrap()),
            };
            let event = Event {
                position: Position::new(position),
                recorded_at: at.plus_seconds(i64::try_from(position / 100).unwrap()),
                recorded_by: super::text("somebody"),
                append_through: Position::new(position),
                submission: request(&submission).submissions.remove(0),
            };
            entente::wire::event_to_proto(&event, &deal()).encode_to_vec().into()
        })
        .collect();
    log.append(Position::new(1), &entries).unwrap();
    (catalog, log)
}

fn opened(catalog: Arc<dyn Catalog>) -> Result<Ledgers, LedgerError> {
    let (clock, _) = Clock::by_hand(Instant::parse(crate::server::NOON).unwrap());
    Ledgers::open(catalog, clock)
}

fn stored(log: &dyn Log, after: u64) -> Vec<Event> {
    let limits = entente::store::ReadLimits { entries: usize::MAX, bytes: usize::MAX };
    let page = log.read(Position::new(after), limits).unwrap();
    let decode = |bytes: &Bytes| entente::proto::v1::Event::decode(bytes.clone()).unwrap();
    page.entries.iter().map(|(_, bytes)| entente::wire::event_from_proto(&decode(bytes), &deal()).unwrap()).collect()
}

#[test]
fn a_rebuild_in_parts_is_what_folding_one_by_one_makes() {
    let (catalog, log) = recorded();
    let ledgers = opened(catalog).unwrap();
    let ledger = ledgers.get(&deal()).unwrap();
    let mut expected = Docket::new();
    stored(&*log, 0).into_iter().for_each(|event| expected.fold(Arc::new(event)));
    let docket = ledger.docket();
    assert_eq!((docket.head(), ledger.head()), (Position::new(EVENTS), Position::new(EVENTS)));
    let instrument = Subject::parse("ledgers/deal/instruments/truce", &deal()).unwrap();
    for subject in [Subject::Ledger, instrument] {
        assert_eq!(docket.about(&subject), expected.about(&subject), "{subject}");
        for event in expected.about(&subject) {
            let id = event.submission.event_id;
            assert_eq!(docket.fate(id), expected.fate(id), "{id}");
            assert_eq!(docket.recorded_at(event.position), Some(event.recorded_at), "{id}");
        }
    }
    drop(docket);
    ledgers.close();
}

#[test]
fn an_event_that_cannot_be_read_ends_the_opening_and_is_named() {
    let (catalog, log) = recorded();
    log.append(Position::new(EVENTS), &[Bytes::from_static(b"\xff\xff no event")]).unwrap();
    let error = opened(catalog).map(drop).unwrap_err();
    assert!(matches!(error, LedgerError::Unreadable { position, .. } if position.get() == EVENTS + 1), "{error}");
}
