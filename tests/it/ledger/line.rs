//! A line of appends: what is recorded of it is always its beginning, whoever leaves and whatever fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use entente::domain::Position;
use entente::ledger::{Appending, Ledger, LedgerError, Line};
use entente::store::{Disk, MemoryCatalog, SledCatalog, SledConfig, Step};

use super::{close, new_ledger, request};
use crate::grpc::sample::{signed, statement};

const APPENDS: u32 = 40;

/// Queues appends in one line, with ids from `first` on.
async fn queue(ledger: &Ledger, first: u32) -> Vec<Appending> {
    let line = Line::default();
    let mut waiting = Vec::new();
    for number in first..first + APPENDS {
        let appended = ledger.append_in_line(request(&statement("ledgers/deal", number)), &line).await;
        waiting.push(appended.unwrap());
    }
    waiting
}

#[tokio::test]
async fn whoever_leaves_takes_along_what_stands_behind() {
    let (ledgers, ledger) = new_ledger(Arc::new(MemoryCatalog::new()));
    ledger.append(request(&signed("ledgers/deal"))).await.unwrap();
    for round in 0..APPENDS {
        let before = ledger.head();
        let mut waiting = queue(&ledger, 1000 * (round + 1)).await;
        // This one is no longer waited for, while the writer is at work on the line.
        drop(waiting.remove(round as usize));
        let mut outcomes = Vec::new();
        for appending in waiting {
            outcomes.push(appending.outcome().await.is_ok());
        }
        let recorded = ledger.head().get() - before.get();
        let answered = outcomes.iter().filter(|is_recorded| **is_recorded).count() as u64;
        assert!(outcomes.is_sorted_by(|earlier, later| earlier >= later), "a gap in round {round}: {outcomes:?}");
        let all_but_the_one = u64::from(APPENDS) - 1;
        let left_in_time = answered == u64::from(round) && recorded == answered;
        let left_too_late = answered == all_but_the_one && recorded == answered + 1;
        assert!(left_in_time || left_too_late, "round {round}: {answered} answered, {recorded} recorded");
    }
    close(&ledgers).await;
}

/// Fails one sync, the one that is named.
#[derive(Default)]
struct OneBadSync {
    left: AtomicU32,
}

impl Disk for OneBadSync {
    fn perform(&self, step: Step, io: &mut dyn FnMut() -> std::io::Result<()>) -> std::io::Result<()> {
        let is_named = |left: u32| left.checked_sub(1);
        if step == Step::Sync && self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, is_named) == Ok(1) {
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        io()
    }
}

#[tokio::test]
async fn a_disk_that_fails_once_leaves_no_gap_in_a_line() {
    for bad_sync in 1..4 {
        let directory = tempfile::tempdir().unwrap();
        let disk = Arc::new(OneBadSync::default());
        let config = SledConfig { disk: disk.clone(), ..SledConfig::new(directory.path()) };
        let (ledgers, ledger) = new_ledger(Arc::new(SledCatalog::open(config).unwrap()));
        ledger.append(request(&signed("ledgers/deal"))).await.unwrap();
        disk.left.store(bad_sync, Ordering::SeqCst);
        let mut outcomes = Vec::new();
        for appending in queue(&ledger, 1000).await {
            outcomes.push(appending.outcome().await);
        }
        let answered = outcomes.iter().take_while(|outcome| outcome.is_ok()).count();
        assert!(outcomes[answered..].iter().all(Result::is_err), "a gap: {outcomes:?}");
        // The same again, with the same ids, settles what was open.
        let mut positions = Vec::new();
        for appending in queue(&ledger, 1000).await {
            positions.push(appending.outcome().await.unwrap().events[0].0);
        }
        let expected: Vec<Position> = (3..3 + u64::from(APPENDS)).map(Position::new).collect();
        assert_eq!(positions, expected, "each once, in its order");
        close(&ledgers).await;
    }
}

#[tokio::test]
async fn what_the_rules_refuse_leaves_nothing_behind_it() {
    let (ledgers, ledger) = new_ledger(Arc::new(MemoryCatalog::new()));
    // Nothing is known of the instrument that the statements are about.
    let mut refused = queue(&ledger, 1000).await.into_iter();
    let first = refused.next().unwrap().outcome().await.unwrap_err();
    assert!(matches!(first, LedgerError::Refused(_)), "{first:?}");
    // Now it is, but these were sent behind one that is missing.
    ledger.append(request(&signed("ledgers/deal"))).await.unwrap();
    for appending in refused {
        let error = appending.outcome().await.unwrap_err();
        assert!(matches!(error, LedgerError::Withdrawn), "{error:?}");
    }
    assert_eq!(ledger.head(), Position::new(2), "the line is of itself alone");
    close(&ledgers).await;
}
