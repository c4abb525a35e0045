//! Why a ledger did not do what was asked.

use std::time::Duration;

use crate::domain::Position;
use crate::domain::Refusal;
use crate::store::StoreError;

/// Why a ledger did not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LedgerError {
    /// The rules say no.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The store failed; for an append, [`StoreError::Poisoned`] leaves open whether it was recorded.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Some positions cannot be read. What comes after them cannot be judged without them, so nothing is recorded.
    #[error(
        "{positions} cannot be read; answers rest on what could be read and no appends are taken; restore a backup with \
         `entente restore`, or the data directory from a copy"
    )]
    Damaged {
        /// Which, in words, such as `positions 5 to 9, 12`.
        positions: String,
    },
    /// The record is not what its last checkpoint, kept outside the store, vouches for; so nothing is recorded.
    #[error(
        "the record does not match its last checkpoint: {what}; answers rest on what could be read and no appends are \
         taken; restore a backup with `entente restore`, or the data directory from a copy"
    )]
    Mismatch {
        /// What does not match.
        what: String,
    },
    /// The ledger cannot prove anything.
    #[error("the ledger has no proofs: {0}")]
    NoProofs(&'static str),
    /// A proof is asked about what the tree does not have.
    #[error("{asked} is beyond the tree, which has {size} events")]
    OutsideTree {
        /// The position or size asked about.
        asked: u64,
        /// How many events the tree has.
        size: u64,
    },
    /// The keys that checkpoints are signed with cannot be used.
    #[error("{0}")]
    Keys(String),
    /// A stored event cannot be read as an event, though its checksum is right.
    #[error("the event at position {position} cannot be read: {cause}")]
    Unreadable {
        /// Where it stands.
        position: Position,
        /// What is wrong with it.
        cause: String,
    },
    /// No ledger of this name.
    #[error("there is no ledger {0:?}")]
    UnknownLedger(String),
    /// A ledger of this name exists.
    #[error("there is a ledger {0:?} already")]
    LedgerExists(String),
    /// The event as it would be stored is longer than the limit; nothing was recorded.
    #[error("event {index} of the batch takes {bytes} bytes; at most {max} are kept in one event")]
    EventTooLarge {
        /// Its place in the batch, from 0.
        index: usize,
        /// Its length.
        bytes: usize,
        /// The longest one taken.
        max: usize,
    },
    /// The server holds as many events as it may; nothing was recorded.
    #[error(
        "{held} events are held in memory, of at most {max}, and {further} more do not fit; raise events_max where there \
         is memory for it (about 500 bytes an event), or record them on another server"
    )]
    Full {
        /// How many events all ledgers hold.
        held: u64,
        /// How many they may.
        max: u64,
        /// How many more were to be recorded.
        further: usize,
    },
    /// The position waited for did not come in time.
    #[error("position {position} was not recorded within {waited:?}; the head is {head}")]
    NotReached {
        /// The position waited for.
        position: Position,
        /// The head as it is.
        head: Position,
        /// How long was waited.
        waited: Duration,
    },
    /// More waits for the writer than may; nothing was recorded.
    #[error("the writer of the ledger has too much before it; send the same append again a little later")]
    QueueFull {
        /// Which bound is reached, by the name of its setting.
        limit: &'static str,
        /// What it is set to.
        value: u64,
    },
    /// Nobody waits for the append any longer, or one before it in its line was not recorded.
    #[error("nobody waits for the append, or one before it in its line was not recorded")]
    Withdrawn,
    /// The ledger is shutting down; whether a waiting append was recorded is settled by sending it again.
    #[error("the ledger is shutting down")]
    Closed,
}

impl LedgerError {
    pub(super) fn unreadable(position: Position, cause: &dyn std::fmt::Display) -> Self {
        LedgerError::Unreadable { position, cause: cause.to_string() }
    }
}

impl From<Refusal> for LedgerError {
    fn from(refusal: Refusal) -> Self {
        LedgerError::Refused(Box::new(refusal))
    }
}
