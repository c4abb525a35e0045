//! Making ledgers of a backup, in a store that no server has open. Whether the backup is sound is for its reader to say, entry
//! by entry; nothing of the store is to be used before all of it was.

use std::sync::Arc;

use bytes::Bytes;

use super::backup::append_end_of;
use super::cursor::Incarnation;
use super::keyring::Keyring;
use super::restoration::Restoration;
use super::{LedgerError, Ledgers, floor, kept_tree, named_cursor, rotation};
use crate::clock::Clock;
use crate::domain::{Instant, Position, Slug};
use crate::proof::{Checkpoint, Edge, Hash};
use crate::store::{Catalog, Log, Mark, StoreError, Swap};

/// Why a ledger was not restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The last position asked for is in the middle of an append, which was recorded whole or not at all.
    #[error(
        "position {position} of ledger {ledger} is within an append; restore up to {before}, the end of what was recorded \
         before it, or to {end}, its own end"
    )]
    WithinAppend {
        /// Of which ledger.
        ledger: Slug,
        /// The position asked for.
        position: Position,
        /// The end of the append before.
        before: Position,
        /// The end of the append.
        end: Position,
    },
    /// The last position asked for is not in the backup.
    #[error("ledger {ledger} has {through} events in the backup; position {position} is not among them")]
    Beyond {
        /// Of which ledger.
        ledger: Slug,
        /// The position asked for.
        position: Position,
        /// How many events there are.
        through: u64,
    },
    /// The record says that a key signs for it which is not held.
    #[error("ledger {ledger} has recorded that {key} signs for it; give the file that has this key with --key-file")]
    KeyNotHeld {
        /// Of which ledger.
        ledger: Slug,
        /// The key.
        key: String,
    },
    /// What came out is not what went in.
    #[error("ledger {ledger} is not what the backup has: {what}")]
    Differs {
        /// Which ledger.
        ledger: Slug,
        /// What is wrong.
        what: String,
    },
    /// The ledger or its store failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl From<StoreError> for RestoreError {
    fn from(error: StoreError) -> Self {
        RestoreError::Ledger(error.into())
    }
}

/// What a backup says of a ledger before its events.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name.
    pub name: Slug,
    /// Its signed checkpoint.
    pub checkpoint: String,
    /// How many events the backup has of it.
    pub through: u64,
    /// The cells beside them.
    pub cells: Vec<(Bytes, Bytes)>,
    /// When the backup was begun.
    pub made_at: Instant,
}

/// A ledger while it is restored.
pub struct Restoring {
    source: Source,
    catalog: Arc<dyn Catalog>,
    log: Arc<dyn Log>,
    edge: Edge,
    /// The last position that is restored.
    through: u64,
    /// Where the append before the last one seen ended.
    append_ended: Position,
}

impl Restoring {
    /// Begins with an empty log, up to a position or to the end of the backup.
    pub fn begin(catalog: Arc<dyn Catalog>, source: Source, up_to: Option<Position>) -> Result<Self, RestoreError> {
        let through = up_to.map_or(source.through, Position::get);
        if through == 0 || through > source.through {
            let (ledger, position) = (source.name, Position::new(through));
            return Err(RestoreError::Beyond { ledger, position, through: source.through });
        }
        let log = catalog.create(source.name.as_str())?;
        let (edge, append_ended) = (Edge::new(), Position::ORIGIN);
        Ok(Restoring { source, catalog, log, edge, through, append_ended })
    }

    /// Takes the next entries; those after the last position wanted are left out.
    pub fn take(&mut self, entries: Vec<Bytes>) -> Result<(), RestoreError> {
        let left = usize::try_from(self.through - self.edge.size()).unwrap_or(usize::MAX);
        let entries: Vec<Bytes> = entries.into_iter().take(left).collect();
        let Some(last) = entries.last() else { return Ok(()) };
        let after = Position::new(self.edge.size());
        self.check_end(after, &entries, last)?;
        let mut full = Vec::new();
        let leaves: Vec<Hash> = entries.iter().map(|entry| Hash::of_leaf(entry)).collect();
        for leaf in &leaves {
            self.edge.push(*leaf, &mut |tile, hashes, root| full.extend(kept_tree::pairs(tile, hashes, root)));
        }
        self.log.keep_derived(&full)?;
        self.log.append(after, &entries)?;
        let marks: Vec<Mark> = leaves.iter().map(|leaf| leaf.0).collect();
        self.log.keep_marks(after, &marks)?;
        Ok(())
    }

    /// Whether the last position wanted, if it is among these, is the end of an append.
    fn check_end(&mut self, after: Position, entries: &[Bytes], last: &Bytes) -> Result<(), RestoreError> {
        let position = Position::new(after.get() + entries.len() as u64);
        if position.get() < self.through {
            // Where it begins is known once an earlier event names its end.
            self.append_ended = self.last_end(after, entries, position)?;
            return Ok(());
        }
        let end = append_end_of(position, last)?;
        if end == position || self.through == self.source.through {
            return Ok(());
        }
        let before = self.last_end(after, entries, position)?;
        Err(RestoreError::WithinAppend { ledger: self.source.name.clone(), position, before, end })
    }

    /// The last end of an append up to a position.
    fn last_end(&self, after: Position, entries: &[Bytes], until: Position) -> Result<Position, LedgerError> {
        for (entry, position) in entries.iter().rev().zip((after.get() + 1..=until.get()).rev()) {
            let position = Position::new(position);
            let end = append_end_of(position, entry)?;
            if end == position {
                return Ok(end);
            }
        }
        Ok(self.append_ended)
    }

    /// Keeps what belongs to the events, once all of them were taken and the whole backup of this ledger was found sound. Gives
    /// how it was restored.
    pub fn finish(self, now: Instant) -> Result<Restored, RestoreError> {
        let (source, cells) = (self.source, self.catalog.cells());
        let differs = |what: String| RestoreError::Differs { ledger: source.name.clone(), what };
        if self.edge.size() != self.through {
            return Err(differs(format!("{} of {} events were given", self.edge.size(), self.through)));
        }
        let through = Position::new(self.through);
        let incarnation = Incarnation::drawn();
        for (key, value) in &source.cells {
            let kept = if key.starts_with(&named_cursor::prefix(&source.name)) {
                Some(value.clone())
            } else if key[..] == floor::key(&source.name) {
                // The time that was told has passed, whatever is lost.
                floor::of_incarnation(value, incarnation)
            } else {
                rotation::handover_position(&source.name, key).filter(|at| *at <= through).map(|_| value.clone())
            };
            if let Some(value) = kept
                && cells.compare_and_set(key, None, Some(&value))? != Swap::Done
            {
                return Err(differs("a cell is there twice".to_owned()));
            }
        }
        let restoration = Restoration {
            incarnation,
            restored_at: now,
            backup_made_at: source.made_at,
            through,
            checkpoint: source.checkpoint.clone(),
        };
        restoration.keep(&*cells, &source.name)?;
        let checkpoint = Checkpoint::unverified(&source.checkpoint).map_err(|error| differs(error.to_string()))?;
        // The signed note goes on where it vouches for exactly what is there.
        let is_whole = checkpoint.size == self.through;
        let note = is_whole.then_some(source.checkpoint);
        Ok(Restored { name: source.name, log: self.log, through, root: self.edge.root(), note })
    }
}

/// A ledger whose events are back.
pub struct Restored {
    /// Its name.
    pub name: Slug,
    /// The last event that was restored.
    pub through: Position,
    /// The root over the events through there.
    pub root: Hash,
    log: Arc<dyn Log>,
    /// The signed checkpoint of the backup, where it vouches for exactly what was restored.
    note: Option<String>,
}

/// Opens the store for the first time with its keys: each ledger is read whole, held to what was restored, and signed for. The
/// keys are kept with the store. Blocks.
pub fn complete(
    catalog: &Arc<dyn Catalog>,
    clock: Clock,
    keyring: &Keyring,
    restored: &[Restored],
) -> Result<(), RestoreError> {
    for ledger in restored {
        let Some(note) = &ledger.note else { continue };
        let checkpoint = Checkpoint::unverified(note)
            .map_err(|error| RestoreError::Differs { ledger: ledger.name.clone(), what: error.to_string() })?;
        // Signed by a key that is not held any more, it would keep the ledger from being written to.
        let is_ours = |key| Checkpoint::verified(note, &key).is_ok();
        if keyring.verifiers(&checkpoint.origin)?.into_iter().any(is_ours) {
            ledger.log.keep_note(note.as_bytes())?;
        }
    }
    catalog.keep_secret(&keyring.reveal())?;
    let ledgers = Ledgers::open_with_keys(Arc::clone(catalog), clock, keyring.clone())?;
    let checked = restored.iter().try_for_each(|restored| check(&ledgers, restored));
    ledgers.close();
    checked
}

fn check(ledgers: &Ledgers, restored: &Restored) -> Result<(), RestoreError> {
    let name = &restored.name;
    let differs = |what: String| RestoreError::Differs { ledger: name.clone(), what };
    let ledger = ledgers.get(name)?;
    if let Some(damage) = ledger.damage() {
        return Err(differs(damage.to_string()));
    }
    if ledger.head() < restored.through || ledger.root_at(restored.through.get())? != restored.root {
        return Err(differs(format!("its {} events are others", ledger.head())));
    }
    let held: Vec<String> = ledger.shared.proofs.keys().iter().map(|key| key.verifier().to_string()).collect();
    if let Some((_, last)) = rotation::logged(&ledger.docket()).last()
        && !held.contains(&last.verifier_key.to_string())
    {
        return Err(RestoreError::KeyNotHeld { ledger: name.clone(), key: last.verifier_key.to_string() });
    }
    tracing::info!(
        target: "entente::audit",
        ledger = %name,
        through = %restored.through,
        root = %restored.root,
        "a ledger was restored from a backup"
    );
    Ok(())
}
