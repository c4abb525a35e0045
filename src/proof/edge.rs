//! The growing edge of a tree: the partial tile of each level. It is all that is needed to go on, and to know the root.

use super::Hash;
use super::tile::{TILE_HEIGHT, TILE_WIDTH, TileId, tile_root};

/// The partial tiles of a tree of some size.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    /// By level. The level above the last is empty.
    partial: Vec<Row>,
}

/// The partial tile of one level.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Row {
    hashes: Vec<Hash>,
    /// The roots of the perfect trees that the hashes make, from large to small: one for each bit of their number. Kept, so that
    /// a root costs a few hashes and not all of the tile's again.
    perfect: Vec<Hash>,
}

impl Row {
    fn push(&mut self, hash: Hash) {
        self.hashes.push(hash);
        self.perfect.push(hash);
        // As adding one carries in a binary number.
        for _ in 0..self.hashes.len().trailing_zeros() {
            let right = self.perfect.pop();
            if let (Some(left), Some(right)) = (self.perfect.last_mut(), right) {
                *left = Hash::of_children(*left, right);
            }
        }
    }
}

impl Edge {
    /// The edge of the empty tree.
    pub fn new() -> Self {
        Edge::default()
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The hashes of the partial tile of a level.
    pub fn partial(&self, level: u8) -> &[Hash] {
        self.partial.get(usize::from(level)).map_or(&[], |row| &row.hashes)
    }

    /// Adds a leaf. A tile that became full by it is handed to `full` with its root, lower levels first.
    pub fn push(&mut self, leaf: Hash, full: &mut impl FnMut(TileId, &[Hash], Hash)) {
        self.size += 1;
        let mut hash = leaf;
        for level in 0_u8.. {
            if self.partial.len() == usize::from(level) {
                self.partial.push(Row::default());
            }
            let row = &mut self.partial[usize::from(level)];
            row.push(hash);
            if row.hashes.len() < TILE_WIDTH {
                return;
            }
            let index = (self.size >> (TILE_HEIGHT * (u32::from(level) + 1))) - 1;
            hash = row.perfect[0];
            full(TileId { level, index }, &row.hashes, hash);
            row.hashes.clear();
            row.perfect.clear();
        }
    }

    /// The edge of a tree of `size` leaves, from its full tiles and the leaves after the last full one. `full` gives a
    /// full tile, `leaf` the hash of a leaf by its index.
    pub fn rebuild<E>(
        size: u64,
        full: &mut impl FnMut(TileId) -> Result<Vec<Hash>, E>,
        leaf: &mut impl FnMut(u64) -> Result<Hash, E>,
    ) -> Result<Self, E> {
        let mut partial = Vec::new();
        let mut level = 0_u8;
        loop {
            let hashes = size.checked_shr(TILE_HEIGHT * u32::from(level)).unwrap_or(0);
            if hashes == 0 {
                return Ok(Edge { size, partial });
            }
            let first = hashes & !(TILE_WIDTH as u64 - 1);
            let mut row = Row::default();
            for index in first..hashes {
                row.push(match level {
                    0 => leaf(index)?,
                    _ => tile_root(&full(TileId { level: level - 1, index })?),
                });
            }
            partial.push(row);
            level += 1;
        }
    }

    /// The root.
    pub fn root(&self) -> Hash {
        // From the right: what a level has left over stands, as perfect trees from large to small, before what is right
        // of it.
        let mut right: Option<Hash> = None;
        for perfect in self.partial.iter().flat_map(|row| row.perfect.iter().rev()) {
            right = Some(right.map_or(*perfect, |right| Hash::of_children(*perfect, right)));
        }
        right.unwrap_or_else(Hash::of_empty_tree)
    }
}
