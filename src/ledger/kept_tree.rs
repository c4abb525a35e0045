//! The tiles of a ledger's tree, kept with its log. What is missing is made from the log again: a tile holds no fact.

use bytes::Bytes;

use super::LedgerError;
use crate::domain::Position;
use crate::proof::{Edge, Hash, TILE_WIDTH, TileId, Tiles, tile_root};
use crate::store::{Log, Mark, ReadLimits, StoreError};

/// A value of the store has room for half a tile.
const HALF: usize = TILE_WIDTH / 2;
const TAG_TILE: u8 = b't';
const TAG_LEAVES: u8 = b'l';
/// How many bytes of entries one step reads.
const STEP_BYTES: usize = 4 << 20;

/// The tree over a log, of the size of its edge.
pub(super) struct KeptTree<'a> {
    pub(super) log: &'a dyn Log,
    pub(super) edge: &'a Edge,
}

impl Tiles for KeptTree<'_> {
    type Error = LedgerError;

    fn tile(&self, id: TileId, _width: usize) -> Result<Vec<Hash>, LedgerError> {
        if id.width_at(self.edge.size()) == TILE_WIDTH {
            full(self.log, id)
        } else {
            Ok(self.edge.partial(id.level).to_vec())
        }
    }
}

/// The edge of the tree over the first `size` entries of a log.
pub(super) fn edge_at(log: &dyn Log, size: u64) -> Result<Edge, LedgerError> {
    let first = size - size % TILE_WIDTH as u64;
    let mut tail = leaves(log, first, size)?.into_iter();
    let missing = || LedgerError::Store(StoreError::Corrupt { cause: "the end of a log could not be read".to_owned() });
    Edge::rebuild(size, &mut |tile| full(log, tile), &mut |_| tail.next().ok_or_else(missing))
}

/// A full tile: as it is kept, or made again.
pub(super) fn full(log: &dyn Log, id: TileId) -> Result<Vec<Hash>, LedgerError> {
    if let Some(hashes) = kept(log, id)? {
        return Ok(hashes);
    }
    let first = id.index * TILE_WIDTH as u64;
    let hashes = match id.level.checked_sub(1) {
        None => leaves(log, first, first + TILE_WIDTH as u64)?,
        Some(level) => {
            let below = |index| Ok(tile_root(&full(log, TileId { level, index })?));
            (first..first + TILE_WIDTH as u64).map(below).collect::<Result<Vec<Hash>, LedgerError>>()?
        }
    };
    // The next who asks shall find it; where it cannot be kept it is only slower.
    if log.damage().is_empty()
        && let Err(error) = keep_again(log, id, &hashes)
    {
        tracing::warn!(%error, "a tile cannot be kept");
    }
    Ok(hashes)
}

fn keep_again(log: &dyn Log, id: TileId, hashes: &[Hash]) -> Result<(), StoreError> {
    if id.level == 0 {
        let marks: Vec<Mark> = hashes.iter().map(|hash| hash.0).collect();
        log.keep_marks(Position::new(id.index * TILE_WIDTH as u64), &marks)?;
    }
    log.keep_derived(&pairs(id, hashes, tile_root(hashes)))
}

/// A full tile as it is kept. Of leaves the store has the root under a checksum, and the marks must add up to it.
fn kept(log: &dyn Log, id: TileId) -> Result<Option<Vec<Hash>>, LedgerError> {
    if id.level == 0 {
        let Some(root) = log.derived(&leaves_key(id))? else { return Ok(None) };
        let marks = log.marks(Position::new(id.index * TILE_WIDTH as u64), TILE_WIDTH)?;
        let hashes: Vec<Hash> = marks.into_iter().map(Hash).collect();
        return Ok((tile_root(&hashes).0[..] == root[..]).then_some(hashes));
    }
    let mut hashes = Vec::with_capacity(TILE_WIDTH);
    for half in 0..2 {
        let Some(value) = log.derived(&key(id, half))? else { return Ok(None) };
        hashes.extend(value.chunks(Hash::BYTES).filter_map(|bytes| Hash::from_bytes(bytes).ok()));
    }
    Ok((hashes.len() == TILE_WIDTH).then_some(hashes))
}

/// What is kept of the leaf hashes of a tile, whether full or not, of a log of `head` entries. Nothing of it is made from
/// the entries, so it can be held against them.
pub(super) fn kept_leaves(log: &dyn Log, index: u64, head: u64) -> Result<Vec<Hash>, LedgerError> {
    let tile = TileId { level: 0, index };
    match tile.width_at(head) {
        TILE_WIDTH => Ok(kept(log, tile)?.unwrap_or_default()),
        width => Ok(log.marks(Position::new(index * TILE_WIDTH as u64), width)?.into_iter().map(Hash).collect()),
    }
}

/// What keeping a full tile writes in the store. Leaves, of which there are 256 times as many as of all other hashes, are
/// kept as marks, which cost less; of them the store has only what they add up to.
pub(super) fn pairs(id: TileId, hashes: &[Hash], root: Hash) -> Vec<(Bytes, Bytes)> {
    if id.level == 0 {
        return vec![(leaves_key(id), Bytes::copy_from_slice(&root.0))];
    }
    let half = |half: u8| {
        let hashes = hashes.iter().skip(usize::from(half) * HALF).take(HALF);
        (key(id, half), hashes.flat_map(|hash| hash.0).collect())
    };
    vec![half(0), half(1)]
}

fn leaves_key(id: TileId) -> Bytes {
    [&[TAG_LEAVES][..], &id.index.to_be_bytes()].concat().into()
}

fn key(id: TileId, half: u8) -> Bytes {
    [&[TAG_TILE, id.level][..], &id.index.to_be_bytes(), &[half]].concat().into()
}

/// The hashes of the leaves from `first` until `end`, from the entries themselves.
pub(super) fn leaves(log: &dyn Log, first: u64, end: u64) -> Result<Vec<Hash>, LedgerError> {
    let mut hashes = Vec::new();
    let mut next = first;
    while next < end {
        let entries = usize::try_from(end - next).unwrap_or(usize::MAX);
        let page = log.read(Position::new(next), ReadLimits { entries, bytes: STEP_BYTES })?;
        if page.entries.is_empty() {
            let cause = format!("position {} is not there", next + 1);
            return Err(StoreError::Corrupt { cause }.into());
        }
        next += page.entries.len() as u64;
        hashes.extend(page.entries.iter().map(|(_, entry)| Hash::of_leaf(entry)));
    }
    Ok(hashes)
}
