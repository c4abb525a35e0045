//! The growing edge of a tree: the partial tile of each level. It is all that is needed to go on, and to know the root.

use super::Hash;
use super::tile::{TILE_HEIGHT, TILE_WIDTH, TileId, tile_root};

/// The partial tiles of a tree of some size.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    /// By level. The level above the last is empty.
    partial: Vec<Vec<Hash>>,
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
        self.partial.get(usize::from(level)).map_or(&[], Vec::as_slice)
    }

    /// Adds a leaf. A tile that became full by it is handed to `full` with its root, lower levels first.
    pub fn push(&mut self, leaf: Hash, full: &mut impl FnMut(TileId, &[Hash], Hash)) {
        self.size += 1;
        let mut hash = leaf;
        for level in 0_u8.. {
            if self.partial.len() == usize::from(level) {
                self.partial.push(Vec::with_capacity(TILE_WIDTH));
            }
            let hashes = &mut self.partial[usize::from(level)];
            hashes.push(hash);
            if hashes.len() < TILE_WIDTH {
                return;
            }
            let index = (self.size >> (TILE_HEIGHT * (u32::from(level) + 1))) - 1;
            hash = tile_root(hashes);
            full(TileId { level, index }, hashes, hash);
            hashes.clear();
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
            let mut row = Vec::with_capacity(TILE_WIDTH);
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
        for row in &self.partial {
            let mut end = row.len();
            while end > 0 {
                let width = 1 << end.trailing_zeros();
                let perfect = tile_root(&row[end - width..end]);
                right = Some(right.map_or(perfect, |right| Hash::of_children(perfect, right)));
                end -= width;
            }
        }
        right.unwrap_or_else(Hash::of_empty_tree)
    }
}
