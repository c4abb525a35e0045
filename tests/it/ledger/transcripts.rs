//! Transcripts: a ledger opened from them says what it says when all is read from its log, and one that does not fit the log
//! is never taken.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use entente::clock::Clock;
use entente::domain::{Day, Docket, Event, Instant, Position, Slug, Subject};
use entente::ledger::{AppendRequest, Ledger, Ledgers};
use entente::store::{Catalog, Log, ReadLimits, SledCatalog, SledConfig};
use prost::Message as _;

use super::{close, new_ledger, request};
use crate::grpc::sample::{self, amount, signed, statement};

/// How many events one transcript is of.
const SPAN: u64 = 32_768;
/// One whole span, and a little.
const EVENTS: u64 = SPAN + 700;

fn deal() -> Slug {
    Slug::parse("deal").unwrap()
}

fn at_rest(directory: &Path) -> Arc<dyn Catalog> {
    Arc::new(SledCatalog::open(SledConfig::new(directory)).unwrap())
}

fn opened(directory: &Path) -> (Ledgers, Ledger) {
    let (clock, _) = Clock::by_hand(Instant::parse(crate::server::NOON).unwrap());
    let ledgers = Ledgers::open(at_rest(directory), clock).unwrap();
    let ledger = ledgers.get(&deal()).unwrap();
    (ledgers, ledger)
}

/// Writes events into the log of a ledger that has its first; whose they are tells two such logs apart.
fn fill(directory: &Path, by: &str) {
    let log = at_rest(directory).open("deal").unwrap();
    let at = Instant::parse(crate::server::NOON).unwrap();
    let (deal_events, first) = (sample::deal("ledgers/deal"), Day::parse("1990-01-01").unwrap());
    let entries: Vec<Bytes> = (2..=EVENTS)
        .map(|position| {
            let number = u32::try_from(position).unwrap();
            let day = first.plus_days(i64::from(number)).to_string();
            let submission = match deal_events.get(number as usize - 2) {
                Some(submission) => submission.clone(),
                None if position % 3 == 0 => amount("ledgers/deal", number, &day, &day, "10.5"),
                None => statement("ledgers/deal", number),
            };
            let event = Event {
                position: Position::new(position),
                recorded_at: at.plus_seconds(i64::try_from(position / 100).unwrap()),
                recorded_by: super::text(by),
                append_through: Position::new(position + u64::from(position % 2 == 0)),
                submission: request(&submission).submissions.remove(0),
            };
            entente::wire::event_to_proto(&event, &deal()).encode_to_vec().into()
        })
        .collect();
    log.append(Position::new(1), &entries).unwrap();
}

/// A ledger of one event in a directory of its own.
fn founded() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let (ledgers, ledger) = new_ledger(at_rest(directory.path()));
    ledgers.close();
    drop((ledgers, ledger));
    directory
}

/// What the events of a log make, read and folded one by one.
fn folded(log: &dyn Log) -> Docket {
    let mut docket = Docket::new();
    let page = log.read(Position::ORIGIN, ReadLimits { entries: usize::MAX, bytes: usize::MAX }).unwrap();
    for (_, bytes) in page.entries {
        let message = entente::proto::v1::Event::decode(bytes).unwrap();
        docket.fold(Arc::new(entente::wire::event_from_proto(&message, &deal()).unwrap()));
    }
    docket
}

fn assert_same(docket: &Docket, expected: &Docket, told: &str) {
    assert_eq!(docket.head(), expected.head(), "{told}");
    let members = ["", "/instruments/truce", "/measures/magnets", "/commitments/suspension", "/commitments/soybeans"];
    let mut found = 0;
    for member in members {
        let subject = Subject::parse(&format!("ledgers/deal{member}"), &deal()).unwrap();
        assert!(docket.about(&subject) == expected.about(&subject), "{told}: {subject}");
        for event in expected.about(&subject) {
            found += 1;
            let id = event.submission.event_id;
            assert_eq!(docket.fate(id), expected.fate(id), "{told}: {id}");
            assert_eq!(docket.recorded_at(event.position), Some(event.recorded_at), "{told}: {id}");
        }
    }
    assert_eq!(found, expected.head().get(), "{told}: every event was looked at");
    let dossiers = |docket: &Docket| -> Vec<_> {
        docket.dossiers().map(|it| (it.commitment().clone(), it.events().to_vec())).collect()
    };
    assert!(dossiers(docket) == dossiers(expected), "{told}: dossiers");
}

#[test]
fn what_fits_is_taken_and_what_was_altered_is_read_from_the_log_and_made_anew() {
    let directory = founded();
    let path = directory.path();
    fill(path, "somebody");
    let expected = folded(&*at_rest(path).open("deal").unwrap());
    let kept = path.join("transcripts/1/0");
    let open = |transcribed: u64, told: &str| {
        let (ledgers, ledger) = opened(path);
        assert_eq!(ledger.transcribed(), transcribed, "{told}");
        assert_same(&ledger.docket(), &expected, told);
        assert!(ledger.damage().is_none(), "{told}");
        ledgers.close();
        std::fs::read(&kept).unwrap_or_else(|error| panic!("{told}: {error}"))
    };
    let sound = open(0, "there is none yet");
    assert_eq!(open(SPAN, "as it was made"), sound);

    let flipped = |place: usize| {
        let mut bytes = sound.clone();
        bytes[place] ^= 4;
        bytes
    };
    let faults = [
        ("a bit of its events", flipped(sound.len() - 90_000)),
        ("a bit of its signature", flipped(300)),
        ("cut short", sound[..sound.len() / 2].to_vec()),
        ("empty", Vec::new()),
    ];
    for (told, bytes) in faults {
        std::fs::write(&kept, bytes).unwrap();
        assert!(open(0, told) == sound, "{told}: it is made anew, and the same");
    }
    // What a kill leaves while one is written.
    std::fs::remove_file(&kept).unwrap();
    std::fs::write(kept.with_extension("new"), &sound[..1000]).unwrap();
    assert!(open(0, "killed while it was written") == sound);
    // Ahead of the log: the span that it says it is of is not whole.
    std::fs::write(kept.with_file_name("1"), &sound).unwrap();
    assert!(open(SPAN, "ahead of the log") == sound);
}

#[test]
fn that_of_another_history_of_the_same_ledger_is_not_taken() {
    let (one, other) = (founded(), tempfile::tempdir().unwrap());
    copy(one.path(), other.path());
    let kept = |directory: &tempfile::TempDir, by: &str| {
        fill(directory.path(), by);
        let (ledgers, ledger) = opened(directory.path());
        ledgers.close();
        drop(ledger);
        directory.path().join("transcripts/1/0")
    };
    let (of_one, of_other) = (kept(&one, "somebody"), kept(&other, "somebody else"));
    std::fs::copy(of_one, of_other).unwrap();
    let expected = folded(&*at_rest(other.path()).open("deal").unwrap());
    let (ledgers, ledger) = opened(other.path());
    assert_eq!(ledger.transcribed(), 0, "it is signed with the same key, and of other events");
    assert_same(&ledger.docket(), &expected, "of another history");
    ledgers.close();
}

#[tokio::test]
async fn what_is_recorded_is_transcribed_beside_the_writer() {
    let directory = tempfile::tempdir().unwrap();
    let (ledgers, ledger) = new_ledger(at_rest(directory.path()));
    ledger.append(request(&signed("ledgers/deal"))).await.unwrap();
    while ledger.head().get() < SPAN {
        let number = u32::try_from(ledger.head().get()).unwrap() + 100;
        let submissions =
            (number..number + 1000).map(|it| request(&statement("ledgers/deal", it)).submissions.remove(0));
        let batch = AppendRequest { submissions: submissions.collect(), ..request(&statement("ledgers/deal", 1)) };
        ledger.append(batch).await.unwrap();
    }
    close(&ledgers).await;
    drop((ledgers, ledger));
    let (ledgers, ledger) = opened(directory.path());
    assert_eq!(ledger.transcribed(), SPAN);
    let log = ledgers.all().remove(0);
    assert_eq!(log.head(), ledger.head());
    close(&ledgers).await;
    drop((ledgers, ledger, log));
    let expected = folded(&*at_rest(directory.path()).open("deal").unwrap());
    let (ledgers, ledger) = opened(directory.path());
    assert_same(&ledger.docket(), &expected, "recorded live");
    close(&ledgers).await;
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &place);
        } else {
            std::fs::copy(entry.path(), place).unwrap();
        }
    }
}
