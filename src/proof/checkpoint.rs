//! Checkpoints, as C2SP tlog-checkpoint has them: what a ledger was at some size.

use std::fmt;

use super::{Hash, NoteError, SignedNote, VerifierKey};

/// What a ledger vouches for: so many events, and the root over them. Written, it is the text that is signed: origin, size
/// and root, a line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which ledger: a name that no other has.
    pub origin: String,
    /// How many events.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
}

/// Why a note is no checkpoint of this key's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note cannot be read, or is not signed by the key.
    #[error("the checkpoint {0}")]
    Note(#[from] NoteError),
    /// The text of the note is no checkpoint.
    #[error("the checkpoint cannot be read: {0}")]
    Form(&'static str),
    /// The checkpoint is of another ledger than the key.
    #[error("the checkpoint is of {origin:?}, but the key is of {key:?}")]
    Origin {
        /// Of which ledger the checkpoint is.
        origin: String,
        /// Of which ledger the key is.
        key: String,
    },
}

impl CheckpointError {
    /// Whether nothing is known to be wrong but that other keys signed it.
    pub fn is_unknown_key(&self) -> bool {
        matches!(self, CheckpointError::Note(NoteError::UnknownKey { .. }))
    }
}

impl Checkpoint {
    /// The checkpoint in a note, if this key signed it and it is of the ledger that the key is named for.
    pub fn verified(note: &str, key: &VerifierKey) -> Result<Self, CheckpointError> {
        let checkpoint = Checkpoint::parse(SignedNote::parse(note)?.verified(key)?)?;
        if checkpoint.origin == key.name() {
            return Ok(checkpoint);
        }
        Err(CheckpointError::Origin { origin: checkpoint.origin, key: key.name().to_owned() })
    }

    /// The checkpoint in a note, whoever signed it.
    pub fn unverified(note: &str) -> Result<Self, CheckpointError> {
        Checkpoint::parse(SignedNote::parse(note)?.unverified_text())
    }

    /// Reads the text of a checkpoint. Further lines, which C2SP allows, are passed over.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let lines = text.strip_suffix('\n').ok_or(CheckpointError::Form("it does not end with a line break"))?;
        let mut lines = lines.split('\n');
        let origin = lines.next().filter(|it| !it.is_empty()).ok_or(CheckpointError::Form("it has no origin"))?;
        let size = lines.next().unwrap_or_default();
        let size = size.parse().ok().filter(|it: &u64| it.to_string() == size);
        let size = size.ok_or(CheckpointError::Form("its second line must be a size, such as 298"))?;
        let root = Hash::parse(lines.next().unwrap_or_default())
            .map_err(|_| CheckpointError::Form("its third line must be a hash of 44 characters of Base64"))?;
        if lines.any(str::is_empty) {
            return Err(CheckpointError::Form("it has an empty line"));
        }
        Ok(Checkpoint { origin: origin.to_owned(), size, root })
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)
    }
}
