//! `entente exposure`: which measures and commitments touch a company's items.

mod table;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;

use super::ledger_arg::LedgerArg;
use super::when::WhenArgs;
use super::{ServerArg, output, paint};
use crate::client::{Client, ClientError};
use crate::exchange::{encoding, items};
use crate::proto::v1;
use crate::wire::Word as _;

/// The most items of one request.
const REQUEST_ITEMS_MAX: usize = 10_000;

/// Which items, and when. Exits with 3 where some of them could not be read.
#[derive(Debug, Args)]
pub(super) struct ExposureArgs {
    /// Codes (280530, 3A090, HTSUS:9903.05.20), ranges (2801-2805), or words (dysprosium)
    #[arg(required_unless_present = "items", value_name = "ITEM")]
    codes: Vec<String>,
    /// CSV file with the columns code, nomenclature (optional) and name (optional); - for standard input
    #[arg(long, value_name = "FILE")]
    items: Option<PathBuf>,
    #[command(flatten)]
    when: WhenArgs,
    /// Print the proto JSON mapping, one line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArg,
    #[command(flatten)]
    server: ServerArg,
}

/// Some items could not be read; of the others everything was said.
#[derive(Debug, thiserror::Error)]
#[error("{0} of the items could not be read; the answer says why")]
pub(super) struct ItemsUnread(usize);

pub(super) async fn run(args: ExposureArgs) -> anyhow::Result<()> {
    let mut wanted: Vec<v1::ExposureItem> = args.codes.iter().map(|text| item(text)).collect::<Result<_, _>>()?;
    if let Some(path) = &args.items {
        wanted.extend(read(path)?);
    }
    let client = args.server.connect().await?;
    let ledger = args.ledger.resolve(&client).await?;
    let found = find(&client, &ledger, &wanted, args.when.clocks()).await?;
    if args.json {
        output::json_line(&found)?;
    } else {
        output::page(&table::render(&wanted, &found, paint::colour()))?;
    }
    match found.items.iter().filter(|it| !it.problem.is_empty()).count() {
        0 => Ok(()),
        unread => Err(ItemsUnread(unread).into()),
    }
}

/// Asks in parts, all at the clocks of the first, and puts the answers together.
async fn find(
    client: &Client,
    ledger: &str,
    items: &[v1::ExposureItem],
    clocks: v1::Clocks,
) -> Result<v1::FindExposureResponse, ClientError> {
    let mut clocks = clocks;
    let mut all = v1::FindExposureResponse::default();
    let (mut measures, mut commitments) = (BTreeMap::new(), BTreeMap::new());
    for (part, items) in items.chunks(REQUEST_ITEMS_MAX).enumerate() {
        let request =
            v1::FindExposureRequest { parent: ledger.to_owned(), items: items.to_vec(), clocks: Some(clocks) };
        let answer = client.compliance().find_exposure(request).await?.into_inner();
        let before = u32::try_from(part * REQUEST_ITEMS_MAX).unwrap_or(u32::MAX);
        all.items.extend(answer.items.into_iter().map(|it| v1::ItemExposure { index: it.index + before, ..it }));
        measures.extend(answer.measures.into_iter().map(|it| (it.name.clone(), it)));
        commitments.extend(answer.commitments.into_iter().map(|it| (name_of(&it), it)));
        let resolved = answer.clocks.unwrap_or_default();
        clocks = v1::Clocks {
            as_of: resolved.as_of,
            known_position: Some(resolved.known_position),
            ..v1::Clocks::default()
        };
        all.clocks = Some(resolved);
    }
    all.measures = measures.into_values().collect();
    all.commitments = commitments.into_values().collect();
    Ok(all)
}

fn name_of(commitment: &v1::ExposedCommitment) -> String {
    commitment.assessment.as_ref().map_or_else(String::new, |assessment| assessment.commitment.clone())
}

/// An item of the command line: `HTSUS:9903.05.20` and `HTSUS 9903.05.20` name the list, 9903.05.20 alone does not.
fn item(text: &str) -> anyhow::Result<v1::ExposureItem> {
    if let Some((list, code)) = text.split_once(':') {
        let nomenclature = items::parse_nomenclature(list).map_err(anyhow::Error::msg).context(text.to_owned())?;
        let code = code.trim().to_owned();
        return Ok(v1::ExposureItem { code, nomenclature: nomenclature.number(), name: String::new() });
    }
    let named = text.split_once(' ').and_then(|(list, code)| Some((items::parse_nomenclature(list).ok()?, code)));
    let (nomenclature, code) = named.map_or((0, text), |(list, code)| (list.number(), code));
    Ok(v1::ExposureItem { code: code.to_owned(), nomenclature, name: String::new() })
}

fn read(path: &PathBuf) -> anyhow::Result<Vec<v1::ExposureItem>> {
    let bytes = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes)?;
        bytes
    } else {
        std::fs::read(path).with_context(|| path.display().to_string())?
    };
    if let Some(why) = encoding::fault(&bytes) {
        bail!("{}: {why}", path.display());
    }
    let Ok(text) = String::from_utf8(bytes) else {
        bail!("{}: is not UTF-8; save it as CSV in UTF-8", path.display());
    };
    Ok(items::parse(&text, &path.display().to_string())?)
}
