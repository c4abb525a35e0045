//! `entente cursors`: who follows a ledger, and how far each lags.

use clap::Args;
use comfy_table::{ContentArrangement, Table, presets};

use super::board::time;
use super::ledger_arg::LedgerArg;
use super::{ServerArg, output};
use crate::client::ClientError;
use crate::proto::v1;

/// The named cursors of a ledger.
#[derive(Debug, Args)]
pub(super) struct CursorsArgs {
    /// Forget this cursor; whoever uses the name next begins anew
    #[arg(long, value_name = "NAME", conflicts_with = "json")]
    delete: Option<String>,
    /// Print each cursor as one line of proto JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArg,
    #[command(flatten)]
    server: ServerArg,
}

pub(super) async fn run(args: CursorsArgs) -> anyhow::Result<()> {
    let client = args.server.connect().await?;
    let ledger = args.ledger.resolve(&client).await?;
    if let Some(id) = args.delete {
        let name = super::filter_arg::in_collection(&ledger, "cursors", &id);
        let request = v1::DeleteCursorRequest { name: name.clone() };
        client.changes().delete_cursor(request).await.map_err(ClientError::from)?;
        return output::line(&format!("{name} is forgotten"));
    }
    let cursors = client.cursors(&ledger).await?;
    if args.json {
        return cursors.iter().try_for_each(output::json_line);
    }
    if cursors.is_empty() {
        return output::line("no cursor is kept");
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["cursor", "position", "lag", "committed", "state"]);
    for cursor in cursors {
        table.add_row([
            cursor.name.rsplit('/').next().unwrap_or_default().to_owned(),
            cursor.position.to_string(),
            lag(&cursor),
            cursor.committed_at.map_or_else(String::new, time),
            if cursor.broken_reason.is_empty() { "ok".to_owned() } else { cursor.broken_reason },
        ]);
    }
    let text: String = table.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    output::write(text.as_bytes())
}

fn lag(cursor: &v1::Cursor) -> String {
    let seconds = cursor.lag.map_or(0, |lag| lag.seconds);
    match cursor.lag_events {
        0 => "-".to_owned(),
        1 => format!("1 event, {seconds} s"),
        events => format!("{events} events, {seconds} s"),
    }
}
