//! Opening a ledger in a process that has done nothing else.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use entente::clock::Clock;
use entente::domain::{Slug, Status};
use entente::ledger::Ledgers;
use entente::store::{SledCatalog, SledConfig};

use super::world::{self, LEDGER, LONG};
use super::{Fault, cpu, memory};

/// Opens the ledger, and prints the seconds until it was ready and those worked, its head, and the bytes that the process grew by.
pub(crate) fn open(directory: &Path) -> Result<(), Fault> {
    let before = memory::resident().ok_or("the system does not tell the memory")?;
    let begun = Instant::now();
    let catalog = Arc::new(SledCatalog::open(SledConfig::new(directory))?);
    let store = begun.elapsed();
    let ledgers = Ledgers::open(catalog, Clock::system())?;
    let seconds = begun.elapsed().as_secs_f64();
    let worked = cpu::of_process()?;
    let ledger = ledgers.get(&Slug::parse(LEDGER)?)?;
    let after = memory::resident().ok_or("the system does not tell the memory")?;
    let (docket, long) = (ledger.docket(), Slug::parse(LONG)?);
    let begun = Instant::now();
    let answer = ledger.assess(&docket, &long, world::now(), docket.head());
    if docket.head() != ledger.head() || answer.judgement.status == Status::NotRecorded {
        return Err("the ledger opened does not answer as it should".into());
    }
    eprintln!(
        "the store alone was open after {:.2} s; the commitment of which most is said was assessed in {:.3} s",
        store.as_secs_f64(),
        begun.elapsed().as_secs_f64()
    );
    drop(docket);
    println!("{seconds} {worked} {} {}", ledger.head().get(), after.saturating_sub(before));
    drop(ledger);
    ledgers.close();
    Ok(())
}
