//! Signed notes, as C2SP signed-note has them: a text, an empty line, and a line for each signature.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{SecretKey, VerifierKey};

/// How every line of a signature begins: an em dash and a space.
const SIGNATURE: &str = "\u{2014} ";
/// The longest note that is read, and the most signatures; a checkpoint has about 300 bytes and one or two.
const NOTE_BYTES_MAX: usize = 16 << 10;
const SIGNATURES_MAX: usize = 16;

/// A text with signatures, none of which is checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<Signature>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Signature {
    name: String,
    key_id: [u8; 4],
    /// 64 bytes where it is one of Ed25519; others have their own lengths.
    bytes: Vec<u8>,
}

/// Why a note says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The text is no note.
    #[error("is not a signed note: {0}")]
    Form(&'static str),
    /// The note has no signature of this key.
    #[error("has no signature of key {key}, but of {}", names(.signed_by))]
    UnknownKey {
        /// The key it was checked with.
        key: String,
        /// Who signed it: name and id of each key.
        signed_by: Vec<String>,
    },
    /// The note names this key, and it did not sign this.
    #[error("has a wrong signature of key {0}: the text or the signature was altered")]
    WrongSignature(String),
}

impl SignedNote {
    /// Signs a text with each of the keys. The text ends with a line break and has no empty line, as that of a checkpoint.
    pub fn sign(text: &str, keys: &[&SecretKey]) -> Self {
        let signature = |key: &&SecretKey| {
            let verifier = key.verifier();
            Signature { name: verifier.name().to_owned(), key_id: verifier.id(), bytes: key.sign(text).to_vec() }
        };
        SignedNote { text: text.to_owned(), signatures: keys.iter().map(signature).collect() }
    }

    /// Reads a note.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > NOTE_BYTES_MAX {
            return Err(NoteError::Form("it is longer than 16 KiB"));
        }
        if note.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError::Form("it has control characters"));
        }
        let (text, signatures) =
            note.rsplit_once("\n\n").ok_or(NoteError::Form("it has no empty line before its signatures"))?;
        let lines = signatures.strip_suffix('\n').ok_or(NoteError::Form("it does not end with a line break"))?;
        let signatures: Vec<Signature> = lines
            .split('\n')
            .map(|line| parse_signature(line).ok_or(NoteError::Form("a line of a signature cannot be read")))
            .collect::<Result<_, _>>()?;
        if signatures.len() > SIGNATURES_MAX {
            return Err(NoteError::Form("it has more than 16 signatures"));
        }
        let note = SignedNote { text: format!("{text}\n"), signatures };
        Ok(note)
    }

    /// The text, if this key signed it. Signatures of other keys are passed over.
    pub fn verified(&self, key: &VerifierKey) -> Result<&str, NoteError> {
        let of_key = |it: &&Signature| it.name == key.name() && it.key_id == key.id();
        let mut signatures = self.signatures.iter().filter(of_key).peekable();
        if signatures.peek().is_none() {
            return Err(NoteError::UnknownKey { key: key.to_string(), signed_by: self.signed_by() });
        }
        let is_right = |it: &Signature| {
            it.bytes.as_slice().try_into().is_ok_and(|bytes: &[u8; 64]| key.verifies(&self.text, bytes))
        };
        if signatures.all(is_right) { Ok(&self.text) } else { Err(NoteError::WrongSignature(key.to_string())) }
    }

    /// Who signed it, by its own words: name and id of each key.
    pub fn signed_by(&self) -> Vec<String> {
        let name = |it: &Signature| format!("{}+{:08x}", it.name, u32::from_be_bytes(it.key_id));
        self.signatures.iter().map(name).collect()
    }

    /// The text, whoever signed it.
    pub fn unverified_text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for Signature { name, key_id, bytes } in &self.signatures {
            writeln!(f, "{SIGNATURE}{name} {}", STANDARD.encode([&key_id[..], bytes].concat()))?;
        }
        Ok(())
    }
}

fn parse_signature(line: &str) -> Option<Signature> {
    let (name, bytes) = line.strip_prefix(SIGNATURE)?.split_once(' ')?;
    let bytes = STANDARD.decode(bytes).ok()?;
    let (key_id, bytes) = bytes.split_first_chunk()?;
    let is_name = !name.is_empty() && !name.contains('+') && !name.contains(char::is_whitespace);
    (is_name && !bytes.is_empty()).then(|| Signature { name: name.to_owned(), key_id: *key_id, bytes: bytes.to_vec() })
}

fn names(signed_by: &[String]) -> String {
    if signed_by.is_empty() { "nobody".to_owned() } else { signed_by.join(", ") }
}
