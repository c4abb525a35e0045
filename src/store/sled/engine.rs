//! The one open database: reads beside each other, one commit at a time, and the poison of a failed one.

use std::any::Any;
use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::super::directory::Directory;
use super::super::heads::Heads;
use super::super::keys::LedgerNumber;
use super::super::marks::Marks;
use super::super::notes::Notes;
use super::super::{Disk, Step, StoreError};
use super::{SledConfig, reopen, value_bytes_max};
use crate::domain::Position;

/// The database behind a catalog and all its logs and cells.
pub(super) struct Engine {
    /// `None` only while a recovery has closed it and could not open it again.
    open: RwLock<Option<Open>>,
    commit: Mutex<Heads>,
    poison: Mutex<Option<String>>,
    pub(super) notes: Mutex<Notes>,
    pub(super) marks: Mutex<Marks>,
    pub(super) disk: Arc<dyn Disk>,
    cache_bytes: u64,
    pub(super) entries_checked_at_open: u64,
    /// Last, so that the lock is given back after the database is closed.
    pub(super) directory: Directory,
}

/// The open database.
pub(super) struct Open {
    pub(super) catalog: ::sled::Tree,
    pub(super) log: ::sled::Tree,
    pub(super) derived: ::sled::Tree,
    pub(super) cells: ::sled::Tree,
    pub(super) database: ::sled::Db,
    /// Our own handle of its file, to sync it.
    pub(super) file: File,
}

/// How far a change is carried.
#[derive(Clone, Copy)]
enum Until {
    Written,
    Synced,
}

/// The right to change something. There is one at a time.
pub(super) struct Commit<'a> {
    engine: &'a Engine,
    heads: MutexGuard<'a, Heads>,
}

impl Engine {
    /// Opens the database of a data directory.
    pub(super) fn open(config: SledConfig) -> Result<Self, StoreError> {
        let directory = Directory::open(&config.path, config.segment_bytes, &*config.disk)?;
        let open = reopen::open_database(&directory, &*config.disk, config.cache_bytes)?;
        let heads = Heads::open(&directory.heads_path()).map_err(StoreError::io("open the file of heads"))?;
        let notes = Notes::open(&directory.notes_path()).map_err(StoreError::io("open the file of notes"))?;
        let marks = Marks::open(&directory.marks_path()).map_err(StoreError::io("open the directory of marks"))?;
        directory.sync(&*config.disk).map_err(StoreError::io("sync the data directory"))?;
        let poison = refuse_blobs(&directory).err().map(|error| error.to_string());
        Ok(Engine {
            open: RwLock::new(Some(open)),
            commit: Mutex::new(heads),
            poison: Mutex::new(poison),
            notes: Mutex::new(notes),
            marks: Mutex::new(marks),
            disk: config.disk,
            cache_bytes: config.cache_bytes,
            entries_checked_at_open: config.entries_checked_at_open,
            directory,
        })
    }

    /// The longest value the database takes without spilling it.
    pub(super) fn value_bytes_max(&self) -> usize {
        value_bytes_max(self.directory.segment_bytes())
    }

    /// Reads from the open database.
    pub(super) fn read<T>(&self, read: impl FnOnce(&Open) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        match &*open {
            Some(open) => read(open),
            None => Err(self.poisoned_error()),
        }
    }

    /// Waits for the commit before, if any. `Poisoned` if one has failed.
    pub(super) fn begin(&self) -> Result<Commit<'_>, StoreError> {
        let heads = self.commit.lock().unwrap_or_else(PoisonError::into_inner);
        match self.poisoned() {
            Some(cause) => Err(StoreError::Poisoned { cause }),
            None => Ok(Commit { engine: self, heads }),
        }
    }

    /// Why no changes are taken, if so.
    pub(super) fn poisoned(&self) -> Option<String> {
        self.poison.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The head noted outside the database, or the origin.
    pub(super) fn noted_head(&self, ledger: LedgerNumber) -> Result<Position, StoreError> {
        noted(&mut self.commit.lock().unwrap_or_else(PoisonError::into_inner), ledger)
    }

    /// Closes the database, opens it again, lets `examine` look at it, and ends the poisoning if all went well.
    pub(super) fn reopen(
        &self,
        examine: &mut dyn FnMut(&Open, &mut Heads) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut heads = self.commit.lock().unwrap_or_else(PoisonError::into_inner);
        if self.poisoned().is_none() {
            return Ok(());
        }
        // Before anything is closed, so that reads go on for as long as the disk is full.
        self.directory.check_room().map_err(StoreError::io("reserve room on the disk"))?;
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        *open = None;
        reopen::rewrite(&self.directory)?;
        let reopened = reopen::open_database(&self.directory, &*self.disk, self.cache_bytes)?;
        self.directory.sync(&*self.disk).map_err(StoreError::io("sync the data directory"))?;
        refuse_blobs(&self.directory).map_err(StoreError::io("recover the store"))?;
        examine(&reopened, &mut heads)?;
        *open = Some(reopened);
        *self.poison.lock().unwrap_or_else(PoisonError::into_inner) = None;
        tracing::info!("the store is recovered");
        Ok(())
    }

    fn poison(&self, cause: String) -> StoreError {
        tracing::error!(%cause, "the store takes no changes until it is recovered");
        let mut poison = self.poison.lock().unwrap_or_else(PoisonError::into_inner);
        StoreError::Poisoned { cause: poison.get_or_insert(cause).clone() }
    }

    fn poisoned_error(&self) -> StoreError {
        StoreError::Poisoned { cause: self.poisoned().unwrap_or_else(|| "the store is closed".to_owned()) }
    }
}

impl Commit<'_> {
    /// Writes, flushes and syncs. Any failure poisons the store: what of the change is kept is then unknown.
    pub(super) fn make_durable(
        &mut self,
        write: &mut dyn FnMut(&Open) -> ::sled::Result<()>,
    ) -> Result<(), StoreError> {
        self.carry_out(write, Until::Synced)
    }

    /// Writes, and leaves it to the next change to flush and sync. A failure poisons the store.
    pub(super) fn write_behind(
        &mut self,
        write: &mut dyn FnMut(&Open) -> ::sled::Result<()>,
    ) -> Result<(), StoreError> {
        self.carry_out(write, Until::Written)
    }

    fn carry_out(
        &mut self,
        write: &mut dyn FnMut(&Open) -> ::sled::Result<()>,
        until: Until,
    ) -> Result<(), StoreError> {
        let engine = self.engine;
        let open = engine.open.read().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = &*open else {
            return Err(engine.poisoned_error());
        };
        let perform = |step, verb: &str, io: &mut dyn FnMut() -> ::sled::Result<()>| {
            let outcome = engine.disk.perform(step, &mut || io().map_err(io::Error::from));
            outcome.map_err(|error| format!("{verb} failed: {}", said(&error)))
        };
        let steps = || {
            perform(Step::Write, "a write", &mut || write(open))?;
            if let Until::Written = until {
                return Ok(());
            }
            perform(Step::Flush, "a flush", &mut || open.database.flush().map(drop))?;
            perform(Step::Sync, "a sync", &mut || Ok(open.file.sync_data()?))?;
            refuse_blobs(&engine.directory).map_err(|error| error.to_string())
        };
        // sled asserts where it should err; a panic must not leave the store looking sound.
        match catch_unwind(AssertUnwindSafe(steps)) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(cause)) => Err(engine.poison(cause)),
            Err(panic) => Err(engine.poison(panic_cause(&*panic))),
        }
    }

    /// Notes an acknowledged head outside the database. A failure costs only the note.
    pub(super) fn note_head(&mut self, ledger: LedgerNumber, head: Position) {
        if let Err(error) = self.heads.note(ledger, head) {
            tracing::warn!(%error, "cannot note the head of a ledger");
        }
    }

    /// Makes room for the notes of a new ledger.
    pub(super) fn reserve_head(&mut self, ledger: LedgerNumber) -> Result<(), StoreError> {
        self.heads.reserve(ledger).map_err(StoreError::io("make room for a head"))
    }
}

/// The head noted in `heads`, or the origin; an unreadable note is as good as none.
pub(super) fn noted(heads: &mut Heads, ledger: LedgerNumber) -> Result<Position, StoreError> {
    let noted = heads.noted(ledger).map_err(StoreError::io("read the file of heads"))?;
    Ok(noted.unwrap_or_else(|| {
        tracing::warn!(
            ledger = ledger.0,
            "the noted head of a ledger is not intact; a log cut short would not be seen"
        );
        Position::ORIGIN
    }))
}

/// What went wrong, in words. The engine hands on a full disk in the form of its source code.
fn said(error: &io::Error) -> String {
    match error.kind() {
        kind @ (io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => kind.to_string(),
        _ => error.to_string(),
    }
}

/// What a panic of the engine said.
pub(super) fn panic_cause(panic: &(dyn Any + Send)) -> String {
    let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    format!("the engine panicked: {}", said.unwrap_or("without a word"))
}

fn refuse_blobs(directory: &Directory) -> io::Result<()> {
    match fs::read_dir(directory.engine_path().join("blobs"))?.next() {
        None => Ok(()),
        Some(_) => Err(io::Error::other("the engine put a value into blobs/, which it never syncs")),
    }
}
