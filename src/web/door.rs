//! The way of a page to a ledger: only with a caller who may read it.

use super::fault::Fault;
use crate::auth::{Caller, Right};
use crate::clock::Clock;
use crate::domain::Slug;
use crate::ledger::{Ledger, Ledgers};

/// The ledgers of one store, closed.
#[derive(Clone)]
pub(super) struct Door(Ledgers);

impl Door {
    pub(super) fn new(ledgers: Ledgers) -> Self {
        Door(ledgers)
    }

    /// A ledger. Where the caller may not read it, the answer is the same whether it is there or not.
    pub(super) fn enter(&self, caller: &Caller, name: &Slug) -> Result<Ledger, Fault> {
        if !caller.may(Right::Read, name) {
            return Err(Fault::NotGranted(name.clone()));
        }
        Ok(self.0.get(name)?)
    }

    /// The same by a name as an address has it.
    pub(super) fn enter_named(&self, caller: &Caller, name: &str) -> Result<Ledger, Fault> {
        let unknown = |_| Fault::not_found("ledger", name.chars().take(80).collect::<String>());
        self.enter(caller, &Slug::parse(name).map_err(unknown)?)
    }

    /// Every ledger that the caller may read, by name.
    pub(super) fn readable(&self, caller: &Caller) -> Vec<Ledger> {
        let mut all = self.0.all();
        all.retain(|ledger| caller.may(Right::Read, ledger.name()));
        all
    }

    /// The clock that the ledgers run by.
    pub(super) fn clock(&self) -> &Clock {
        self.0.clock()
    }
}
