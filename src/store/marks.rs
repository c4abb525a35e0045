//! A mark of 32 bytes for each of the newest entries of a ledger, kept outside the engine.
//!
//! Where an entry was altered behind the engine's back its mark still says what it was. The marks have no checksum: whoever
//! kept them knows what they must add up to.
//!
//! The file has room for 256 marks for each ledger number; that of position P is at place (P - 1) modulo 256.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::keys::LedgerNumber;
use super::{MARKS_MAX, Mark};
use crate::domain::Position;

const MARK_BYTES: usize = size_of::<Mark>();

/// The open file.
pub(super) struct Marks {
    file: File,
}

impl Marks {
    /// Opens the file, or makes an empty one.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::options().create(true).truncate(false).read(true).write(true).open(path)?;
        Ok(Marks { file })
    }

    /// The marks of entries after `after`.
    pub(super) fn kept(&mut self, ledger: LedgerNumber, after: Position, count: usize) -> io::Result<Vec<Mark>> {
        let mut bytes = vec![0; MARKS_MAX * MARK_BYTES];
        self.file.seek(SeekFrom::Start(start_of(ledger)))?;
        let mut read = 0;
        while read < bytes.len() {
            match self.file.read(&mut bytes[read..])? {
                0 => break,
                more => read += more,
            }
        }
        let (marks, _) = bytes.as_chunks::<MARK_BYTES>();
        Ok((0..count).map(|index| marks[(place(after) + index) % MARKS_MAX]).collect())
    }

    /// Keeps the marks of the entries after `after`.
    pub(super) fn keep(&mut self, ledger: LedgerNumber, after: Position, marks: &[Mark]) -> io::Result<()> {
        let left_out = marks.len().saturating_sub(MARKS_MAX);
        let first = place(after.plus(left_out as u64));
        let (before_the_end, from_the_start) = {
            let marks = &marks[left_out..];
            marks.split_at(marks.len().min(MARKS_MAX - first))
        };
        for (place, marks) in [(first, before_the_end), (0, from_the_start)] {
            if !marks.is_empty() {
                self.file.seek(SeekFrom::Start(start_of(ledger) + (place * MARK_BYTES) as u64))?;
                self.file.write_all(marks.as_flattened())?;
            }
        }
        Ok(())
    }
}

/// The place of the entry after `after`.
fn place(after: Position) -> usize {
    usize::try_from(after.get() % MARKS_MAX as u64).expect("less than 256")
}

fn start_of(ledger: LedgerNumber) -> u64 {
    u64::from(ledger.0) * (MARKS_MAX * MARK_BYTES) as u64
}
