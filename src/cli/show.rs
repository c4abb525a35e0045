//! `entente show`: one event, whole.

use clap::Args;

use super::ledger_arg::LedgerArg;
use super::{ServerArg, output};
use crate::client::ClientError;
use crate::proto::{json, v1};

/// One event.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// Its position, such as 70, or its id
    event: String,
    /// Print it on one line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArg,
    #[command(flatten)]
    server: ServerArg,
}

pub(super) async fn run(args: ShowArgs) -> anyhow::Result<()> {
    let client = args.server.connect().await?;
    let ledger = args.ledger.resolve(&client).await?;
    let request = v1::GetEventRequest { name: format!("{ledger}/events/{}", args.event) };
    let answer = client.ledgers().get_event(request).await.map_err(ClientError::from)?.into_inner();
    if args.json {
        return output::json_line(&answer);
    }
    output::line(&serde_json::to_string_pretty(&json::to_json(&answer)?)?)
}
