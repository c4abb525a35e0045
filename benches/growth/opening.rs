//! Opening a ledger in a process that has done nothing else.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use entente::clock::Clock;
use entente::domain::{Position, Slug, Status};
use entente::ledger::{EventFilter, Heading, Ledger, Ledgers};
use entente::store::{SledCatalog, SledConfig};

use super::world::{self, LEDGER, LONG};
use super::{Fault, cpu, memory};

/// How many events are read of the log, and how many commitments assessed, to tell how fast that is.
const READ_MAX: u64 = 500_000;
const ASSESSED: usize = 500;

/// Opens the ledger, and prints the seconds until it was ready and those worked, its head, the bytes that the process grew by,
/// how many events came out of transcripts, how many are read in a second, and how many microseconds an assessment takes.
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
    let stride = (docket.dossiers().count() / ASSESSED).max(1);
    let asked: Vec<Slug> = docket.dossiers().step_by(stride).map(|it| it.commitment().clone()).collect();
    let begun = Instant::now();
    for commitment in &asked {
        ledger.assess(&docket, commitment, world::now(), docket.head());
    }
    let assessed = begun.elapsed().as_secs_f64() * 1e6 / asked.len() as f64;
    drop(docket);
    let grown = after.saturating_sub(before);
    let (head, transcribed, read) = (ledger.head().get(), ledger.transcribed(), read(&ledger)?);
    println!("{seconds} {worked} {head} {grown} {transcribed} {read} {assessed}");
    drop(ledger);
    ledgers.close();
    Ok(())
}

/// How many of the newest events are read in a second, as a client that catches up has them.
fn read(ledger: &Ledger) -> Result<f64, Fault> {
    let first = ledger.head().get().saturating_sub(READ_MAX);
    let mut heading = Heading::Forward(Position::new(first));
    let (mut events, begun) = (0, Instant::now());
    loop {
        let page = ledger.events(heading, &EventFilter::default(), usize::MAX)?;
        events += page.events.len();
        if page.at_end {
            return Ok(events as f64 / begun.elapsed().as_secs_f64());
        }
        heading = page.next;
    }
}
