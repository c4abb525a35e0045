//! Where the time of a rebuild goes: each stage alone, on one thread, over the same events.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use entente::domain::{Docket, Position, Slug};
use entente::proto::stored;
use entente::store::{Catalog, ReadLimits, SledCatalog, SledConfig};
use entente::wire::StoredReader;
use prost::Message as _;

use super::world::LEDGER;
use super::{Fault, cpu};

/// How much one step reads.
const STEP: ReadLimits = ReadLimits { entries: 4096, bytes: 4 << 20 };

/// Prints a table of the stages, with the nanoseconds that each worked for an event.
pub(crate) fn measure(directory: &Path) -> Result<(), Fault> {
    let catalog = SledCatalog::open(SledConfig::new(directory))?;
    let log = catalog.open(LEDGER)?;
    let ledger = Slug::parse(LEDGER)?;
    let mut reader = StoredReader::new(&ledger);
    let mut docket = Docket::new();
    docket.expect(log.head().get());
    let mut took = [Duration::ZERO; 4];
    let mut after = Position::ORIGIN;
    while after < log.head() {
        let begun = cpu::of_thread()?;
        let page = log.read(after, STEP)?;
        took[0] += cpu::of_thread()? - begun;
        let begun = cpu::of_thread()?;
        let messages: Vec<stored::Event> =
            page.entries.iter().map(|(_, bytes)| stored::Event::decode(bytes.clone())).collect::<Result<_, _>>()?;
        took[1] += cpu::of_thread()? - begun;
        let begun = cpu::of_thread()?;
        let mut events = Vec::with_capacity(messages.len());
        for message in &messages {
            events.push(Arc::new(reader.read(message)?));
        }
        took[2] += cpu::of_thread()? - begun;
        let begun = cpu::of_thread()?;
        for event in events {
            docket.fold(event);
        }
        took[3] += cpu::of_thread()? - begun;
        after = docket.head();
    }
    println!("| stage | ns worked an event |\n|---|---|");
    for (stage, took) in ["read and unpack", "decode", "to the domain", "fold"].iter().zip(took) {
        println!("| {stage} | {:.0} |", took.as_nanos() as f64 / after.get() as f64);
    }
    Ok(())
}
