//! Opening the database, the first time and after a failure.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::thread;
use std::time::Duration;

use parking_lot::RwLock;

use super::super::directory::Directory;
use super::super::{Disk, Step, StoreError, keys};
use super::engine::{Open, panic_cause};

/// sled frees a closed database some epochs after its last handle is dropped; until then its file is locked.
const ATTEMPTS: u32 = 500;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(10);
const PAGE_BYTES: usize = 4096;

/// sled starts so many threads when it is opened. Where it gets none of them it waits for ever, and says nothing.
const THREADS: usize = 8;

/// Opens the database of a directory and makes what is found there durable.
pub(super) fn open_database(directory: &Directory, disk: &dyn Disk, cache_bytes: u64) -> Result<Open, StoreError> {
    try_threads().map_err(StoreError::io(
        "start the threads of the engine (the limits of this process on memory or tasks are too low)",
    ))?;
    let path = directory.engine_path();
    fs::create_dir_all(&path).map_err(StoreError::io("make the directory of the engine"))?;
    directory.remove_stale_snapshots().map_err(StoreError::io("remove an unfinished snapshot"))?;
    let opening = || {
        let database = open_patiently(&path, directory.segment_bytes(), cache_bytes)?;
        let catalog = database.open_tree(keys::CATALOG_TREE)?;
        let log = database.open_tree(keys::LOG_TREE)?;
        let derived = database.open_tree(keys::DERIVED_TREE)?;
        let cells = database.open_tree(keys::CELLS_TREE)?;
        database.flush()?;
        let file = File::options().read(true).write(true).open(path.join("db"))?;
        disk.perform(Step::Sync, &mut || {
            file.sync_all()?;
            File::open(path.join("conf"))?.sync_all()
        })?;
        Ok(Open { catalog, log, derived, cells, database, file })
    };
    match catch_unwind(AssertUnwindSafe(opening)) {
        Ok(Ok(open)) => Ok(open),
        Ok(Err(error)) => Err(StoreError::engine("open the engine", error)),
        Err(panic) => Err(StoreError::Corrupt { cause: panic_cause(&*panic) }),
    }
}

/// Whether the system gives as many threads at once as sled needs.
fn try_threads() -> io::Result<()> {
    let gate = RwLock::new(());
    thread::scope(|scope| {
        let shut = gate.write();
        for _ in 0..THREADS {
            thread::Builder::new().spawn_scoped(scope, || drop(gate.read()))?;
        }
        drop(shut);
        Ok(())
    })
}

/// Writes the file of the closed database over itself and syncs it.
///
/// After a failed sync the system may take pages for clean that never reached the medium: a read shows them, and a
/// later sync succeeds without writing them. Written again they are dirty again, and the sync that follows is
/// true of everything the next opening will see.
pub(super) fn rewrite(directory: &Directory) -> Result<(), StoreError> {
    let path = directory.engine_path().join("db");
    let rewriting = || {
        let mut file = File::options().read(true).write(true).open(&path)?;
        lock_patiently(&file)?;
        let mut bytes = vec![0; 256 * PAGE_BYTES];
        let mut at = 0;
        loop {
            file.seek(SeekFrom::Start(at))?;
            let read = file.read(&mut bytes)?;
            if read == 0 {
                return file.sync_all();
            }
            for (page, start) in bytes[..read].chunks(PAGE_BYTES).zip((at..).step_by(PAGE_BYTES)) {
                // Zeros may be a hole, and filling a hole takes room.
                if page.iter().any(|byte| *byte != 0) {
                    file.seek(SeekFrom::Start(start))?;
                    file.write_all(page)?;
                }
            }
            at += read as u64;
        }
    };
    rewriting().map_err(StoreError::io("write the file of the engine again"))
}

fn open_patiently(path: &Path, segment_bytes: usize, cache_bytes: u64) -> ::sled::Result<::sled::Db> {
    let mut attempts = 0;
    loop {
        // A config must not be used twice: it keeps the error of its first database.
        let config = ::sled::Config::new()
            .path(path)
            .segment_size(segment_bytes)
            .cache_capacity(cache_bytes)
            .flush_every_ms(None);
        match config.open() {
            Err(::sled::Error::Io(error)) if is_locked(&error) && attempts < ATTEMPTS => {
                attempts += 1;
                thread::sleep(BETWEEN_ATTEMPTS);
            }
            outcome => return outcome,
        }
    }
}

/// Our own lock is held, so whoever holds sled's is a closed database of this process that is not yet freed.
fn is_locked(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Other && error.to_string().contains("could not acquire lock")
}

fn lock_patiently(file: &File) -> io::Result<()> {
    let mut attempts = 0;
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if attempts < ATTEMPTS => {
                attempts += 1;
                thread::sleep(BETWEEN_ATTEMPTS);
            }
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::other("the engine did not let go of its file"));
            }
            Err(TryLockError::Error(error)) => return Err(error),
            Ok(()) => return Ok(()),
        }
    }
}
