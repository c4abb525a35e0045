//! What a ledger takes in: how much may wait for its writer, and how many cursors it keeps.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::RwLock;

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
        let (bounds, waiting) = (shared.bounds(), &shared.waiting);
        let appends_before = waiting.appends.fetch_add(1, Ordering::Relaxed);
        let bytes_before = waiting.bytes.fetch_add(bytes, Ordering::Relaxed);
        // From here on both are given back on every way out.
        let place = QueuePlace { shared: Arc::clone(shared), bytes };
        if appends_before >= bounds.queue_appends_max {
            return Err(LedgerError::QueueFull { limit: "queue_appends_max", value: bounds.queue_appends_max as u64 });
        }
        // One append alone may be as long as it may be.
        if bytes_before > 0 && bytes_before.saturating_add(bytes) > bounds.queue_bytes_max {
            return Err(LedgerError::QueueFull {
                limit: "queue_kib_max",
                value: (bounds.queue_bytes_max >> 10) as u64,
            });
        }
        Ok(place)
    }
}

impl Drop for QueuePlace {
    fn drop(&mut self) {
        self.shared.waiting.appends.fetch_sub(1, Ordering::Relaxed);
        self.shared.waiting.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
