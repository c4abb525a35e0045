//! Following a ledger: nothing is heard before it is durable, and nothing is skipped after a write that failed.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use entente::domain::Position;
use entente::ledger::{EventFilter, Heard, LedgerError, Subscription};
use entente::proto::v1;
use entente::store::{Disk, SledCatalog, SledConfig, Step, StoreError};

use super::{Gate, LONG, close, new_ledger, request};
use crate::grpc::sample::{signed, statement};

/// The positions of the next events, and whatever else is heard before them.
async fn next_events(subscription: &mut Subscription) -> Vec<u64> {
    loop {
        let heard = tokio::time::timeout(LONG, subscription.next()).await.expect("something is heard").unwrap();
        if let Heard::Events(stored) = heard {
            let event = |stored: &bytes::Bytes| <v1::Event as prost::Message>::decode(&stored[..]).unwrap().position;
            return stored.iter().map(event).collect();
        }
    }
}

#[tokio::test]
async fn nothing_is_heard_before_it_is_durable() {
    let directory = tempfile::tempdir().unwrap();
    let gate = Arc::new(Gate::default());
    let config = SledConfig { disk: gate.clone(), ..SledConfig::new(directory.path()) };
    let (ledgers, ledger) = new_ledger(Arc::new(SledCatalog::open(config).unwrap()));
    let period = Duration::from_millis(20);
    let mut subscription = ledger.subscribe(Position::ORIGIN, 0, EventFilter::default(), period);
    assert_eq!(next_events(&mut subscription).await, vec![1]);
    assert!(matches!(subscription.next().await, Ok(Heard::CaughtUp)));

    gate.set_shut(true);
    let appending = tokio::spawn({
        let (ledger, request) = (ledger.clone(), request(&signed("ledgers/deal")));
        async move { ledger.append(request).await }
    });
    let shut = gate.clone();
    tokio::task::spawn_blocking(move || shut.until_somebody_waits()).await.unwrap();
    // Written, but not synced: a crash could take it back.
    for _ in 0..3 {
        let heard = subscription.next().await;
        assert!(matches!(heard, Ok(Heard::Progress)), "{heard:?}");
    }
    gate.set_shut(false);
    appending.await.unwrap().unwrap();
    assert_eq!(next_events(&mut subscription).await, vec![2]);
    close(&ledgers).await;
    assert!(matches!(subscription.next().await, Err(LedgerError::Closed)));
}

/// A disk whose next sync is done, and says that it failed.
#[derive(Default)]
struct Liar {
    lies: AtomicBool,
}

impl Disk for Liar {
    fn perform(&self, step: Step, io: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        io()?;
        let lies = step == Step::Sync && self.lies.swap(false, Ordering::SeqCst);
        if lies { Err(io::ErrorKind::Other.into()) } else { Ok(()) }
    }
}

#[tokio::test]
async fn a_write_whose_outcome_was_open_is_not_skipped() {
    let directory = tempfile::tempdir().unwrap();
    let disk = Arc::new(Liar::default());
    let config = SledConfig { disk: disk.clone(), ..SledConfig::new(directory.path()) };
    let (ledgers, ledger) = new_ledger(Arc::new(SledCatalog::open(config).unwrap()));
    ledger.append(request(&signed("ledgers/deal"))).await.unwrap();
    let mut subscription = ledger.subscribe(Position::ORIGIN, 0, EventFilter::default(), LONG);
    let mut heard = next_events(&mut subscription).await;
    while heard.len() < 2 {
        heard.extend(next_events(&mut subscription).await);
    }
    disk.lies.store(true, Ordering::SeqCst);
    let open = ledger.append(request(&statement("ledgers/deal", 10))).await;
    assert!(matches!(open, Err(LedgerError::Store(StoreError::Poisoned { .. }))), "{open:?}");
    // The next append opens the store anew, and finds what was written after all.
    let next = ledger.append(request(&statement("ledgers/deal", 11))).await.unwrap();
    assert_eq!(next.head, Position::new(4));
    while heard.len() < 4 {
        heard.extend(next_events(&mut subscription).await);
    }
    assert_eq!(heard, vec![1, 2, 3, 4]);
    close(&ledgers).await;
}
