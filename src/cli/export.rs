//! `entente export`: a ledger's events, or a view of it, in a format that other programs take.

mod bundle;
mod sink;

use std::path::PathBuf;

use clap::Args;

use super::destination::Destination;
use super::ledger_arg::LedgerArg;
use super::when::WhenArgs;
use super::{ServerArg, progress};
use crate::client::Client;
use crate::proto::v1;
use sink::Sink;

/// What is exported, and how.
#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// How it is written. JSON lines of events lose nothing: `entente import events` makes the same ledger of them
    #[arg(long, value_enum, default_value = "jsonl")]
    format: Format,
    /// What is written
    #[arg(long, value_enum, default_value = "events")]
    view: View,
    /// Where it is written [default: standard output]. A file is there complete or not at all; a pipe or a device stays one
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Events: only those after this position, to go on where an earlier export ended
    #[arg(long, value_name = "POSITION", default_value_t = 0, hide_default_value = true)]
    after: u64,
    /// Write chosen events with the proof that they were recorded, for somebody who has no access to the ledger; `entente
    /// verify --bundle` checks them
    #[arg(long, value_name = "FILE", conflicts_with_all = ["format", "view", "out", "after", "as_of", "known_at"])]
    bundle: Option<PathBuf>,
    /// --bundle: this event, by position or id; may be repeated
    #[arg(long, value_name = "EVENT", requires = "bundle")]
    event: Vec<String>,
    /// --bundle: every event about this subject, such as commitments/soybeans; may be repeated
    #[arg(long, value_name = "NAME", requires = "bundle")]
    subject: Vec<String>,
    #[command(flatten)]
    when: WhenArgs,
    #[command(flatten)]
    ledger: LedgerArg,
    #[command(flatten)]
    server: ServerArg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// One message of the proto JSON mapping a line
    Jsonl,
    /// A header and one line a row
    Csv,
    /// CloudEvents 1.0, one structured JSON event a line; events only
    Cloudevents,
    /// Parquet
    #[cfg(feature = "parquet")]
    Parquet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum View {
    /// Every event, in order
    Events,
    /// The board: one row a commitment
    Assessments,
    /// One row a tranche of a purchase pledge, with its pace
    Tranches,
}

pub(super) async fn run(args: ExportArgs) -> anyhow::Result<()> {
    let events_only = args.view == View::Events;
    anyhow::ensure!(
        events_only || args.format != Format::Cloudevents,
        "--format cloudevents: only events are CloudEvents"
    );
    anyhow::ensure!(events_only || args.after == 0, "--after: only events have positions");
    anyhow::ensure!(
        !events_only || !args.when.is_given(),
        "--as-of and --known-at: events are what they are; choose another --view"
    );
    let client = args.server.connect().await?;
    let ledger = args.ledger.resolve(&client).await?;
    if let Some(file) = &args.bundle {
        return bundle::write(&client, &ledger, file, &args.event, &args.subject).await;
    }
    let destination = Destination::open(args.out.as_deref())?;
    let mut sink = Sink::new(args.format, args.view, destination.writer()?)?;
    match args.view {
        View::Events => events(&client, &ledger, args.after, &mut sink).await?,
        View::Assessments | View::Tranches => board(&client, &ledger, args.when.clocks(), &mut sink).await?,
    }
    sink.finish()?;
    destination.keep()
}

async fn events(client: &Client, ledger: &str, after: u64, sink: &mut Sink) -> anyhow::Result<()> {
    let head = client.ledgers().get_head(v1::GetHeadRequest { ledger: ledger.to_owned() }).await?.into_inner().head;
    let request = v1::ReadEventsRequest { ledger: ledger.to_owned(), after, ..v1::ReadEventsRequest::default() };
    let bar = progress::bar("exporting", head.saturating_sub(after), "events");
    let mut parts = client.ledgers().read_events(request).await?.into_inner();
    while let Some(part) = parts.message().await? {
        let Some(v1::read_events_response::Part::Batch(batch)) = part.part else { continue };
        for event in &batch.events {
            sink.event(event)?;
        }
        bar.inc(batch.events.len() as u64);
    }
    bar.finish_and_clear();
    Ok(())
}

async fn board(client: &Client, ledger: &str, clocks: v1::Clocks, sink: &mut Sink) -> anyhow::Result<()> {
    let request = v1::ListAssessmentsRequest {
        parent: ledger.to_owned(),
        page_size: 1000,
        clocks: Some(clocks),
        ..v1::ListAssessmentsRequest::default()
    };
    let (lines, _) = client.board(request).await?;
    lines.iter().try_for_each(|line| sink.line(line))
}
