//! The contracts every engine keeps: synchronous and object-safe, so that callers hold `Arc<dyn …>` and an
//! asynchronous engine blocks a thread of its own.

use std::sync::Arc;

use bytes::Bytes;

use super::StoreError;
use crate::domain::Position;

/// The longest entry a log takes. An event may have 1 MiB; twice that leaves room for whatever the server adds.
pub const ENTRY_BYTES_MAX: usize = 2 << 20;
/// The longest ledger name a catalog takes.
pub const LEDGER_NAME_BYTES_MAX: usize = 512;
/// The longest key of a cell.
pub const CELL_KEY_BYTES_MAX: usize = 512;
/// The longest key of a derived value; its longest value is that of a cell.
pub const DERIVED_KEY_BYTES_MAX: usize = 64;
/// The longest note outside the engine.
pub const NOTE_BYTES_MAX: usize = 1000;
/// The longest value of a cell. Key and value of 18 such cells still fit one page of the engine (see `sled.rs`).
pub const CELL_VALUE_BYTES_MAX: usize = 4096;

/// The ledgers of one store, and the cells beside them.
pub trait Catalog: Send + Sync {
    /// Makes an empty log. `Ok` means that its existence is durable. `AlreadyExists` if the name is taken.
    fn create(&self, ledger: &str) -> Result<Arc<dyn Log>, StoreError>;

    /// The log of this name; every call gives the same one. `NotFound` if it was never created. A log with damage
    /// opens all the same: read-only, with the positions in [`Log::damage`].
    fn open(&self, ledger: &str) -> Result<Arc<dyn Log>, StoreError>;

    /// The names of all ledgers, sorted by their bytes.
    fn list(&self) -> Result<Vec<String>, StoreError>;

    /// The cells of this store.
    fn cells(&self) -> Arc<dyn Cells>;

    /// Ends a poisoning: gives up every handle, opens the files again and looks at every log anew. Logs and cells
    /// handed out before work again afterwards, with the durable state they really have: the change whose call
    /// failed may be there or not, every acknowledged one is. Does nothing when the store is not poisoned; an error
    /// leaves it poisoned, and the call may be repeated.
    fn recover(&self) -> Result<(), StoreError>;

    /// Why the store takes no changes, if so.
    fn poisoned(&self) -> Option<String>;

    /// The secret kept with the store, readable by nobody else; `None` where none was kept yet.
    fn secret(&self) -> Result<Option<String>, StoreError>;

    /// Keeps a secret in place of the one before; it is there whole or not at all, and durable when this returns.
    fn keep_secret(&self, secret: &str) -> Result<(), StoreError>;
}

/// One ledger's entries: immutable bytes at dense positions from 1.
pub trait Log: Send + Sync {
    /// The durable head: the position of the last entry that a crash cannot take back. Grows only inside
    /// [`Log::append`], after the sync.
    fn head(&self) -> Position;

    /// Entries after `after`, in rising order, up to the durable head. Empty when `after` is the head or beyond.
    /// Stops before a damaged position; `Damaged` when the first one wanted is damaged, so that a caller who wants
    /// to can go on after `last`. While the store is poisoned, `Poisoned` for what the engine cannot reach then.
    fn read(&self, after: Position, limits: ReadLimits) -> Result<Page, StoreError>;

    /// Entries before `before`, in falling order, beginning at the durable head at most. Damage is met as in
    /// [`Log::read`].
    fn read_back(&self, before: Position, limits: ReadLimits) -> Result<Page, StoreError>;

    /// Adds `entries` behind `expected_head` as one group and gives the new head.
    ///
    /// `Ok` promises: the head was `expected_head`; every entry of the group is written, flushed and fsynced; no
    /// position of it was given out or readable before that. A crash at any moment leaves the whole group or
    /// nothing of it. One call costs one sync, so the caller puts all that waits into one call. An empty group
    /// gives the head and costs nothing.
    ///
    /// `HeadMoved`, `EntryTooLarge` and `Damaged`: nothing was written. `Poisoned`: the outcome is unknown, see there.
    fn append(&self, expected_head: Position, entries: &[Bytes]) -> Result<Position, StoreError>;

    /// The damage known so far: from opening, from reads, and from [`Log::verify`]. A log with damage is read-only.
    fn damage(&self) -> Vec<Damage>;

    /// Reads and checks every stored byte up to the head, changing nothing, and gives all damage there is.
    fn verify(&self) -> Result<Vec<Damage>, StoreError>;

    /// A value that was derived from the entries; `None` where none is kept, or what is kept is not intact. Whoever
    /// derived it can do so again.
    fn derived(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError>;

    /// Keeps values derived from durable entries. It costs no sync: they are durable with the next append, and until then
    /// a crash may take any of them. `Poisoned` as for an append.
    fn keep_derived(&self, pairs: &[(Bytes, Bytes)]) -> Result<(), StoreError>;

    /// The note that is kept outside the engine, where what happens to the engine's files does not reach it.
    fn note(&self) -> Result<Note, StoreError>;

    /// Keeps a note outside the engine, in place of the one before. It costs no sync: it survives the death of the
    /// process, and after a power cut it may be an older one, but never half of one.
    fn keep_note(&self, note: &[u8]) -> Result<(), StoreError>;

    /// The marks of entries after `after`, as many as asked for, from outside the engine; zeros for an entry that was never
    /// marked. They are as they are found: whoever kept them knows what they must add up to.
    fn marks(&self, after: Position, count: usize) -> Result<Vec<Mark>, StoreError>;

    /// Keeps the marks of the entries after `after` outside the engine. It costs no sync, as for a note; after a power cut
    /// any of those that were not on the medium may be lost.
    fn keep_marks(&self, after: Position, marks: &[Mark]) -> Result<(), StoreError>;

    /// The transcript of a span of entries, by the number of the span, from outside the engine; `None` where none is kept. It
    /// is as it is found: whoever kept it knows how to tell that it is intact. An engine may keep none.
    fn transcript(&self, span: u64) -> Result<Option<Bytes>, StoreError> {
        let _ = span;
        Ok(None)
    }

    /// Keeps the transcript of a span outside the engine, in place of the one before; it is there whole or not at all. No
    /// append waits for it.
    fn keep_transcript(&self, span: u64, transcript: &[u8]) -> Result<(), StoreError> {
        let _ = (span, transcript);
        Ok(())
    }
}

/// What is kept of an entry outside the engine, such as its hash.
pub type Mark = [u8; 32];

/// The note outside the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// None was kept yet.
    Absent,
    /// One was kept, and no copy of it is intact.
    Damaged,
    /// The newest copy that is intact.
    Kept(Bytes),
}

/// Small durable values beside the logs: cursors, tokens, the clock floor, a ledger's incarnation.
pub trait Cells: Send + Sync {
    /// The durable value of `key`.
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError>;

    /// Makes the value of `key` be `new` if it is `expected` (`None`: absent). [`Swap::Done`] promises that the new
    /// value is fsynced and that nobody could read it before. `Poisoned`: the outcome is unknown, see there.
    fn compare_and_set(&self, key: &[u8], expected: Option<&[u8]>, new: Option<&[u8]>) -> Result<Swap, StoreError>;

    /// All cells whose key begins with `prefix`, sorted by key.
    fn list(&self, prefix: &[u8]) -> Result<Vec<(Bytes, Bytes)>, StoreError>;
}

/// How much one read may give. It always gives one entry if there is one, whatever the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimits {
    /// At most this many entries.
    pub entries: usize,
    /// At most this many bytes of entries.
    pub bytes: usize,
}

/// What a read found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The entries with the exact bytes that were appended. They share memory with their neighbours: copy what is
    /// to be kept long.
    pub entries: Vec<(Position, Bytes)>,
    /// The durable head at the moment of the read. A forward read has come to the end when its last entry, or the
    /// `after` it was given, is at the head.
    pub head: Position,
}

/// Whether a compare-and-set was done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Swap {
    /// The new value is durable.
    Done,
    /// The cell holds this instead of what was expected; nothing was changed.
    Differs(Option<Bytes>),
}

/// Positions of a log that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Damage {
    /// The first of them.
    pub first: Position,
    /// The last of them.
    pub last: Position,
    /// What was found.
    pub cause: DamageCause,
}

/// How damage shows itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DamageCause {
    /// Stored bytes do not match their checksum or form.
    Checksum,
    /// The engine cannot read the page that holds them.
    Unreadable,
    /// They were acknowledged and are not there.
    Missing,
    /// Only a part of their group is there, so none of it is shown.
    Torn,
}

/// Collects a page under its limits, the same way for every engine.
pub(super) struct PageBuilder {
    page: Page,
    limits: ReadLimits,
    bytes: usize,
}

impl PageBuilder {
    pub(super) fn new(head: Position, limits: ReadLimits) -> Self {
        PageBuilder { page: Page { entries: Vec::new(), head }, limits, bytes: 0 }
    }

    /// Takes the entry and gives true, or gives false when the page is full without it.
    pub(super) fn push(&mut self, position: Position, entry: Bytes) -> bool {
        let first = self.page.entries.is_empty();
        let fits = self.page.entries.len() < self.limits.entries && self.bytes + entry.len() <= self.limits.bytes;
        if !first && !fits {
            return false;
        }
        self.bytes += entry.len();
        self.page.entries.push((position, entry));
        true
    }

    pub(super) fn is_empty(&self) -> bool {
        self.page.entries.is_empty()
    }

    pub(super) fn finish(self) -> Page {
        self.page
    }
}

/// Refuses a group with an entry that is too long, before anything is written.
pub(super) fn check_entries(entries: &[Bytes]) -> Result<(), StoreError> {
    match entries.iter().find(|entry| entry.len() > ENTRY_BYTES_MAX) {
        Some(entry) => Err(StoreError::EntryTooLarge { bytes: entry.len(), max: ENTRY_BYTES_MAX }),
        None => Ok(()),
    }
}

/// Refuses an empty or overlong ledger name.
pub(super) fn check_ledger(ledger: &str) -> Result<(), StoreError> {
    check_length("a ledger name", ledger.len(), LEDGER_NAME_BYTES_MAX)
}

/// Refuses an empty or overlong key, and an overlong value. An empty value is a value.
pub(super) fn check_cell(key: &[u8], new: Option<&[u8]>) -> Result<(), StoreError> {
    check_length("a cell key", key.len(), CELL_KEY_BYTES_MAX)?;
    match new {
        Some(value) if !value.is_empty() => check_length("a cell value", value.len(), CELL_VALUE_BYTES_MAX),
        _ => Ok(()),
    }
}

/// Refuses an overlong derived key or value, and an overlong note.
pub(super) fn check_derived(pairs: &[(Bytes, Bytes)]) -> Result<(), StoreError> {
    pairs.iter().try_for_each(|(key, value)| {
        check_length("a derived key", key.len(), DERIVED_KEY_BYTES_MAX)?;
        check_length("a derived value", value.len(), CELL_VALUE_BYTES_MAX)
    })
}

/// Refuses an empty or overlong note.
pub(super) fn check_note(note: &[u8]) -> Result<(), StoreError> {
    check_length("a note", note.len(), NOTE_BYTES_MAX)
}

fn check_length(what: &'static str, bytes: usize, max: usize) -> Result<(), StoreError> {
    if (1..=max).contains(&bytes) { Ok(()) } else { Err(StoreError::Length { what, bytes, max }) }
}
