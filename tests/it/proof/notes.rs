//! Checkpoints, notes and keys: strict to read, and of no use once a byte of them is changed.

use entente::proof::{Checkpoint, CheckpointError, Hash, KeyError, NoteError, SecretKey, SignedNote, VerifierKey};
use proptest::prelude::*;

const ORIGIN: &str = "entente/us-china/0123456789abcdef";

fn key(seed: u8) -> SecretKey {
    SecretKey::new(ORIGIN, [seed; 32]).unwrap()
}

fn checkpoint() -> Checkpoint {
    Checkpoint { origin: ORIGIN.to_owned(), size: 298, root: Hash::of_leaf(b"root") }
}

fn note(keys: &[&SecretKey]) -> String {
    SignedNote::sign(&checkpoint().to_string(), keys).to_string()
}

#[test]
fn a_checkpoint_has_the_form_of_the_specification() {
    let note = note(&[&key(1)]);
    let lines: Vec<&str> = note.lines().collect();
    assert_eq!(lines[..3], [ORIGIN, "298", &Hash::of_leaf(b"root").to_string()]);
    assert_eq!(lines[3], "");
    assert!(lines[4].starts_with(&format!("\u{2014} {ORIGIN} ")), "{note}");
    assert!(note.ends_with("=\n") || note.ends_with('\n'));
    assert_eq!(Checkpoint::verified(&note, &key(1).verifier()), Ok(checkpoint()));
}

#[test]
fn two_keys_sign_one_note_and_each_is_enough() {
    let note = note(&[&key(2), &key(1)]);
    for seed in [1, 2] {
        assert_eq!(Checkpoint::verified(&note, &key(seed).verifier()), Ok(checkpoint()));
    }
    let unknown = Checkpoint::verified(&note, &key(3).verifier()).unwrap_err();
    assert!(matches!(unknown, CheckpointError::Note(NoteError::UnknownKey { .. })), "{unknown}");
    let said = unknown.to_string();
    assert!(said.contains(ORIGIN) && said.contains(&key(3).verifier().to_string()), "{said}");
}

#[test]
fn every_flipped_bit_of_a_checkpoint_is_seen() {
    let (note, key) = (note(&[&key(1)]), key(1).verifier());
    for bit in 0..note.len() * 8 {
        let mut bytes = note.clone().into_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let Ok(text) = String::from_utf8(bytes) else { continue };
        assert!(Checkpoint::verified(&text, &key).is_err(), "bit {bit}: {text:?}");
    }
}

#[test]
fn every_flipped_bit_of_a_key_is_seen() {
    let (secret, verifier) = (key(1).reveal(), key(1).verifier().to_string());
    for bit in 0..secret.len() * 8 {
        let mut bytes = secret.clone().into_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let Ok(text) = String::from_utf8(bytes) else { continue };
        assert!(SecretKey::parse(&text).is_err(), "bit {bit}");
    }
    for bit in 0..verifier.len() * 8 {
        let mut bytes = verifier.clone().into_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let Ok(text) = String::from_utf8(bytes) else { continue };
        assert!(text.parse::<VerifierKey>().is_err(), "bit {bit}: {text}");
    }
}

#[test]
fn a_checkpoint_of_another_ledger_is_refused() {
    let other = SecretKey::new("entente/other/00", [1; 32]).unwrap();
    // The right key under the other name, over this ledger's text.
    let note = SignedNote::sign(&checkpoint().to_string(), &[&other]).to_string();
    let error = Checkpoint::verified(&note, &other.verifier()).unwrap_err();
    assert!(matches!(error, CheckpointError::Origin { .. }), "{error}");
}

#[test]
fn what_is_not_a_checkpoint_is_told_why() {
    let root = Hash::of_leaf(b"root");
    for (text, why) in [
        (String::new(), "line break"),
        ("\n298\n".to_owned(), "origin"),
        (format!("{ORIGIN}\n\n{root}\n"), "size"),
        (format!("{ORIGIN}\n0298\n{root}\n"), "size"),
        (format!("{ORIGIN}\n+298\n{root}\n"), "size"),
        (format!("{ORIGIN}\n-1\n{root}\n"), "size"),
        (format!("{ORIGIN}\n18446744073709551616\n{root}\n"), "size"),
        (format!("{ORIGIN}\n298\nAAAA\n"), "44 characters"),
        (format!("{ORIGIN}\n298\n"), "44 characters"),
        (format!("{ORIGIN}\n298\n{root}"), "line break"),
        (format!("{ORIGIN}\n298\n{root}\n\nmore\n"), "empty line"),
    ] {
        let error = Checkpoint::parse(&text).unwrap_err().to_string();
        assert!(error.contains(why), "{text:?}: {error}");
    }
    let extended = format!("{ORIGIN}\n298\n{root}\nmore\n");
    assert_eq!(Checkpoint::parse(&extended), Ok(Checkpoint { root, ..checkpoint() }));
}

#[test]
fn names_of_keys_are_checked() {
    for name in ["", "a b", "a+b", "a\nb", "a\u{a0}b"] {
        assert_eq!(SecretKey::new(name, [1; 32]).map(|_| ()), Err(KeyError::Name), "{name:?}");
    }
    for text in ["", "a", "a+b", "a+0a0b0c0d+", "a+0a0b0c0d+AZ"] {
        assert_eq!(text.parse::<VerifierKey>(), Err(KeyError::NotAVerifierKey), "{text:?}");
        assert!(matches!(SecretKey::parse(text), Err(KeyError::NotASecretKey)), "{text:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_no_note_or_the_one_it_prints_to(text in "[a-z\u{2014} +=\n]{0,60}") {
        if let Ok(note) = SignedNote::parse(&text) {
            prop_assert_eq!(note.to_string(), text);
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(text in ".{0,80}", note in "\\PC{0,40}") {
        drop(SignedNote::parse(&format!("{note}\n\n\u{2014} {text}\n")));
        drop(Checkpoint::parse(&text));
        drop(text.parse::<VerifierKey>());
        drop(SecretKey::parse(&text));
    }
}
