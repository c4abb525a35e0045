//! ct-merkle, a second implementation of RFC 6962, as an oracle: the same roots and the same proofs, byte by byte.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use entente::proof::{Hash, verify_consistency, verify_inclusion};
use proptest::prelude::*;
use sha2::Sha256;

use super::{Tree, entry};

type Oracle = MemoryBackedTree<Sha256, Vec<u8>>;

fn both(size: u64) -> (Tree, Oracle) {
    let (mut tree, mut oracle) = (Tree::default(), Oracle::new());
    for index in 0..size {
        tree.push(&entry(index));
        oracle.push(entry(index));
    }
    (tree, oracle)
}

fn root_of(oracle: &Oracle) -> Hash {
    Hash::from_bytes(oracle.root().as_bytes()).unwrap()
}

fn bytes(proof: &[Hash]) -> Vec<u8> {
    proof.iter().flat_map(|hash| hash.0).collect()
}

/// Everything that can be asked of one tree about one leaf and one earlier size.
fn agree(tree: &Tree, oracle: &Oracle, leaf: u64, earlier: u64) {
    let size = tree.edge.size();
    let root = tree.edge.root();
    assert_eq!(root, root_of(oracle), "the root of {size}");
    assert_eq!(tree.prover().root(size).unwrap(), root, "the root of {size}, from tiles");

    let inclusion = tree.prover().inclusion(leaf, size).unwrap();
    assert_eq!(bytes(&inclusion), oracle.prove_inclusion(leaf as usize).as_bytes(), "leaf {leaf} of {size}");
    assert_eq!(verify_inclusion(Hash::of_leaf(&entry(leaf)), leaf, size, &inclusion, root), Ok(()));
    let of_oracle = ct_merkle::InclusionProof::<Sha256>::try_from_bytes(bytes(&inclusion)).unwrap();
    oracle.root().verify_inclusion(&entry(leaf), leaf, &of_oracle).unwrap();

    let earlier_root = tree.prover().root(earlier).unwrap();
    let consistency = tree.prover().consistency(earlier, size).unwrap();
    if earlier > 0 && earlier < size {
        let of_oracle = oracle.prove_consistency((size - earlier) as usize);
        assert_eq!(bytes(&consistency), of_oracle.as_bytes(), "{earlier} to {size}");
    }
    assert_eq!(verify_consistency((earlier, earlier_root), (size, root), &consistency), Ok(()));
}

#[test]
fn every_leaf_and_every_earlier_size_of_small_trees() {
    let (mut tree, mut oracle) = (Tree::default(), Oracle::new());
    for size in 1..=70 {
        tree.push(&entry(size - 1));
        oracle.push(entry(size - 1));
        for leaf in 0..size {
            agree(&tree, &oracle, leaf, leaf + 1);
        }
    }
}

#[test]
fn sizes_around_powers_of_two_and_around_full_tiles() {
    let (mut tree, mut oracle) = (Tree::default(), Oracle::new());
    let mut sizes: Vec<u64> = (1..=16).flat_map(|power| [(1 << power) - 1, 1 << power, (1 << power) + 1]).collect();
    sizes.dedup();
    assert!([255, 256, 257, 65_535, 65_536, 65_537].iter().all(|size| sizes.contains(size)));
    for size in sizes {
        while tree.edge.size() < size {
            let index = tree.edge.size();
            tree.push(&entry(index));
            oracle.push(entry(index));
        }
        let asked = [0, 1, size / 2, size.saturating_sub(257), size.saturating_sub(256), size - 1];
        for leaf in asked.into_iter().filter(|leaf| *leaf < size) {
            agree(&tree, &oracle, leaf, leaf);
            agree(&tree, &oracle, leaf, leaf + 1);
        }
        let rebuilt = entente::proof::Edge::rebuild::<()>(
            size,
            &mut |tile| tree.full.get(&tile).cloned().ok_or(()),
            &mut |leaf| Ok(Hash::of_leaf(&entry(leaf))),
        );
        assert_eq!(rebuilt.map(|edge| (edge.root(), edge.size())), Ok((tree.edge.root(), size)), "rebuilt at {size}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_tree_any_leaf_any_earlier_size(size in 1_u64..1500, leaf: prop::sample::Index, earlier: prop::sample::Index) {
        let (tree, oracle) = both(size);
        agree(&tree, &oracle, leaf.index(size as usize) as u64, earlier.index(size as usize + 1) as u64);
    }

    #[test]
    fn an_earlier_tree_is_what_it_was(size in 2_u64..900, earlier: prop::sample::Index, leaf: prop::sample::Index) {
        let (tree, _) = both(size);
        let earlier = 1 + earlier.index(size as usize - 1) as u64;
        let (then, _) = both(earlier);
        prop_assert_eq!(tree.prover().root(earlier).unwrap(), then.edge.root());
        let leaf = leaf.index(earlier as usize) as u64;
        prop_assert_eq!(tree.prover().inclusion(leaf, earlier).unwrap(), then.prover().inclusion(leaf, earlier).unwrap());
    }
}
