//! `entente import`: tables of figures, and whole ledgers as they were exported.

mod events;
mod outcome;
mod rejects;
mod send;
mod table;

use clap::Subcommand;

pub(super) use outcome::LinesRejected;

/// What is imported.
#[derive(Debug, Subcommand)]
pub(super) enum ImportCommand {
    /// Record the figures of a statistical table (CSV), by a mapping of its columns
    Csv(table::TableArgs),
    /// Record the events of a ledger that `entente export` wrote, each at its position
    Events(events::EventsArgs),
}

pub(super) async fn run(command: ImportCommand) -> anyhow::Result<()> {
    match command {
        ImportCommand::Csv(args) => table::run(args).await,
        ImportCommand::Events(args) => events::run(args).await,
    }
}
