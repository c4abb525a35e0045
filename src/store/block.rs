//! How entries are stored: the form of a block and of a chunk. Pure, and total on any bytes.
//!
//! A block holds up to 64 entries of one group, or stands for one entry that is too long for a block and whose bytes
//! are in chunks. Numbers are big-endian; what is here is persisted and may never change its meaning.
//!
//! ```text
//! block   version 1 (u8), form (u8), count (u16), last position of the group (u64), body, checksum (u32)
//!   form 0  body: lengths (u32 each), the entries one after the other
//!   form 1  body: length of a body of form 0 (u32), that body as zstd
//!   form 2  body: how the entry is stored in chunks: its length (u32), length in chunks (u32), chunks (u16),
//!           whether it is zstd (u8), checksum of what the chunks hold (u32)
//! chunk   version 1 (u8), bytes, checksum (u32)
//! ```
//!
//! The checksum is crc32c over the key and all that comes before it, so that a value under a wrong key is seen too.

use bytes::Bytes;

use super::keys::{self, LedgerNumber};
use crate::domain::Position;

/// The most entries of a block. More would make a point read decode more than it needs.
pub(super) const BLOCK_ENTRIES_MAX: usize = 64;
/// The most a body may unpack to; far above what 7 KiB of zstd over real events gives, far below what would hurt.
pub(super) const BODY_BYTES_MAX: usize = 256 << 10;

const VERSION: u8 = 1;
const FORM_PLAIN: u8 = 0;
const FORM_ZSTD: u8 = 1;
const FORM_CHUNKED: u8 = 2;
const HEAD_BYTES: usize = 12;
const CHECKSUM_BYTES: usize = 4;
const OUTLINE_BYTES: usize = 15;

/// Stored bytes that are not what was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotIntact;

/// A block as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// How many entries it stands for, at least one.
    pub(super) count: u16,
    /// The last position of the group it was appended with.
    pub(super) group_last: Position,
    /// Its entries.
    pub(super) content: Content,
}

/// What a block holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    /// The entries from the block's first position on.
    Entries(Vec<Bytes>),
    /// One entry, to be put together from chunks.
    Chunked(Outline),
}

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

/// Packs bytes; keeps its tables from one block to the next.
pub(super) struct Compressor(zstd::bulk::Compressor<'static>);

/// Unpacks bytes; keeps its tables from one block to the next.
pub(super) struct Decompressor(zstd::bulk::Decompressor<'static>);

/// Encodes the block at `first` with these 1 to 64 entries, compressed where that makes it smaller.
pub(super) fn encode(
    ledger: LedgerNumber,
    first: Position,
    group_last: Position,
    entries: &[Bytes],
    compressor: &mut Compressor,
) -> Vec<u8> {
    let mut body = Vec::with_capacity(entries.iter().map(|entry| entry.len() + 4).sum());
    for entry in entries {
        body.extend_from_slice(&stored_u32(entry.len()).to_be_bytes());
    }
    for entry in entries {
        body.extend_from_slice(entry);
    }
    let packed = compressor.smaller(&body);
    let form = if packed.is_some() { FORM_ZSTD } else { FORM_PLAIN };
    let mut value = head(form, entries.len(), group_last);
    match packed {
        Some(packed) => {
            value.extend_from_slice(&stored_u32(body.len()).to_be_bytes());
            value.extend_from_slice(&packed);
        }
        None => value.extend_from_slice(&body),
    }
    sealed(&keys::block_key(ledger, first), value)
}

/// Encodes one entry that does not fit a block: the block that stands for it, and its chunks of at most
/// `chunk_bytes_max` stored bytes each.
pub(super) fn encode_chunked(
    ledger: LedgerNumber,
    position: Position,
    group_last: Position,
    entry: &Bytes,
    chunk_bytes_max: usize,
    compressor: &mut Compressor,
) -> (Vec<u8>, Vec<Vec<u8>>) {
    let packed = compressor.smaller(entry);
    let zstd = packed.is_some();
    let stored = packed.as_deref().unwrap_or(entry);
    let part_bytes = chunk_bytes_max - 1 - CHECKSUM_BYTES;
    let chunks: Vec<Vec<u8>> = stored
        .chunks(part_bytes)
        .zip(0..=u16::MAX)
        .map(|(part, index)| {
            let value = [&[VERSION], part].concat();
            sealed(&keys::chunk_key(ledger, position, index), value)
        })
        .collect();
    let mut value = head(FORM_CHUNKED, 1, group_last);
    value.extend_from_slice(&stored_u32(entry.len()).to_be_bytes());
    value.extend_from_slice(&stored_u32(stored.len()).to_be_bytes());
    value.extend_from_slice(&u16::try_from(chunks.len()).expect("the longest entry has 300 chunks").to_be_bytes());
    value.push(u8::from(zstd));
    value.extend_from_slice(&crc32c::crc32c(stored).to_be_bytes());
    (sealed(&keys::block_key(ledger, position), value), chunks)
}

/// Reads a block. The entries share memory with `value` or with what it unpacks to.
pub(super) fn decode(
    ledger: LedgerNumber,
    first: Position,
    value: &Bytes,
    decompressor: &mut Decompressor,
) -> Result<Block, NotIntact> {
    let (form, count, group_last, body) = opened_block(ledger, first, value)?;
    let content = match form {
        FORM_PLAIN => Content::Entries(entries(body, count)?),
        FORM_ZSTD => Content::Entries(entries(decompressor.unpack_body(&body)?, count)?),
        _ => Content::Chunked(outline(&body, count)?),
    };
    Ok(Block { count, group_last, content })
}

/// Checks a block without unpacking it: all that a read needs beyond this follows from the checksum.
pub(super) fn check(ledger: LedgerNumber, first: Position, value: &Bytes) -> Result<Block, NotIntact> {
    let (form, count, group_last, body) = opened_block(ledger, first, value)?;
    let content = match form {
        FORM_CHUNKED => Content::Chunked(outline(&body, count)?),
        _ => Content::Entries(Vec::new()),
    };
    Ok(Block { count, group_last, content })
}

impl Outline {
    /// The entry, from its chunks in order as `(index, value)`.
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
                Some((&VERSION, part)) => stored.extend_from_slice(part),
                _ => return Err(NotIntact),
            }
        }
        if stored.len() != self.stored_bytes as usize || crc32c::crc32c(&stored) != self.checksum {
            return Err(NotIntact);
        }
        let entry = if self.zstd { decompressor.unpack(&stored, self.entry_bytes as usize)? } else { stored };
        if entry.len() == self.entry_bytes as usize { Ok(Bytes::from(entry)) } else { Err(NotIntact) }
    }
}

impl Compressor {
    /// zstd at level 1: on blocks of text-like events it halves the disk and pays for itself in fewer bytes written.
    pub(super) fn new() -> Self {
        Compressor(zstd::bulk::Compressor::new(1).expect("level 1 exists"))
    }

    /// `bytes` packed, if that saves at least the length field it needs.
    fn smaller(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.0.compress(bytes).ok().filter(|packed| packed.len() + 4 < bytes.len())
    }
}

impl Decompressor {
    pub(super) fn new() -> Self {
        Decompressor(zstd::bulk::Decompressor::new().expect("a context without a dictionary is only an allocation"))
    }

    fn unpack_body(&mut self, body: &Bytes) -> Result<Bytes, NotIntact> {
        let (length, packed) = body.split_first_chunk().ok_or(NotIntact)?;
        let length = u32::from_be_bytes(*length) as usize;
        if length > BODY_BYTES_MAX {
            return Err(NotIntact);
        }
        self.unpack(packed, length).map(Bytes::from)
    }

    fn unpack(&mut self, packed: &[u8], length: usize) -> Result<Vec<u8>, NotIntact> {
        match self.0.decompress(packed, length) {
            Ok(bytes) if bytes.len() == length => Ok(bytes),
            _ => Err(NotIntact),
        }
    }
}

fn head(form: u8, count: usize, group_last: Position) -> Vec<u8> {
    let mut value = vec![VERSION, form];
    value.extend_from_slice(&u16::try_from(count).expect("a block has at most 64 entries").to_be_bytes());
    value.extend_from_slice(&group_last.get().to_be_bytes());
    value
}

/// `value` with its checksum behind it.
fn sealed(key: &[u8], mut value: Vec<u8>) -> Vec<u8> {
    let checksum = crc32c::crc32c_append(crc32c::crc32c(key), &value);
    value.extend_from_slice(&checksum.to_be_bytes());
    value
}

/// `value` without its checksum, if that is right.
fn opened<'a>(key: &[u8], value: &'a [u8]) -> Result<&'a [u8], NotIntact> {
    let (content, checksum) = value.split_last_chunk().ok_or(NotIntact)?;
    let right = crc32c::crc32c_append(crc32c::crc32c(key), content) == u32::from_be_bytes(*checksum);
    if right { Ok(content) } else { Err(NotIntact) }
}

fn opened_block(
    ledger: LedgerNumber,
    first: Position,
    value: &Bytes,
) -> Result<(u8, u16, Position, Bytes), NotIntact> {
    let content = opened(&keys::block_key(ledger, first), value)?;
    let (head, body) = content.split_first_chunk::<HEAD_BYTES>().ok_or(NotIntact)?;
    let &[VERSION, form @ FORM_PLAIN..=FORM_CHUNKED, high, low, ref group_last @ ..] = head else {
        return Err(NotIntact);
    };
    let count = u16::from_be_bytes([high, low]);
    let group_last = u64::from_be_bytes(group_last.try_into().map_err(|_| NotIntact)?);
    let block_last = first.get().checked_add(u64::from(count)).ok_or(NotIntact)? - 1;
    if !(1..=BLOCK_ENTRIES_MAX as u16).contains(&count) || group_last < block_last {
        return Err(NotIntact);
    }
    Ok((form, count, Position::new(group_last), value.slice_ref(body)))
}

fn entries(body: Bytes, count: u16) -> Result<Vec<Bytes>, NotIntact> {
    let lengths = body.get(..usize::from(count) * 4).ok_or(NotIntact)?;
    let mut entries = Vec::with_capacity(usize::from(count));
    let mut start = lengths.len();
    for length in lengths.chunks_exact(4) {
        let length = u32::from_be_bytes(length.try_into().map_err(|_| NotIntact)?) as usize;
        let end = start.checked_add(length).filter(|end| *end <= body.len()).ok_or(NotIntact)?;
        entries.push(body.slice(start..end));
        start = end;
    }
    if start == body.len() { Ok(entries) } else { Err(NotIntact) }
}

fn outline(body: &[u8], count: u16) -> Result<Outline, NotIntact> {
    let body: &[u8; OUTLINE_BYTES] = body.try_into().map_err(|_| NotIntact)?;
    let number = |at: usize| u32::from_be_bytes([body[at], body[at + 1], body[at + 2], body[at + 3]]);
    let chunks = u16::from_be_bytes([body[8], body[9]]);
    let entry_bytes = number(0);
    let sound = count == 1 && chunks > 0 && body[10] < 2 && entry_bytes as usize <= super::ENTRY_BYTES_MAX;
    if !sound {
        return Err(NotIntact);
    }
    Ok(Outline { entry_bytes, stored_bytes: number(4), chunks, zstd: body[10] == 1, checksum: number(11) })
}

fn stored_u32(length: usize) -> u32 {
    u32::try_from(length).expect("no entry is longer than 2 MiB")
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const LEDGER: LedgerNumber = LedgerNumber(3);

    fn position() -> impl Strategy<Value = Position> {
        (1..u64::MAX / 2).prop_map(Position::new)
    }

    fn some_entries() -> impl Strategy<Value = Vec<Bytes>> {
        let random = vec(any::<u8>(), 0..400);
        let text = "(rare earths |tranche )[0-9]{1,5}".prop_map(|text| text.repeat(9).into_bytes());
        vec(prop_oneof![random, text].prop_map(Bytes::from), 1..=BLOCK_ENTRIES_MAX)
    }

    fn decoded(first: Position, value: Vec<u8>) -> Result<Block, NotIntact> {
        decode(LEDGER, first, &Bytes::from(value), &mut Decompressor::new())
    }

    proptest! {
        #[test]
        fn a_block_reads_back(first in position(), entries in some_entries(), further in 0_u64..2000) {
            let count = u16::try_from(entries.len()).expect("at most 64");
            let group_last = first.plus(entries.len() as u64 - 1 + further);
            let value = encode(LEDGER, first, group_last, &entries, &mut Compressor::new());
            let shallow = check(LEDGER, first, &Bytes::from(value.clone())).expect("intact");
            prop_assert_eq!((shallow.count, shallow.group_last), (count, group_last));
            let expected = Block { count, group_last, content: Content::Entries(entries) };
            prop_assert_eq!(decoded(first, value), Ok(expected));
        }

        #[test]
        fn a_long_entry_reads_back(
            first in position(),
            entry in prop_oneof![vec(any::<u8>(), 1..30_000), (1_usize..30_000).prop_map(|bytes| vec![7; bytes])],
            chunk_bytes_max in 16_usize..7000,
        ) {
            let entry = Bytes::from(entry);
            let mut compressor = Compressor::new();
            let (value, chunks) = encode_chunked(LEDGER, first, first, &entry, chunk_bytes_max, &mut compressor);
            prop_assert!(chunks.iter().all(|chunk| chunk.len() <= chunk_bytes_max));
            let Ok(Block { content: Content::Chunked(outline), .. }) = decoded(first, value) else {
                return Err(TestCaseError::fail("no outline"));
            };
            prop_assert_eq!(usize::from(outline.chunks), chunks.len());
            let chunks: Vec<Bytes> = chunks.into_iter().map(Bytes::from).collect();
            let mut decompressor = Decompressor::new();
            prop_assert_eq!(outline.join(LEDGER, first, &chunks, &mut decompressor), Ok(entry));
            let fewer = &chunks[..chunks.len() - 1];
            prop_assert_eq!(outline.join(LEDGER, first, fewer, &mut decompressor), Err(NotIntact));
        }

        #[test]
        fn a_flipped_bit_is_seen(first in position(), entries in some_entries(), place: prop::sample::Index, bit in 0..8) {
            let group_last = first.plus(entries.len() as u64 - 1);
            let mut value = encode(LEDGER, first, group_last, &entries, &mut Compressor::new());
            let place = place.index(value.len());
            value[place] ^= 1 << bit;
            prop_assert_eq!(decoded(first, value), Err(NotIntact));
        }

        #[test]
        fn a_block_under_another_key_is_seen(first in position(), entries in some_entries()) {
            let group_last = first.plus(entries.len() as u64 - 1);
            let value = encode(LEDGER, first, group_last, &entries, &mut Compressor::new());
            prop_assert_eq!(decoded(first.next(), value), Err(NotIntact));
        }

        #[test]
        fn any_bytes_with_a_right_checksum_are_refused_or_read_without_a_panic(
            form in 0_u8..4,
            count in 0_u16..70,
            body in vec(any::<u8>(), 0..600),
        ) {
            let first = Position::new(9);
            let value = [&[VERSION, form][..], &count.to_be_bytes(), &80_u64.to_be_bytes(), &body].concat();
            let value = sealed(&keys::block_key(LEDGER, first), value);
            if let Ok(Block { content: Content::Chunked(outline), .. }) = decoded(first, value) {
                prop_assert!(outline.join(LEDGER, first, &[Bytes::from(body)], &mut Decompressor::new()).is_err());
            }
        }

        #[test]
        fn any_bytes_at_all_are_refused(first in position(), bytes in vec(any::<u8>(), 0..64)) {
            prop_assert_eq!(decoded(first, bytes), Err(NotIntact));
        }
    }
}
