//! The engine on disk: sled 0.34.7 with packed blocks and four guards.
//!
//! Exactly 0.34.7, because the alpha of 1.0 hangs after a failed flush and holds all that was written in memory. As
//! shipped, 0.34.7 does not make "acknowledged" mean "durable"; these guards do:
//!
//! 1. Its `flush` does no fsync (sled #1452). Each commit syncs an own handle of the file `db` after it, and the
//!    directories are synced after anything is made in them. (`engine.rs`, `directory.rs`)
//! 2. A stale `snap.*.generating` makes it refuse to open (sled #1527). Such files are removed first, under an own
//!    lock. (`directory.rs`)
//! 3. What does not fit a quarter of a segment goes to `blobs/`, which is never fsynced. A page holds up to 18
//!    values, so no value is longer than [`value_bytes_max`]; longer entries go in chunks; and nothing is
//!    acknowledged while `blobs/` has a file. (`pack.rs`, `engine.rs`)
//! 4. Its errors stick. The first failed step of a commit poisons the store until it was reopened. (`reopen.rs`)
//!
//! Beside these: it drops what follows the first message it cannot read, so acknowledged heads are noted outside it
//! (`heads.rs`); `flush_async` deadlocks and its flusher thread would write behind our back, so neither is used; one
//! commit at a time, because a failed write can leave a second flusher waiting for ever; nothing in the log is ever
//! deleted, because reclaiming space is its weak side.

mod cells;
mod engine;
mod log;
mod reopen;
mod walk;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use self::cells::SledCells;
use self::engine::{Engine, Open};
use self::log::SledLog;
use super::contract::check_ledger;
use super::keys::{self, LedgerNumber};
use super::{Catalog, Cells, Disk, Log, StoreError, SystemDisk, directory, secret};

/// What the engine is opened with.
#[derive(Clone)]
pub struct SledConfig {
    /// The data directory; made if it is not there, together with those above it.
    pub path: PathBuf,
    /// The size of a segment of the engine's file: a power of two from 512 KiB to 16 MiB. It counts when a store is
    /// founded; later the size it was founded with is used. 2 MiB brought nothing over the default of 512 KiB.
    pub segment_bytes: usize,
    /// About how much memory the engine keeps pages in. It is a wish, not a bound: several times as much was seen.
    pub cache_bytes: u64,
    /// How many of a log's newest entries are checked when it is opened; [`Log::verify`] checks the others, and so
    /// does whoever reads them. It bounds the time a start takes: a million entries of 300 bytes take 0.3 s.
    pub entries_checked_at_open: u64,
    /// Where the steps of a commit are done.
    pub disk: Arc<dyn Disk>,
}

impl SledConfig {
    /// The defaults for this data directory: segments of 512 KiB, a cache of 64 MiB, a million entries checked, the
    /// system's disk.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        SledConfig {
            path: path.into(),
            segment_bytes: 512 << 10,
            cache_bytes: 64 << 20,
            entries_checked_at_open: 1_000_000,
            disk: Arc::new(SystemDisk),
        }
    }
}

/// A store in a data directory. The directory is free again when the catalog and every log and cells of it are gone.
pub struct SledCatalog {
    // Locks are taken in the order of these fields, and before the engine's.
    names: Mutex<BTreeMap<String, LedgerNumber>>,
    logs: Mutex<BTreeMap<LedgerNumber, Arc<SledLog>>>,
    cells: Arc<SledCells>,
    engine: Arc<Engine>,
}

/// The longest value that is stored: 18 of them, with their keys and the page around them, stay within a quarter of
/// a segment. At 512 KiB segments 131,072 / 18 = 7,281, less 128 for key, lengths and headers: 7,153 bytes. The
/// longest cell, 512 and 4,096 bytes, is well below that.
fn value_bytes_max(segment_bytes: usize) -> usize {
    segment_bytes / 4 / 18 - 128
}

impl SledCatalog {
    /// Opens the store in a directory, or founds one there. `Locked` if somebody has it open, `NewerFormat` and
    /// `NotAStore` if it is not for this release to touch.
    pub fn open(config: SledConfig) -> Result<Self, StoreError> {
        let segment_bytes = config.segment_bytes;
        if !segment_bytes.is_power_of_two() || !((512 << 10)..=(16 << 20)).contains(&segment_bytes) {
            return Err(StoreError::Io {
                action: "open the store",
                kind: std::io::ErrorKind::InvalidInput,
                cause: format!("segment_bytes is {segment_bytes}; it must be a power of two from 512 KiB to 16 MiB"),
            });
        }
        let engine = Arc::new(Engine::open(config)?);
        Self::over(engine)
    }

    /// Opens the store in a directory, and founds none where there is none: `NotAStore`.
    pub fn open_existing(config: SledConfig) -> Result<Self, StoreError> {
        directory::must_exist(&config.path)?;
        Self::open(config)
    }

    fn over(engine: Arc<Engine>) -> Result<Self, StoreError> {
        let names = engine.read(load_names)?;
        let cells = Arc::new(SledCells::open(engine.clone())?);
        Ok(SledCatalog { names: Mutex::new(names), logs: Mutex::default(), cells, engine })
    }
}

impl Catalog for SledCatalog {
    fn create(&self, ledger: &str) -> Result<Arc<dyn Log>, StoreError> {
        check_ledger(ledger)?;
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let mut logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        if names.contains_key(ledger) {
            return Err(StoreError::AlreadyExists { ledger: ledger.to_owned() });
        }
        let mut commit = self.engine.begin()?;
        let number = LedgerNumber(names.values().map(|number| number.0).max().unwrap_or(0) + 1);
        commit.reserve_head(number)?;
        commit.make_durable(&mut |open| {
            open.catalog.insert(ledger, &keys::catalog_value(number))?;
            Ok(())
        })?;
        drop(commit);
        let log = Arc::new(SledLog::empty(self.engine.clone(), number));
        names.insert(ledger.to_owned(), number);
        logs.insert(number, log.clone());
        Ok(log)
    }

    fn open(&self, ledger: &str) -> Result<Arc<dyn Log>, StoreError> {
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let mut logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(&number) = names.get(ledger) else {
            return Err(StoreError::NotFound { ledger: ledger.to_owned() });
        };
        if let Some(log) = logs.get(&number) {
            return Ok(log.clone());
        }
        let log = Arc::new(SledLog::open(self.engine.clone(), number)?);
        logs.insert(number, log.clone());
        Ok(log)
    }

    fn list(&self) -> Result<Vec<String>, StoreError> {
        Ok(self.names.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect())
    }

    fn cells(&self) -> Arc<dyn Cells> {
        self.cells.clone()
    }

    fn recover(&self) -> Result<(), StoreError> {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        self.engine.reopen(&mut |open, heads| {
            *names = load_names(open)?;
            self.cells.reload(open);
            logs.values().try_for_each(|log| log.reexamine(open, heads))
        })
    }

    fn poisoned(&self) -> Option<String> {
        self.engine.poisoned()
    }

    fn secret(&self) -> Result<Option<String>, StoreError> {
        secret::read(&self.engine.directory.secret_path())
    }

    fn keep_secret(&self, secret: &str) -> Result<(), StoreError> {
        secret::keep(&self.engine.directory.secret_path(), secret, &*self.engine.disk)
    }
}

fn load_names(open: &Open) -> Result<BTreeMap<String, LedgerNumber>, StoreError> {
    let mut names = BTreeMap::new();
    for pair in &open.catalog {
        let (name, value) = pair.map_err(|error| StoreError::engine("read the catalog", error))?;
        let name = String::from_utf8(name.to_vec()).ok();
        let (Some(name), Some(number)) = (name, keys::parse_catalog_value(&value)) else {
            return Err(StoreError::Corrupt { cause: "an entry of the catalog cannot be read".to_owned() });
        };
        names.insert(name, number);
    }
    Ok(names)
}
