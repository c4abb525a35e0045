//! What a ledger takes in: how much may wait for its writer, and how many cursors it keeps.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::RwLock;
use tokio::sync::Notify;

use super::{LedgerError, Shared};

/// What a ledger takes in before it refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Appends that wait for the writer.
    pub queue_appends_max: usize,
    /// Their bytes.
    pub queue_bytes_max: usize,
    /// Cursors kept under names.
    pub named_cursors_max: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { queue_appends_max: 1024, queue_bytes_max: 64 << 20, named_cursors_max: 1000 }
    }
}

/// The bounds of all ledgers of a store, as they are now.
pub(super) type SharedBounds = Arc<RwLock<Bounds>>;

/// What waits for a writer.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    appends: AtomicUsize,
    bytes: AtomicUsize,
    /// Told of every place that is given up.
    freed: Notify,
}

impl Waiting {
    pub(super) fn appends(&self) -> usize {
        self.appends.load(Ordering::Relaxed)
    }
}

/// The place of one append in the queue. It is given up when this is dropped.
pub(super) struct QueuePlace {
    shared: Arc<Shared>,
    bytes: usize,
}

impl QueuePlace {
    /// Takes a place for an append of this many bytes, or says that there is none.
    pub(super) fn take(shared: &Arc<Shared>, bytes: usize) -> Result<Self, LedgerError> {
        Self::take_within(shared, bytes, shared.bounds())
    }

    /// Takes a place once there is one within half of the bounds.
    pub(super) async fn wait(shared: &Arc<Shared>, bytes: usize) -> Self {
        loop {
            let freed = shared.waiting.freed.notified();
            let bounds = shared.bounds();
            let half = Bounds {
                queue_appends_max: bounds.queue_appends_max.div_ceil(2),
                queue_bytes_max: bounds.queue_bytes_max / 2,
                ..bounds
            };
            match Self::take_within(shared, bytes, half) {
                Ok(place) => return place,
                Err(_) => freed.await,
            }
        }
    }

    fn take_within(shared: &Arc<Shared>, bytes: usize, bounds: Bounds) -> Result<Self, LedgerError> {
        let waiting = &shared.waiting;
        let one_more = |appends: usize| (appends < bounds.queue_appends_max).then_some(appends + 1);
        if waiting.appends.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_err() {
            return Err(LedgerError::QueueFull { limit: "queue_appends_max", value: bounds.queue_appends_max as u64 });
        }
        // One append alone may be as long as it may be.
        let longer = |before: usize| {
            let after = before.saturating_add(bytes);
            (before == 0 || after <= bounds.queue_bytes_max).then_some(after)
        };
        if waiting.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, longer).is_err() {
            waiting.appends.fetch_sub(1, Ordering::Relaxed);
            return Err(LedgerError::QueueFull {
                limit: "queue_kib_max",
                value: (bounds.queue_bytes_max >> 10) as u64,
            });
        }
        Ok(QueuePlace { shared: Arc::clone(shared), bytes })
    }
}

impl Drop for QueuePlace {
    fn drop(&mut self) {
        self.shared.waiting.appends.fetch_sub(1, Ordering::Relaxed);
        self.shared.waiting.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
        self.shared.waiting.freed.notify_one();
    }
}
