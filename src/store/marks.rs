//! A mark of 32 bytes for each entry of a ledger, kept outside the engine.
//!
//! Where an entry was altered behind the engine's back its mark still says what it was. The marks have no checksum: whoever
//! kept them knows what they must add up to.
//!
//! Each ledger has a file of its own, named by its number; the mark of position P is at place P - 1. So keeping marks adds
//! to the end of a file, which costs a fraction of what the engine takes for the same bytes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use super::Mark;
use super::keys::LedgerNumber;
use crate::domain::Position;

const MARK_BYTES: u64 = size_of::<Mark>() as u64;
/// How many files are held open: a store may have more ledgers than a process may have files.
const FILES_MAX: usize = 64;

/// The files of marks.
pub(super) struct Marks {
    directory: PathBuf,
    open: BTreeMap<LedgerNumber, File>,
}

impl Marks {
    /// Opens the directory, or makes an empty one.
    pub(super) fn open(directory: &Path) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        Ok(Marks { directory: directory.to_owned(), open: BTreeMap::new() })
    }

    /// The marks of entries after `after`; zeros where none were kept.
    pub(super) fn kept(&mut self, ledger: LedgerNumber, after: Position, count: usize) -> io::Result<Vec<Mark>> {
        let mut marks = vec![Mark::default(); count];
        let bytes = marks.as_flattened_mut();
        let file = self.file(ledger)?;
        file.seek(SeekFrom::Start(place(after)))?;
        let mut read = 0;
        while read < bytes.len() {
            match file.read(&mut bytes[read..])? {
                0 => break,
                more => read += more,
            }
        }
        Ok(marks)
    }

    /// Keeps the marks of the entries after `after`.
    pub(super) fn keep(&mut self, ledger: LedgerNumber, after: Position, marks: &[Mark]) -> io::Result<()> {
        self.file(ledger)?.write_all_at(marks.as_flattened(), place(after))
    }

    fn file(&mut self, ledger: LedgerNumber) -> io::Result<&mut File> {
        if !self.open.contains_key(&ledger) {
            if self.open.len() >= FILES_MAX {
                self.open.clear();
            }
            let path = self.directory.join(ledger.0.to_string());
            let file = File::options().create(true).truncate(false).read(true).write(true).open(path)?;
            self.open.insert(ledger, file);
        }
        Ok(self.open.get_mut(&ledger).expect("it was opened just now"))
    }
}

/// Where in its file the mark of the entry after `after` is.
fn place(after: Position) -> u64 {
    after.get() * MARK_BYTES
}
