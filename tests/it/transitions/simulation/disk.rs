//! A store whose writes can be held in the middle, and can fail there, so that everything else may run meanwhile.

use std::sync::{Arc, Mutex, mpsc};

use bytes::Bytes;
use entente::domain::Position;
use entente::store::{Catalog, Cells, Damage, Log, Mark, MemoryCatalog, Note, Page, ReadLimits, StoreError, Swap};

/// What becomes of a write that was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is done.
    Done,
    /// It is done, and nobody is told.
    DoneUntold,
    /// Nothing of it is done.
    Lost,
}

/// The hold on the next write.
pub(super) struct Hold {
    reached: mpsc::Receiver<()>,
    verdict: mpsc::Sender<Verdict>,
}

struct Held {
    reached: mpsc::Sender<()>,
    verdict: mpsc::Receiver<Verdict>,
}

#[derive(Default)]
struct Gate {
    next: Mutex<Option<Held>>,
    poisoned: Mutex<Option<String>>,
}

/// The store.
#[derive(Clone)]
pub(super) struct SimulatedDisk {
    inner: Arc<MemoryCatalog>,
    gate: Arc<Gate>,
}

impl SimulatedDisk {
    pub(super) fn new() -> Self {
        SimulatedDisk { inner: Arc::new(MemoryCatalog::new()), gate: Arc::default() }
    }

    /// Holds the next write.
    pub(super) fn hold(&self) -> Hold {
        let (reached, is_reached) = mpsc::channel();
        let (verdict, is_judged) = mpsc::channel();
        *self.gate.next.lock().unwrap() = Some(Held { reached, verdict: is_judged });
        Hold { reached: is_reached, verdict }
    }

    /// Lets the next write go; whether it was waited for in vain.
    pub(super) fn release(&self) -> bool {
        self.gate.next.lock().unwrap().take().is_some()
    }

    /// What a machine that starts again finds: a store that is sound.
    pub(super) fn restart(&self) {
        *self.gate.poisoned.lock().unwrap() = None;
    }
}

impl Hold {
    /// Waits until a write is held; false where `is_over` says that none comes.
    pub(super) fn wait(&self, mut is_over: impl FnMut() -> bool) -> bool {
        loop {
            if self.reached.recv_timeout(std::time::Duration::from_millis(1)).is_ok() {
                return true;
            }
            if is_over() {
                return self.reached.try_recv().is_ok();
            }
        }
    }

    /// Says what becomes of it.
    pub(super) fn judge(self, verdict: Verdict) {
        let _ = self.verdict.send(verdict);
    }
}

impl Gate {
    fn pass<T>(&self, write: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        if let Some(cause) = self.poisoned.lock().unwrap().clone() {
            return Err(StoreError::Poisoned { cause });
        }
        let held = self.next.lock().unwrap().take();
        let Some(held) = held else { return write() };
        let _ = held.reached.send(());
        let verdict = held.verdict.recv().unwrap_or(Verdict::Lost);
        if verdict == Verdict::Done {
            return write();
        }
        let cause = "the disk failed".to_owned();
        *self.poisoned.lock().unwrap() = Some(cause.clone());
        if verdict == Verdict::DoneUntold {
            write()?;
        }
        Err(StoreError::Poisoned { cause })
    }
}

struct SimulatedLog {
    inner: Arc<dyn Log>,
    gate: Arc<Gate>,
}

struct SimulatedCells {
    inner: Arc<dyn Cells>,
    gate: Arc<Gate>,
}

impl Catalog for SimulatedDisk {
    fn create(&self, ledger: &str) -> Result<Arc<dyn Log>, StoreError> {
        Ok(Arc::new(SimulatedLog { inner: self.inner.create(ledger)?, gate: Arc::clone(&self.gate) }))
    }

    fn open(&self, ledger: &str) -> Result<Arc<dyn Log>, StoreError> {
        Ok(Arc::new(SimulatedLog { inner: self.inner.open(ledger)?, gate: Arc::clone(&self.gate) }))
    }

    fn list(&self) -> Result<Vec<String>, StoreError> {
        self.inner.list()
    }

    fn cells(&self) -> Arc<dyn Cells> {
        Arc::new(SimulatedCells { inner: self.inner.cells(), gate: Arc::clone(&self.gate) })
    }

    fn recover(&self) -> Result<(), StoreError> {
        self.restart();
        Ok(())
    }

    fn poisoned(&self) -> Option<String> {
        self.gate.poisoned.lock().unwrap().clone()
    }

    fn secret(&self) -> Result<Option<String>, StoreError> {
        self.inner.secret()
    }

    fn keep_secret(&self, secret: &str) -> Result<(), StoreError> {
        self.inner.keep_secret(secret)
    }
}

impl Log for SimulatedLog {
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
        self.gate.pass(|| self.inner.append(expected_head, entries))
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

impl Cells for SimulatedCells {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.inner.get(key)
    }

    fn compare_and_set(&self, key: &[u8], expected: Option<&[u8]>, new: Option<&[u8]>) -> Result<Swap, StoreError> {
        self.gate.pass(|| self.inner.compare_and_set(key, expected, new))
    }

    fn list(&self, prefix: &[u8]) -> Result<Vec<(Bytes, Bytes)>, StoreError> {
        self.inner.list(prefix)
    }
}
