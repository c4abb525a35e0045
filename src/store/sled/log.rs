//! One ledger's log in the database.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::super::block::{self, Content};
use super::super::compress::Decompressor;
use super::super::contract::{PageBuilder, check_derived, check_entries, check_note};
use super::super::heads::Heads;
use super::super::keys::{self, LedgerNumber, LogKey};
use super::super::pack::{Packer, Pair};
use super::super::seal::{self, NotIntact};
use super::super::transcripts;
use super::super::{Damage, Log, Mark, Note, Page, ReadLimits, StoreError};
use super::engine::{self, Engine, Open};
use super::walk::{self, Walk};
use crate::domain::Position;

/// A ledger's log.
pub(super) struct SledLog {
    engine: Arc<Engine>,
    ledger: LedgerNumber,
    /// The durable head. Set after the sync only, so whoever reads up to it reads what no crash can take back.
    head: AtomicU64,
    damage: Mutex<Vec<Damage>>,
    packer: Mutex<Packer>,
}

impl SledLog {
    /// The log of a ledger that was made just now.
    pub(super) fn empty(engine: Arc<Engine>, ledger: LedgerNumber) -> Self {
        let packer = Mutex::new(Packer::new(engine.value_bytes_max()));
        SledLog { engine, ledger, head: AtomicU64::new(0), damage: Mutex::default(), packer }
    }

    /// The log of a ledger as it is found.
    pub(super) fn open(engine: Arc<Engine>, ledger: LedgerNumber) -> Result<Self, StoreError> {
        let acknowledged = engine.noted_head(ledger)?;
        let log = SledLog::empty(engine, ledger);
        log.engine.read(|open| {
            log.take_stock(open, acknowledged);
            Ok(())
        })?;
        Ok(log)
    }

    /// Looks at the log again, after the database was reopened.
    pub(super) fn reexamine(&self, open: &Open, heads: &mut Heads) -> Result<(), StoreError> {
        let acknowledged = engine::noted(heads, self.ledger)?.max(self.head());
        self.take_stock(open, acknowledged);
        Ok(())
    }

    fn take_stock(&self, open: &Open, acknowledged: Position) {
        let unchecked = acknowledged.get().saturating_sub(self.engine.entries_checked_at_open);
        let findings = walk::walk(&open.log, self.ledger, Walk::Opening { acknowledged, unchecked });
        self.head.store(findings.head.get(), Ordering::Release);
        self.set_damage(findings.damage);
    }

    fn set_damage(&self, found: Vec<Damage>) {
        let mut damage = self.damage.lock().unwrap_or_else(PoisonError::into_inner);
        if *damage != found {
            for Damage { first, last, cause } in &found {
                tracing::error!(ledger = self.ledger.0, %first, %last, ?cause, "a log is damaged and read-only");
            }
        }
        *damage = found;
    }

    fn examine(&self, open: &Open) -> Result<Vec<Damage>, StoreError> {
        let findings = walk::walk(&open.log, self.ledger, Walk::Within { head: self.head() });
        // A poisoned engine gives errors for what is sound, and torn groups lie behind the head.
        if let Some(cause) = self.engine.poisoned() {
            return Err(StoreError::Poisoned { cause });
        }
        let mut damage = findings.damage;
        damage.extend(self.damage().into_iter().filter(|known| known.first > self.head()));
        self.set_damage(damage.clone());
        Ok(damage)
    }

    /// Why the block with `position` cannot be read.
    fn trouble_at(&self, open: &Open, position: Position) -> StoreError {
        match self.examine(open) {
            Ok(damage) => match damage.iter().find(|damage| (damage.first..=damage.last).contains(&position)) {
                Some(&Damage { first, last, .. }) => StoreError::Damaged { first, last },
                None => StoreError::Corrupt { cause: format!("position {position} could not be read just now") },
            },
            Err(error) => error,
        }
    }

    /// The entries of the block that holds `position`.
    fn block_at(
        &self,
        open: &Open,
        position: Position,
        decompressor: &mut Decompressor,
    ) -> Result<VecDeque<(Position, Bytes)>, NotIntact> {
        let lowest = keys::block_key(self.ledger, Position::ORIGIN);
        let found = open.log.range(lowest..=keys::block_key(self.ledger, position)).next_back();
        let (key, value) = found.and_then(Result::ok).ok_or(NotIntact)?;
        let Some(LogKey::Block { first, .. }) = keys::parse_log_key(&key) else {
            return Err(NotIntact);
        };
        let block = block::decode(self.ledger, first, &Bytes::from_owner(value), decompressor)?;
        if position.get() - first.get() >= u64::from(block.count) {
            return Err(NotIntact);
        }
        let entries = match block.content {
            Content::Entries(entries) => entries,
            Content::Outline(outline) => {
                let chunks = walk::chunks(&open.log, self.ledger, first, &outline).ok_or(NotIntact)?;
                vec![outline.join(self.ledger, first, &chunks, decompressor)?]
            }
        };
        Ok((first.get()..).map(Position::new).zip(entries).collect())
    }

    /// Fills a page from `start` on, block by block, until a limit or an end is met.
    fn read_page(
        &self,
        head: Position,
        start: Position,
        limits: ReadLimits,
        direction: Direction,
    ) -> Result<Page, StoreError> {
        let mut page = PageBuilder::new(head, limits);
        let mut wanted = start;
        self.engine.read(|open| {
            let mut decompressor = Decompressor::new();
            while (1..=head.get()).contains(&wanted.get()) {
                let Ok(mut block) = self.block_at(open, wanted, &mut decompressor) else {
                    let trouble = self.trouble_at(open, wanted);
                    return if page.is_empty() { Err(trouble) } else { Ok(()) };
                };
                while let Some((position, entry)) = direction.take(&mut block) {
                    if direction.is_before(position, wanted) || position > head {
                        continue;
                    }
                    if !page.push(position, entry) {
                        return Ok(());
                    }
                    wanted = direction.after(position);
                }
            }
            Ok(())
        })?;
        Ok(page.finish())
    }
}

impl Log for SledLog {
    fn head(&self) -> Position {
        Position::new(self.head.load(Ordering::Acquire))
    }

    fn read(&self, after: Position, limits: ReadLimits) -> Result<Page, StoreError> {
        self.read_page(self.head(), after.next(), limits, Direction::Forward)
    }

    fn read_back(&self, before: Position, limits: ReadLimits) -> Result<Page, StoreError> {
        let head = self.head();
        let start = Position::new(before.get().saturating_sub(1)).min(head);
        self.read_page(head, start, limits, Direction::Backward)
    }

    fn append(&self, expected_head: Position, entries: &[Bytes]) -> Result<Position, StoreError> {
        check_entries(entries)?;
        let check_head = || match self.head() {
            actual if actual == expected_head => Ok(()),
            actual => Err(StoreError::HeadMoved { expected: expected_head, actual }),
        };
        // Packed before the turn to commit comes, so that other ledgers commit meanwhile.
        let mut packer = self.packer.lock().unwrap_or_else(PoisonError::into_inner);
        check_head()?;
        let pairs = packer.pack(self.ledger, expected_head.next(), entries);
        let mut commit = self.engine.begin()?;
        // A recovery may have moved the head while this waited for its turn.
        check_head()?;
        if let Some(&Damage { first, last, .. }) = self.damage().first() {
            return Err(StoreError::Damaged { first, last });
        }
        if entries.is_empty() {
            return Ok(expected_head);
        }
        commit.make_durable(&mut |open| write(open, &pairs))?;
        let head = expected_head.plus(entries.len() as u64);
        self.head.store(head.get(), Ordering::Release);
        commit.note_head(self.ledger, head);
        Ok(head)
    }

    fn damage(&self) -> Vec<Damage> {
        self.damage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn verify(&self) -> Result<Vec<Damage>, StoreError> {
        self.engine.read(|open| self.examine(open))
    }

    fn derived(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        let key = keys::derived_key(self.ledger, key);
        // What the engine cannot read, or the seal does not fit, is derived again.
        let found = self.engine.read(|open| Ok(open.derived.get(&key).ok().flatten()))?;
        Ok(found.and_then(|value| seal::opened(&key, &value).ok().map(Bytes::copy_from_slice)))
    }

    fn keep_derived(&self, pairs: &[(Bytes, Bytes)]) -> Result<(), StoreError> {
        check_derived(pairs)?;
        let mut batch = ::sled::Batch::default();
        for (key, value) in pairs {
            let key = keys::derived_key(self.ledger, key);
            let value = seal::sealed(&key, value.to_vec());
            batch.insert(key, value);
        }
        let last = pairs.last().map(|(key, _)| keys::derived_key(self.ledger, key));
        self.engine.begin()?.write_behind(&mut |open| {
            open.derived.apply_batch(batch.clone())?;
            // As in `write` below: an overgrown page is split here and not by a reader.
            last.as_ref().map_or(Ok(()), |last| open.derived.get(last).map(drop))
        })
    }

    fn note(&self) -> Result<Note, StoreError> {
        let mut notes = self.engine.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.kept(self.ledger).map_err(StoreError::io("read the file of notes"))
    }

    fn keep_note(&self, note: &[u8]) -> Result<(), StoreError> {
        check_note(note)?;
        let mut notes = self.engine.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.keep(self.ledger, note).map_err(StoreError::io("keep a note"))
    }

    fn marks(&self, after: Position, count: usize) -> Result<Vec<Mark>, StoreError> {
        let mut marks = self.engine.marks.lock().unwrap_or_else(PoisonError::into_inner);
        marks.kept(self.ledger, after, count).map_err(StoreError::io("read the marks"))
    }

    fn keep_marks(&self, after: Position, kept: &[Mark]) -> Result<(), StoreError> {
        let mut marks = self.engine.marks.lock().unwrap_or_else(PoisonError::into_inner);
        marks.keep(self.ledger, after, kept).map_err(StoreError::io("keep marks"))
    }

    fn transcript(&self, span: u64) -> Result<Option<Bytes>, StoreError> {
        let directory = self.engine.directory.transcripts_path();
        transcripts::kept(&directory, self.ledger, span).map_err(StoreError::io("read a transcript"))
    }

    fn keep_transcript(&self, span: u64, transcript: &[u8]) -> Result<(), StoreError> {
        let directory = self.engine.directory.transcripts_path();
        transcripts::keep(&directory, self.ledger, span, transcript).map_err(StoreError::io("keep a transcript"))
    }
}

/// Writes the pairs of a group, in an order that keeps its last block last.
fn write(open: &Open, pairs: &[Pair]) -> ::sled::Result<()> {
    let mut batch = ::sled::Batch::default();
    for (key, value) in pairs {
        batch.insert(&key[..], &value[..]);
    }
    open.log.apply_batch(batch)?;
    // The engine splits a page that has grown too long when it is next met. Meeting it here keeps readers from having
    // to write, which fails once the disk is full.
    if let Some((key, _)) = pairs.last() {
        open.log.get(key)?;
    }
    Ok(())
}

/// Which way a read goes.
#[derive(Clone, Copy)]
enum Direction {
    Forward,
    Backward,
}

impl Direction {
    fn take(self, block: &mut VecDeque<(Position, Bytes)>) -> Option<(Position, Bytes)> {
        match self {
            Direction::Forward => block.pop_front(),
            Direction::Backward => block.pop_back(),
        }
    }

    /// Whether `position` comes before the `wanted` one and is to be passed over.
    fn is_before(self, position: Position, wanted: Position) -> bool {
        match self {
            Direction::Forward => position < wanted,
            Direction::Backward => position > wanted,
        }
    }

    fn after(self, position: Position) -> Position {
        match self {
            Direction::Forward => position.next(),
            Direction::Backward => Position::new(position.get() - 1),
        }
    }
}
