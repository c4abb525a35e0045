//! `entente status`: the board, or one commitment.

use clap::Args;

use super::filter_arg::{FilterArgs, in_collection};
use super::ledger_arg::LedgerArg;
use super::when::WhenArgs;
use super::{ServerArg, board, commitment, output, paint, suggest};
use crate::client::Client;
use crate::proto::v1;

/// Which promises, and when.
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// One commitment, such as rare-earth-suspension; left out: the board
    #[arg(conflicts_with_all = ["party", "kind", "status", "instrument", "product", "text", "filter", "order_by"])]
    commitment: Option<String>,
    #[command(flatten)]
    when: WhenArgs,
    #[command(flatten)]
    filter: FilterArgs,
    /// Order of each party's lines: name, status or next_change_at, optionally followed by desc
    #[arg(long, value_name = "FIELD", default_value = "", hide_default_value = true)]
    order_by: String,
    /// Print the proto JSON mapping, one line an answer
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArg,
    #[command(flatten)]
    server: ServerArg,
}

pub(super) async fn run(args: StatusArgs) -> anyhow::Result<()> {
    let client = args.server.connect().await?;
    let ledger = args.ledger.resolve(&client).await?;
    match &args.commitment {
        Some(id) => one(&client, &ledger, id, &args).await,
        None => {
            let filter = args.filter.to_proto(&ledger);
            show_board(&client, &ledger, filter, args.when.clocks(), &args.order_by, args.json).await
        }
    }
}

/// Prints the board of a ledger.
pub(super) async fn show_board(
    client: &Client,
    ledger: &str,
    filter: v1::CommitmentFilter,
    clocks: v1::Clocks,
    order_by: &str,
    json: bool,
) -> anyhow::Result<()> {
    let request = v1::ListAssessmentsRequest {
        parent: ledger.to_owned(),
        page_size: 1000,
        page_token: String::new(),
        filter: Some(filter),
        clocks: Some(clocks),
        order_by: order_by.to_owned(),
        read_mask: None,
    };
    let (lines, clocks) = client.board(request).await?;
    if json {
        for line in &lines {
            output::json_line(line)?;
        }
        return Ok(());
    }
    let title = client.title_of(ledger).await?;
    output::page(&board::render(&title, &lines, &clocks, paint::colour()))
}

async fn one(client: &Client, ledger: &str, id: &str, args: &StatusArgs) -> anyhow::Result<()> {
    let name = in_collection(ledger, "commitments", id);
    let request = v1::AssessCommitmentRequest { name: name.clone(), clocks: Some(args.when.clocks()), read_mask: None };
    let answer = match client.compliance().assess_commitment(request).await {
        Ok(answer) => answer.into_inner(),
        Err(status) => return Err(suggest::commitment(client, ledger, id, status).await),
    };
    if args.json {
        return output::json_line(&answer);
    }
    // The same coordinates again, so that the promise is shown as it was when the answer was given.
    let clocks = answer.clocks.unwrap_or_default();
    let at = v1::Clocks { as_of: clocks.as_of, known_position: Some(clocks.known_position), ..v1::Clocks::default() };
    let request = v1::GetCommitmentRequest { name, clocks: Some(at), read_mask: None };
    let promise = match client.compliance().get_commitment(request).await {
        Ok(response) => response.into_inner().commitment,
        Err(status) if status.code() == tonic::Code::NotFound => None,
        Err(status) => return Err(crate::client::ClientError::from(status).into()),
    };
    let measures = measures(client, promise.as_ref(), at).await?;
    let assessment = answer.assessment.unwrap_or_default();
    let shown = commitment::Shown { assessment: &assessment, promise: promise.as_ref(), measures: &measures };
    output::page(&shown.render(&clocks, paint::colour()))
}

/// The measures that a promise is about, at the same clocks.
async fn measures(
    client: &Client,
    promise: Option<&v1::Commitment>,
    at: v1::Clocks,
) -> anyhow::Result<Vec<v1::Measure>> {
    let names = promise.and_then(|promise| promise.undertaken.as_ref()).map(|undertaken| undertaken.measures.clone());
    let mut measures = Vec::new();
    for name in names.into_iter().flatten() {
        let request = v1::GetMeasureRequest { name, clocks: Some(at) };
        measures.extend(client.compliance().get_measure(request).await?.into_inner().measure);
    }
    Ok(measures)
}
