//! `entente compare`: what changed between two coordinates, and why.

use clap::Args;

use super::board::{heading, time};
use super::event_line::camel;
use super::figures::so_far;
use super::filter_arg::FilterArgs;
use super::ledger_arg::LedgerArg;
use super::paint::word;
use super::when::{FromArgs, WhenArgs};
use super::{ServerArg, output};
use crate::exchange::deadline_text;
use crate::proto::v1;

/// Between which coordinates, and of which commitments.
#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    #[command(flatten)]
    from: FromArgs,
    #[command(flatten)]
    when: WhenArgs,
    /// List commitments whose answer does not differ, too
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    filter: FilterArgs,
    /// Print the proto JSON mapping, one line a commitment
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArg,
    #[command(flatten)]
    server: ServerArg,
}

pub(super) async fn run(args: CompareArgs) -> anyhow::Result<()> {
    let client = args.server.connect().await?;
    let ledger = args.ledger.resolve(&client).await?;
    let request = v1::CompareAssessmentsRequest {
        parent: ledger.clone(),
        page_size: 1000,
        filter: Some(args.filter.to_proto(&ledger)),
        then: Some(args.from.clocks()),
        now: Some(args.when.clocks()),
        show_unchanged: args.all,
        ..v1::CompareAssessmentsRequest::default()
    };
    let (changes, then, now) = client.differences(request).await?;
    if args.json {
        return changes.iter().try_for_each(output::json_line);
    }
    let title = client.title_of(&ledger).await?;
    output::page(&render(&title, &changes, &then, &now))
}

fn render(
    title: &str,
    changes: &[v1::AssessmentChange],
    then: &v1::ResolvedClocks,
    now: &v1::ResolvedClocks,
) -> String {
    let mut text = format!("{title}\nthen: {}\nnow:  {}\n", heading(then), heading(now));
    if changes.is_empty() {
        text.push_str("\nnothing changed\n");
    }
    for change in changes {
        text.push('\n');
        block(change).iter().for_each(|line| text.push_str(&format!("{line}\n")));
    }
    text
}

/// One commitment: what differs, then the two legs.
fn block(change: &v1::AssessmentChange) -> Vec<String> {
    let id = change.commitment.rsplit('/').next().unwrap_or_default();
    let became = word(change.change().as_str_name(), "CHANGE_KIND_").to_ascii_lowercase();
    let mut lines = vec![format!("{id} ({} to {}): {became}", change.obligor, change.obligee)];
    let (then, now) = (change.then.clone().unwrap_or_default(), change.now.clone().unwrap_or_default());
    for field in change.fields() {
        let (label, before, after) = (label(field), shown(field, &then), shown(field, &now));
        // What is shown of figures is short, and they may differ in what is not shown.
        let in_detail = if before == after { ", in detail" } else { "" };
        lines.push(format!("  {label:<14}{before} → {after}{in_detail}"));
    }
    let known = change.became_known.clone().unwrap_or_default();
    let (between, other): (Vec<_>, Vec<_>) =
        known.events.iter().partition(|event| event.timing() == v1::EffectTiming::InBetween);
    if !other.is_empty() || !known.fields.is_empty() {
        lines.push(format!("  became known: {}", touched(known.fields())));
        lines.extend(other.into_iter().map(learned));
    }
    let happened = change.happened.clone().unwrap_or_default();
    if !between.is_empty() || !happened.transitions.is_empty() || !happened.fields.is_empty() {
        lines.push(format!("  happened: {}", touched(happened.fields())));
        lines.extend(between.into_iter().map(learned));
        let before = happened.facts.iter().filter(|fact| fact.was_known);
        lines.extend(
            before.map(|fact| format!("    {}  event {}, known before", stamp(fact.effective_at), fact.position)),
        );
        lines.extend(happened.transitions.iter().flat_map(transition));
    }
    lines
}

/// An event that became known: when it took effect, what it is, since when it is known.
fn learned(event: &v1::LearnedEvent) -> String {
    let member = event.subject.splitn(3, '/').nth(2).unwrap_or("the ledger");
    let at = event.effective_at.or(event.recorded_at);
    let kind = camel(word(event.kind().as_str_name(), "EVENT_KIND_"));
    let mut line = format!("    {}  event {}: {kind} of {member}", stamp(at), event.position);
    if event.effective_at.is_some() {
        line.push_str(&format!(", known since {}", stamp(event.recorded_at)));
    }
    if event.timing() == v1::EffectTiming::AfterNow {
        line.push_str(", still to come");
    }
    if event.corrects_position > 0 {
        line.push_str(&format!(", corrects event {}", event.corrects_position));
    }
    if event.corrected {
        line.push_str(", corrected since");
    }
    if !event.relied_on {
        line.push_str(", not relied on");
    }
    line
}

/// A change of lifecycle or status, and the clocks and records behind it.
fn transition(step: &v1::JudgementChange) -> Vec<String> {
    let turn = deadline_text::change(step.before.unwrap_or_default(), step.after.unwrap_or_default());
    let row = if step.row.is_empty() { String::new() } else { format!(" (row {})", step.row) };
    let mut lines = vec![format!("    {}  {turn}{row}", stamp(step.at))];
    for deadline in &step.deadlines {
        let reading = if deadline.reading.is_empty() { String::new() } else { format!(" in {}", deadline.reading) };
        let by = if deadline.position > 0 { format!(" by event {}", deadline.position) } else { String::new() };
        let (clock, then) = (deadline_text::clock(deadline), deadline_text::consequence(deadline, false));
        lines.push(format!("      {clock}{reading}{by}: {then}"));
    }
    lines
}

fn stamp(at: Option<prost_types::Timestamp>) -> String {
    at.map_or_else(|| "-".to_owned(), time)
}

/// The respects in which one leg changed the answer.
fn touched(fields: impl Iterator<Item = v1::AssessmentField>) -> String {
    let labels: Vec<String> = fields.map(label).collect();
    if labels.is_empty() { "changes nothing".to_owned() } else { labels.join(", ") }
}

fn label(field: v1::AssessmentField) -> String {
    word(field.as_str_name(), "ASSESSMENT_FIELD_").to_ascii_lowercase().replace('_', " ")
}

/// One respect of an answer in a few words.
fn shown(field: v1::AssessmentField, assessment: &v1::Assessment) -> String {
    use v1::AssessmentField as Field;
    let or_none = |text: String| if text.is_empty() { "none".to_owned() } else { text };
    match field {
        Field::Lifecycle => word(assessment.lifecycle().as_str_name(), "LIFECYCLE_").to_owned(),
        Field::Status => word(assessment.status().as_str_name(), "STATUS_").to_owned(),
        Field::Evidence => word(assessment.evidence().as_str_name(), "EVIDENCE_").to_owned(),
        Field::Standing => match assessment.standing() {
            v1::Standing::Unspecified => "none".to_owned(),
            standing => word(standing.as_str_name(), "STANDING_").to_owned(),
        },
        Field::Flags => {
            let flags: Vec<&str> = assessment.flags().map(|flag| word(flag.as_str_name(), "FLAG_")).collect();
            or_none(flags.join(", "))
        }
        Field::Numbers => so_far(assessment),
        Field::NextChange => or_none(assessment.next_change_at.map_or_else(String::new, time)),
        Field::ByReading => {
            let readings = assessment.by_reading.iter();
            let said = readings.map(|(name, it)| format!("{name} {}", word(it.status().as_str_name(), "STATUS_")));
            let said: Vec<String> = said.collect();
            if said.is_empty() { "all agree".to_owned() } else { said.join(", ") }
        }
        Field::AdoptedReading => or_none(assessment.adopted_reading.clone()),
        Field::Unspecified => String::new(),
    }
}
