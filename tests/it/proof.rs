//! The tree, its proofs and its checkpoints: against published vectors, against a second implementation, against forgery.

mod forgery;
mod notes;
mod oracle;
mod vectors;

use std::collections::BTreeMap;
use std::convert::Infallible;

use entente::proof::{Edge, Hash, Prover, TileId, Tiles};

/// A tree whose tiles are kept in a map.
#[derive(Default)]
struct Tree {
    edge: Edge,
    full: BTreeMap<TileId, Vec<Hash>>,
}

impl Tree {
    fn of(entries: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let mut tree = Tree::default();
        entries.into_iter().for_each(|entry| tree.push(&entry));
        tree
    }

    fn push(&mut self, entry: &[u8]) {
        let full = &mut self.full;
        self.edge.push(Hash::of_leaf(entry), &mut |tile, hashes, _| {
            assert!(full.insert(tile, hashes.to_vec()).is_none(), "{tile:?} became full twice");
        });
    }

    fn prover(&self) -> Prover<'_, Self> {
        Prover::new(self)
    }
}

impl Tiles for Tree {
    type Error = Infallible;

    fn tile(&self, id: TileId, width: usize) -> Result<Vec<Hash>, Infallible> {
        assert!(width <= id.width_at(self.edge.size()), "{id:?} is asked for more than the tree has");
        Ok(self.full.get(&id).map_or_else(|| self.edge.partial(id.level).to_vec(), Clone::clone))
    }
}

/// The entry of a leaf, by its index.
fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

/// The bytes of a hexadecimal text.
fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}
