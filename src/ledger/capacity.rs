//! How many events all ledgers of a server hold in memory, and how many they may.
//!
//! Every event is in memory, since an answer may be asked for at any position. So memory, and not the disk, is what a server
//! runs out of first; and it is better told so, with a word on what to do, than ended by the system.

use std::sync::atomic::{AtomicU64, Ordering};

use super::LedgerError;

/// The events that all ledgers of one store hold, and the most they may. Ledgers that record at the same moment may go
/// beyond it by one group of appends each.
#[derive(Debug)]
pub(super) struct Capacity {
    held: AtomicU64,
    max: AtomicU64,
}

impl Default for Capacity {
    fn default() -> Self {
        Capacity { held: AtomicU64::new(0), max: AtomicU64::new(u64::MAX) }
    }
}

impl Capacity {
    /// Counts events that are held from now on.
    pub(super) fn hold(&self, events: u64) {
        let held = self.held.fetch_add(events, Ordering::Relaxed) + events;
        metrics::gauge!("entente_events_held").set(held as f64);
    }

    /// Sets the most events that may be held. What is held already stays.
    pub(super) fn limit(&self, max: u64) {
        self.max.store(max, Ordering::Relaxed);
        metrics::gauge!("entente_events_max").set(max as f64);
    }

    /// Whether there is room for so many events more.
    pub(super) fn check(&self, further: usize) -> Result<(), LedgerError> {
        let (held, max) = (self.held.load(Ordering::Relaxed), self.max.load(Ordering::Relaxed));
        if held.saturating_add(further as u64) <= max {
            return Ok(());
        }
        Err(LedgerError::Full { held, max, further })
    }
}
