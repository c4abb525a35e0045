//! That a ledger was restored from a backup: a cell beside it says so, for ever.
//!
//! Its events are byte for byte what they were, so it goes on proving itself against old checkpoints; its first event and
//! its origin are the old ones too. What it was told since the backup is lost, and something else may be recorded there. So a
//! restored ledger has an incarnation of its own for cursors: whoever comes with one from before is told that it is of
//! another ledger, and never passes over what is new in silence.

use super::cursor::Incarnation;
use super::{Ledger, LedgerError};
use crate::domain::{Instant, Position, Slug};
use crate::store::{Cells, StoreError, Swap};

const VERSION: u8 = 1;

/// How a ledger was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restoration {
    pub(super) incarnation: Incarnation,
    /// When.
    pub restored_at: Instant,
    /// When the backup was begun.
    pub backup_made_at: Instant,
    /// The last event that was restored.
    pub through: Position,
    /// The signed checkpoint of the backup.
    pub checkpoint: String,
}

impl Restoration {
    /// The incarnation, as text.
    pub fn incarnation(&self) -> String {
        self.incarnation.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The cell of a ledger.
    pub(super) fn kept(cells: &dyn Cells, ledger: &Slug) -> Result<Option<Self>, LedgerError> {
        let Some(value) = cells.get(&key(ledger))? else { return Ok(None) };
        let found = Restoration::from_bytes(&value);
        found.map(Some).ok_or_else(|| {
            StoreError::Corrupt { cause: format!("how ledger {ledger} was restored cannot be read") }.into()
        })
    }

    /// Keeps the cell of a ledger, in place of that of an earlier restoration.
    pub(super) fn keep(&self, cells: &dyn Cells, ledger: &Slug) -> Result<(), StoreError> {
        let (key, value) = (key(ledger), self.to_bytes());
        loop {
            let held = cells.get(&key)?;
            match cells.compare_and_set(&key, held.as_deref(), Some(&value))? {
                Swap::Done => return Ok(()),
                Swap::Differs(_) => {}
            }
        }
    }

    /// Version 1 (u8), the incarnation (16 bytes), when it was restored (i64), when the backup was begun (i64), the last
    /// position restored (u64), the checkpoint. Persisted: it may never change its meaning.
    fn to_bytes(&self) -> Vec<u8> {
        let times = [self.restored_at, self.backup_made_at].map(|at| at.unix_seconds().to_be_bytes());
        let through = self.through.get().to_be_bytes();
        [&[VERSION], &self.incarnation.to_bytes()[..], times.as_flattened(), &through, self.checkpoint.as_bytes()]
            .concat()
    }

    fn from_bytes(value: &[u8]) -> Option<Self> {
        let (&VERSION, rest) = value.split_first()? else { return None };
        let (incarnation, rest) = rest.split_first_chunk::<16>()?;
        let (restored_at, rest) = rest.split_first_chunk::<8>()?;
        let (made_at, rest) = rest.split_first_chunk::<8>()?;
        let (through, checkpoint) = rest.split_first_chunk::<8>()?;
        let instant = |bytes: &[u8; 8]| Instant::from_unix_seconds(i64::from_be_bytes(*bytes)).ok();
        Some(Restoration {
            incarnation: Incarnation::from_bytes(*incarnation),
            restored_at: instant(restored_at)?,
            backup_made_at: instant(made_at)?,
            through: Position::new(u64::from_be_bytes(*through)),
            checkpoint: std::str::from_utf8(checkpoint).ok()?.to_owned(),
        })
    }
}

impl Ledger {
    /// How it was restored from a backup, if it was.
    pub fn restoration(&self) -> Option<&Restoration> {
        self.shared.restoration.as_ref()
    }
}

fn key(ledger: &Slug) -> Vec<u8> {
    format!("restored/{ledger}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_of_a_restoration_reads_back() {
        let restoration = Restoration {
            incarnation: Incarnation::drawn(),
            restored_at: Instant::from_unix_seconds(1_790_000_000).expect("an instant"),
            backup_made_at: Instant::from_unix_seconds(-1).expect("an instant"),
            through: Position::new(7),
            checkpoint: "origin\n7\nroot\n\n— key signature\n".to_owned(),
        };
        let bytes = restoration.to_bytes();
        assert_eq!(Restoration::from_bytes(&bytes), Some(restoration));
        for end in 0..41 {
            assert_eq!(Restoration::from_bytes(&bytes[..end]), None, "{end} bytes");
        }
    }
}
