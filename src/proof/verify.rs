//! Checking proofs, with nothing but hashes. The algorithms are those of RFC 9162, sections 2.1.3.2 and 2.1.4.2.

use super::Hash;

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The leaf, or the smaller tree, is not within the tree.
    #[error("{asked} is beyond the size of the tree, {size}")]
    OutOfRange {
        /// The leaf, or the smaller size.
        asked: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The proof has not as many hashes as it must have.
    #[error("the proof has {hashes} hashes, which is not what a tree of {size} needs")]
    Length {
        /// How many it has.
        hashes: usize,
        /// The size of the tree.
        size: u64,
    },
    /// The proof leads to another root.
    #[error("the proof leads to root {found}, not to {expected}")]
    RootDiffers {
        /// The root the proof leads to.
        found: Hash,
        /// The root that is vouched for.
        expected: Hash,
    },
}

/// Checks that `leaf` is the leaf `index`, from 0, of the tree of `size` leaves with this root.
pub fn verify_inclusion(leaf: Hash, index: u64, size: u64, proof: &[Hash], root: Hash) -> Result<(), VerifyError> {
    if index >= size {
        return Err(VerifyError::OutOfRange { asked: index, size });
    }
    let length = VerifyError::Length { hashes: proof.len(), size };
    let (mut node, mut last) = (index, size - 1);
    let mut found = leaf;
    for sibling in proof {
        if last == 0 {
            return Err(length);
        }
        if node % 2 == 1 || node == last {
            found = Hash::of_children(*sibling, found);
            while node % 2 == 0 && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            found = Hash::of_children(found, *sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last != 0 {
        return Err(length);
    }
    same(found, root)
}

/// Checks that the tree of `first` leaves with `first_root` is the beginning of the tree of `second` leaves with
/// `second_root`.
pub fn verify_consistency(
    (first, first_root): (u64, Hash),
    (second, second_root): (u64, Hash),
    proof: &[Hash],
) -> Result<(), VerifyError> {
    let length = VerifyError::Length { hashes: proof.len(), size: second };
    if first > second {
        return Err(VerifyError::OutOfRange { asked: first, size: second });
    }
    if first == 0 || first == second {
        // The empty tree is the beginning of every tree, and needs no proof; but its root is fixed.
        let expected = if first == second { second_root } else { Hash::of_empty_tree() };
        return if proof.is_empty() { same(first_root, expected) } else { Err(length) };
    }
    // The smaller tree's root begins the way up where it is a perfect subtree, and is not repeated in the proof.
    let (start, rest) = match proof.split_first() {
        Some(_) if first.is_power_of_two() => (first_root, proof),
        Some((start, rest)) => (*start, rest),
        None => return Err(length),
    };
    let (mut node, mut last) = (first - 1, second - 1);
    while node % 2 == 1 {
        (node, last) = (node >> 1, last >> 1);
    }
    let (mut in_first, mut in_second) = (start, start);
    for hash in rest {
        if last == 0 {
            return Err(length);
        }
        if node % 2 == 1 || node == last {
            in_first = Hash::of_children(*hash, in_first);
            in_second = Hash::of_children(*hash, in_second);
            while node % 2 == 0 && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        } else {
            in_second = Hash::of_children(in_second, *hash);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last != 0 {
        return Err(length);
    }
    same(in_first, first_root)?;
    same(in_second, second_root)
}

fn same(found: Hash, expected: Hash) -> Result<(), VerifyError> {
    if found == expected { Ok(()) } else { Err(VerifyError::RootDiffers { found, expected }) }
}
