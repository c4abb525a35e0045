//! `entente asks`: what is wanted and not agreed, how it was answered, and what came of it.

use clap::Args;

use super::board::{heading, time};
use super::ledger_arg::LedgerArg;
use super::paint::{self, word};
use super::when::WhenArgs;
use super::{ServerArg, output, table};
use crate::proto::v1;

/// Which asks, and when.
#[derive(Debug, Args)]
pub(super) struct AsksArgs {
    /// Only asks by or of this party; may be repeated
    #[arg(long, value_name = "CODE")]
    party: Vec<String>,
    /// Only asks tabled in this year; may be repeated
    #[arg(long, value_name = "YEAR")]
    year: Vec<u32>,
    #[command(flatten)]
    when: WhenArgs,
    /// Print the proto JSON mapping, one line an ask
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArg,
    #[command(flatten)]
    server: ServerArg,
}

pub(super) async fn run(args: AsksArgs) -> anyhow::Result<()> {
    let client = args.server.connect().await?;
    let parent = args.ledger.resolve(&client).await?;
    let mut request = v1::ListAsksRequest {
        parent,
        page_size: 1000,
        page_token: String::new(),
        parties: args.party.clone(),
        years: args.year.clone(),
        clocks: Some(args.when.clocks()),
    };
    let mut asks = Vec::new();
    let clocks = loop {
        let mut page = client.compliance().list_asks(request.clone()).await?.into_inner();
        asks.append(&mut page.asks);
        if page.next_page_token.is_empty() {
            break page.clocks.unwrap_or_default();
        }
        request.page_token = page.next_page_token;
    };
    if args.json {
        return asks.iter().try_for_each(output::json_line);
    }
    output::page(&render(&asks, &clocks, paint::colour()))
}

fn render(asks: &[v1::Ask], clocks: &v1::ResolvedClocks, colour: bool) -> String {
    let mut text = format!("{}\n\n", heading(clocks));
    if asks.is_empty() {
        text.push_str("no ask matches\n");
        return text;
    }
    let mut table =
        table::columns(["tabled", "ask", "by", "of", "answer", "came of it", "at", "traded with", "figures", "what"]);
    for ask in asks {
        let tabled = ask.tabled.clone().unwrap_or_default();
        let traded: Vec<&str> = [tabled.in_exchange_for.as_str()]
            .into_iter()
            .chain(ask.offered_for_it.iter().map(String::as_str))
            .filter(|name| !name.is_empty())
            .map(id)
            .collect();
        table.add_row([
            dated(tabled.tabled_at.as_ref()),
            id(&ask.name).to_owned(),
            tabled.by.clone(),
            tabled.of.clone(),
            answer(ask),
            ask.commitment.as_ref().map_or_else(|| "-".to_owned(), |assessment| came_of_it(assessment, colour)),
            or_dash(id(&tabled.meeting)),
            or_dash(&traded.join(", ")),
            or_dash(&if ask.figures == 0 { String::new() } else { ask.figures.to_string() }),
            tabled.title.clone(),
        ]);
    }
    text.push_str(&table::print(table));
    text
}

fn answer(ask: &v1::Ask) -> String {
    match &ask.answered {
        Some(answered) => {
            let how = word(answered.answer().as_str_name(), "ASK_ANSWER_");
            format!("{how} by {}, {}", answered.by, dated(answered.answered_at.as_ref()))
        }
        None => "open".to_owned(),
    }
}

fn came_of_it(assessment: &v1::Assessment, colour: bool) -> String {
    format!("{}: {}", id(&assessment.commitment), paint::status(assessment.status(), colour))
}

fn dated(dated: Option<&v1::Dated>) -> String {
    dated.and_then(|dated| dated.at).map_or_else(|| "-".to_owned(), time)
}

fn or_dash(text: &str) -> String {
    if text.is_empty() { "-".to_owned() } else { text.to_owned() }
}

fn id(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}
