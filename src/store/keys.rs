//! The key layout of the sled engine. Pure. Numbers are big-endian so that keys sort as their numbers do, and no
//! tree name, tag or version byte here may ever change its meaning, because they are persisted.
//!
//! | tree | key | value |
//! |---|---|---|
//! | `catalog` | a ledger's name, UTF-8 | version 1 (u8), the ledger's number (u32), from 1 |
//! | `log` | ledger number (u32), tag 0 (u8), first position (u64) | a block, see `block.rs` |
//! | `log` | ledger number (u32), tag 1 (u8), position (u64), index (u16) | a chunk of one long entry, see `outline.rs` |
//! | `derived` | ledger number (u32), the derived value's key | the value, sealed, see `seal.rs` |
//! | `cells` | the cell's key as it is | the cell's value as it is |
//!
//! Ledgers share one tree and are told apart by number, because sled keeps the names of all trees in one page, and a
//! page that outgrows a quarter of a segment goes to `blobs/`, which is never fsynced. Blocks of a ledger sort before
//! its chunks, so the block that holds a position is always the last one at or below it.

use crate::domain::Position;

/// The tree of ledger names.
pub(super) const CATALOG_TREE: &str = "catalog";
/// The tree of blocks and chunks.
pub(super) const LOG_TREE: &str = "log";
/// The tree of what can be derived from the log again.
pub(super) const DERIVED_TREE: &str = "derived";
/// The tree of cells.
pub(super) const CELLS_TREE: &str = "cells";

const TAG_BLOCK: u8 = 0;
const TAG_CHUNK: u8 = 1;
const CATALOG_VALUE_VERSION: u8 = 1;

/// The number a ledger has in this store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LedgerNumber(pub(super) u32);

/// A key of the tree `log`, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LogKey {
    /// A block, by the position of its first entry.
    Block { ledger: LedgerNumber, first: Position },
    /// A part of the one long entry at a position.
    Chunk { ledger: LedgerNumber, position: Position, index: u16 },
}

/// The key of the block whose first entry is at `first`.
pub(super) fn block_key(ledger: LedgerNumber, first: Position) -> [u8; 13] {
    let mut key = [0; 13];
    key[..4].copy_from_slice(&ledger.0.to_be_bytes());
    key[4] = TAG_BLOCK;
    key[5..].copy_from_slice(&first.get().to_be_bytes());
    key
}

/// The key of the part `index` of the long entry at `position`.
pub(super) fn chunk_key(ledger: LedgerNumber, position: Position, index: u16) -> [u8; 15] {
    let mut key = [0; 15];
    key[..4].copy_from_slice(&ledger.0.to_be_bytes());
    key[4] = TAG_CHUNK;
    key[5..13].copy_from_slice(&position.get().to_be_bytes());
    key[13..].copy_from_slice(&index.to_be_bytes());
    key
}

/// Takes a key of the tree `log` apart; `None` for anything that is not one.
pub(super) fn parse_log_key(key: &[u8]) -> Option<LogKey> {
    let (ledger, rest) = key.split_first_chunk()?;
    let (tag, rest) = rest.split_first()?;
    let (position, rest) = rest.split_first_chunk()?;
    let ledger = LedgerNumber(u32::from_be_bytes(*ledger));
    let position = Position::new(u64::from_be_bytes(*position));
    match (*tag, rest) {
        (TAG_BLOCK, []) => Some(LogKey::Block { ledger, first: position }),
        (TAG_CHUNK, &[high, low]) => Some(LogKey::Chunk { ledger, position, index: u16::from_be_bytes([high, low]) }),
        _ => None,
    }
}

/// The key of a derived value.
pub(super) fn derived_key(ledger: LedgerNumber, key: &[u8]) -> Vec<u8> {
    [&ledger.0.to_be_bytes(), key].concat()
}

/// The catalog's value for a ledger.
pub(super) fn catalog_value(ledger: LedgerNumber) -> [u8; 5] {
    let mut value = [CATALOG_VALUE_VERSION, 0, 0, 0, 0];
    value[1..].copy_from_slice(&ledger.0.to_be_bytes());
    value
}

/// Reads the catalog's value for a ledger; `None` for anything that is not one.
pub(super) fn parse_catalog_value(value: &[u8]) -> Option<LedgerNumber> {
    match value {
        [CATALOG_VALUE_VERSION, number @ ..] => Some(LedgerNumber(u32::from_be_bytes(number.try_into().ok()?))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_block_key_reads_back(ledger: u32, first: u64) {
            let (ledger, first) = (LedgerNumber(ledger), Position::new(first));
            prop_assert_eq!(parse_log_key(&block_key(ledger, first)), Some(LogKey::Block { ledger, first }));
        }

        #[test]
        fn a_chunk_key_reads_back(ledger: u32, position: u64, index: u16) {
            let (ledger, position) = (LedgerNumber(ledger), Position::new(position));
            let key = chunk_key(ledger, position, index);
            prop_assert_eq!(parse_log_key(&key), Some(LogKey::Chunk { ledger, position, index }));
        }

        #[test]
        fn a_catalog_value_reads_back(number: u32) {
            prop_assert_eq!(parse_catalog_value(&catalog_value(LedgerNumber(number))), Some(LedgerNumber(number)));
        }

        #[test]
        fn keys_sort_as_ledger_then_position(a: (u32, u64), b: (u32, u64)) {
            let key = |(ledger, first)| block_key(LedgerNumber(ledger), Position::new(first));
            prop_assert_eq!(key(a).cmp(&key(b)), a.cmp(&b));
        }

        #[test]
        fn every_block_sorts_before_every_chunk_of_its_ledger(ledger: u32, block: u64, chunk: u64, index: u16) {
            let ledger = LedgerNumber(ledger);
            let block = block_key(ledger, Position::new(block));
            prop_assert!(block[..] < chunk_key(ledger, Position::new(chunk), index)[..]);
        }

        #[test]
        fn other_bytes_are_no_key_or_the_key_they_print_to(bytes in proptest::collection::vec(any::<u8>(), 0..20)) {
            match parse_log_key(&bytes) {
                Some(LogKey::Block { ledger, first }) => prop_assert_eq!(&block_key(ledger, first)[..], bytes),
                Some(LogKey::Chunk { ledger, position, index }) => {
                    prop_assert_eq!(&chunk_key(ledger, position, index)[..], bytes);
                }
                None => {}
            }
        }
    }

    #[test]
    fn the_layout_is_what_is_on_disks_already() {
        assert_eq!(block_key(LedgerNumber(7), Position::new(258)), [0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
        let chunk = chunk_key(LedgerNumber(7), Position::new(258), 3);
        assert_eq!(chunk, [0, 0, 0, 7, 1, 0, 0, 0, 0, 0, 0, 1, 2, 0, 3]);
        assert_eq!(catalog_value(LedgerNumber(7)), [1, 0, 0, 0, 7]);
    }
}
