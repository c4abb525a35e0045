//! `entente pace`: performed against expected over time.

mod bar;
mod purchase;

use clap::Args;

use super::board::heading;
use super::filter_arg::{in_collection, known};
use super::ledger_arg::LedgerArg;
use super::paint::{self, word};
use super::when::WhenArgs;
use super::{ServerArg, output, suggest, table};
use crate::proto::v1;
use v1::pace_reading::Pace;

/// Whose pace, and when.
#[derive(Debug, Args)]
pub(super) struct PaceArgs {
    /// The commitment, such as soybeans
    commitment: String,
    /// Only this tranche; may be repeated
    #[arg(long, value_name = "ID")]
    tranche: Vec<String>,
    /// Only this reading of the terms; may be repeated
    #[arg(long, value_name = "ID")]
    reading: Vec<String>,
    /// Show every point, not the last eight of each tranche, and tranches that have not begun
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

pub(super) async fn run(args: PaceArgs) -> anyhow::Result<()> {
    let client = args.server.connect().await?;
    let ledger = args.ledger.resolve(&client).await?;
    let name = in_collection(&ledger, "commitments", &args.commitment);
    let request = v1::GetPaceRequest { name, clocks: Some(args.when.clocks()) };
    let answer = match client.compliance().get_pace(request).await {
        Ok(answer) => answer.into_inner(),
        Err(status) => return Err(suggest::commitment(&client, &ledger, &args.commitment, status).await),
    };
    check(answer.pace.as_ref(), &args)?;
    if args.json {
        return output::json_line(&answer);
    }
    output::page(&render(&answer, &args, paint::colour()))
}

/// A reading or a tranche that is not there is no reason to show nothing.
fn check(report: Option<&v1::PaceReport>, args: &PaceArgs) -> anyhow::Result<()> {
    let readings = report.map(|report| report.readings.as_slice()).unwrap_or_default();
    known("reading", &args.reading, readings.iter().map(|reading| reading.reading.as_str()))?;
    let tranches = readings.iter().filter_map(|reading| match &reading.pace {
        Some(Pace::Purchase(pace)) => Some(pace.courses.iter().map(|course| course.tranche.as_str())),
        _ => None,
    });
    known("tranche", &args.tranche, tranches.flatten())
}

fn render(answer: &v1::GetPaceResponse, args: &PaceArgs, colour: bool) -> String {
    let report = answer.pace.clone().unwrap_or_default();
    let id = report.commitment.rsplit('/').next().unwrap_or_default();
    let mut text = format!("{id}: {}\n{}\n", report.title, heading(&answer.clocks.clone().unwrap_or_default()));
    for reading in report.readings.iter().filter(|it| wanted(&args.reading, &it.reading)) {
        let named = if report.readings.len() > 1 { format!("reading {}, ", reading.reading) } else { String::new() };
        match &reading.pace {
            Some(Pace::Purchase(pace)) => {
                let points_max = if args.all { usize::MAX } else { 8 };
                let begun = |it: &&v1::PaceCourse| args.shows_pending() || it.status() != v1::Status::Pending;
                let courses = pace.courses.iter().filter(|it| wanted(&args.tranche, &it.tranche));
                for course in courses.filter(begun) {
                    text.push('\n');
                    text.push_str(&purchase::course(course, &pace.unit, &named, points_max, colour));
                }
            }
            Some(Pace::Periodic(pace)) => text.push_str(&format!("\n{named}{}", periodic(pace))),
            None => {}
        }
    }
    text.push_str(&purchase::mirrors(&report));
    text
}

impl PaceArgs {
    /// Of a tranche that has not begun there is nothing to say, unless it is asked for.
    fn shows_pending(&self) -> bool {
        self.all || !self.tranche.is_empty()
    }
}

fn wanted(asked: &[String], id: &str) -> bool {
    asked.is_empty() || asked.iter().any(|it| it == id)
}

fn periodic(pace: &v1::PeriodicPace) -> String {
    let mut table = table::columns(["period", "from", "through", "value", "margin", "verdict", "series"]);
    for period in &pace.periods {
        let window = period.window.clone().unwrap_or_default();
        let or_dash = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
        let series = period.series.iter().map(|it| format!("{} {}", it.series, or_dash(&it.value)));
        let verdict = match period.verdict() {
            v1::PeriodVerdict::Unspecified => "not judged yet",
            verdict => word(verdict.as_str_name(), "PERIOD_VERDICT_"),
        };
        table.add_row([
            period.id.clone(),
            window.start,
            window.through,
            or_dash(&period.value),
            or_dash(&period.margin),
            verdict.to_owned(),
            series.collect::<Vec<_>>().join(", "),
        ]);
    }
    let comparator = word(pace.comparator().as_str_name(), "COMPARATOR_");
    format!("limit {comparator} {}\n{}", pace.limit, table::print(table))
}
