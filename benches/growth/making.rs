//! Making a ledger: every event is judged and synced as if a client had sent it.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use entente::clock::Clock;
use entente::domain::event::LedgerKind;
use entente::domain::{Slug, Text};
use entente::ledger::{Ledgers, NewLedger};
use entente::store::{SledCatalog, SledConfig};

use super::Fault;
use super::history::Recorder;
use super::world::{LEDGER, World};

/// Makes the ledger, says so, and waits to be killed.
pub(crate) fn make(directory: &Path, commitments: usize, observations: usize) -> Result<(), Fault> {
    let catalog = Arc::new(SledCatalog::open(SledConfig::new(directory))?);
    let ledgers = Ledgers::open(catalog, Clock::system())?;
    let ledger = ledgers.create(NewLedger {
        name: Slug::parse(LEDGER)?,
        kind: LedgerKind::Replay,
        title: Text::new("a ledger of a benchmark")?,
        recorded_at: Some(super::world::midnight(super::world::week(0))),
        created_by: Text::new("the bench")?,
    })?;
    let begun = Instant::now();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let recorded: Result<(), Fault> = runtime.block_on(async {
        let mut recorder = Recorder::new(&ledger, World { commitments, observations })?;
        recorder.promises().await?;
        recorder.observations().await?;
        // And one commitment of which far more is said than of the others.
        recorder.long(observations / 100).await
    });
    recorded?;
    let (head, seconds) = (ledger.head().get(), begun.elapsed().as_secs_f64());
    println!("{head} events recorded in {seconds:.1} s, {:.0} a second", head as f64 / seconds);
    std::io::stdin().read_line(&mut String::new())?;
    loop {
        std::thread::park();
    }
}
