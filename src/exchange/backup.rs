//! Backups in files: every ledger's stored events with the signed checkpoint that vouches for them.
//!
//! ```text
//! file    "entente backup 1\n", then records
//! record  length of the body (u32), length it unpacks to (u32; 0: it is not packed), body, checksum (u32)
//! body    a BackupPart (proto), as zstd where that makes it smaller
//! ```
//!
//! Numbers are big-endian. The checksum is the crc32c of the record's number (u64, from 0), both lengths and the body, so that a
//! record that is flipped, left out, repeated or moved is seen. The last record is a BackupEnd with the SHA-256 of all bytes
//! before it, and nothing follows. The parts come as `BackupPart` says, and [`Check`] holds them to that: events are dense, and
//! the tree over them is the one that the checkpoint signs for. What is here is persisted and may never change its meaning.

mod check;
mod file;

pub use check::{Check, Checked, TrustedKeys};
pub use file::{BEGINNING, Reader, Summary, Writer};

use crate::proof::{CheckpointError, KeyError, NotAHash, VerifyError};

/// Why a file, or a stream of parts, is no sound backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file does not begin like one.
    #[error("is not a backup of entente; one begins with \"entente backup 1\"")]
    NotABackup,
    /// A later release wrote it.
    #[error("is a backup of format {0}, but this release reads format 1; use the release that wrote it")]
    Newer(String),
    /// Bytes are not what was written.
    #[error("is damaged at byte {byte}, where {place} should be; take another copy of it")]
    Damaged {
        /// The byte at which the record begins that is not intact.
        byte: u64,
        /// What should be there, in words, such as `position 70 of ledgers/us-china`.
        place: String,
    },
    /// It ends too early.
    #[error("ends before {0}; it was cut short, or the backup was; take another copy of it")]
    CutShort(String),
    /// Something follows the end.
    #[error("goes on behind its end at byte {0}; take another copy of it")]
    BehindEnd(u64),
    /// A part is not what may come there.
    #[error("has {found} where {place} should be")]
    OutOfOrder {
        /// What is there.
        found: &'static str,
        /// What should be.
        place: String,
    },
    /// A key in it is none.
    #[error("{ledger}: {cause}")]
    Key {
        /// Of which ledger.
        ledger: String,
        /// What is wrong with it.
        cause: KeyError,
    },
    /// No key for a ledger, neither in the file nor from outside.
    #[error("{0} has no key to check its checkpoint with")]
    NoKey(String),
    /// A checkpoint is not signed by the key.
    #[error("{ledger}: {cause}")]
    Checkpoint {
        /// Of which ledger.
        ledger: String,
        /// What is wrong with it.
        cause: CheckpointError,
    },
    /// A hash is none.
    #[error("{ledger}: a hash {cause}")]
    Hash {
        /// Of which ledger.
        ledger: String,
        /// What is wrong with it.
        cause: NotAHash,
    },
    /// The events are not those that were signed for.
    #[error("{ledger}: the {through} events are not what was signed for: {cause}")]
    Events {
        /// Of which ledger.
        ledger: String,
        /// How many there are.
        through: u64,
        /// What does not match.
        cause: VerifyError,
    },
    /// It cannot be read or written.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl BackupError {
    /// Whether the bytes are those that were written, and what they say is not what was signed for.
    pub fn is_tampering(&self) -> bool {
        match self {
            BackupError::Checkpoint { cause, .. } => !cause.is_unknown_key(),
            BackupError::Events { .. } | BackupError::Hash { .. } | BackupError::OutOfOrder { .. } => true,
            _ => false,
        }
    }

    /// Whether a part is missing or not intact.
    pub fn is_incomplete(&self) -> bool {
        matches!(self, BackupError::Damaged { .. } | BackupError::CutShort(_) | BackupError::BehindEnd(_))
    }

    /// Whether it is signed, but not by the key it is held to.
    pub fn is_unknown_key(&self) -> bool {
        matches!(self, BackupError::Checkpoint { cause, .. } if cause.is_unknown_key())
    }
}
