//! Cells, with a copy of all of them in memory: a read then never sees a value whose sync is still under way.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;

use super::super::contract::check_cell;
use super::super::{Cells, StoreError, Swap};
use super::engine::{Engine, Open};

type Values = BTreeMap<Vec<u8>, Bytes>;

/// The cells of a store.
pub(super) struct SledCells {
    engine: Arc<Engine>,
    /// The durable values, or why they cannot be read: damaged cells must not keep the logs from opening.
    durable: RwLock<Result<Values, StoreError>>,
}

impl SledCells {
    /// Reads all cells.
    pub(super) fn open(engine: Arc<Engine>) -> Result<Self, StoreError> {
        let durable = engine.read(|open| Ok(load(open)))?;
        Ok(SledCells { engine, durable: RwLock::new(durable) })
    }

    /// Reads all cells again, after a recovery.
    pub(super) fn reload(&self, open: &Open) {
        *self.durable.write().unwrap_or_else(PoisonError::into_inner) = load(open);
    }

    fn with<T>(&self, read: impl FnOnce(&Values) -> T) -> Result<T, StoreError> {
        let durable = self.durable.read().unwrap_or_else(PoisonError::into_inner);
        durable.as_ref().map(read).map_err(Clone::clone)
    }
}

impl Cells for SledCells {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.with(|values| values.get(key).cloned())
    }

    fn compare_and_set(&self, key: &[u8], expected: Option<&[u8]>, new: Option<&[u8]>) -> Result<Swap, StoreError> {
        check_cell(key, new)?;
        let mut commit = self.engine.begin()?;
        let actual = self.get(key)?;
        if actual.as_deref() != expected {
            return Ok(Swap::Differs(actual));
        }
        commit.make_durable(&mut |open| {
            match new {
                Some(value) => open.cells.insert(key, value)?,
                None => open.cells.remove(key)?,
            };
            Ok(())
        })?;
        if let Ok(values) = &mut *self.durable.write().unwrap_or_else(PoisonError::into_inner) {
            match new {
                Some(value) => values.insert(key.to_vec(), Bytes::copy_from_slice(value)),
                None => values.remove(key),
            };
        }
        Ok(Swap::Done)
    }

    fn list(&self, prefix: &[u8]) -> Result<Vec<(Bytes, Bytes)>, StoreError> {
        self.with(|values| {
            let under = values.range(prefix.to_vec()..).take_while(|(key, _)| key.starts_with(prefix));
            under.map(|(key, value)| (Bytes::copy_from_slice(key), value.clone())).collect()
        })
    }
}

fn load(open: &Open) -> Result<Values, StoreError> {
    let pairs = open.cells.iter().map(|pair| {
        let (key, value) = pair.map_err(|error| StoreError::engine("read the cells", error))?;
        Ok((key.to_vec(), Bytes::copy_from_slice(&value)))
    });
    pairs.collect()
}
