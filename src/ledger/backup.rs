//! What a backup takes of a ledger: its checkpoint as it is, the stored events that this vouches for, and the cells beside
//! them. The ledger goes on being written to meanwhile; what is recorded after the checkpoint is not in it.

use std::sync::Arc;

use bytes::Bytes;

use super::history::decode;
use super::{Ledger, LedgerError, SignedCheckpoint, floor, named_cursor, rotation};
use crate::domain::Position;
use crate::proof::Hash;
use crate::store::{Page, ReadLimits, StoreError};

/// How much one step of a backup reads; a longer entry comes alone.
const STEP: ReadLimits = ReadLimits { entries: 1000, bytes: 1 << 20 };

/// A ledger as it was when a backup began.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The ledger.
    pub ledger: Ledger,
    /// What vouches for its events. Everything acknowledged before is under it.
    pub checkpoint: Arc<SignedCheckpoint>,
    /// The keys that signed it, in the form of C2SP.
    pub keys: Vec<String>,
    /// The last event that is taken.
    pub through: Position,
    /// Where that is not the last one vouched for: the proof that the tree through there is the beginning of the whole.
    pub consistency: Vec<Hash>,
    /// Named cursors, the clock floor, the checkpoints of key rotations: keys and values.
    pub cells: Vec<(Bytes, Bytes)>,
}

impl Ledger {
    /// The ledger as it is now, to be backed up whole or only through a position. An error where it cannot be read whole.
    /// Blocks on the store.
    pub fn snapshot(&self, up_to: Option<Position>) -> Result<Snapshot, LedgerError> {
        if let Some(damage) = self.damage() {
            return Err(damage);
        }
        let cells = self.shared.catalog.cells();
        // No cursor is ahead of the checkpoint, and no change by time was told that the floor does not know of.
        let mut kept = cells.list(&named_cursor::prefix(self.name()))?;
        kept.extend(cells.list(&rotation::handover_prefix(self.name()))?);
        let checkpoint = self.checkpoint()?;
        let floor = floor::key(self.name());
        kept.extend(cells.get(&floor)?.map(|value| (Bytes::from(floor), value)));
        let size = checkpoint.checkpoint.size;
        let through = up_to.unwrap_or(Position::new(size));
        let consistency = if through.get() < size { self.consistency(through.get(), size)? } else { Vec::new() };
        let keys = self.keys()?.into_iter().filter(|key| key.signs).map(|key| key.verifier_key).collect();
        Ok(Snapshot { ledger: self.clone(), checkpoint, keys, through, consistency, cells: kept })
    }

    /// The last position of the append that recorded the event at a position: appends are taken whole. Blocks on the store.
    pub fn append_end(&self, position: Position) -> Result<Option<Position>, LedgerError> {
        Ok(self.event_at(position)?.map(|event| Position::new(event.append_through.max(event.position))))
    }
}

impl Snapshot {
    /// The stored events after a position: one step, empty at the end. Blocks on the store.
    pub fn entries(&self, after: Position) -> Result<Vec<Bytes>, LedgerError> {
        let left = self.through.get().saturating_sub(after.get());
        let entries = usize::try_from(left).unwrap_or(STEP.entries).min(STEP.entries);
        if entries == 0 {
            return Ok(Vec::new());
        }
        let Page { entries, .. } = self.ledger.shared.log.read(after, ReadLimits { entries, ..STEP })?;
        if entries.is_empty() {
            let cause = format!("position {} of ledger {} is not there", after.next(), self.ledger.name());
            return Err(StoreError::Corrupt { cause }.into());
        }
        Ok(entries.into_iter().map(|(_, entry)| entry).collect())
    }
}

/// The last position of the append that recorded a stored event.
pub(super) fn append_end_of(position: Position, stored: &[u8]) -> Result<Position, LedgerError> {
    Ok(Position::new(decode(position, stored)?.append_through).max(position))
}
