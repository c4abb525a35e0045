//! Looking at every block of a ledger: where its log ends, and what of it cannot be read.

use std::ops::Bound;

use bytes::Bytes;

use super::super::block::{self, Content};
use super::super::compress::Decompressor;
use super::super::keys::{self, LedgerNumber, LogKey};
use super::super::outline::Outline;
use super::super::seal::NotIntact;
use super::super::{Damage, DamageCause};
use crate::domain::Position;

/// What a walk found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Findings {
    /// The last position of the log.
    pub(super) head: Position,
    /// What cannot be read of it, in order.
    pub(super) damage: Vec<Damage>,
}

/// How far a walk goes and how closely it looks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Walk {
    /// At opening: to the end of what is stored, which must reach the acknowledged head. Blocks are checked by their
    /// checksums and not unpacked, and the first `unchecked` positions are left out, so that a
    /// large log opens fast.
    Opening { acknowledged: Position, unchecked: u64 },
    /// Within a log that is open: to its durable head, unpacking every block.
    Within { head: Position },
}

/// Walks the blocks of a ledger.
pub(super) fn walk(log: &::sled::Tree, ledger: LedgerNumber, walk: Walk) -> Findings {
    let mut decompressor = Decompressor::new();
    let (mut from, end) = match walk {
        Walk::Opening { unchecked, .. } => (first_checked(log, ledger, unchecked), Position::new(u64::MAX)),
        Walk::Within { head } => (Position::new(1), head),
    };
    let before = from.get() - 1;
    let mut progress = Progress { sound: before, whole: before, ..Progress::default() };
    loop {
        match scan(log, ledger, (from, end), walk, &mut decompressor, &mut progress) {
            Ok(()) => break,
            Err(Unreadable) => {
                progress.cause.get_or_insert(DamageCause::Unreadable);
                let unread = from.max(Position::new(progress.sound + 1)).max(Position::new(progress.bad + 1));
                match next_readable(log, ledger, unread, end) {
                    Some(next) => from = next,
                    None => break,
                }
            }
        }
    }
    match walk {
        Walk::Opening { acknowledged, .. } => progress.finish_opening(acknowledged.get()),
        Walk::Within { head } => progress.finish(head.get()),
    }
}

/// Reads the chunks of a long entry; `None` where the engine cannot give one.
pub(super) fn chunks(log: &::sled::Tree, ledger: LedgerNumber, at: Position, outline: &Outline) -> Option<Vec<Bytes>> {
    let chunk = |index| log.get(keys::chunk_key(ledger, at, index)).ok().flatten().map(Bytes::from_owner);
    (0..outline.chunks).map(chunk).collect()
}

/// Where to begin so as to leave out `unchecked` positions but no part of a block; 1 if it cannot be told.
fn first_checked(log: &::sled::Tree, ledger: LedgerNumber, unchecked: u64) -> Position {
    let behind = keys::block_key(ledger, Position::new(unchecked.saturating_add(1)));
    let found = log.range(keys::block_key(ledger, Position::ORIGIN)..=behind).next_back();
    match found.and_then(Result::ok).and_then(|(key, _)| keys::parse_log_key(&key)) {
        Some(LogKey::Block { first, .. }) if unchecked > 0 => first.max(Position::new(1)),
        _ => Position::new(1),
    }
}

/// The engine gave an error where a block should be.
struct Unreadable;

/// How far a walk has come. Positions are numbers here, 0 for none.
#[derive(Default)]
struct Progress {
    /// The last position of the last sound block.
    sound: u64,
    /// The last position up to which all groups are whole.
    whole: u64,
    /// The last position of the group of the last sound block.
    group_last: u64,
    /// The first position of the last block that is not intact.
    bad: u64,
    /// What was met since the last sound block.
    cause: Option<DamageCause>,
    damage: Vec<Damage>,
}

impl Progress {
    fn sound_block(&mut self, first: u64, last: u64, group_last: u64) {
        self.damage_through(first - 1);
        self.sound = last;
        self.group_last = group_last;
        if last == group_last {
            self.whole = last;
        }
    }

    fn bad_block(&mut self, first: u64) {
        self.bad = first;
        self.cause.get_or_insert(DamageCause::Checksum);
    }

    /// Whatever is between the last sound block and this position, and the position itself, cannot be read.
    fn damage_through(&mut self, last: u64) {
        let cause = self.cause.take().unwrap_or(DamageCause::Missing);
        if last > self.sound {
            self.damage.push(Damage { first: Position::new(self.sound + 1), last: Position::new(last), cause });
        }
    }

    fn finish(mut self, head: u64) -> Findings {
        self.damage_through(head);
        Findings { head: Position::new(head), damage: self.damage }
    }

    fn finish_opening(mut self, acknowledged: u64) -> Findings {
        if self.cause.is_none() && acknowledged <= self.whole && self.sound > self.whole {
            // Blocks of a group that was never acknowledged, and not all of them. The engine is to prevent this.
            let (first, last) = (Position::new(self.whole + 1), Position::new(self.group_last));
            self.damage.push(Damage { first, last, cause: DamageCause::Torn });
            return Findings { head: Position::new(self.whole), damage: self.damage };
        }
        let reaches = if self.cause.is_some() { self.bad.max(self.group_last).max(self.sound + 1) } else { self.sound };
        self.finish(reaches.max(acknowledged))
    }
}

fn scan(
    log: &::sled::Tree,
    ledger: LedgerNumber,
    (from, end): (Position, Position),
    walk: Walk,
    decompressor: &mut Decompressor,
    progress: &mut Progress,
) -> Result<(), Unreadable> {
    for pair in log.range(keys::block_key(ledger, from)..=keys::block_key(ledger, end)) {
        let (key, value) = pair.map_err(|_| Unreadable)?;
        let Some(LogKey::Block { first, .. }) = keys::parse_log_key(&key) else {
            continue;
        };
        let value = Bytes::from_owner(value);
        let looked = match walk {
            Walk::Opening { .. } => block::check(ledger, first, &value),
            Walk::Within { .. } => block::decode(ledger, first, &value, decompressor),
        };
        let looked = looked.and_then(|block| match block.content {
            Content::Entries(_) => Ok((block.count, block.group_last)),
            Content::Outline(outline) => {
                let chunks = chunks(log, ledger, first, &outline).ok_or(NotIntact)?;
                outline.join(ledger, first, &chunks, decompressor)?;
                Ok((block.count, block.group_last))
            }
        });
        match looked {
            Ok((count, group_last)) if first.get() > progress.sound => {
                progress.sound_block(first.get(), first.get() + u64::from(count) - 1, group_last.get());
            }
            _ => progress.bad_block(first.get()),
        }
    }
    Ok(())
}

/// The position from which on the engine gives blocks again, after an error at `unread`; `None` if it gives none.
///
/// A damaged page of the engine hides all its blocks, and where it ends is not known. From any position within it
/// the engine errs, from any behind it it does not; so the border is found by doubling steps and then by halving.
fn next_readable(log: &::sled::Tree, ledger: LedgerNumber, unread: Position, end: Position) -> Option<Position> {
    let end_key = keys::block_key(ledger, end);
    let reads = |from: u64| {
        let from = Bound::Included(keys::block_key(ledger, Position::new(from)));
        !matches!(log.range((from, Bound::Included(end_key))).next(), Some(Err(_)))
    };
    let mut errs = unread.get();
    let mut step = 1;
    let mut works = loop {
        let next = errs.checked_add(step).filter(|next| *next <= end.get())?;
        if reads(next) {
            break next;
        }
        errs = next;
        step = step.saturating_mul(2);
    };
    while works - errs > 1 {
        let middle = u64::midpoint(errs, works);
        if reads(middle) {
            works = middle;
        } else {
            errs = middle;
        }
    }
    Some(Position::new(works))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `(first, last, last of the group)` for a sound block, `(first, 0, 0)` for one that is not intact.
    type Found = (u64, u64, u64);
    type Damaged = (u64, u64, DamageCause);

    fn opened(blocks: &[Found], acknowledged: u64) -> (u64, Vec<Damaged>) {
        let mut progress = Progress::default();
        for &(first, last, group_last) in blocks {
            if last == 0 { progress.bad_block(first) } else { progress.sound_block(first, last, group_last) }
        }
        let Findings { head, damage } = progress.finish_opening(acknowledged);
        (head.get(), damage.iter().map(|damage| (damage.first.get(), damage.last.get(), damage.cause)).collect())
    }

    #[test]
    fn what_an_opening_makes_of_the_blocks_it_finds() {
        use DamageCause::{Checksum, Missing, Torn};
        // The blocks found and the acknowledged head, then the head and the damage that follow.
        type Case<'a> = (&'a str, &'a [Found], u64, u64, &'a [Damaged]);
        let cases: &[Case<'_>] = &[
            ("nothing", &[], 0, 0, &[]),
            ("two groups", &[(1, 4, 6), (5, 6, 6), (7, 7, 7)], 7, 7, &[]),
            ("a group that was not acknowledged", &[(1, 4, 4), (5, 9, 9)], 4, 9, &[]),
            ("a damaged block within", &[(1, 4, 4), (5, 0, 0), (9, 9, 9)], 9, 9, &[(5, 8, Checksum)]),
            ("a damaged block at the end", &[(1, 4, 4), (5, 0, 0)], 8, 8, &[(5, 8, Checksum)]),
            ("the same without a note", &[(1, 4, 4), (5, 0, 0)], 0, 5, &[(5, 5, Checksum)]),
            ("a hole", &[(1, 4, 4), (7, 9, 9)], 9, 9, &[(5, 6, Missing)]),
            ("cut short", &[(1, 4, 4)], 9, 9, &[(5, 9, Missing)]),
            ("cut short within a group", &[(1, 4, 9)], 9, 9, &[(5, 9, Missing)]),
            ("everything gone", &[], 9, 9, &[(1, 9, Missing)]),
            ("a torn group", &[(1, 4, 4), (5, 6, 9)], 4, 4, &[(5, 9, Torn)]),
        ];
        for (name, blocks, acknowledged, head, damage) in cases {
            assert_eq!(opened(blocks, *acknowledged), (*head, damage.to_vec()), "{name}");
        }
    }
}
