//! Opening a ledger in a process that has done nothing else.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use entente::clock::Clock;
use entente::domain::Slug;
use entente::ledger::Ledgers;
use entente::store::{SledCatalog, SledConfig};

use super::world::LEDGER;
use super::{Fault, memory};

/// Opens the ledger, and prints the seconds until it was ready, its head, and the bytes that the process grew by.
pub(crate) fn open(directory: &Path) -> Result<(), Fault> {
    let before = memory::resident().ok_or("the system does not tell the memory")?;
    let begun = Instant::now();
    let catalog = Arc::new(SledCatalog::open(SledConfig::new(directory))?);
    let store = begun.elapsed();
    let ledgers = Ledgers::open(catalog, Clock::system())?;
    let seconds = begun.elapsed().as_secs_f64();
    let ledger = ledgers.get(&Slug::parse(LEDGER)?)?;
    let after = memory::resident().ok_or("the system does not tell the memory")?;
    eprintln!("the store alone was open after {:.2} s", store.as_secs_f64());
    println!("{seconds} {} {}", ledger.head().get(), after.saturating_sub(before));
    drop(ledger);
    ledgers.close();
    Ok(())
}
