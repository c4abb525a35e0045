//! The engine without a disk, for tests and scenarios. It keeps every promise but the one about crashes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use bytes::Bytes;

use super::contract::{PageBuilder, check_cell, check_derived, check_entries, check_ledger, check_note};
use super::{Catalog, Cells, Damage, Log, Mark, Note, Page, ReadLimits, StoreError, Swap};
use crate::domain::Position;

/// A store in memory; it is gone when the last handle is.
#[derive(Default)]
pub struct MemoryCatalog {
    logs: Mutex<BTreeMap<String, Arc<MemoryLog>>>,
    cells: Arc<MemoryCells>,
    secret: Mutex<Option<String>>,
}

impl MemoryCatalog {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Catalog for MemoryCatalog {
    fn create(&self, ledger: &str) -> Result<Arc<dyn Log>, StoreError> {
        check_ledger(ledger)?;
        let mut logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        if logs.contains_key(ledger) {
            return Err(StoreError::AlreadyExists { ledger: ledger.to_owned() });
        }
        let log = Arc::new(MemoryLog::default());
        logs.insert(ledger.to_owned(), log.clone());
        Ok(log)
    }

    fn open(&self, ledger: &str) -> Result<Arc<dyn Log>, StoreError> {
        let logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        match logs.get(ledger) {
            Some(log) => Ok(log.clone()),
            None => Err(StoreError::NotFound { ledger: ledger.to_owned() }),
        }
    }

    fn list(&self) -> Result<Vec<String>, StoreError> {
        Ok(self.logs.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect())
    }

    fn cells(&self) -> Arc<dyn Cells> {
        self.cells.clone()
    }

    fn recover(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn poisoned(&self) -> Option<String> {
        None
    }

    fn secret(&self) -> Result<Option<String>, StoreError> {
        Ok(self.secret.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn keep_secret(&self, secret: &str) -> Result<(), StoreError> {
        *self.secret.lock().unwrap_or_else(PoisonError::into_inner) = Some(secret.to_owned());
        Ok(())
    }
}

#[derive(Default)]
struct MemoryLog {
    entries: RwLock<Vec<Bytes>>,
    derived: RwLock<BTreeMap<Bytes, Bytes>>,
    note: Mutex<Option<Bytes>>,
    /// By position.
    marks: Mutex<BTreeMap<u64, Mark>>,
}

impl Log for MemoryLog {
    fn head(&self) -> Position {
        head_of(&self.entries.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn read(&self, after: Position, limits: ReadLimits) -> Result<Page, StoreError> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let mut page = PageBuilder::new(head_of(&entries), limits);
        let start = usize::try_from(after.get()).unwrap_or(usize::MAX).min(entries.len());
        for (position, entry) in (start as u64 + 1..).zip(&entries[start..]) {
            if !page.push(Position::new(position), entry.clone()) {
                break;
            }
        }
        Ok(page.finish())
    }

    fn read_back(&self, before: Position, limits: ReadLimits) -> Result<Page, StoreError> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let mut page = PageBuilder::new(head_of(&entries), limits);
        let end = usize::try_from(before.get().saturating_sub(1)).unwrap_or(usize::MAX).min(entries.len());
        for (index, entry) in entries[..end].iter().enumerate().rev() {
            if !page.push(Position::new(index as u64 + 1), entry.clone()) {
                break;
            }
        }
        Ok(page.finish())
    }

    fn append(&self, expected_head: Position, entries: &[Bytes]) -> Result<Position, StoreError> {
        check_entries(entries)?;
        let mut stored = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        let actual = head_of(&stored);
        if actual != expected_head {
            return Err(StoreError::HeadMoved { expected: expected_head, actual });
        }
        stored.extend_from_slice(entries);
        Ok(head_of(&stored))
    }

    fn damage(&self) -> Vec<Damage> {
        Vec::new()
    }

    fn verify(&self) -> Result<Vec<Damage>, StoreError> {
        Ok(Vec::new())
    }

    fn derived(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        Ok(self.derived.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned())
    }

    fn keep_derived(&self, pairs: &[(Bytes, Bytes)]) -> Result<(), StoreError> {
        check_derived(pairs)?;
        self.derived.write().unwrap_or_else(PoisonError::into_inner).extend(pairs.iter().cloned());
        Ok(())
    }

    fn note(&self) -> Result<Note, StoreError> {
        let note = self.note.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(note.map_or(Note::Absent, Note::Kept))
    }

    fn keep_note(&self, note: &[u8]) -> Result<(), StoreError> {
        check_note(note)?;
        *self.note.lock().unwrap_or_else(PoisonError::into_inner) = Some(Bytes::copy_from_slice(note));
        Ok(())
    }

    fn marks(&self, after: Position, count: usize) -> Result<Vec<Mark>, StoreError> {
        let marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        let mark = |position| marks.get(&position).copied().unwrap_or_default();
        Ok((after.get() + 1..).take(count).map(mark).collect())
    }

    fn keep_marks(&self, after: Position, marks: &[Mark]) -> Result<(), StoreError> {
        let mut kept = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend((after.get() + 1..).zip(marks.iter().copied()));
        Ok(())
    }
}

fn head_of(entries: &[Bytes]) -> Position {
    Position::new(entries.len() as u64)
}

#[derive(Default)]
struct MemoryCells {
    values: Mutex<BTreeMap<Vec<u8>, Bytes>>,
}

impl Cells for MemoryCells {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        Ok(self.values.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned())
    }

    fn compare_and_set(&self, key: &[u8], expected: Option<&[u8]>, new: Option<&[u8]>) -> Result<Swap, StoreError> {
        check_cell(key, new)?;
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        let actual = values.get(key);
        if actual.map(|value| &value[..]) != expected {
            return Ok(Swap::Differs(actual.cloned()));
        }
        match new {
            Some(value) => values.insert(key.to_vec(), Bytes::copy_from_slice(value)),
            None => values.remove(key),
        };
        Ok(Swap::Done)
    }

    fn list(&self, prefix: &[u8]) -> Result<Vec<(Bytes, Bytes)>, StoreError> {
        let values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        let under = values.range(prefix.to_vec()..).take_while(|(key, _)| key.starts_with(prefix));
        Ok(under.map(|(key, value)| (Bytes::copy_from_slice(key), value.clone())).collect())
    }
}
