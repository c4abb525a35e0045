//! Making proofs from tiles.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::Hash;
use super::tile::{TILE_HEIGHT, TILE_WIDTH, TileId, tile_root};

/// Where the tiles of a tree are.
pub trait Tiles {
    /// Why a tile cannot be had.
    type Error;

    /// The hashes of a tile, at least `width` of them: 1 to 256. Asked only for what the tree has.
    fn tile(&self, id: TileId, width: usize) -> Result<Vec<Hash>, Self::Error>;
}

/// Makes proofs. Keeps the tiles it has met, so use one for the proofs of one question.
pub struct Prover<'a, T: Tiles> {
    tiles: &'a T,
    met: RefCell<BTreeMap<TileId, Vec<Hash>>>,
}

/// Why there is no proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProveError<E> {
    /// The question is not about this tree.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// A tile cannot be had.
    #[error("{0}")]
    Tiles(E),
}

/// What is asked about lies outside the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{asked} is beyond the size, {size}")]
pub struct OutOfRange {
    /// The leaf, or the smaller size.
    pub asked: u64,
    /// The size of the tree.
    pub size: u64,
}

impl<'a, T: Tiles> Prover<'a, T> {
    /// A prover over some tiles.
    pub fn new(tiles: &'a T) -> Self {
        Prover { tiles, met: RefCell::default() }
    }

    /// The root of the tree as it was at `size` leaves.
    pub fn root(&self, size: u64) -> Result<Hash, T::Error> {
        if size == 0 { Ok(Hash::of_empty_tree()) } else { self.range(0, size) }
    }

    /// That the leaf `index`, from 0, is in the tree of `size` leaves: RFC 6962, 2.1.1.
    pub fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, ProveError<T::Error>> {
        if index >= size {
            return Err(OutOfRange { asked: index, size }.into());
        }
        let (mut from, mut until) = (0, size);
        let mut siblings = Vec::new();
        while until - from > 1 {
            let middle = from + split(until - from);
            let (sibling, half) =
                if index < middle { ((middle, until), (from, middle)) } else { ((from, middle), (middle, until)) };
            siblings.push(sibling);
            (from, until) = half;
        }
        self.hashes(siblings)
    }

    /// That the tree of `first` leaves is the beginning of that of `second`: RFC 6962, 2.1.2. Empty where one of them
    /// is empty or they are the same.
    pub fn consistency(&self, first: u64, second: u64) -> Result<Vec<Hash>, ProveError<T::Error>> {
        if first > second {
            return Err(OutOfRange { asked: first, size: second }.into());
        }
        if first == 0 || first == second {
            return Ok(Vec::new());
        }
        let (mut from, mut until) = (0, second);
        let mut ranges = Vec::new();
        while until != first {
            let middle = from + split(until - from);
            if first <= middle {
                ranges.push((middle, until));
                until = middle;
            } else {
                ranges.push((from, middle));
                from = middle;
            }
        }
        // The verifier knows the first tree's own root.
        if from > 0 {
            ranges.push((from, until));
        }
        self.hashes(ranges)
    }

    /// The hashes of ranges that were met from the root down; a proof has them from the leaf up.
    fn hashes(&self, ranges: Vec<(u64, u64)>) -> Result<Vec<Hash>, ProveError<T::Error>> {
        ranges.into_iter().rev().map(|(from, until)| self.range(from, until).map_err(ProveError::Tiles)).collect()
    }

    /// The hash over the leaves of a range as the tree has them under one node: `from` is a multiple of the largest power
    /// of two within the range.
    fn range(&self, from: u64, until: u64) -> Result<Hash, T::Error> {
        let leaves = until - from;
        if leaves.is_power_of_two() {
            let level = leaves.trailing_zeros();
            return self.node(level, from >> level);
        }
        let middle = from + split(leaves);
        Ok(Hash::of_children(self.range(from, middle)?, self.range(middle, until)?))
    }

    /// The root of a perfect subtree of 2^level leaves.
    fn node(&self, level: u32, index: u64) -> Result<Hash, T::Error> {
        let above = level % TILE_HEIGHT;
        let first = index << above;
        let tile = TileId {
            level: u8::try_from(level / TILE_HEIGHT).expect("a tree of 2^64 leaves has 8 levels of tiles"),
            index: first / TILE_WIDTH as u64,
        };
        let start = usize::try_from(first % TILE_WIDTH as u64).expect("less than 256");
        let end = start + (1 << above);
        let mut met = self.met.borrow_mut();
        if met.get(&tile).is_none_or(|hashes| hashes.len() < end) {
            let hashes = self.tiles.tile(tile, end)?;
            met.insert(tile, hashes);
        }
        Ok(tile_root(&met[&tile][start..end]))
    }
}

/// The largest power of two below `leaves`, which are two at least.
fn split(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}
