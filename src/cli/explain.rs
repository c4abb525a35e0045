//! `entente explain`: how the answer for one commitment came about.

mod duty;
mod page;
mod period;
mod pledge;
mod record;

use clap::{Args, ValueEnum};
use page::Page;

use super::board::{heading, next_change, time};
use super::filter_arg::{in_collection, known};
use super::ledger_arg::LedgerArg;
use super::paint::{self, word};
use super::when::WhenArgs;
use super::{ServerArg, output, suggest};
use crate::proto::v1;
use v1::reading_explanation::Derivation;

/// Which answer, and how much of its derivation.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The commitment, such as soybeans
    commitment: String,
    #[command(flatten)]
    when: WhenArgs,
    /// Only this reading of the text, such as base; may be repeated
    #[arg(long, value_name = "NAME")]
    reading: Vec<String>,
    /// Purchase pledge: only this tranche, such as t2026; may be repeated
    #[arg(long, value_name = "ID")]
    tranche: Vec<String>,
    /// Only this part of the derivation; may be repeated
    #[arg(long, value_name = "PART")]
    part: Vec<Part>,
    /// Print the proto JSON mapping, with everything in it
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArg,
    #[command(flatten)]
    server: ServerArg,
}

/// A part of the derivation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The terms in force, and what set each
    Terms,
    /// The figures, and how they were worked out
    Working,
    /// The rows of the rules that were tried
    Rows,
    /// Every record, used or set aside
    Records,
}

pub(super) async fn run(args: ExplainArgs) -> anyhow::Result<()> {
    let client = args.server.connect().await?;
    let ledger = args.ledger.resolve(&client).await?;
    let name = in_collection(&ledger, "commitments", &args.commitment);
    let request = v1::ExplainAssessmentRequest { name, clocks: Some(args.when.clocks()), read_mask: None };
    let answer = match client.compliance().explain_assessment(request).await {
        Ok(answer) => answer.into_inner(),
        Err(status) => return Err(suggest::commitment(&client, &ledger, &args.commitment, status).await),
    };
    let explanation = answer.explanation.clone().unwrap_or_default();
    known("reading", &args.reading, explanation.readings.iter().map(|reading| reading.reading.as_str()))?;
    let tranches = explanation.readings.iter().filter_map(|reading| match &reading.derivation {
        Some(Derivation::Purchase(it)) => Some(it.tranches.iter().map(|tranche| tranche.id.as_str())),
        _ => None,
    });
    known("tranche", &args.tranche, tranches.flatten())?;
    if args.json {
        return output::json_line(&answer);
    }
    output::page(&render(&answer, &explanation, &args, paint::colour()))
}

impl ExplainArgs {
    fn shows(&self, part: Part) -> bool {
        self.part.is_empty() || self.part.contains(&part)
    }
}

fn render(
    answer: &v1::ExplainAssessmentResponse,
    explanation: &v1::Explanation,
    args: &ExplainArgs,
    colour: bool,
) -> String {
    let assessment = answer.assessment.clone().unwrap_or_default();
    let clocks = answer.clocks.clone().unwrap_or_default();
    let mut page = Page::default();
    page.line(0, &title(&assessment, explanation));
    page.line(0, &heading(&clocks));
    page.blank();
    let said = |label: &str, text: String| vec![label.to_owned(), text];
    let lifecycle = word(assessment.lifecycle().as_str_name(), "LIFECYCLE_");
    page.table(
        0,
        vec![
            said("status", format!("{}, {lifecycle}", paint::status(assessment.status(), colour))),
            said("readings", agreement(explanation)),
            said("evidence", word(assessment.evidence().as_str_name(), "EVIDENCE_").to_owned()),
            said("next change", next_change(&assessment, clocks.as_of)),
        ],
    );
    let mut base: Option<&v1::ReadingExplanation> = None;
    for reading in &explanation.readings {
        if args.reading.is_empty() || args.reading.contains(&reading.reading) {
            show_reading(&mut page, reading, base, args);
            base = base.or(Some(reading));
        }
    }
    if args.shows(Part::Records) {
        record::show(&mut page, &explanation.records);
    }
    page.into_text()
}

/// The commitment and what it is, as its base says.
fn title(assessment: &v1::Assessment, explanation: &v1::Explanation) -> String {
    let id = assessment.commitment.rsplit('/').next().unwrap_or_default();
    let is_base = |record: &&v1::RecordExplanation| {
        record.kind() == v1::EventKind::CommitmentUndertaken && record.usage() == v1::RecordUse::Used
    };
    match explanation.records.iter().find(is_base) {
        Some(base) => format!("{id}: {}", base.gist),
        None => id.to_owned(),
    }
}

fn agreement(explanation: &v1::Explanation) -> String {
    let names: Vec<&str> = explanation.readings.iter().map(|reading| reading.reading.as_str()).collect();
    match explanation.agreement() {
        v1::Agreement::Unspecified => "the commitment is not recorded by then".to_owned(),
        v1::Agreement::BaseAlone => "the base text alone".to_owned(),
        v1::Agreement::Adopted => format!("{} was adopted, and only it counts", names.join(", ")),
        v1::Agreement::Agree => format!("{} give the same answer", names.join(", ")),
        v1::Agreement::Differ => format!("{} give different answers, so it is disputed", names.join(", ")),
    }
}

fn show_reading(
    page: &mut Page,
    reading: &v1::ReadingExplanation,
    base: Option<&v1::ReadingExplanation>,
    args: &ExplainArgs,
) {
    let judgement = reading.judgement.unwrap_or_default();
    let status = word(judgement.status().as_str_name(), "STATUS_");
    let lifecycle = word(judgement.lifecycle().as_str_name(), "LIFECYCLE_");
    let row = if reading.row.is_empty() { String::new() } else { format!(" by row {}", reading.row) };
    page.heading(0, &format!("READING {}: {lifecycle}, {status}{row}", reading.reading));
    let flags: Vec<&str> = reading.flags().map(|flag| word(flag.as_str_name(), "FLAG_")).collect();
    if !flags.is_empty() {
        page.line(2, &format!("flags: {}", flags.join(", ")));
    }
    if args.shows(Part::Terms) {
        show_terms(page, reading, base);
    }
    let (working, rows) = (args.shows(Part::Working), args.shows(Part::Rows));
    match &reading.derivation {
        Some(Derivation::Maintenance(it)) if working => duty::show(page, it),
        Some(Derivation::Purchase(it)) if working || rows => pledge::show(page, it, &args.tranche, working, rows),
        Some(Derivation::Act(it)) if working => period::show_act(page, it),
        Some(Derivation::Periodic(it)) if working => period::show_periods(page, it),
        _ => {}
    }
    if rows {
        let is_pledge = matches!(reading.derivation, Some(Derivation::Purchase(_)));
        page.heading(2, if is_pledge { "status, from those of the tranches" } else { "rows tried" });
        page.table(4, tried(&reading.rows));
        if !reading.lifecycle_rows.is_empty() {
            page.heading(2, "lifecycle");
            page.table(4, tried(&reading.lifecycle_rows));
        }
    }
}

/// All terms of the first reading shown; of the others those that differ from it.
fn show_terms(page: &mut Page, reading: &v1::ReadingExplanation, base: Option<&v1::ReadingExplanation>) {
    let differs = |term: &&v1::TermInForce| base.is_none_or(|base| !base.terms.contains(term));
    let terms: Vec<&v1::TermInForce> = reading.terms.iter().filter(differs).collect();
    match base {
        Some(base) if terms.is_empty() => return page.heading(2, &format!("terms in force: as in {}", base.reading)),
        Some(base) => page.heading(2, &format!("terms in force: as in {}, but", base.reading)),
        None => page.heading(2, "terms in force"),
    }
    page.table(4, terms.into_iter().map(term).collect());
}

fn term(term: &v1::TermInForce) -> Vec<String> {
    let what = match term.origin() {
        v1::TermOrigin::Amended => "amended by",
        v1::TermOrigin::Read => "read by",
        _ => "undertaken by",
    };
    let from = term.effective_at.map_or_else(String::new, |at| format!(", from {}", time(at)));
    vec![term.field.clone(), format!("{what} event {}{from}", term.position), page::readable(&term.value)]
}

/// The rows tried: name, whether it holds, what it asks, and what it says where it decided.
fn tried(rows: &[v1::TriedRow]) -> Vec<Vec<String>> {
    let each = rows.iter().map(|row| {
        let name = if row.row.is_empty() { "-".to_owned() } else { row.row.clone() };
        let (holds, says) = if row.matched { ("yes", format!(": {}", row.says)) } else { ("no", String::new()) };
        vec![name, holds.to_owned(), format!("{}{says}", row.asks)]
    });
    each.collect()
}

fn quantities(quantities: &[v1::Quantity]) -> Vec<Vec<String>> {
    let each = quantities.iter().map(|quantity| {
        let value = page::readable(&quantity.value);
        let working = page::readable(&quantity.working);
        let working = if working.is_empty() { working } else { format!("= {working}") };
        vec![quantity.name.clone(), value, working]
    });
    each.collect()
}

/// Positions of events, in words; nothing where there are none.
fn events(positions: &[u64]) -> String {
    let numbers: Vec<String> = positions.iter().map(u64::to_string).collect();
    match numbers.as_slice() {
        [] => String::new(),
        [one] => format!("event {one}"),
        several => format!("events {}", several.join(", ")),
    }
}
