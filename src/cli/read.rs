//! `entente read`: events, in order.

use clap::Args;

use super::event_filter_arg::EventFilterArgs;
use super::ledger_arg::LedgerArg;
use super::{ServerArg, event_line, output};
use crate::proto::v1;

/// Which events, and how to show them.
#[derive(Debug, Args)]
pub(super) struct ReadArgs {
    /// Events after this position
    #[arg(long, value_name = "POSITION", default_value_t = 0)]
    after: u64,
    /// From the head back towards the first
    #[arg(long)]
    backward: bool,
    /// With --backward: events before this position
    #[arg(long, value_name = "POSITION", requires = "backward", default_value_t = 0)]
    before: u64,
    /// At most so many events
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    limit: u64,
    #[command(flatten)]
    filter: EventFilterArgs,
    /// Print each event as one line of proto JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArg,
    #[command(flatten)]
    server: ServerArg,
}

pub(super) async fn run(args: ReadArgs) -> anyhow::Result<()> {
    let client = args.server.connect().await?;
    let ledger = args.ledger.resolve(&client).await?;
    let direction = if args.backward { v1::Direction::Backward } else { v1::Direction::Forward };
    let request = v1::ReadEventsRequest {
        ledger: ledger.clone(),
        direction: direction.into(),
        after: args.after,
        before: args.before,
        limit: args.limit,
        filter: Some(args.filter.to_proto(&ledger)),
        min_position: 0,
    };
    let mut shown = 0;
    let mut parts = client.ledgers().read_events(request).await?.into_inner();
    while let Some(part) = parts.message().await? {
        match part.part {
            Some(v1::read_events_response::Part::Batch(batch)) => {
                shown += batch.events.len();
                print(&batch.events, args.json)?;
            }
            Some(v1::read_events_response::Part::End(end)) if !args.json && shown == 0 => {
                output::line(&format!("no event matches; head {}", end.head))?;
            }
            Some(v1::read_events_response::Part::End(end)) if !args.json && !end.at_end => {
                let again = if args.backward { "--backward --before" } else { "--after" };
                output::line(&format!("… more with {again} {}; head {}", end.next, end.head))?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn print(events: &[v1::Event], json: bool) -> anyhow::Result<()> {
    for event in events {
        if json {
            output::json_line(event)?;
        } else {
            output::line(&event_line::of(event))?;
        }
    }
    Ok(())
}
