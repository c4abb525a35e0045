//! The acknowledged head of each ledger, kept outside the engine.
//!
//! sled drops everything after the first message that it cannot read when it opens. After a crash that is right; after
//! a flipped bit it would cut a log short without a word. So each commit notes its head here after the sync. The
//! note costs no sync of its own: it survives the death of the process, and after a power cut it may be older than
//! the log but never newer. A log that ends before its note has lost entries, and says which.
//!
//! The file has a slot of 32 bytes for each ledger number: head (u64), zeros, checksum of the number and what comes
//! before (u32), all big-endian. A slot never crosses a sector, so it is old or new, never half.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use super::keys::LedgerNumber;
use crate::domain::Position;

const SLOT_BYTES: usize = 32;

/// The open file.
pub(super) struct Heads {
    file: File,
}

impl Heads {
    /// Opens the file, or makes an empty one.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::options().create(true).truncate(false).read(true).write(true).open(path)?;
        Ok(Heads { file })
    }

    /// Makes the slot of a new ledger durable, so that noting a head never needs more room on the disk.
    pub(super) fn reserve(&mut self, ledger: LedgerNumber) -> io::Result<()> {
        self.note(ledger, Position::ORIGIN)?;
        self.file.sync_all()
    }

    /// Notes an acknowledged head.
    pub(super) fn note(&mut self, ledger: LedgerNumber, head: Position) -> io::Result<()> {
        self.file.write_all_at(&slot(ledger, head), start_of(ledger))
    }

    /// The head noted last, or `None` if the slot is not there or not intact.
    pub(super) fn noted(&mut self, ledger: LedgerNumber) -> io::Result<Option<Position>> {
        let mut bytes = [0; SLOT_BYTES];
        self.file.seek(SeekFrom::Start(start_of(ledger)))?;
        match self.file.read_exact(&mut bytes) {
            Ok(()) => Ok(parse(ledger, &bytes)),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn start_of(ledger: LedgerNumber) -> u64 {
    u64::from(ledger.0) * SLOT_BYTES as u64
}

fn slot(ledger: LedgerNumber, head: Position) -> [u8; SLOT_BYTES] {
    let mut bytes = [0; SLOT_BYTES];
    bytes[..8].copy_from_slice(&head.get().to_be_bytes());
    let checksum = crc32c::crc32c_append(crc32c::crc32c(&ledger.0.to_be_bytes()), &bytes[..28]);
    bytes[28..].copy_from_slice(&checksum.to_be_bytes());
    bytes
}

fn parse(ledger: LedgerNumber, bytes: &[u8; SLOT_BYTES]) -> Option<Position> {
    let (head, _) = bytes.split_first_chunk()?;
    let head = Position::new(u64::from_be_bytes(*head));
    (slot(ledger, head) == *bytes).then_some(head)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_slot_reads_back(ledger: u32, head: u64) {
            let (ledger, head) = (LedgerNumber(ledger), Position::new(head));
            prop_assert_eq!(parse(ledger, &slot(ledger, head)), Some(head));
        }

        #[test]
        fn a_flipped_bit_is_seen(ledger: u32, head: u64, bit in 0..SLOT_BYTES * 8) {
            let mut bytes = slot(LedgerNumber(ledger), Position::new(head));
            bytes[bit / 8] ^= 1 << (bit % 8);
            prop_assert_eq!(parse(LedgerNumber(ledger), &bytes), None);
        }
    }
}
