//! The timer of a ledger: one for all who wait for time to change something. It sleeps until the earliest instant that
//! anybody waits for, raises the clock floor to it, and wakes them.

use std::collections::BTreeMap;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::{Ledger, LedgerError};
use crate::domain::Instant;

/// When a floor that could not be raised is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// What is waited for.
#[derive(Debug, Default)]
pub(super) struct Timer {
    awaited: Mutex<Awaited>,
    /// The earliest instant that is waited for may be another one.
    changed: Notify,
}

#[derive(Debug, Default)]
struct Awaited {
    instants: BTreeMap<Instant, usize>,
    /// Whether the task that keeps time is there; it ends when nobody waits.
    is_kept: bool,
}

impl Ledger {
    /// Waits until the clock has reached an instant and the floor has been raised to it. `Closed` when the ledger closes.
    pub async fn reached(&self, instant: Instant) -> Result<(), LedgerError> {
        let mut floor = self.follow_floor();
        let _wait = Wait::begin(self, instant);
        tokio::select! {
            biased;
            () = self.shared.closing.cancelled() => Err(LedgerError::Closed),
            reached = floor.wait_for(|floor| *floor >= Some(instant)) => reached.map(drop).map_err(|_| LedgerError::Closed),
        }
    }

    /// Keeps time while anybody waits.
    async fn keep_time(self) {
        while let Some(earliest) = self.next_awaited() {
            tokio::select! {
                biased;
                () = self.shared.closing.cancelled() => return,
                () = self.shared.timer.changed.notified() => continue,
                () = self.shared.clock.reached(earliest) => {}
            }
            if let Err(error) = self.raise_floor(earliest).await {
                if matches!(error, LedgerError::Closed) {
                    return;
                }
                tracing::error!(ledger = %self.name(), %error, "the clock floor was not raised; changes by time wait");
                tokio::time::sleep(TRY_AGAIN).await;
            }
        }
    }

    /// The earliest instant waited for that the floor has not reached; none ends the task.
    fn next_awaited(&self) -> Option<Instant> {
        let mut awaited = self.shared.timer.awaited.lock();
        let floor = self.floor();
        let next = awaited.instants.keys().copied().find(|instant| floor < Some(*instant));
        awaited.is_kept = next.is_some();
        next
    }
}

/// One who waits; while it lives, its instant is waited for.
struct Wait<'l> {
    ledger: &'l Ledger,
    instant: Instant,
}

impl<'l> Wait<'l> {
    fn begin(ledger: &'l Ledger, instant: Instant) -> Self {
        let mut awaited = ledger.shared.timer.awaited.lock();
        let is_earlier = awaited.instants.keys().next().is_none_or(|first| instant < *first);
        *awaited.instants.entry(instant).or_default() += 1;
        if !awaited.is_kept {
            awaited.is_kept = true;
            tokio::spawn(ledger.clone().keep_time());
        } else if is_earlier {
            ledger.shared.timer.changed.notify_one();
        }
        Wait { ledger, instant }
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        let mut awaited = self.ledger.shared.timer.awaited.lock();
        if let Some(waiting) = awaited.instants.get_mut(&self.instant) {
            *waiting -= 1;
            if *waiting == 0 {
                awaited.instants.remove(&self.instant);
                // Nobody is to be woken then any more, and the task may end.
                self.ledger.shared.timer.changed.notify_one();
            }
        }
    }
}
