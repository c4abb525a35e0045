//! The data directory: who may use it, and which release can read it.
//!
//! ```text
//! <data>/lock      held for as long as the store is open
//! <data>/format    format version and segment size, in words
//! <data>/heads     the acknowledged head of each ledger, see heads.rs
//! <data>/notes     the last note of each ledger, see notes.rs
//! <data>/leaves/   the marks of the entries of each ledger, see marks.rs
//! <data>/transcripts/  what is read in place of a log at a start, see transcripts.rs
//! <data>/secret    the secret of the store, for the owner's eyes only, see secret.rs
//! <data>/sled/     the engine's own: db, conf, blobs/, snap.*
//! ```

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::{Disk, Step, StoreError};

/// The format this release writes, and the newest it reads.
const FORMAT: u32 = 1;
/// The file that is locked for as long as the store is open.
pub(super) const LOCK_FILE: &str = "lock";
/// The file that makes a directory a store.
pub(super) const FORMAT_FILE: &str = "format";
/// Where a store is made that is to be there whole or not at all, see founding.rs.
pub(super) const RESTORING: &str = "restoring";
const FORMAT_FILE_NEW: &str = "format.new";
/// What a store has beside its format file.
pub(super) const STORE_NAMES: [&str; 7] = [LOCK_FILE, "heads", "notes", "leaves", "transcripts", "secret", "sled"];
/// A process that is being started has copies of all handles of the one that starts it, for a moment, and an old server
/// may just be ending; so a lock is given up only after half a second.
const LOCK_ATTEMPTS: u32 = 50;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(10);

/// An open data directory. Dropping it lets another process have it.
pub(super) struct Directory {
    path: PathBuf,
    segment_bytes: usize,
    _lock: File,
}

impl Directory {
    /// Takes the lock and checks the format, or founds a store with segments of `segment_bytes` where there is none.
    /// What is not ours to open is left as it is, without so much as a lock in it.
    pub(super) fn open(path: &Path, segment_bytes: usize, disk: &dyn Disk) -> Result<Self, StoreError> {
        if path.exists() {
            read_format(path)?;
        }
        let missing = path.ancestors().take_while(|above| !above.as_os_str().is_empty() && !above.exists()).count();
        fs::create_dir_all(path).map_err(StoreError::io_at("make the data directory", path))?;
        let lock = locked(path)?;
        let segment_bytes = match read_format(path)? {
            Some(segment_bytes) => segment_bytes,
            None => {
                write_format(path, segment_bytes, disk).map_err(StoreError::io_at("write the format file in", path))?;
                segment_bytes
            }
        };
        // A directory that was made is an entry of the one above it.
        for above in path.ancestors().skip(1).take(missing) {
            let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
            sync_directory(above, disk).map_err(StoreError::io("sync a directory above the data directory"))?;
        }
        Ok(Directory { path: path.to_owned(), segment_bytes, _lock: lock })
    }

    /// The segment size this store was founded with; sled cannot change it later.
    pub(super) fn segment_bytes(&self) -> usize {
        self.segment_bytes
    }

    /// Where the engine keeps its files.
    pub(super) fn engine_path(&self) -> PathBuf {
        self.path.join("sled")
    }

    /// The file of acknowledged heads.
    pub(super) fn heads_path(&self) -> PathBuf {
        self.path.join("heads")
    }

    /// The file of notes.
    pub(super) fn notes_path(&self) -> PathBuf {
        self.path.join("notes")
    }

    /// The directory of the files of marks.
    pub(super) fn marks_path(&self) -> PathBuf {
        self.path.join("leaves")
    }

    /// The directory of the transcripts.
    pub(super) fn transcripts_path(&self) -> PathBuf {
        self.path.join("transcripts")
    }

    /// The file of the secret.
    pub(super) fn secret_path(&self) -> PathBuf {
        self.path.join("secret")
    }

    /// Puts the entries of every directory of the store on the medium.
    pub(super) fn sync(&self, disk: &dyn Disk) -> io::Result<()> {
        sync_directory(&self.engine_path(), disk)?;
        sync_directory(&self.path, disk)
    }

    /// Removes what sled leaves when it is killed while it writes a snapshot: it would take the rest for a snapshot
    /// and refuse to open (sled #1527, #1533). Nothing is lost with it, because the log it was made from is there.
    pub(super) fn remove_stale_snapshots(&self) -> io::Result<()> {
        let engine_path = self.engine_path();
        if !engine_path.exists() {
            return Ok(());
        }
        for entry in fs::read_dir(&engine_path)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with("snap.") && name.ends_with(".generating") {
                tracing::warn!(file = %entry.path().display(), "removing an unfinished snapshot of the engine");
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Errors if the disk has no room for what opening the engine and one more commit may need.
    pub(super) fn check_room(&self) -> io::Result<()> {
        let path = self.path.join("room");
        let probe = || {
            let mut file = File::create(&path)?;
            let zeros = vec![0; self.segment_bytes];
            file.write_all(&zeros)?;
            file.write_all(&zeros)?;
            file.sync_all()
        };
        let outcome = probe();
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => outcome.and(Err(error)),
            _ => outcome,
        }
    }
}

fn locked(path: &Path) -> Result<File, StoreError> {
    let path = path.join(LOCK_FILE);
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(StoreError::io_at("open the lock file", &path))?;
    let mut attempts = 0;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if attempts < LOCK_ATTEMPTS => {
                attempts += 1;
                thread::sleep(BETWEEN_ATTEMPTS);
            }
            Err(TryLockError::WouldBlock) => return Err(StoreError::Locked { path }),
            Err(TryLockError::Error(error)) => {
                return Err(StoreError::io_at("lock the data directory by", &path)(error));
            }
        }
    }
}

/// Errors if there is no store at `path`.
pub(super) fn must_exist(path: &Path) -> Result<(), StoreError> {
    match path.exists() && read_format(path)?.is_some() {
        true => Ok(()),
        false => Err(StoreError::NotAStore { path: path.to_owned(), why: "there is no store in it".to_owned() }),
    }
}

/// The segment size in the format file, or `None` where a store may be founded.
fn read_format(path: &Path) -> Result<Option<usize>, StoreError> {
    // Looked for first: a store that is being founded meanwhile has its format file before anything foreign to this.
    let foreign = foreign_name(path)?;
    let mut text = String::new();
    let format_file = path.join(FORMAT_FILE);
    match File::open(&format_file) {
        Ok(mut file) => file.read_to_string(&mut text).map_err(StoreError::io_at("read", &format_file))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return foreign.map_or(Ok(None), Err),
        Err(error) => return Err(StoreError::io_at("open", &format_file)(error)),
    };
    let mut lines = text.lines();
    let found = lines.next().and_then(|line| line.strip_prefix("entente store format ")?.parse().ok());
    match found {
        Some(found) if found > FORMAT => {
            Err(StoreError::NewerFormat { path: path.to_owned(), found, supported: FORMAT })
        }
        Some(FORMAT) => match lines.next().and_then(|line| line.strip_prefix("segment bytes ")?.parse().ok()) {
            Some(segment_bytes) => Ok(Some(segment_bytes)),
            None => Err(unreadable_format(path)),
        },
        _ => Err(unreadable_format(path)),
    }
}

fn unreadable_format(path: &Path) -> StoreError {
    StoreError::NotAStore { path: path.to_owned(), why: format!("its file {FORMAT_FILE:?} cannot be read") }
}

/// Why a directory without a format file is somebody else's, if so: a mistyped path is not to be sown with our files.
fn foreign_name(path: &Path) -> Result<Option<StoreError>, StoreError> {
    let failed = StoreError::io_at("read the data directory", path);
    if !path.is_dir() {
        return Err(StoreError::NotAStore { path: path.to_owned(), why: "it is not a directory".to_owned() });
    }
    for entry in fs::read_dir(path).map_err(&failed)? {
        let name = entry.map_err(&failed)?.file_name();
        // A new file system has this entry, and people do mount one as the data directory.
        let ours = [LOCK_FILE, FORMAT_FILE_NEW, "lost+found"].iter().any(|ours| name == *ours);
        if !ours {
            let why = match name == RESTORING {
                true => "a backup is being restored into it, or that was cut short; restore it again".to_owned(),
                false => format!("it has {name:?} but no file {FORMAT_FILE:?}; choose an empty or a new directory"),
            };
            return Ok(Some(StoreError::NotAStore { path: path.to_owned(), why }));
        }
    }
    Ok(None)
}

fn write_format(path: &Path, segment_bytes: usize, disk: &dyn Disk) -> io::Result<()> {
    let new = path.join(FORMAT_FILE_NEW);
    let mut file = File::create(&new)?;
    write!(file, "entente store format {FORMAT}\nsegment bytes {segment_bytes}\n")?;
    file.sync_all()?;
    fs::rename(&new, path.join(FORMAT_FILE))?;
    sync_directory(path, disk)
}

pub(super) fn sync_directory(path: &Path, disk: &dyn Disk) -> io::Result<()> {
    disk.perform(Step::Directory, &mut || File::open(path)?.sync_all())
}
