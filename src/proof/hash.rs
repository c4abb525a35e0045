//! A hash of the tree.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// A SHA-256 hash. Written, it is Base64 with padding, as C2SP has it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The length of a hash, in bytes.
    pub const BYTES: usize = 32;

    /// The hash of an entry. RFC 6962 puts 0 before an entry and 1 before two children, so that neither can stand for the
    /// other.
    pub fn of_leaf(entry: &[u8]) -> Self {
        let mut digest = Sha256::new();
        digest.update([0]);
        digest.update(entry);
        Hash(digest.finalize().into())
    }

    /// The hash of a node over two others.
    pub fn of_children(left: Hash, right: Hash) -> Self {
        let mut bytes = [1; 1 + 2 * Hash::BYTES];
        bytes[1..=Hash::BYTES].copy_from_slice(&left.0);
        bytes[1 + Hash::BYTES..].copy_from_slice(&right.0);
        Hash(Sha256::digest(bytes).into())
    }

    /// The root of a tree without leaves.
    pub fn of_empty_tree() -> Self {
        Hash(Sha256::digest([]).into())
    }

    /// Reads a hash from 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotAHash> {
        bytes.try_into().map(Hash).map_err(|_| NotAHash)
    }

    /// Reads a hash from Base64.
    pub fn parse(text: &str) -> Result<Self, NotAHash> {
        Hash::from_bytes(&STANDARD.decode(text).map_err(|_| NotAHash)?)
    }
}

/// What is not a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a SHA-256 hash: 32 bytes, in text as 44 characters of Base64")]
pub struct NotAHash;

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
