//! Entries that are too long for a block: their bytes are cut into chunks, and the block that stands for such an entry
//! holds an outline of it. Pure, and total on any bytes; what is here is persisted and may never change its meaning.
//!
//! ```text
//! outline  length of the entry (u32), length of what the chunks hold together (u32), number of chunks (u16),
//!          whether they hold zstd (u8), crc32c of what they hold together (u32)
//! chunk    version 1 (u8), bytes, seal (u32)
//! ```

use bytes::Bytes;

use super::ENTRY_BYTES_MAX;
use super::compress::{Compressor, Decompressor};
use super::keys::{self, LedgerNumber};
use super::seal::{NotIntact, SEAL_BYTES, opened, sealed};
use crate::domain::Position;

const CHUNK_VERSION: u8 = 1;
const OUTLINE_BYTES: usize = 15;

/// How one long entry is stored in chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outline {
    entry_bytes: u32,
    stored_bytes: u32,
    /// How many chunks there are, at least one.
    pub(super) chunks: u16,
    zstd: bool,
    checksum: u32,
}

/// Cuts the entry at `position` into chunks of at most `chunk_bytes_max` stored bytes each.
pub(super) fn cut(
    ledger: LedgerNumber,
    position: Position,
    entry: &Bytes,
    chunk_bytes_max: usize,
    compressor: &mut Compressor,
) -> (Outline, Vec<Vec<u8>>) {
    let packed = compressor.smaller(entry);
    let stored = packed.as_deref().unwrap_or(entry);
    let part_bytes = chunk_bytes_max - 1 - SEAL_BYTES;
    let mut chunks = Vec::with_capacity(stored.len() / part_bytes + 1);
    for (part, index) in stored.chunks(part_bytes).zip(0..=u16::MAX) {
        let value = [&[CHUNK_VERSION], part].concat();
        chunks.push(sealed(&keys::chunk_key(ledger, position, index), value));
    }
    let outline = Outline {
        entry_bytes: u32::try_from(entry.len()).expect("no entry is longer than 2 MiB"),
        stored_bytes: u32::try_from(stored.len()).expect("packed bytes are kept only if they are fewer"),
        chunks: u16::try_from(chunks.len()).expect("2 MiB make about 300 chunks"),
        zstd: packed.is_some(),
        checksum: crc32c::crc32c(stored),
    };
    (outline, chunks)
}

impl Outline {
    /// Puts the entry at `position` together from its chunks, in their order.
    pub(super) fn join(
        &self,
        ledger: LedgerNumber,
        position: Position,
        chunks: &[Bytes],
        decompressor: &mut Decompressor,
    ) -> Result<Bytes, NotIntact> {
        let mut stored = Vec::with_capacity(chunks.iter().map(Bytes::len).sum());
        for (value, index) in chunks.iter().zip(0..self.chunks) {
            match opened(&keys::chunk_key(ledger, position, index), value)?.split_first() {
                Some((&CHUNK_VERSION, part)) => stored.extend_from_slice(part),
                _ => return Err(NotIntact),
            }
        }
        if stored.len() != self.stored_bytes as usize || crc32c::crc32c(&stored) != self.checksum {
            return Err(NotIntact);
        }
        let entry_bytes = self.entry_bytes as usize;
        let entry = if self.zstd { decompressor.unpack(&stored, entry_bytes) } else { Some(stored) };
        entry.filter(|entry| entry.len() == entry_bytes).map(Bytes::from).ok_or(NotIntact)
    }

    /// The outline as it is stored.
    pub(super) fn to_bytes(self) -> [u8; OUTLINE_BYTES] {
        let mut bytes = [0; OUTLINE_BYTES];
        bytes[..4].copy_from_slice(&self.entry_bytes.to_be_bytes());
        bytes[4..8].copy_from_slice(&self.stored_bytes.to_be_bytes());
        bytes[8..10].copy_from_slice(&self.chunks.to_be_bytes());
        bytes[10] = u8::from(self.zstd);
        bytes[11..].copy_from_slice(&self.checksum.to_be_bytes());
        bytes
    }

    /// Reads what [`Outline::to_bytes`] gave.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, NotIntact> {
        let bytes: &[u8; OUTLINE_BYTES] = bytes.try_into().map_err(|_| NotIntact)?;
        let number = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let outline = Outline {
            entry_bytes: number(0),
            stored_bytes: number(4),
            chunks: u16::from_be_bytes([bytes[8], bytes[9]]),
            zstd: bytes[10] == 1,
            checksum: number(11),
        };
        let sound = outline.chunks > 0 && bytes[10] < 2 && outline.entry_bytes as usize <= ENTRY_BYTES_MAX;
        if sound { Ok(outline) } else { Err(NotIntact) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const LEDGER: LedgerNumber = LedgerNumber(3);

    proptest! {
        #[test]
        fn a_long_entry_reads_back_from_all_its_chunks_only(
            position in (1_u64..u64::MAX).prop_map(Position::new),
            entry in prop_oneof![vec(any::<u8>(), 1..30_000), (1_usize..30_000).prop_map(|bytes| vec![7; bytes])],
            chunk_bytes_max in 16_usize..7000,
        ) {
            let entry = Bytes::from(entry);
            let (outline, chunks) = cut(LEDGER, position, &entry, chunk_bytes_max, &mut Compressor::new());
            prop_assert!(chunks.iter().all(|chunk| chunk.len() <= chunk_bytes_max));
            prop_assert_eq!(usize::from(outline.chunks), chunks.len());
            prop_assert_eq!(Outline::parse(&outline.to_bytes()), Ok(outline));

            let mut chunks: Vec<Bytes> = chunks.into_iter().map(Bytes::from).collect();
            let mut decompressor = Decompressor::new();
            prop_assert_eq!(outline.join(LEDGER, position, &chunks, &mut decompressor), Ok(entry));
            let fewer = &chunks[..chunks.len() - 1];
            prop_assert_eq!(outline.join(LEDGER, position, fewer, &mut decompressor), Err(NotIntact));
            if chunks.len() > 1 {
                chunks.swap(0, 1);
                prop_assert_eq!(outline.join(LEDGER, position, &chunks, &mut decompressor), Err(NotIntact));
            }
        }

        #[test]
        fn any_bytes_are_no_outline_or_the_one_they_print_to(bytes in vec(any::<u8>(), 14..17)) {
            if let Ok(outline) = Outline::parse(&bytes) {
                prop_assert_eq!(&outline.to_bytes()[..], &bytes);
                prop_assert!(outline.join(LEDGER, Position::new(1), &[Bytes::from(bytes)], &mut Decompressor::new()).is_err());
            }
        }
    }
}
