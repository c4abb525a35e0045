//! How entries are stored: the form of a block. Pure, and total on any bytes.
//!
//! A block holds up to 64 entries of one group, or stands for one entry that is too long for a block (`outline.rs`).
//! Numbers are big-endian; what is here is persisted and may never change its meaning.
//!
//! ```text
//! block   version 1 (u8), form (u8), count (u16), last position of the group (u64), body, seal (u32)
//!   form 0  body: lengths (u32 each), the entries one after the other
//!   form 1  body: length of a body of form 0 (u32), that body as zstd
//!   form 2  body: the outline of one long entry
//! ```
//!
//! Every block names the end of its group, so that a part of a group is known for a part.

use bytes::Bytes;

use super::compress::{Compressor, Decompressor};
use super::keys::{self, LedgerNumber};
use super::outline::Outline;
use super::seal::{NotIntact, opened, sealed};
use crate::domain::Position;

/// The most entries of a block. More would make a point read decode more than it needs.
pub(super) const BLOCK_ENTRIES_MAX: usize = 64;
/// The most a body may unpack to; far above what 7 KiB of zstd over real events gives, far below what would hurt.
pub(super) const BODY_BYTES_MAX: usize = 256 << 10;

const VERSION: u8 = 1;
const FORM_PLAIN: u8 = 0;
const FORM_ZSTD: u8 = 1;
const FORM_OUTLINE: u8 = 2;
const HEAD_BYTES: usize = 12;

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
    Outline(Outline),
}

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

/// Encodes the block that stands for the long entry at `position`.
pub(super) fn encode_outline(
    ledger: LedgerNumber,
    position: Position,
    group_last: Position,
    outline: Outline,
) -> Vec<u8> {
    let mut value = head(FORM_OUTLINE, 1, group_last);
    value.extend_from_slice(&outline.to_bytes());
    sealed(&keys::block_key(ledger, position), value)
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
        FORM_ZSTD => Content::Entries(entries(unpacked(&body, decompressor)?, count)?),
        _ => Content::Outline(outline(&body, count)?),
    };
    Ok(Block { count, group_last, content })
}

/// Checks a block without unpacking it: all that a read needs beyond this follows from the checksum.
pub(super) fn check(ledger: LedgerNumber, first: Position, value: &Bytes) -> Result<Block, NotIntact> {
    let (form, count, group_last, body) = opened_block(ledger, first, value)?;
    let content = match form {
        FORM_OUTLINE => Content::Outline(outline(&body, count)?),
        _ => Content::Entries(Vec::new()),
    };
    Ok(Block { count, group_last, content })
}

fn head(form: u8, count: usize, group_last: Position) -> Vec<u8> {
    let mut value = vec![VERSION, form];
    value.extend_from_slice(&u16::try_from(count).expect("a block has at most 64 entries").to_be_bytes());
    value.extend_from_slice(&group_last.get().to_be_bytes());
    value
}

fn opened_block(ledger: LedgerNumber, first: Position, value: &Bytes) -> Result<(u8, u16, Position, Bytes), NotIntact> {
    let content = opened(&keys::block_key(ledger, first), value)?;
    let (head, body) = content.split_first_chunk::<HEAD_BYTES>().ok_or(NotIntact)?;
    let &[VERSION, form @ FORM_PLAIN..=FORM_OUTLINE, high, low, ref group_last @ ..] = head else {
        return Err(NotIntact);
    };
    let count = u16::from_be_bytes([high, low]);
    let group_last = u64::from_be_bytes(*group_last);
    let block_last = first.get().checked_add(u64::from(count)).ok_or(NotIntact)? - 1;
    if !(1..=BLOCK_ENTRIES_MAX as u16).contains(&count) || group_last < block_last {
        return Err(NotIntact);
    }
    Ok((form, count, Position::new(group_last), value.slice_ref(body)))
}

fn unpacked(body: &[u8], decompressor: &mut Decompressor) -> Result<Bytes, NotIntact> {
    let (length, packed) = body.split_first_chunk().ok_or(NotIntact)?;
    let length = u32::from_be_bytes(*length) as usize;
    if length > BODY_BYTES_MAX {
        return Err(NotIntact);
    }
    decompressor.unpack(packed, length).map(Bytes::from).ok_or(NotIntact)
}

fn outline(body: &[u8], count: u16) -> Result<Outline, NotIntact> {
    if count == 1 { Outline::parse(body) } else { Err(NotIntact) }
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

fn stored_u32(length: usize) -> u32 {
    u32::try_from(length).expect("no entry is longer than 2 MiB")
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::outline;
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
        fn the_block_of_a_long_entry_reads_back(first in position(), bytes in vec(any::<u8>(), 1..9000)) {
            let (outline, _) = outline::cut(LEDGER, first, &bytes.into(), 7000, &mut Compressor::new());
            let expected = Block { count: 1, group_last: first, content: Content::Outline(outline) };
            let value = encode_outline(LEDGER, first, first, outline);
            prop_assert_eq!(check(LEDGER, first, &value.clone().into()), Ok(expected.clone()));
            prop_assert_eq!(decoded(first, value), Ok(expected));
        }

        #[test]
        fn a_flipped_bit_is_seen(first in position(), entries in some_entries(), place: prop::sample::Index, bit in 0..8) {
            let group_last = first.plus(entries.len() as u64 - 1);
            let mut value = encode(LEDGER, first, group_last, &entries, &mut Compressor::new());
            let place = place.index(value.len());
            value[place] ^= 1_u8 << bit;
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
            if let Ok(block) = decoded(first, value) {
                prop_assert!(usize::from(block.count) <= BLOCK_ENTRIES_MAX);
            }
        }

        #[test]
        fn a_changed_block_with_a_right_checksum_is_refused_or_read_within_bounds(
            entries in some_entries(),
            changes in vec((any::<prop::sample::Index>(), any::<u8>(), 0..3), 1..6),
        ) {
            let first = Position::new(9);
            let value = encode(LEDGER, first, first.plus(entries.len() as u64 - 1), &entries, &mut Compressor::new());
            let mut content = opened(&keys::block_key(LEDGER, first), &value).expect("intact").to_vec();
            for (place, byte, how) in changes {
                let place = place.index(content.len());
                match how {
                    0 => content[place] = byte,
                    1 => content.truncate(place + 1),
                    _ => content.insert(place, byte),
                }
            }
            if let Ok(Block { count, content: Content::Entries(read), .. }) =
                decoded(first, sealed(&keys::block_key(LEDGER, first), content))
            {
                prop_assert_eq!(read.len(), usize::from(count));
                prop_assert!(read.iter().map(Bytes::len).sum::<usize>() <= BODY_BYTES_MAX);
            }
        }

        #[test]
        fn any_bytes_at_all_are_refused(first in position(), bytes in vec(any::<u8>(), 0..64)) {
            prop_assert_eq!(decoded(first, bytes), Err(NotIntact));
        }
    }
}
