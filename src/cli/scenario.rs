//! `entente scenario`: what would follow from events that nobody has recorded, and from time.

use std::path::PathBuf;

use clap::Args;

use super::board::{grouped, heading, time};
use super::figures::so_far;
use super::ledger_arg::LedgerArg;
use super::paint::{self, word};
use super::when::{self, WhenArgs};
use super::{ServerArg, event_line, output, record, table};
use crate::domain::Instant;
use crate::proto::v1;
use crate::wire;

/// What is supposed, and from when to when.
#[derive(Debug, Args)]
pub(super) struct ScenarioArgs {
    /// File or folder of events as `record` takes it, - is standard input; left out: what time alone changes
    file: Option<PathBuf>,
    /// Walk from --as-of to this moment, inclusive
    #[arg(long, value_name = "TIME", value_parser = when::parse_time)]
    until: Option<Instant>,
    /// Also show what time changes in commitments that the events do not reach
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    when: WhenArgs,
    /// Print the proto JSON mapping of the answer, one line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArg,
    #[command(flatten)]
    server: ServerArg,
}

pub(super) async fn run(args: ScenarioArgs) -> anyhow::Result<()> {
    let mut submissions = args.file.as_deref().map(record::read).transpose()?.unwrap_or_default();
    let client = args.server.connect().await?;
    let ledger = match record::ledger_of(&submissions) {
        Some(ledger) if !args.ledger.is_given() => ledger,
        _ => args.ledger.resolve(&client).await?,
    };
    record::name_in(&ledger, &mut submissions);
    let request = v1::ProjectScenarioRequest {
        parent: ledger.clone(),
        clocks: Some(args.when.clocks()),
        until: args.until.map(wire::instant_to_proto),
        submissions,
        whole_ledger: args.all,
        page_size: 0,
        page_token: String::new(),
    };
    let answer = client.scenario(request).await?;
    if args.json {
        return output::json_line(&answer);
    }
    output::page(&render(&client.title_of(&ledger).await?, &answer, paint::colour()))
}

fn render(title: &str, answer: &v1::ProjectScenarioResponse, colour: bool) -> String {
    let mut text = format!("{title}\n{}\n", heading(&answer.clocks.clone().unwrap_or_default()));
    if answer.until != answer.clocks.as_ref().and_then(|clocks| clocks.as_of) {
        text.push_str(&format!("walked until {}\n", answer.until.map_or_else(String::new, time)));
    }
    if !answer.events.is_empty() {
        let recorded = answer.events.iter().any(|event| event.already_recorded);
        text.push_str(if recorded {
            "\nrecorded already; nothing is supposed\n"
        } else {
            "\nsupposed, not recorded\n"
        });
    }
    for event in answer.events.iter().filter_map(|event| event.event.as_ref()) {
        text.push_str(&format!("{}\n", event_line::of(event)));
    }
    if answer.effects.is_empty() {
        text.push_str("\nnothing follows\n");
    }
    for effect in &answer.effects {
        let id = effect.commitment.rsplit('/').next().unwrap_or_default();
        text.push_str(&format!("\n{id} ({} to {}): {}\n", effect.obligor, effect.obligee, effect.title));
        text.push_str(&table(effect, !answer.events.is_empty(), colour));
    }
    text
}

fn table(effect: &v1::ScenarioEffect, is_supposed: bool, colour: bool) -> String {
    let mut table = match is_supposed {
        true => table::columns(vec!["at", "as recorded", "as supposed", "through"]),
        false => table::columns(vec!["at", "answer", "through"]),
    };
    for step in &effect.steps {
        let links: Vec<String> = step.links.iter().map(link).collect();
        let mut left = [step.at.map_or_else(String::new, time), links.join(", ")];
        for [recorded, supposed] in said(step, colour) {
            let [at, through] = std::mem::take(&mut left);
            if is_supposed {
                table.add_row([at, recorded, supposed, through]);
            } else {
                table.add_row([at, supposed, through]);
            }
        }
    }
    table::print(table)
}

/// What a step tells, line by line: in the answer as recorded, and as supposed.
fn said(step: &v1::ScenarioStep, colour: bool) -> Vec<[String; 2]> {
    let answers = [step.baseline.clone().unwrap_or_default(), step.scenario.clone().unwrap_or_default()];
    let mut said = vec![answers.each_ref().map(|it| judged(it, colour)), answers.each_ref().map(so_far)];
    let difference = step.difference.clone().unwrap_or_default();
    let change = step.change.clone().unwrap_or_default();
    let each = |one: &[String], other: &[String]| {
        let mut ids: Vec<String> = one.iter().chain(other).cloned().collect();
        ids.sort();
        ids.dedup();
        ids
    };
    let parts = each(&difference.parts, &change.parts);
    said.extend(parts.iter().map(|id| answers.each_ref().map(|it| part(it, id))));
    let readings = each(&difference.readings, &change.readings);
    said.extend(readings.iter().map(|name| answers.each_ref().map(|it| reading(it, name))));
    // With nothing to set them beside, marks are told as they come and go.
    said.push(match &step.difference {
        Some(difference) => [marks("", &difference.flags_lost), marks("", &difference.flags_gained)],
        None => {
            let came_and_went = [marks("now ", &change.flags_gained), marks("no longer ", &change.flags_lost)];
            let told = came_and_went.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join("; ");
            [told.clone(), told]
        }
    });
    let says_something = |text: &String| !text.is_empty() && text != "-";
    said.retain(|line| line.iter().any(says_something));
    said
}

fn judged(assessment: &v1::Assessment, colour: bool) -> String {
    let lifecycle = word(assessment.lifecycle().as_str_name(), "LIFECYCLE_");
    format!("{} {lifecycle}", paint::status(assessment.status(), colour))
}

/// A tranche or a period, in one answer.
fn part(assessment: &v1::Assessment, id: &str) -> String {
    use v1::assessment::Numbers;
    let said = match &assessment.numbers {
        Some(Numbers::Purchase(numbers)) => {
            let tranche = numbers.tranches.iter().find(|tranche| tranche.id == id);
            tranche.map(|it| {
                let performed = it.flow.as_ref().map_or_else(String::new, |flow| grouped(&flow.performed));
                format!("{} ({}), {performed} {}", word(it.status().as_str_name(), "STATUS_"), it.row, numbers.unit)
            })
        }
        Some(Numbers::Periodic(numbers)) => {
            let period = numbers.periods.iter().find(|period| period.id == id);
            period.map(|it| match it.verdict() {
                v1::PeriodVerdict::Unspecified => "not judged yet".to_owned(),
                verdict => word(verdict.as_str_name(), "PERIOD_VERDICT_").to_owned(),
            })
        }
        _ => None,
    };
    said.map_or_else(String::new, |said| format!("{id}: {said}"))
}

fn reading(assessment: &v1::Assessment, name: &str) -> String {
    let judgement = assessment.by_reading.get(name);
    judgement.map_or_else(String::new, |judgement| {
        let lifecycle = word(judgement.lifecycle().as_str_name(), "LIFECYCLE_");
        format!("reading {name}: {} {lifecycle}", word(judgement.status().as_str_name(), "STATUS_"))
    })
}

fn marks(label: &str, numbers: &[i32]) -> String {
    let known = numbers.iter().filter_map(|number| v1::Flag::try_from(*number).ok());
    let words: Vec<&str> = known.map(|flag| word(flag.as_str_name(), "FLAG_")).collect();
    if words.is_empty() { String::new() } else { format!("{label}{}", words.join(", ")) }
}

fn link(link: &v1::ScenarioLink) -> String {
    let subject = link.subject.splitn(3, '/').nth(2).unwrap_or_default();
    match link.kind() {
        v1::ScenarioLinkKind::Time => "time alone".to_owned(),
        v1::ScenarioLinkKind::Reciprocity => format!("reciprocity with {subject}"),
        v1::ScenarioLinkKind::Reading => format!("reading {} (event {})", link.reading, link.position),
        v1::ScenarioLinkKind::Measure | v1::ScenarioLinkKind::Instrument => {
            format!("{subject} (event {})", link.position)
        }
        v1::ScenarioLinkKind::Event | v1::ScenarioLinkKind::Unspecified => format!("event {}", link.position),
    }
}
