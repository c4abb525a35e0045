//! Cursors kept under a name: durable, compared before they are set, never moved backwards by accident.

use super::cursor::{Cursor, Place};
use super::{Ledger, LedgerError};
use crate::domain::event::LedgerKind;
use crate::domain::{Instant, Slug};
use crate::store::{StoreError, Swap};

/// How many named cursors a ledger keeps.
pub const NAMED_CURSORS_MAX: usize = 1000;

const VERSION: u8 = 1;

/// A cursor kept under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedCursor {
    /// Its id in the ledger.
    pub id: Slug,
    /// The cursor.
    pub cursor: Cursor,
    /// When it was committed.
    pub committed_at: Instant,
}

/// What is to be kept.
#[derive(Debug, Clone)]
pub struct CursorCommit {
    /// Under which id.
    pub id: Slug,
    /// The cursor; whether it fits this ledger has been checked.
    pub cursor: Cursor,
    /// The cursor that must be kept so far, as text, empty where none must be; `None` does not look.
    pub expected: Option<String>,
    /// Keeps it even where it goes backwards or cannot be compared.
    pub force: bool,
}

/// Why a cursor was not kept.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Another one is kept than was expected.
    #[error("another cursor is kept under this name than expected")]
    Moved {
        /// The one that is kept, if any.
        kept: Option<String>,
    },
    /// The one that is kept is further on.
    #[error("the cursor kept under this name stands behind position {kept}, this one behind {given}; force keeps it all the same", kept = .kept.position, given = .given.position)]
    GoesBack {
        /// Where the kept one stands.
        kept: Place,
        /// Where the given one stands.
        given: Place,
    },
    /// The one that is kept is of another stream, filter or ledger.
    #[error("the cursor kept under this name is of another stream, filter or ledger; choose another name, or force")]
    OtherStream,
    /// There is no room for another name.
    #[error("the ledger keeps {NAMED_CURSORS_MAX} named cursors and takes no more; delete those that nobody uses")]
    TooMany,
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl From<StoreError> for CommitError {
    fn from(error: StoreError) -> Self {
        CommitError::Ledger(error.into())
    }
}

/// How far a cursor is behind its ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    /// How many events were recorded after its place.
    pub events: u64,
    /// How many seconds ago the first of them was; in a REPLAY ledger, before the head was.
    pub seconds: u64,
}

impl Ledger {
    /// Keeps a cursor under a name. `Ok` promises that it is durable. Blocks on the store.
    pub fn commit_cursor(&self, commit: &CursorCommit) -> Result<NamedCursor, CommitError> {
        let cells = self.shared.catalog.cells();
        let key = self.cursor_key(commit.id.as_str());
        loop {
            let held = cells.get(&key)?;
            let kept = held.as_deref().map(|value| self.read_named(&commit.id, value)).transpose()?;
            commit.judge(kept.as_ref())?;
            if kept.is_none() && cells.list(&self.cursor_key(""))?.len() >= NAMED_CURSORS_MAX {
                return Err(CommitError::TooMany);
            }
            let named =
                NamedCursor { id: commit.id.clone(), cursor: commit.cursor, committed_at: self.shared.clock.now() };
            if kept.as_ref().is_some_and(|kept| kept.cursor == named.cursor) {
                // Nothing to move: a consumer that commits often costs no sync for what it has committed before.
                return Ok(kept.unwrap_or(named));
            }
            match cells.compare_and_set(&key, held.as_deref(), Some(&named.to_bytes()))? {
                Swap::Done => return Ok(named),
                // Somebody was faster: judge anew.
                Swap::Differs(_) => {}
            }
        }
    }

    /// The cursor kept under a name.
    pub fn named_cursor(&self, id: &Slug) -> Result<Option<NamedCursor>, LedgerError> {
        let held = self.shared.catalog.cells().get(&self.cursor_key(id.as_str()))?;
        held.as_deref().map(|value| self.read_named(id, value)).transpose()
    }

    /// Every named cursor, by name.
    pub fn named_cursors(&self) -> Result<Vec<NamedCursor>, LedgerError> {
        let prefix = self.cursor_key("");
        let held = self.shared.catalog.cells().list(&prefix)?;
        let read = |(key, value): &(bytes::Bytes, bytes::Bytes)| {
            let id = std::str::from_utf8(&key[prefix.len()..]).ok().and_then(|id| Slug::parse(id).ok());
            let id = id.ok_or_else(|| corrupt(&format!("a cursor of ledger {} has no name", self.name())))?;
            self.read_named(&id, value)
        };
        held.iter().map(read).collect()
    }

    /// Forgets a named cursor; whether there was one. Blocks on the store.
    pub fn delete_cursor(&self, id: &Slug) -> Result<bool, LedgerError> {
        let cells = self.shared.catalog.cells();
        let key = self.cursor_key(id.as_str());
        while let Some(held) = cells.get(&key)? {
            if cells.compare_and_set(&key, Some(&held), None)? == Swap::Done {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// How far a place is behind the head.
    pub fn lag(&self, place: Place) -> Lag {
        let docket = self.docket();
        let events = docket.head().get().saturating_sub(place.position.get());
        let until = match self.kind() {
            LedgerKind::Live => Some(self.shared.clock.now()),
            LedgerKind::Replay => docket.head_recorded_at(),
        };
        let first = docket.recorded_at(place.position.next()).filter(|_| events > 0);
        let seconds = first.zip(until).map_or(0, |(first, until)| until.unix_seconds() - first.unix_seconds());
        Lag { events, seconds: u64::try_from(seconds).unwrap_or(0) }
    }

    fn cursor_key(&self, id: &str) -> Vec<u8> {
        [&prefix(self.name()), id.as_bytes()].concat()
    }

    fn read_named(&self, id: &Slug, value: &[u8]) -> Result<NamedCursor, LedgerError> {
        NamedCursor::from_bytes(id, value)
            .ok_or_else(|| corrupt(&format!("the cursor {id} of ledger {} cannot be read", self.name())))
    }
}

/// What the keys of a ledger's named cursors begin with.
pub(super) fn prefix(ledger: &Slug) -> Vec<u8> {
    // No name can hold a slash, so no key is the beginning of another ledger's.
    format!("cursor/{ledger}/").into_bytes()
}

impl CursorCommit {
    /// Whether this may be kept in place of what is.
    fn judge(&self, kept: Option<&NamedCursor>) -> Result<(), CommitError> {
        if let Some(expected) = &self.expected {
            let kept = kept.map(|kept| kept.cursor.encode());
            if kept.as_deref().unwrap_or_default() != expected {
                return Err(CommitError::Moved { kept });
            }
        }
        match kept {
            Some(kept) if !self.force => {
                if !self.cursor.is_comparable(&kept.cursor) {
                    return Err(CommitError::OtherStream);
                }
                if self.cursor.place < kept.cursor.place {
                    return Err(CommitError::GoesBack { kept: kept.cursor.place, given: self.cursor.place });
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl NamedCursor {
    /// Version 1 (u8), when it was committed (i64), the cursor as clients get it. Persisted: it may never change its
    /// meaning.
    fn to_bytes(&self) -> Vec<u8> {
        [&[VERSION], &self.committed_at.unix_seconds().to_be_bytes()[..], self.cursor.encode().as_bytes()].concat()
    }

    fn from_bytes(id: &Slug, value: &[u8]) -> Option<Self> {
        let (&VERSION, rest) = value.split_first()? else { return None };
        let (seconds, cursor) = rest.split_first_chunk::<8>()?;
        Some(NamedCursor {
            id: id.clone(),
            cursor: Cursor::decode(std::str::from_utf8(cursor).ok()?).ok()?,
            committed_at: Instant::from_unix_seconds(i64::from_be_bytes(*seconds)).ok()?,
        })
    }
}

fn corrupt(cause: &str) -> LedgerError {
    StoreError::Corrupt { cause: cause.to_owned() }.into()
}
