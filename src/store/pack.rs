//! Packing: which entries of a group share a block. Pure.

use bytes::Bytes;

use super::block::{self, BLOCK_ENTRIES_MAX, BODY_BYTES_MAX};
use super::compress::Compressor;
use super::keys::{self, LedgerNumber};
use super::outline;
use crate::domain::Position;

/// One pair for the tree `log`.
pub(super) type Pair = (Vec<u8>, Vec<u8>);

/// Packs groups of one ledger, and learns how well its entries compress so that most blocks are filled at the first
/// try.
pub(super) struct Packer {
    compressor: Compressor,
    value_bytes_max: usize,
    /// Stored bytes for 1,000 bytes of entries, as last seen.
    stored_permille: usize,
}

impl Packer {
    /// A packer whose stored values have at most `value_bytes_max` bytes.
    pub(super) fn new(value_bytes_max: usize) -> Self {
        Packer { compressor: Compressor::new(), value_bytes_max, stored_permille: 1000 }
    }

    /// The pairs that store `entries` as one group from `first` on.
    pub(super) fn pack(&mut self, ledger: LedgerNumber, first: Position, entries: &[Bytes]) -> Vec<Pair> {
        let group_last = Position::new(first.get() + entries.len() as u64 - 1);
        let mut pairs = Vec::with_capacity(entries.len() / 16 + 1);
        let mut first = first;
        let mut rest = entries;
        while !rest.is_empty() {
            let mut take = self.guess(rest);
            let value = loop {
                let raw = &rest[..take];
                if raw[0].len() > BODY_BYTES_MAX / 2 {
                    break None;
                }
                let value = block::encode(ledger, first, group_last, raw, &mut self.compressor);
                self.learn(raw, value.len());
                if value.len() <= self.value_bytes_max {
                    break Some(value);
                }
                if take == 1 {
                    break None;
                }
                // Nine tenths of what would fit if all entries were alike; at least one fewer each time, so it ends.
                take = (take * self.value_bytes_max * 9 / (value.len() * 10)).clamp(1, take - 1);
            };
            match value {
                Some(value) => pairs.push((keys::block_key(ledger, first).to_vec(), value)),
                None => {
                    take = 1;
                    self.pack_long(ledger, first, group_last, &rest[0], &mut pairs);
                }
            }
            first = first.plus(take as u64);
            rest = &rest[take..];
        }
        pairs
    }

    fn pack_long(
        &mut self,
        ledger: LedgerNumber,
        position: Position,
        group_last: Position,
        entry: &Bytes,
        pairs: &mut Vec<Pair>,
    ) {
        let (outline, chunks) = outline::cut(ledger, position, entry, self.value_bytes_max, &mut self.compressor);
        for (chunk, index) in chunks.into_iter().zip(0..) {
            pairs.push((keys::chunk_key(ledger, position, index).to_vec(), chunk));
        }
        let value = block::encode_outline(ledger, position, group_last, outline);
        pairs.push((keys::block_key(ledger, position).to_vec(), value));
    }

    /// How many of `entries`, at least one, should fill a block.
    fn guess(&self, entries: &[Bytes]) -> usize {
        let room = (self.value_bytes_max * 1000 / self.stored_permille.max(1)).min(BODY_BYTES_MAX);
        let mut bytes = 32;
        let fitting = entries.iter().take(BLOCK_ENTRIES_MAX).take_while(|entry| {
            bytes += entry.len() + 4;
            bytes <= room
        });
        fitting.count().max(1)
    }

    /// Worse compression counts at once, better by halves: a block that overflows costs a second try.
    fn learn(&mut self, raw: &[Bytes], stored: usize) {
        let bytes: usize = raw.iter().map(|entry| entry.len() + 4).sum();
        let seen = stored * 1000 / bytes.max(1) + 20;
        let eased = usize::midpoint(self.stored_permille, seen);
        self.stored_permille = seen.max(eased).clamp(30, 1000);
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::block::Content;
    use super::super::compress::Decompressor;
    use super::super::keys::LogKey;
    use super::*;

    const LEDGER: LedgerNumber = LedgerNumber(1);

    /// What a reader makes of the pairs, in the order of their keys; checks that nothing is left over.
    fn unpacked(pairs: Vec<Pair>, group_last: Position) -> Vec<(u64, Bytes)> {
        let stored: std::collections::BTreeMap<_, _> =
            pairs.into_iter().map(|(key, value)| (key, Bytes::from(value))).collect();
        let mut decompressor = Decompressor::new();
        let mut seen = Vec::new();
        let mut used = 0;
        for (key, value) in &stored {
            let Some(LogKey::Block { first, .. }) = keys::parse_log_key(key) else {
                continue;
            };
            let block = block::decode(LEDGER, first, value, &mut decompressor).expect("intact");
            assert_eq!(block.group_last, group_last);
            used += 1;
            let entries = match block.content {
                Content::Entries(entries) => entries,
                Content::Outline(outline) => {
                    let chunk = |index| stored[&keys::chunk_key(LEDGER, first, index)[..]].clone();
                    let chunks: Vec<Bytes> = (0..outline.chunks).map(chunk).collect();
                    used += chunks.len();
                    vec![outline.join(LEDGER, first, &chunks, &mut decompressor).expect("intact")]
                }
            };
            seen.extend((first.get()..).zip(entries));
        }
        assert_eq!(used, stored.len());
        seen
    }

    fn entry() -> impl Strategy<Value = Bytes> {
        prop_oneof![
            20 => vec(any::<u8>(), 0..600),
            20 => "[a-e ]{0,30}".prop_map(|text| text.repeat(20).into_bytes()),
            1 => vec(any::<u8>(), 6_000..20_000),
            1 => (100_000_usize..400_000).prop_map(|bytes| vec![b'x'; bytes]),
        ]
        .prop_map(Bytes::from)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn groups_read_back_and_no_value_is_too_long(groups in vec(vec(entry(), 1..200), 1..4)) {
            let mut packer = Packer::new(7000);
            let mut first = Position::new(1);
            for group in groups {
                let pairs = packer.pack(LEDGER, first, &group);
                prop_assert!(pairs.iter().all(|(_, value)| value.len() <= 7000));
                let group_last = Position::new(first.get() + group.len() as u64 - 1);
                let expected: Vec<(u64, Bytes)> = (first.get()..).zip(group).collect();
                prop_assert_eq!(unpacked(pairs, group_last), expected);
                first = group_last.next();
            }
        }
    }

    #[test]
    fn alike_events_fill_their_blocks() {
        let group: Vec<Bytes> = (0..1000).map(|number| Bytes::from(format!("{number:0>300}"))).collect();
        let mut packer = Packer::new(7000);
        packer.pack(LEDGER, Position::new(1), &group);
        let pairs = packer.pack(LEDGER, Position::new(1001), &group);
        assert!(pairs.len() <= 1000 / BLOCK_ENTRIES_MAX + 2, "{} blocks for 1,000 small entries", pairs.len());
    }
}
