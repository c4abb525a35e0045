//! `entente create`: a new ledger.

use clap::Args;

use super::{ServerArg, output, when};
use crate::domain::Instant;
use crate::proto::v1;
use crate::wire;

/// A new ledger.
#[derive(Debug, Args)]
pub(super) struct CreateArgs {
    /// Its id: 1 to 63 of a-z, 0-9, '-' and '_'
    ledger: String,
    /// What it is about
    #[arg(long)]
    title: String,
    /// LIVE: the server stamps record times. REPLAY: they come with the events, for history and studies
    #[arg(long, value_enum, default_value = "live")]
    kind: KindArg,
    /// REPLAY ledgers: the record time of the first event, from which on history can be replayed [default: now]
    #[arg(long, value_name = "TIME", value_parser = when::parse_time)]
    recorded_at: Option<Instant>,
    /// Print the proto JSON mapping of the answer
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerArg,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum KindArg {
    Live,
    Replay,
}

pub(super) async fn run(args: CreateArgs) -> anyhow::Result<()> {
    let client = args.server.connect().await?;
    let kind = match args.kind {
        KindArg::Live => v1::LedgerKind::Live,
        KindArg::Replay => v1::LedgerKind::Replay,
    };
    let ledger = v1::Ledger { kind: kind.into(), title: args.title, ..v1::Ledger::default() };
    let request = v1::CreateLedgerRequest {
        ledger_id: args.ledger,
        ledger: Some(ledger),
        recorded_at: args.recorded_at.map(wire::instant_to_proto),
    };
    let created = client.ledgers().create_ledger(request).await?.into_inner().ledger.unwrap_or_default();
    if args.json {
        return output::json_line(&created);
    }
    output::line(&format!("created {} ({})", created.name, kind.as_str_name().trim_start_matches("LEDGER_KIND_")))
}
