//! `entente status`: the board, or one commitment.

use clap::Args;

use super::ledger_arg::LedgerArg;
use super::when::WhenArgs;
use super::{ServerArg, board, commitment, output, paint};
use crate::client::Client;
use crate::domain::{Kind, Status};
use crate::proto::v1;
use crate::wire::Word as _;

/// Which promises, and when.
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// One commitment, such as rare-earth-suspension; left out: the board
    #[arg(conflicts_with_all = ["party", "kind", "status", "instrument", "product", "text", "filter", "order_by"])]
    commitment: Option<String>,
    #[command(flatten)]
    when: WhenArgs,
    /// Only commitments by or to this party; may be repeated
    #[arg(long, value_name = "CODE")]
    party: Vec<String>,
    /// Only commitments of this kind, such as purchase-pledge; may be repeated
    #[arg(long, value_name = "KIND", value_parser = parse_kind)]
    kind: Vec<Kind>,
    /// Only commitments in this status, such as disputed; may be repeated
    #[arg(long, value_name = "STATUS", value_parser = parse_status)]
    status: Vec<Status>,
    /// Only commitments of this instrument; may be repeated
    #[arg(long, value_name = "ID")]
    instrument: Vec<String>,
    /// Only commitments whose products lie under this code; may be repeated
    #[arg(long, value_name = "CODE")]
    product: Vec<String>,
    /// Only commitments with these words in their title, id or note
    #[arg(long, value_name = "WORDS", default_value = "", hide_default_value = true)]
    text: String,
    /// Only commitments that pass this AIP-160 filter, such as 'status = DISPUTED AND party = CN'
    #[arg(long, value_name = "FILTER", default_value = "", hide_default_value = true)]
    filter: String,
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
            show_board(&client, &ledger, args.selection(&ledger), args.when.clocks(), &args.order_by, args.json).await
        }
    }
}

impl StatusArgs {
    fn selection(&self, ledger: &str) -> v1::CommitmentFilter {
        v1::CommitmentFilter {
            parties: self.party.clone(),
            obligors: Vec::new(),
            kinds: self.kind.iter().map(|kind| kind.number()).collect(),
            instruments: self.instrument.iter().map(|id| in_collection(ledger, "instruments", id)).collect(),
            product_prefixes: self.product.clone(),
            text: self.text.clone(),
            expression: self.filter.clone(),
            statuses: self.status.iter().map(|status| status.number()).collect(),
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
    let title = title(client, ledger).await?;
    output::write(board::render(&title, &lines, &clocks, paint::colour()).as_bytes())
}

/// The title of a ledger.
pub(super) async fn title(client: &Client, ledger: &str) -> anyhow::Result<String> {
    let request = v1::GetLedgerRequest { name: ledger.to_owned() };
    Ok(client.ledgers().get_ledger(request).await?.into_inner().ledger.unwrap_or_default().title)
}

async fn one(client: &Client, ledger: &str, id: &str, args: &StatusArgs) -> anyhow::Result<()> {
    let name = in_collection(ledger, "commitments", id);
    let request = v1::AssessCommitmentRequest { name: name.clone(), clocks: Some(args.when.clocks()), read_mask: None };
    let answer = client.compliance().assess_commitment(request).await?.into_inner();
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
    output::write(shown.render(&clocks, paint::colour()).as_bytes())
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

/// The resource name of a member of a ledger's collection, however much of it was given.
pub(super) fn in_collection(ledger: &str, collection: &str, id: &str) -> String {
    match id {
        full if full.starts_with("ledgers/") => full.to_owned(),
        id => format!("{ledger}/{collection}/{}", id.trim_start_matches(&format!("{collection}/"))),
    }
}

fn parse_kind(text: &str) -> Result<Kind, String> {
    Kind::parse(&spelled(text)).ok_or_else(|| one_of(Kind::ALL.iter().map(|kind| kind.as_str())))
}

fn parse_status(text: &str) -> Result<Status, String> {
    Status::parse(&spelled(text)).ok_or_else(|| one_of(Status::ALL.iter().map(|status| status.as_str())))
}

fn spelled(text: &str) -> String {
    text.to_ascii_uppercase().replace('-', "_")
}

fn one_of<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.map(|word| word.to_ascii_lowercase().replace('_', "-")).collect();
    format!("one of {}", words.join(", "))
}
