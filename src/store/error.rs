//! What can go wrong in a store. Errors can be cloned, because one failed group commit answers many submissions.

use std::io;
use std::path::{Path, PathBuf};

use crate::domain::Position;

/// Why a store did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A ledger of this name is in the catalog already; nothing was changed.
    #[error("ledger {ledger:?} already exists")]
    AlreadyExists {
        /// The name that is taken.
        ledger: String,
    },
    /// No ledger of this name is in the catalog.
    #[error("ledger {ledger:?} does not exist")]
    NotFound {
        /// The name that was asked for.
        ledger: String,
    },
    /// Another append came first; nothing was written.
    #[error("the head is {actual}, not {expected} as expected")]
    HeadMoved {
        /// The head the caller had decided upon.
        expected: Position,
        /// The head as it is.
        actual: Position,
    },
    /// One entry is longer than a store takes; nothing of the group was written.
    #[error("an entry of {bytes} bytes is longer than the {max} bytes a store takes")]
    EntryTooLarge {
        /// The length of the entry.
        bytes: usize,
        /// The longest entry taken.
        max: usize,
    },
    /// A name, a cell key or a cell value is empty or too long; nothing was written.
    #[error("{what} of {bytes} bytes must have 1 to {max} bytes")]
    Length {
        /// Which text or value it is.
        what: &'static str,
        /// Its length.
        bytes: usize,
        /// The longest one taken.
        max: usize,
    },
    /// These positions cannot be read. The log is read-only from then on, so an append gives this too.
    #[error(
        "positions {first} to {last} are damaged, so the log is read-only; restore a backup with `entente restore`, or the data \
         directory from a copy"
    )]
    Damaged {
        /// The first position that cannot be read.
        first: Position,
        /// The last position that cannot be read.
        last: Position,
    },
    /// A write, a flush or a sync failed earlier or just now. Whether the change of the call that failed is kept is
    /// unknown until [`Catalog::recover`](super::Catalog::recover) succeeds; a retry with the same ids settles it.
    #[error("the store takes no changes until it is recovered, because {cause}")]
    Poisoned {
        /// The first failure, in words.
        cause: String,
    },
    /// Another process, or another catalog of this process, has the directory open.
    #[error("{} is in use by another process; stop it or choose another data directory", path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// The directory was written by a newer release; nothing was touched.
    #[error(
        "{} has format {found}, but this release reads formats up to {supported}; use the release that wrote it",
        path.display()
    )]
    NewerFormat {
        /// The data directory.
        path: PathBuf,
        /// The format found there.
        found: u32,
        /// The newest format this release reads.
        supported: u32,
    },
    /// The directory is not one of ours; nothing was touched.
    #[error("{} is not a data directory of entente: {why}", path.display())]
    NotAStore {
        /// The directory.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A store is to be made in a directory that is not empty; nothing was touched.
    #[error("{} is not empty: it has {name:?}; name an empty directory, or one that is not there", path.display())]
    NotEmpty {
        /// The directory.
        path: PathBuf,
        /// What is in it.
        name: String,
    },
    /// The engine cannot make sense of its own files.
    #[error(
        "the store is corrupt: {cause}; restore a backup with `entente restore`, or the data directory from a copy"
    )]
    Corrupt {
        /// What the engine said.
        cause: String,
    },
    /// The operating system refused something outside a commit; nothing was acknowledged.
    #[error("cannot {action}: {cause}")]
    Io {
        /// What was being done, as a verb phrase.
        action: &'static str,
        /// The kind, for those who must tell a full disk from a missing permission.
        kind: io::ErrorKind,
        /// What the operating system said.
        cause: String,
    },
}

impl StoreError {
    /// An IO error while doing `action`, for use with `map_err`.
    pub(super) fn io(action: &'static str) -> impl Fn(io::Error) -> StoreError {
        move |error| StoreError::Io { action, kind: error.kind(), cause: error.to_string() }
    }

    /// An IO error while doing `action` with the file or directory at `path`, for use with `map_err`.
    pub(super) fn io_at(action: &'static str, path: &Path) -> impl Fn(io::Error) -> StoreError {
        move |error| StoreError::Io { action, kind: error.kind(), cause: format!("{}: {error}", path.display()) }
    }

    /// An error of the engine outside a commit.
    pub(super) fn engine(action: &'static str, error: ::sled::Error) -> StoreError {
        match error {
            ::sled::Error::Io(error) => StoreError::io(action)(error),
            other => StoreError::Corrupt { cause: other.to_string() },
        }
    }
}
