//! Checkpoints, notes, proofs, bundles, tiles, keys: what was changed proves nothing.

use entente::exchange::bundle;
use entente::proof::{
    Checkpoint, Hash, SecretKey, SignedNote, TilePath, VerifierKey, verify_consistency, verify_inclusion,
};
use entente::proto::v1;
use prost::Message as _;

use super::campaign::Decoder;

const ORIGIN: &str = "entente.example/ledgers/us-china/test";

/// A tree of three leaves, whose hashes can be written out.
struct Small {
    leaves: [Vec<u8>; 3],
    hashes: [Hash; 3],
    /// The root over the first two.
    pair: Hash,
    root: Hash,
}

fn small() -> Small {
    let leaves =
        [1, 2, 3].map(|position| v1::Event { position, name: "e".repeat(9), ..v1::Event::default() }.encode_to_vec());
    let hashes = [0, 1, 2].map(|index: usize| Hash::of_leaf(&leaves[index]));
    let pair = Hash::of_children(hashes[0], hashes[1]);
    Small { root: Hash::of_children(pair, hashes[2]), pair, hashes, leaves }
}

fn key() -> SecretKey {
    SecretKey::new(ORIGIN, [7; 32]).unwrap()
}

pub(super) fn decoders() -> Vec<Decoder> {
    let tree = small();
    let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), size: 3, root: tree.root };
    let other = SecretKey::new("witness.example", [9; 32]).unwrap();
    let note = SignedNote::sign(&checkpoint.to_string(), &[&key(), &other]).to_string();
    vec![
        signed_checkpoint(&checkpoint, &note),
        Decoder::strict("note", |text| SignedNote::parse(text).ok().map(|it| it.to_string()))
            .valid([note.clone()])
            .odd(["\n".repeat(60_000), format!("a\n\n{}", "\u{2014} a AAAA\n".repeat(3_000))]),
        Decoder::printing("checkpoint", |text| Checkpoint::parse(text).ok().map(|it| it.to_string()))
            .valid([checkpoint.to_string(), checkpoint.to_string() + "an extension\n"]),
        inclusion(&tree),
        consistency(&tree),
        bundle_of(&tree, note),
        Decoder::strict("tile path", |text| TilePath::parse(text).map(|it| it.to_string()))
            .valid(["0/000", "0/x001/x234/067", "entries/x001/000.p/255", "7/999.p/1"])
            .odd(["0/".to_owned() + &"x000/".repeat(10_000) + "000"]),
        Decoder::strict("hash", |text| Hash::parse(text).ok().map(|it| it.to_string())).valid([tree.root.to_string()]),
        Decoder::strict("verifier key", |text| text.parse::<VerifierKey>().ok().map(|it| it.to_string()))
            .valid([key().verifier().to_string()]),
        Decoder::printing("secret key", |text| SecretKey::parse(text).ok().map(|it| it.reveal()))
            .valid([key().reveal()]),
    ]
}

/// Whatever is verified is the checkpoint that was signed.
fn signed_checkpoint(signed: &Checkpoint, note: &str) -> Decoder {
    let (signed, key) = (signed.clone(), key().verifier());
    Decoder::of_text("signed checkpoint", move |text| match Checkpoint::verified(text, &key) {
        Ok(read) => {
            assert_eq!(read, signed);
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
    })
    .valid([note])
    .costing(2)
}

/// The numbers and hashes that a proof is given as.
fn parts(bytes: &[u8]) -> Option<(u64, u64, Vec<Hash>)> {
    let (first, rest) = bytes.split_first_chunk::<8>()?;
    let (second, rest) = rest.split_first_chunk::<8>()?;
    let hashes = rest.chunks(32).map(|hash| Hash::from_bytes(hash).ok()).collect::<Option<_>>()?;
    Some((u64::from_be_bytes(*first), u64::from_be_bytes(*second), hashes))
}

fn bytes(first: u64, second: u64, hashes: &[Hash]) -> Vec<u8> {
    let hashes = hashes.iter().flat_map(|hash| hash.0);
    first.to_be_bytes().into_iter().chain(second.to_be_bytes()).chain(hashes).collect()
}

/// One leaf has one proof, and of the tree's own size one place.
fn inclusion(tree: &Small) -> Decoder {
    let (leaf, root, proof) = (tree.hashes[1], tree.root, vec![tree.hashes[0], tree.hashes[2]]);
    Decoder::new("inclusion proof", {
        let proof = proof.clone();
        move |bytes| {
            let Some((index, size, hashes)) = parts(bytes) else { return false };
            let taken = verify_inclusion(leaf, index, size, &hashes, root).is_ok();
            assert!(!taken || hashes == proof);
            assert!(!taken || size != 3 || index == 1);
            taken
        }
    })
    .valid([bytes(1, 3, &proof)])
}

/// Two trees have one proof that the first is the beginning of the second.
fn consistency(tree: &Small) -> Decoder {
    let (old, new, proof) = (tree.pair, tree.root, vec![tree.hashes[2]]);
    Decoder::new("consistency proof", {
        let proof = proof.clone();
        move |bytes| {
            let Some((first, second, hashes)) = parts(bytes) else { return false };
            let taken = verify_consistency((first, old), (second, new), &hashes).is_ok();
            assert!(!taken || (hashes == proof && first != second));
            taken
        }
    })
    .valid([bytes(2, 3, &proof)])
}

/// Whatever a bundle proves is what was recorded.
fn bundle_of(tree: &Small, checkpoint: String) -> Decoder {
    let proven = v1::ProvenEvent {
        position: 2,
        leaf: tree.leaves[1].clone(),
        hashes: [tree.hashes[0], tree.hashes[2]].iter().map(|hash| hash.0.to_vec()).collect(),
    };
    let text = bundle::to_text(&v1::Bundle { checkpoint, events: vec![proven] }).unwrap();
    let (leaf, key) = (tree.leaves[1].clone(), key().verifier());
    Decoder::of_text("bundle", move |text| {
        let opened = bundle::from_text(text).and_then(|bundle| bundle::open(&bundle, &key));
        match opened {
            Ok((_, events)) => {
                assert!(events.iter().all(|event| event.encode_to_vec() == leaf));
                true
            }
            Err(error) => {
                assert!(!error.to_string().is_empty());
                false
            }
        }
    })
    .valid([text])
    .odd(["[".repeat(60_000), "{\"events\":[".repeat(5_000)])
    .costing(3)
}
