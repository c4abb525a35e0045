//! The keys that a server signs checkpoints with.

use super::LedgerError;
use crate::proof::{KeyError, SecretKey, VerifierKey};
use crate::store::Catalog;

/// The name of a key where it is kept. Under a ledger's origin it signs for that ledger.
const NAME: &str = "entente";

/// The key that signs, and the one it took over from while both sign. Its text is a secret.
#[derive(Debug, Clone, Default)]
pub struct Keyring {
    /// The first signs from here on; a second is the one before. None: nothing is signed.
    keys: Vec<SecretKey>,
}

/// Why a text is no keyring.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// A line is no key.
    #[error("line {line} {cause}; bring the file back from a copy, since checkpoints can only go on with its key")]
    Line {
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        cause: KeyError,
    },
    /// Not one key, or two.
    #[error(
        "it has {0} lines; there must be one key a line: the one that signs, and at most one that it took over from"
    )]
    Lines(usize),
}

impl Keyring {
    /// A keyring that signs nothing: to measure what signing costs.
    pub fn empty() -> Self {
        Keyring::default()
    }

    /// A keyring with one new key.
    pub fn generate() -> Result<Self, LedgerError> {
        Ok(Keyring { keys: vec![new_key()?] })
    }

    /// The keyring kept with a store; made at the first start.
    pub fn of(catalog: &dyn Catalog) -> Result<Self, LedgerError> {
        if let Some(text) = catalog.secret()? {
            return Keyring::parse(&text)
                .map_err(|error| LedgerError::Keys(format!("the secret of the store: {error}")));
        }
        let keyring = Keyring::generate()?;
        catalog.keep_secret(&keyring.reveal())?;
        tracing::info!("made a key to sign checkpoints with");
        Ok(keyring)
    }

    /// Reads the text it was kept in: a key a line.
    pub fn parse(text: &str) -> Result<Self, KeyringError> {
        let lines: Vec<&str> = text.strip_suffix('\n').unwrap_or(text).split('\n').collect();
        if lines.len() > 2 {
            return Err(KeyringError::Lines(lines.len()));
        }
        let key = |(index, line): (usize, &&str)| {
            SecretKey::parse(line).map_err(|cause| KeyringError::Line { line: index + 1, cause })
        };
        Ok(Keyring { keys: lines.iter().enumerate().map(key).collect::<Result<_, _>>()? })
    }

    /// The text to keep it in. It is a secret.
    pub fn reveal(&self) -> String {
        self.keys.iter().map(|key| key.reveal() + "\n").collect()
    }

    /// The same with a new key in front: the one that signed until now signs beside it.
    pub fn rotated(&self) -> Result<Self, LedgerError> {
        let mut keys = vec![new_key()?];
        keys.extend(self.keys.first().cloned());
        Ok(Keyring { keys })
    }

    /// The keys to check the checkpoints of a ledger with, by its origin, the current one first.
    pub fn verifiers(&self, origin: &str) -> Result<Vec<VerifierKey>, LedgerError> {
        Ok(self.under(origin)?.iter().map(SecretKey::verifier).collect())
    }

    /// The keys under the origin of a ledger, the current one first.
    pub(super) fn under(&self, origin: &str) -> Result<Vec<SecretKey>, LedgerError> {
        let named = |key: &SecretKey| {
            key.named(origin).map_err(|error| LedgerError::Keys(format!("the origin {origin:?} names no key: {error}")))
        };
        self.keys.iter().map(named).collect()
    }
}

fn new_key() -> Result<SecretKey, LedgerError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)
        .map_err(|error| LedgerError::Keys(format!("the system gives no random bytes for a new key: {error}")))?;
    SecretKey::new(NAME, seed).map_err(|error| LedgerError::Keys(error.to_string()))
}
