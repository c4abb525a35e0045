//! Why a ledger did not do what was asked.

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
    /// The ledger is shutting down; whether a waiting append was recorded is settled by sending it again.
    #[error("the ledger is shutting down")]
    Closed,
}

impl From<Refusal> for LedgerError {
    fn from(refusal: Refusal) -> Self {
        LedgerError::Refused(Box::new(refusal))
    }
}
