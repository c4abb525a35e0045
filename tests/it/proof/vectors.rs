//! The vectors that the reference implementation of Certificate Transparency is tested with, and Go's.

use entente::proof::{Hash, SecretKey, SignedNote, VerifierKey, verify_consistency, verify_inclusion};

use super::{Tree, hex};

const ENTRIES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

/// The root of the tree over the first 0, 1, … 8 entries.
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn hashes(texts: &[&str]) -> Vec<Hash> {
    texts.iter().map(|text| Hash::from_bytes(&hex(text)).unwrap()).collect()
}

fn root(size: usize) -> Hash {
    hashes(&ROOTS)[size]
}

#[test]
fn the_roots_are_those_of_the_reference() {
    let mut tree = Tree::default();
    assert_eq!(tree.edge.root(), root(0));
    for (entry, size) in ENTRIES.iter().zip(1..) {
        tree.push(&hex(entry));
        assert_eq!(tree.edge.root(), root(size), "size {size}");
        for smaller in 0..=size {
            assert_eq!(tree.prover().root(smaller as u64).unwrap(), root(smaller), "{smaller} of {size}");
        }
    }
}

#[test]
fn inclusion_proofs_are_those_of_the_reference() {
    let tree = Tree::of(ENTRIES.map(hex));
    for (leaf, size, path) in [
        (0, 1, vec![]),
        (
            0,
            8,
            vec![
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            vec![
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (2, 3, vec!["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
        (
            1,
            5,
            vec![
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ] {
        let proof = tree.prover().inclusion(leaf, size).unwrap();
        assert_eq!(proof, hashes(&path), "leaf {leaf} of {size}");
        let of_leaf = Hash::of_leaf(&hex(ENTRIES[leaf as usize]));
        assert_eq!(verify_inclusion(of_leaf, leaf, size, &proof, root(size as usize)), Ok(()));
    }
}

#[test]
fn consistency_proofs_are_those_of_the_reference() {
    let tree = Tree::of(ENTRIES.map(hex));
    for (first, second, path) in [
        (1, 1, vec![]),
        (
            1,
            8,
            vec![
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            6,
            8,
            vec![
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            vec![
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ] {
        let proof = tree.prover().consistency(first, second).unwrap();
        assert_eq!(proof, hashes(&path), "{first} to {second}");
        let (old, new) = ((first, root(first as usize)), (second, root(second as usize)));
        assert_eq!(verify_consistency(old, new, &proof), Ok(()));
    }
}

#[test]
fn keys_and_notes_are_those_of_go() {
    let verifier = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let secret = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    let text = "If you think cryptography is the answer to your problem,\n\
                then you don't know what your problem is.\n";
    let note = format!(
        "{text}\n\u{2014} PeterNeumann \
         x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    );
    let key = SecretKey::parse(secret).unwrap();
    assert_eq!(key.reveal(), secret);
    assert_eq!(key.verifier(), verifier.parse::<VerifierKey>().unwrap());
    assert_eq!(key.verifier().to_string(), verifier);
    assert_eq!(SignedNote::parse(&note).unwrap().verified(&key.verifier()), Ok(text));
    assert_eq!(SignedNote::sign(text, &[&key]).to_string(), note);
    assert!(!format!("{key:?}").contains("AYEKFALVFGyNhPJEMzD1QIDr"), "a secret is not printed by accident");
}
