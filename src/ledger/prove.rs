//! What a ledger can prove: its checkpoint, that an event is in it, that it only grew.

use std::sync::Arc;

use bytes::Bytes;

use super::kept_tree::{KeptTree, kept_leaves};
use super::{Ledger, LedgerError, rotation};
use crate::domain::Position;
use crate::proof::{Hash, ProveError, Prover, TILE_WIDTH, TileId, TilePath, Tiles as _, VerifierKey};
use crate::store::{ReadLimits, StoreError};

pub use super::proofs::SignedCheckpoint;

/// How many bytes of entries one bundle or step reads at most; a longer entry comes alone.
const STEP_BYTES: usize = 1 << 20;

/// A stored event with the proof that it is in the tree.
#[derive(Debug, Clone)]
pub struct Inclusion {
    /// The exact stored bytes.
    pub entry: Bytes,
    /// Where it stands.
    pub position: Position,
    /// The size of the tree that the proof is about.
    pub size: u64,
    /// The proof.
    pub proof: Vec<Hash>,
}

/// An entry as it is stored, and the hash that is kept of it beside it; none where none is.
#[derive(Debug, Clone)]
pub struct Leaf {
    /// Where it stands.
    pub position: Position,
    /// The exact stored bytes.
    pub entry: Bytes,
    /// The hash in the tree.
    pub hash: Option<Hash>,
}

/// A key that signs, or signed, for a ledger.
#[derive(Debug, Clone)]
pub struct LedgerKey {
    /// The key, in the form of C2SP.
    pub verifier_key: String,
    /// The event that says that it took over; `None` for the first key.
    pub since: Option<Position>,
    /// It signs the checkpoints that are made now.
    pub signs: bool,
    /// The checkpoint over that event which this key and the one before have signed.
    pub handover: Option<SignedCheckpoint>,
}

impl Ledger {
    /// The last checkpoint. It vouches for every position that was given out.
    pub fn checkpoint(&self) -> Result<Arc<SignedCheckpoint>, LedgerError> {
        self.shared.proofs.signed()
    }

    /// How many events the tree has.
    pub fn tree_size(&self) -> Result<u64, LedgerError> {
        Ok(self.shared.proofs.edge()?.size())
    }

    /// The root of the tree as it was at some size. Blocks on the store.
    pub fn root_at(&self, size: u64) -> Result<Hash, LedgerError> {
        self.within(size)?;
        self.with_tree(|prover| prover.root(size).map_err(ProveError::Tiles))
    }

    /// The event at a position with the proof that it is in the tree of `size` events. Blocks on the store.
    pub fn inclusion(&self, position: Position, size: u64) -> Result<Inclusion, LedgerError> {
        self.within(size)?;
        let index = position.get().checked_sub(1).ok_or(LedgerError::OutsideTree { asked: 0, size })?;
        let proof = self.with_tree(|prover| prover.inclusion(index, size))?;
        let page = self.shared.log.read(Position::new(index), ReadLimits { entries: 1, bytes: 1 })?;
        let entry = page.entries.into_iter().next().map(|(_, entry)| entry);
        let entry = entry.ok_or(LedgerError::OutsideTree { asked: position.get(), size })?;
        Ok(Inclusion { entry, position, size, proof })
    }

    /// The proof that the tree of `first` events is the beginning of that of `second`. Blocks on the store.
    pub fn consistency(&self, first: u64, second: u64) -> Result<Vec<Hash>, LedgerError> {
        self.within(second)?;
        self.with_tree(|prover| prover.consistency(first, second))
    }

    /// The hashes of a tile of the tlog-tiles layout; `None` where the tree does not have so many. Blocks on the store.
    pub fn tile(&self, level: u8, path: TilePath) -> Result<Option<Vec<Hash>>, LedgerError> {
        let edge = self.shared.proofs.edge()?;
        let id = TileId { level, index: path.index };
        if id.width_at(edge.size()) < path.width {
            return Ok(None);
        }
        let mut hashes = KeptTree { log: &*self.shared.log, edge: &edge }.tile(id, path.width)?;
        hashes.truncate(path.width);
        Ok(Some(hashes))
    }

    /// Entries after a position, up to `until`, as they are stored, with the hashes that the tree has for them: one step of
    /// about 1 MiB. Empty at the end. Blocks on the store.
    pub fn leaves(&self, after: Position, until: u64) -> Result<Vec<Leaf>, LedgerError> {
        let until = until.min(self.shared.log.head().get());
        // A step ends with its tile, so that each tile is looked up once.
        let in_tile = TILE_WIDTH as u64 - after.get() % TILE_WIDTH as u64;
        let entries = usize::try_from(until.saturating_sub(after.get()).min(in_tile)).unwrap_or(TILE_WIDTH);
        if entries == 0 {
            return Ok(Vec::new());
        }
        let page = self.shared.log.read(after, ReadLimits { entries, bytes: STEP_BYTES })?;
        let index = after.get() / TILE_WIDTH as u64;
        let hashes = kept_leaves(&*self.shared.log, index, self.shared.log.head().get())?;
        let first = index * TILE_WIDTH as u64 + 1;
        let hash = |position: Position| hashes.get(usize::try_from(position.get() - first).ok()?).copied();
        let leaf = |(position, entry)| Leaf { position, entry, hash: hash(position) };
        Ok(page.entries.into_iter().map(leaf).collect())
    }

    /// The keys that sign, or signed, for this ledger, the oldest first.
    pub fn keys(&self) -> Result<Vec<LedgerKey>, LedgerError> {
        let cells = self.shared.catalog.cells();
        let held: Vec<VerifierKey> = self.shared.proofs.keys().iter().map(|key| key.verifier()).collect();
        let current = held.first().ok_or(LedgerError::NoProofs("the server signs nothing"))?.to_string();
        let docket = self.docket();
        let mut keys: Vec<LedgerKey> = Vec::new();
        let key = |verifier_key: String, since, handover| LedgerKey { verifier_key, since, signs: false, handover };
        for (position, rotated) in rotation::logged(&docket) {
            if keys.is_empty()
                && let Some(previous) = &rotated.previous_verifier_key
            {
                keys.push(key(previous.to_string(), None, None));
            }
            let handover = rotation::handover(&*cells, self.name(), position)?;
            keys.push(key(rotated.verifier_key.to_string(), Some(position), handover));
        }
        // A ledger made after a rotation has been signed for by both keys since its first event.
        let unlogged: Vec<String> = held.iter().rev().map(VerifierKey::to_string).collect();
        for held in unlogged {
            if keys.iter().all(|known| known.verifier_key != held) {
                keys.push(key(held, None, None));
            }
        }
        let signs = |known: &str| known == current || held.iter().any(|held| held.to_string() == known);
        keys.iter_mut().for_each(|known| known.signs = signs(&known.verifier_key));
        Ok(keys)
    }

    fn within(&self, size: u64) -> Result<(), LedgerError> {
        let has = self.tree_size()?;
        if size <= has { Ok(()) } else { Err(LedgerError::OutsideTree { asked: size, size: has }) }
    }

    fn with_tree<T>(
        &self,
        ask: impl FnOnce(&Prover<'_, KeptTree<'_>>) -> Result<T, ProveError<LedgerError>>,
    ) -> Result<T, LedgerError> {
        let edge = self.shared.proofs.edge()?;
        let tree = KeptTree { log: &*self.shared.log, edge: &edge };
        ask(&Prover::new(&tree)).map_err(|error| match error {
            ProveError::OutOfRange(it) => LedgerError::OutsideTree { asked: it.asked, size: it.size },
            ProveError::Tiles(LedgerError::Store(StoreError::Damaged { first, last })) => {
                LedgerError::Store(StoreError::Damaged { first, last })
            }
            ProveError::Tiles(error) => error,
        })
    }
}
