//! A store that notes when each of its entries became durable.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use entente::domain::Position;
use entente::store::{Catalog, Cells, Damage, Log, Mark, Note, Page, ReadLimits, StoreError};
use parking_lot::Mutex;

/// When each position of the last ledger became durable, by its number.
#[derive(Clone, Default)]
pub(crate) struct Durable(Arc<Mutex<Vec<Instant>>>);

impl Durable {
    /// When a position became durable.
    pub(crate) fn at(&self, position: u64) -> Option<Instant> {
        self.0.lock().get(usize::try_from(position).ok()?.checked_sub(1)?).copied()
    }

    /// The next position is durable now.
    pub(crate) fn note(&self, entries: usize) {
        let now = Instant::now();
        let mut noted = self.0.lock();
        let length = noted.len() + entries;
        noted.resize(length, now);
    }
}

pub(crate) struct TimedCatalog {
    pub(crate) inner: Arc<dyn Catalog>,
    pub(crate) durable: Durable,
}

impl TimedCatalog {
    fn timed(&self, log: Arc<dyn Log>) -> Arc<dyn Log> {
        Arc::new(TimedLog { inner: log, durable: self.durable.clone() })
    }
}

impl Catalog for TimedCatalog {
    fn create(&self, ledger: &str) -> Result<Arc<dyn Log>, StoreError> {
        self.inner.create(ledger).map(|log| self.timed(log))
    }

    fn open(&self, ledger: &str) -> Result<Arc<dyn Log>, StoreError> {
        self.inner.open(ledger).map(|log| self.timed(log))
    }

    fn list(&self) -> Result<Vec<String>, StoreError> {
        self.inner.list()
    }

    fn cells(&self) -> Arc<dyn Cells> {
        self.inner.cells()
    }

    fn recover(&self) -> Result<(), StoreError> {
        self.inner.recover()
    }

    fn poisoned(&self) -> Option<String> {
        self.inner.poisoned()
    }

    fn secret(&self) -> Result<Option<String>, StoreError> {
        self.inner.secret()
    }

    fn keep_secret(&self, secret: &str) -> Result<(), StoreError> {
        self.inner.keep_secret(secret)
    }
}

struct TimedLog {
    inner: Arc<dyn Log>,
    durable: Durable,
}

impl Log for TimedLog {
    fn head(&self) -> Position {
        self.inner.head()
    }

    fn read(&self, after: Position, limits: ReadLimits) -> Result<Page, StoreError> {
        self.inner.read(after, limits)
    }

    fn read_back(&self, before: Position, limits: ReadLimits) -> Result<Page, StoreError> {
        self.inner.read_back(before, limits)
    }

    fn append(&self, expected_head: Position, entries: &[Bytes]) -> Result<Position, StoreError> {
        let head = self.inner.append(expected_head, entries)?;
        self.durable.note(entries.len());
        Ok(head)
    }

    fn damage(&self) -> Vec<Damage> {
        self.inner.damage()
    }

    fn verify(&self) -> Result<Vec<Damage>, StoreError> {
        self.inner.verify()
    }

    fn derived(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.inner.derived(key)
    }

    fn keep_derived(&self, pairs: &[(Bytes, Bytes)]) -> Result<(), StoreError> {
        self.inner.keep_derived(pairs)
    }

    fn note(&self) -> Result<Note, StoreError> {
        self.inner.note()
    }

    fn keep_note(&self, note: &[u8]) -> Result<(), StoreError> {
        self.inner.keep_note(note)
    }

    fn marks(&self, after: Position, count: usize) -> Result<Vec<Mark>, StoreError> {
        self.inner.marks(after, count)
    }

    fn keep_marks(&self, after: Position, marks: &[Mark]) -> Result<(), StoreError> {
        self.inner.keep_marks(after, marks)
    }
}
