//! Going over every entry: does what is there match what was signed, and if not, where does it first differ.

use super::{Checkpoint, Edge, Hash};

/// A comparison of entries, in order from the first, with a checkpoint.
///
/// Beside the entries it takes the leaf hashes that the tree has for them. Where those lead to the root that was signed
/// they are true, so an entry with another hash is the one that was altered.
#[derive(Debug)]
pub struct Audit {
    checkpoint: Checkpoint,
    found: Edge,
    claimed: Edge,
    /// The first leaf, from 0, whose entry is not what the tree has for it, or is not there.
    first_different: Option<u64>,
    first_missing: Option<u64>,
}

/// What an audit found. Positions are those of events, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every entry that was signed for is there, and is what it was.
    Intact {
        /// The tree kept beside the entries is not the one that was signed. It can be made from the entries again.
        tree_differs: bool,
    },
    /// An entry is not what was signed for.
    Tampered {
        /// The first such position; `None` where the tree beside the entries does not tell it either.
        position: Option<u64>,
    },
    /// An entry that was signed for is missing or cannot be read; those that can be read are what they were, as far as can
    /// be told.
    Incomplete {
        /// The first such position.
        position: u64,
    },
}

impl Audit {
    /// An audit against a checkpoint whose signature was checked.
    pub fn new(checkpoint: Checkpoint) -> Self {
        let (found, claimed) = (Edge::new(), Edge::new());
        Audit { checkpoint, found, claimed, first_different: None, first_missing: None }
    }

    /// How many entries were taken.
    pub fn taken(&self) -> u64 {
        self.claimed.size()
    }

    /// Takes the next entry, `None` where it cannot be read, and the hash that the tree has for it, `None` where the tree
    /// has none. What the checkpoint does not vouch for is passed over.
    pub fn take(&mut self, entry: Option<&[u8]>, claimed: Option<Hash>) {
        let leaf = self.taken();
        if leaf >= self.checkpoint.size {
            return;
        }
        let found = entry.map(Hash::of_leaf);
        if found.is_none() {
            self.first_missing.get_or_insert(leaf);
        } else if claimed.is_some() && claimed != found {
            self.first_different.get_or_insert(leaf);
        }
        let nothing = Hash::of_empty_tree();
        self.found.push(found.or(claimed).unwrap_or(nothing), &mut |_, _, _| {});
        self.claimed.push(claimed.or(found).unwrap_or(nothing), &mut |_, _, _| {});
    }

    /// What was found.
    pub fn verdict(&self) -> Verdict {
        let Checkpoint { size, root, .. } = self.checkpoint;
        let is_short = self.taken() < size;
        let missing = self.first_missing.or(is_short.then_some(self.taken()));
        let position = |leaf: u64| leaf + 1;
        let claims_are_true = !is_short && self.claimed.root() == root;
        match (missing, self.first_different) {
            (None, _) if self.found.root() == root => Verdict::Intact { tree_differs: self.first_different.is_some() },
            (_, Some(leaf)) if claims_are_true => Verdict::Tampered { position: Some(position(leaf)) },
            // What can be read leads, with what the tree has for the rest, to the root that was signed.
            (Some(leaf), _) if is_short || self.found.root() == root => {
                Verdict::Incomplete { position: position(leaf) }
            }
            (Some(leaf), None) => Verdict::Incomplete { position: position(leaf) },
            (_, different) => Verdict::Tampered { position: different.map(position) },
        }
    }
}
