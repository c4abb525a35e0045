//! Ed25519 keys in the form of C2SP signed-note, which is that of Go's sumdb.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

/// The byte that says Ed25519.
const ED25519: u8 = 1;
/// How a key that must be kept secret begins, so that it is known for one wherever it turns up.
const SECRET: &str = "PRIVATE+KEY+";

/// A key to check signatures with. It has a name, which for a ledger is its origin. Written, it is
/// `name+id+key`, with the id in hexadecimal and the key in Base64.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    key: VerifyingKey,
}

/// A key to sign with. Its text is a secret; its `Debug` is not.
#[derive(Clone)]
pub struct SecretKey {
    name: String,
    key: SigningKey,
}

/// What is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The name of a key is empty, or has a space, a plus sign or a line break.
    #[error("the name of a key must not be empty, nor have spaces, line breaks or plus signs")]
    Name,
    /// The text is not that of a verifier key.
    #[error("is not a verifier key; one looks like entente/us-china/1f3c+0a1b2c3d+AZ…, as `entente keys` prints it")]
    NotAVerifierKey,
    /// The text is not that of a secret key.
    #[error("is not a secret key; one begins with PRIVATE+KEY+")]
    NotASecretKey,
    /// The id within the text is not that of the key within the text.
    #[error("is not intact: the key is not the one that its id was made of")]
    NotIntact,
}

impl VerifierKey {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What tells keys of one name apart: the beginning of a hash of name and key.
    pub fn id(&self) -> [u8; 4] {
        key_id(&self.name, &self.key)
    }

    /// The 32 bytes of the key itself.
    pub fn bytes(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// The same key under another name.
    pub fn named(&self, name: &str) -> Result<Self, KeyError> {
        Ok(VerifierKey { name: checked(name)?, key: self.key })
    }

    pub(super) fn verifies(&self, text: &str, signature: &[u8; 64]) -> bool {
        self.key.verify_strict(text.as_bytes(), &ed25519_dalek::Signature::from_bytes(signature)).is_ok()
    }
}

impl SecretKey {
    /// The key of this name that follows from 32 random bytes.
    pub fn new(name: &str, seed: [u8; 32]) -> Result<Self, KeyError> {
        Ok(SecretKey { name: checked(name)?, key: SigningKey::from_bytes(&seed) })
    }

    /// The key to check its signatures with.
    pub fn verifier(&self) -> VerifierKey {
        VerifierKey { name: self.name.clone(), key: self.key.verifying_key() }
    }

    /// The same key under another name.
    pub fn named(&self, name: &str) -> Result<Self, KeyError> {
        Ok(SecretKey { name: checked(name)?, key: self.key.clone() })
    }

    /// The text to keep it in. It is a secret.
    pub fn reveal(&self) -> String {
        written(&format!("{SECRET}{}", self.name), self.verifier().id(), &self.key.to_bytes())
    }

    /// Reads the text it was kept in.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let rest = text.strip_prefix(SECRET).ok_or(KeyError::NotASecretKey)?;
        let (name, id, seed) = parts(rest).ok_or(KeyError::NotASecretKey)?;
        let key = SecretKey::new(name, seed)?;
        let is_intact = key.verifier().id() == id && key.reveal() == text;
        is_intact.then_some(key).ok_or(KeyError::NotIntact)
    }

    pub(super) fn sign(&self, text: &str) -> [u8; 64] {
        self.key.sign(text.as_bytes()).to_bytes()
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let (name, id, bytes) = parts(text).ok_or(KeyError::NotAVerifierKey)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| KeyError::NotAVerifierKey)?;
        let key = VerifierKey { name: checked(name)?, key };
        let is_intact = key.id() == id && key.to_string() == text;
        is_intact.then_some(key).ok_or(KeyError::NotIntact)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&written(&self.name, self.id(), &self.key.to_bytes()))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the secret key of {}", self.verifier())
    }
}

fn checked(name: &str) -> Result<String, KeyError> {
    let wrong = name.is_empty() || name.chars().any(|c| c.is_whitespace() || c == '+');
    if wrong { Err(KeyError::Name) } else { Ok(name.to_owned()) }
}

fn key_id(name: &str, key: &VerifyingKey) -> [u8; 4] {
    let mut digest = Sha256::new();
    digest.update(name);
    digest.update([b'\n', ED25519]);
    digest.update(key.to_bytes());
    let digest: [u8; 32] = digest.finalize().into();
    [digest[0], digest[1], digest[2], digest[3]]
}

fn written(name: &str, id: [u8; 4], key: &[u8; 32]) -> String {
    format!("{name}+{:08x}+{}", u32::from_be_bytes(id), STANDARD.encode([&[ED25519], &key[..]].concat()))
}

fn parts(text: &str) -> Option<(&str, [u8; 4], [u8; 32])> {
    let (name, rest) = text.split_once('+')?;
    let (id, key) = rest.split_once('+')?;
    let id = u32::from_str_radix(id, 16).ok()?.to_be_bytes();
    let key = STANDARD.decode(key).ok()?;
    let (algorithm, key) = key.split_first()?;
    (*algorithm == ED25519).then_some((name, id, key.try_into().ok()?))
}
