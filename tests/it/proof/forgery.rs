//! What is not so cannot be proved: every changed proof, leaf, place, size and root is refused.

use entente::proof::{Hash, ProveError, VerifyError, verify_consistency, verify_inclusion};
use proptest::prelude::*;

use super::{Tree, entry};

fn tree(size: u64) -> Tree {
    Tree::of((0..size).map(entry))
}

fn flipped(hash: Hash, bit: usize) -> Hash {
    let mut bytes = hash.0;
    bytes[bit / 8 % 32] ^= 1 << (bit % 8);
    Hash(bytes)
}

/// Every proof that differs from this one by a flipped bit, a missing, a repeated or a further hash.
fn changed(proof: &[Hash], bit: usize) -> Vec<Vec<Hash>> {
    let mut all: Vec<Vec<Hash>> = Vec::new();
    for at in 0..proof.len() {
        let mut one = proof.to_vec();
        one[at] = flipped(one[at], bit);
        all.push(one);
        let mut one = proof.to_vec();
        one.remove(at);
        all.push(one);
        let mut one = proof.to_vec();
        one.insert(at, one[at]);
        all.push(one);
    }
    all.push([proof, &[Hash([7; 32])]].concat());
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_changed_inclusion_proof_is_refused(size in 1_u64..400, leaf: prop::sample::Index, bit in 0_usize..256) {
        let tree = tree(size);
        let leaf = leaf.index(size as usize) as u64;
        let (hash, root) = (Hash::of_leaf(&entry(leaf)), tree.edge.root());
        let proof = tree.prover().inclusion(leaf, size).unwrap();
        for other in changed(&proof, bit) {
            prop_assert!(verify_inclusion(hash, leaf, size, &other, root).is_err());
        }
        prop_assert!(verify_inclusion(flipped(hash, bit), leaf, size, &proof, root).is_err());
        prop_assert!(verify_inclusion(hash, leaf, size, &proof, flipped(root, bit)).is_err());
        for other in (0..size).filter(|other| *other != leaf) {
            prop_assert!(verify_inclusion(hash, other, size, &proof, root).is_err(), "leaf {leaf} as {other} of {size}");
        }
        prop_assert!(verify_inclusion(hash, size + leaf, size, &proof, root).is_err());
    }

    #[test]
    fn a_changed_consistency_proof_is_refused(size in 2_u64..400, earlier: prop::sample::Index, bit in 0_usize..256) {
        let tree = tree(size);
        let earlier = 1 + earlier.index(size as usize - 1) as u64;
        let (old, new) = (tree.prover().root(earlier).unwrap(), tree.edge.root());
        let proof = tree.prover().consistency(earlier, size).unwrap();
        for other in changed(&proof, bit) {
            prop_assert!(verify_consistency((earlier, old), (size, new), &other).is_err());
        }
        prop_assert!(verify_consistency((earlier, flipped(old, bit)), (size, new), &proof).is_err());
        prop_assert!(verify_consistency((earlier, old), (size, flipped(new, bit)), &proof).is_err());
    }

    #[test]
    fn a_rewritten_history_has_no_proof(size in 2_u64..300, earlier: prop::sample::Index, rewritten: prop::sample::Index) {
        let earlier = 1 + earlier.index(size as usize - 1) as u64;
        let told = tree(earlier).edge.root();
        let rewritten = rewritten.index(earlier as usize) as u64;
        let other = Tree::of((0..size).map(|index| if index == rewritten { b"other".to_vec() } else { entry(index) }));
        let proof = other.prover().consistency(earlier, size).unwrap();
        prop_assert!(verify_consistency((earlier, told), (size, other.edge.root()), &proof).is_err());
    }
}

#[test]
fn a_node_cannot_stand_for_a_leaf() {
    let tree = tree(2);
    let [left, right] = [Hash::of_leaf(&entry(0)), Hash::of_leaf(&entry(1))];
    let as_entry = [left.0, right.0].concat();
    assert_ne!(Hash::of_leaf(&as_entry), tree.edge.root());
    assert!(verify_inclusion(Hash::of_leaf(&as_entry), 0, 1, &[], tree.edge.root()).is_err());
}

#[test]
fn what_lies_beyond_the_tree_is_told() {
    let tree = tree(5);
    assert!(matches!(tree.prover().inclusion(5, 5), Err(ProveError::OutOfRange(it)) if (it.asked, it.size) == (5, 5)));
    assert!(
        matches!(tree.prover().consistency(6, 5), Err(ProveError::OutOfRange(it)) if (it.asked, it.size) == (6, 5))
    );
    let root = tree.edge.root();
    assert_eq!(verify_inclusion(root, 5, 5, &[], root), Err(VerifyError::OutOfRange { asked: 5, size: 5 }));
    assert_eq!(verify_consistency((6, root), (5, root), &[]), Err(VerifyError::OutOfRange { asked: 6, size: 5 }));
    // Nothing comes after the end of numbers, and nothing panics there.
    assert!(verify_inclusion(root, u64::MAX - 1, u64::MAX, &[root; 64], root).is_err());
    assert!(verify_consistency((u64::MAX - 1, root), (u64::MAX, root), &[root; 70]).is_err());
}

#[test]
fn the_empty_tree_is_the_beginning_of_every_tree_and_has_one_root() {
    let root = tree(5).edge.root();
    assert_eq!(verify_consistency((0, Hash::of_empty_tree()), (5, root), &[]), Ok(()));
    assert!(verify_consistency((0, root), (5, root), &[]).is_err());
    assert!(verify_consistency((5, root), (5, Hash::of_empty_tree()), &[]).is_err());
    assert_eq!(verify_consistency((5, root), (5, root), &[]), Ok(()));
}
