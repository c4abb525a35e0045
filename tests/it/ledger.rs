//! A ledger by itself, without a protocol: what it promises to those who wait for it, and to those who close it.

mod capacity;
mod following;
mod line;
mod opening;
mod refusals;
mod transcripts;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use entente::clock::Clock;
use entente::domain::event::LedgerKind;
use entente::domain::{Instant, Position, Preconditions, Slug, Text};
use entente::ledger::{AppendRequest, Ledger, LedgerError, Ledgers, NewLedger};
use entente::proto::v1;
use entente::store::{Catalog, Disk, MemoryCatalog, SledCatalog, SledConfig, Step};
use parking_lot::{Condvar, Mutex};

use crate::grpc::sample::{signed, statement};

/// Far longer than anything here takes, so that what hangs fails.
const LONG: Duration = Duration::from_secs(10);

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

fn new_ledger(catalog: Arc<dyn Catalog>) -> (Ledgers, Ledger) {
    let (clock, _) = Clock::by_hand(Instant::parse(crate::server::NOON).unwrap());
    let ledgers = Ledgers::open(catalog, clock).unwrap();
    let ledger = ledgers.create(NewLedger {
        name: Slug::parse("deal").unwrap(),
        kind: LedgerKind::Live,
        title: text("a deal"),
        recorded_at: None,
        created_by: text("somebody"),
    });
    (ledgers, ledger.unwrap())
}

fn request(submission: &v1::Submission) -> AppendRequest {
    let read = entente::wire::submission_from_proto(submission, &Slug::parse("deal").unwrap(), || {
        unreachable!("every event brings its id")
    });
    AppendRequest {
        submissions: vec![read.unwrap()],
        preconditions: Preconditions::default(),
        validate_only: false,
        append_sizes: Vec::new(),
        recorded_by: text("somebody"),
        bytes: 100,
    }
}

/// Closes the ledgers on a thread of their own, and fails where that hangs.
async fn close(ledgers: &Ledgers) {
    let ledgers = ledgers.clone();
    let (done, closed) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        ledgers.close();
        let _ = done.send(());
    });
    tokio::time::timeout(LONG, closed).await.expect("closing ends").unwrap();
}

#[tokio::test]
async fn closing_ends_although_handles_are_held_and_somebody_waits() {
    let (ledgers, ledger) = new_ledger(Arc::new(MemoryCatalog::new()));
    let waiting = tokio::spawn({
        let ledger = ledger.clone();
        async move { ledger.wait_for(Position::new(1_000_000), 10 * LONG).await }
    });
    tokio::task::yield_now().await;
    close(&ledgers).await;
    let waited = tokio::time::timeout(LONG, waiting).await.expect("nobody waits for a closed ledger").unwrap();
    assert!(matches!(waited, Err(LedgerError::Closed)), "{waited:?}");
    let late = ledger.append(request(&signed("ledgers/deal"))).await;
    assert!(matches!(late, Err(LedgerError::Closed)), "{late:?}");
    let new = ledgers.get(&Slug::parse("deal").unwrap()).map(drop);
    assert!(matches!(new, Err(LedgerError::Closed)), "it is there, but closed: {new:?}");
}

#[tokio::test]
async fn a_wait_ends_when_its_time_is_up_and_says_where_the_head_is() {
    let (ledgers, ledger) = new_ledger(Arc::new(MemoryCatalog::new()));
    let waiting = ledger.wait_for(Position::new(7), Duration::from_millis(20));
    let error = tokio::time::timeout(LONG, waiting).await.expect("it ends by itself").unwrap_err();
    assert!(error.to_string().contains('7') && error.to_string().contains("the head is 1"), "{error}");
    ledger.wait_for(Position::new(1), Duration::ZERO).await.expect("what is there is not waited for");
    close(&ledgers).await;
}

/// A disk whose syncs, once it is shut, wait until it is opened again.
#[derive(Default)]
struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Default)]
struct GateState {
    shut: bool,
    waiting: bool,
    /// Whether the sync after the one that waits fails.
    fails: bool,
}

impl Gate {
    fn set_shut(&self, shut: bool) {
        self.state.lock().shut = shut;
        self.changed.notify_all();
    }

    fn fail_next(&self, fails: bool) {
        self.state.lock().fails = fails;
    }

    fn until_somebody_waits(&self) {
        let mut state = self.state.lock();
        self.changed.wait_while(&mut state, |state| !state.waiting);
    }
}

impl Disk for Gate {
    fn perform(&self, step: Step, io: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        if step == Step::Sync {
            let mut state = self.state.lock();
            if std::mem::take(&mut state.fails) {
                return Err(io::ErrorKind::StorageFull.into());
            }
            state.waiting = state.shut;
            self.changed.notify_all();
            self.changed.wait_while(&mut state, |state| state.shut);
        }
        io()
    }
}

#[tokio::test]
async fn what_was_queued_when_it_closes_is_recorded_and_answered() {
    let directory = tempfile::tempdir().unwrap();
    let gate = Arc::new(Gate::default());
    let config = SledConfig { disk: gate.clone(), ..SledConfig::new(directory.path()) };
    let (ledgers, ledger) = new_ledger(Arc::new(SledCatalog::open(config).unwrap()));
    ledger.append(request(&signed("ledgers/deal"))).await.unwrap();

    let append = |number| {
        let (ledger, request) = (ledger.clone(), request(&statement("ledgers/deal", number)));
        tokio::spawn(async move { ledger.append(request).await })
    };
    gate.set_shut(true);
    let mut appends = vec![append(10)];
    let shut = gate.clone();
    tokio::task::spawn_blocking(move || shut.until_somebody_waits()).await.unwrap();
    // The writer hangs in a sync; these are queued behind it.
    appends.extend((11..15).map(append));
    tokio::task::yield_now().await;
    let closing = close(&ledgers);
    let opening = async {
        tokio::task::yield_now().await;
        gate.set_shut(false);
    };
    tokio::join!(closing, opening);
    for (append, position) in appends.into_iter().zip(3..) {
        let outcome = append.await.unwrap().expect("queued before it closed");
        assert_eq!(outcome.events[0].0, Position::new(position));
    }
    assert_eq!(ledger.head(), Position::new(7));
}
