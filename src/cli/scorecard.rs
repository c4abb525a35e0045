//! `entente scorecard`: who owes what to whom.

use clap::Args;
use prost_types::Timestamp;

use super::board::{heading, until_then};
use super::filter_arg::in_collection;
use super::ledger_arg::LedgerArg;
use super::when::WhenArgs;
use super::{ServerArg, output, paint, table};
use crate::domain::Party;
use crate::proto::v1;

/// Whose promises, and when.
#[derive(Debug, Args)]
pub(super) struct ScorecardArgs {
    #[command(flatten)]
    when: WhenArgs,
    /// Only what this party owes, or is owed
    #[arg(long, value_name = "CODE", value_parser = parse_party)]
    party: Option<Party>,
    /// Only what stands in this instrument, such as busan-truce
    #[arg(long, value_name = "ID")]
    instrument: Option<String>,
    /// Print the proto JSON mapping of the answer, one line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArg,
    #[command(flatten)]
    server: ServerArg,
}

pub(super) async fn run(args: ScorecardArgs) -> anyhow::Result<()> {
    let client = args.server.connect().await?;
    let ledger = args.ledger.resolve(&client).await?;
    let instrument = args.instrument.as_ref().map(|id| in_collection(&ledger, "instruments", id));
    let request = v1::GetScorecardRequest {
        parent: ledger.clone(),
        party: args.party.map(|party| party.to_string()).unwrap_or_default(),
        instrument: instrument.unwrap_or_default(),
        clocks: Some(args.when.clocks()),
    };
    let answer = client.compliance().get_scorecard(request).await?.into_inner();
    if args.json {
        return output::json_line(&answer);
    }
    output::page(&render(&client.title_of(&ledger).await?, &answer, paint::colour()))
}

fn parse_party(text: &str) -> Result<Party, String> {
    Party::parse(text).map_err(|error| error.to_string())
}

fn render(title: &str, answer: &v1::GetScorecardResponse, colour: bool) -> String {
    let clocks = answer.clocks.clone().unwrap_or_default();
    let scorecard = answer.scorecard.clone().unwrap_or_default();
    let mut text = format!("{title}\n{}\n", heading(&clocks));
    if scorecard.pairs.is_empty() {
        text.push_str("\nno commitment matches\n");
        return text;
    }
    for pair in &scorecard.pairs {
        text.push_str(&format!("\n{} owes {}\n", pair.obligor, pair.obligee));
        text.push_str(&table(pair, clocks.as_of, colour));
    }
    let totals = scorecard.totals.iter().filter(|total| total.count > 0);
    let totals: Vec<String> = totals.map(|total| format!("{} {}", words(total.group()), total.count)).collect();
    text.push_str(&format!("\nin all: {}\n", totals.join(" · ")));
    text
}

fn table(pair: &v1::ScorecardPair, as_of: Option<Timestamp>, colour: bool) -> String {
    let mut table =
        table::columns(["", "commitment", "status", "lifecycle", "next change", "evidence", "standing", "flags"]);
    for group in &pair.groups {
        let mut label = format!("{} ({})", words(group.group()), group.count);
        for member in &group.members {
            let flags: Vec<&str> = member.flags().map(|flag| paint::word(flag.as_str_name(), "FLAG_")).collect();
            table.add_row([
                std::mem::take(&mut label),
                member.commitment.rsplit('/').next().unwrap_or_default().to_owned(),
                paint::status(member.status(), colour),
                paint::word(member.lifecycle().as_str_name(), "LIFECYCLE_").to_owned(),
                until_then(member.next_change_at, as_of),
                paint::word(member.evidence().as_str_name(), "EVIDENCE_").to_owned(),
                paint::word(member.standing().as_str_name(), "STANDING_").to_owned(),
                flags.join(", "),
            ]);
        }
    }
    table::print(table)
}

/// A group, in words.
fn words(group: v1::ScoreGroup) -> &'static str {
    match group {
        v1::ScoreGroup::Unspecified => "not grouped",
        v1::ScoreGroup::Kept => "kept",
        v1::ScoreGroup::Running => "running",
        v1::ScoreGroup::AtRisk => "behind, at risk or mended",
        v1::ScoreGroup::Broken => "broken",
        v1::ScoreGroup::Unclear => "disputed or unverified",
        v1::ScoreGroup::Released => "released",
        v1::ScoreGroup::Pending => "pending",
    }
}
