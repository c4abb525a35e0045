//! The last note of each ledger, kept outside the engine.
//!
//! A note costs no sync of its own: it survives the death of the process, and after a power cut it may be older than the
//! log but never newer, because it is written after the sync of what it is about.
//!
//! The file has two slots of 1,024 bytes for each ledger number, written in turn, so that a torn write leaves the other:
//! count of notes so far (u64), length (u16), the note, zeros, checksum of the ledger's number and what comes before (u32);
//! numbers are big-endian. The intact slot with the larger count has the note.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use bytes::Bytes;

use super::Note;
use super::keys::LedgerNumber;
use super::seal;

const SLOT_BYTES: usize = 1024;
const HEADER_BYTES: usize = 10;
/// The slots of a ledger.
const SLOTS: u64 = 2;

/// The open file.
pub(super) struct Notes {
    file: File,
    /// How many notes each ledger has had, as far as it was asked for.
    counts: BTreeMap<LedgerNumber, u64>,
}

impl Notes {
    /// Opens the file, or makes an empty one.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::options().create(true).truncate(false).read(true).write(true).open(path)?;
        Ok(Notes { file, counts: BTreeMap::new() })
    }

    /// The note kept last.
    pub(super) fn kept(&mut self, ledger: LedgerNumber) -> io::Result<Note> {
        let slots = [self.slot(ledger, 0)?, self.slot(ledger, 1)?];
        let found = slots.iter().filter_map(|slot| parse(ledger, slot)).max_by_key(|(count, _)| *count);
        self.counts.insert(ledger, found.as_ref().map_or(0, |(count, _)| *count));
        let untouched = slots.iter().all(|slot| slot.iter().all(|byte| *byte == 0));
        let damaged = slots.iter().any(|slot| slot.iter().any(|byte| *byte != 0) && parse(ledger, slot).is_none());
        if damaged {
            tracing::warn!(ledger = ledger.0, "a slot of the file of notes is not intact");
        }
        Ok(match found {
            Some((_, note)) => Note::Kept(note),
            None if untouched => Note::Absent,
            None => Note::Damaged,
        })
    }

    /// Keeps a note.
    pub(super) fn keep(&mut self, ledger: LedgerNumber, note: &[u8]) -> io::Result<()> {
        if !self.counts.contains_key(&ledger) {
            self.kept(ledger)?;
        }
        let count = self.counts[&ledger] + 1;
        self.file.write_all_at(&slot(ledger, count, note), start_of(ledger, count % SLOTS))?;
        self.counts.insert(ledger, count);
        // The first note of a slot makes the file grow; later ones need no room on the disk.
        if count <= SLOTS { self.file.sync_all() } else { Ok(()) }
    }

    fn slot(&mut self, ledger: LedgerNumber, slot: u64) -> io::Result<[u8; SLOT_BYTES]> {
        let mut bytes = [0; SLOT_BYTES];
        self.file.seek(SeekFrom::Start(start_of(ledger, slot)))?;
        let mut read = 0;
        while read < SLOT_BYTES {
            match self.file.read(&mut bytes[read..])? {
                0 => break,
                more => read += more,
            }
        }
        Ok(bytes)
    }
}

fn start_of(ledger: LedgerNumber, slot: u64) -> u64 {
    (u64::from(ledger.0) * SLOTS + slot) * SLOT_BYTES as u64
}

fn slot(ledger: LedgerNumber, count: u64, note: &[u8]) -> Vec<u8> {
    let length = u16::try_from(note.len()).expect("a note has 1,000 bytes at most");
    let mut content = [&count.to_be_bytes()[..], &length.to_be_bytes(), note].concat();
    content.resize(SLOT_BYTES - seal::SEAL_BYTES, 0);
    seal::sealed(&ledger.0.to_be_bytes(), content)
}

fn parse(ledger: LedgerNumber, bytes: &[u8; SLOT_BYTES]) -> Option<(u64, Bytes)> {
    let content = seal::opened(&ledger.0.to_be_bytes(), bytes).ok()?;
    let (count, rest) = content.split_first_chunk()?;
    let (length, _) = rest.split_first_chunk()?;
    let length = usize::from(u16::from_be_bytes(*length));
    let note = content.get(HEADER_BYTES..HEADER_BYTES + length).filter(|note| !note.is_empty())?;
    Some((u64::from_be_bytes(*count), Bytes::copy_from_slice(note)))
}

#[cfg(test)]
mod tests {
    use super::super::NOTE_BYTES_MAX;
    use super::*;

    const LEDGER: LedgerNumber = LedgerNumber(3);

    fn kept(path: &Path) -> Note {
        Notes::open(path).expect("opens").kept(LEDGER).expect("reads")
    }

    #[test]
    fn the_last_note_is_kept_and_one_torn_write_leaves_the_one_before() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("notes");
        assert_eq!(kept(&path), Note::Absent);
        let longest = vec![b'x'; NOTE_BYTES_MAX];
        let notes: [&[u8]; 4] = [b"one", b"two", &longest, b"four"];
        for note in notes {
            Notes::open(&path).expect("opens").keep(LEDGER, note).expect("kept");
            assert_eq!(kept(&path), Note::Kept(Bytes::copy_from_slice(note)));
        }
        assert_eq!(Notes::open(&path).expect("opens").kept(LedgerNumber(2)).expect("reads"), Note::Absent);

        // Half of the newest slot was never written.
        let mut bytes = std::fs::read(&path).expect("reads");
        let newest = usize::try_from(start_of(LEDGER, 4 % SLOTS)).expect("small");
        bytes[newest + 4..newest + 600].fill(0xff);
        std::fs::write(&path, bytes).expect("written");
        assert_eq!(kept(&path), Note::Kept(longest.into()));
    }

    #[test]
    fn every_flipped_bit_leaves_a_note_that_was_kept() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("notes");
        for note in [&b"one"[..], b"two"] {
            Notes::open(&path).expect("opens").keep(LEDGER, note).expect("kept");
        }
        let sound = std::fs::read(&path).expect("reads");
        let first = usize::try_from(start_of(LEDGER, 0)).expect("small");
        for bit in (first * 8..sound.len() * 8).step_by(3) {
            let mut bytes = sound.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&path, bytes).expect("written");
            let found = kept(&path);
            let expected: &[u8] = if bit / 8 < first + SLOT_BYTES { b"one" } else { b"two" };
            let found_other = found == Note::Kept(Bytes::copy_from_slice(expected));
            assert!(found_other || found == Note::Kept(Bytes::from_static(b"two")), "bit {bit}: {found:?}");
        }
        let both = [first + 20, first + SLOT_BYTES + 20];
        let mut bytes = sound;
        both.into_iter().for_each(|at| bytes[at] ^= 1);
        std::fs::write(&path, bytes).expect("written");
        assert_eq!(kept(&path), Note::Damaged);
    }
}
