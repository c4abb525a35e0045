//! `entente calendar`: what lapses, falls due, runs out or takes effect, by time.

use clap::Args;

use super::board::{heading, time};
use super::filter_arg::{FilterArgs, one_of, spelled};
use super::ledger_arg::LedgerArg;
use super::when::{WhenArgs, parse_time};
use super::{ServerArg, output, table};
use crate::domain::{Instant, Zone};
use crate::exchange::{deadline_text, icalendar};
use crate::proto::v1;
use crate::wire;

/// Which deadlines, and how to print them.
#[derive(Debug, Args)]
pub(super) struct CalendarArgs {
    /// How far ahead of --as-of: so many days, weeks or hours, such as 60d, 8w or 36h
    #[arg(long, value_name = "SPAN", default_value = "60d", value_parser = parse_span, conflicts_with = "until")]
    within: i64,
    /// Until when, exclusive, in place of --within
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    until: Option<Instant>,
    #[command(flatten)]
    when: WhenArgs,
    /// Only clocks of this kind, such as lapse or cure-end; may be repeated
    #[arg(long, value_name = "CLOCK", value_parser = parse_clock)]
    clock: Vec<v1::DeadlineKind>,
    /// Only those at which a lifecycle or a status changes
    #[arg(long)]
    changes: bool,
    #[command(flatten)]
    filter: FilterArgs,
    /// Show the local time of a zone, such as Asia/Shanghai, beside UTC
    #[arg(long, value_name = "ZONE", value_parser = parse_zone)]
    zone: Option<Zone>,
    /// Print an iCalendar file (RFC 5545)
    #[arg(long, conflicts_with_all = ["json", "zone"])]
    ics: bool,
    /// Print the proto JSON mapping, one line a deadline
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArg,
    #[command(flatten)]
    server: ServerArg,
}

pub(super) async fn run(args: CalendarArgs) -> anyhow::Result<()> {
    let client = args.server.connect().await?;
    let ledger = args.ledger.resolve(&client).await?;
    let within = args.until.is_none().then_some(prost_types::Duration { seconds: args.within, nanos: 0 });
    let request = v1::ListDeadlinesRequest {
        parent: ledger.clone(),
        page_size: 1000,
        filter: Some(args.filter.to_proto(&ledger)),
        clocks: Some(args.when.clocks()),
        until: args.until.map(wire::instant_to_proto),
        within,
        kinds: args.clock.iter().map(|kind| (*kind).into()).collect(),
        only_changes: args.changes,
        ..v1::ListDeadlinesRequest::default()
    };
    let (deadlines, clocks) = client.deadlines(request).await?;
    if args.json {
        return deadlines.iter().try_for_each(output::json_line);
    }
    let title = client.title_of(&ledger).await?;
    if args.ics {
        return output::write(icalendar::calendar(&title, &deadlines, &clocks).as_bytes());
    }
    output::page(&render(&title, &deadlines, &clocks, args.zone.as_ref()))
}

/// The deadlines as a table; what happens at one instant stands together.
fn render(title: &str, deadlines: &[v1::Deadline], clocks: &v1::ResolvedClocks, zone: Option<&Zone>) -> String {
    let mut text = format!("{title}\n{}\n\n", heading(clocks));
    if deadlines.is_empty() {
        text.push_str("no deadline in that time\n");
        return text;
    }
    let zone_name = zone.map(|zone| zone.name().to_owned());
    let head = ["commitment", "clock", "reading", "its calendar", "status", "then"].map(str::to_owned);
    let mut table = table::columns(std::iter::once("UTC".to_owned()).chain(zone_name).chain(head));
    let mut last = None;
    for deadline in deadlines {
        let is_first = last != deadline.at;
        last = deadline.at;
        let shown = |text: String| if is_first { text } else { String::new() };
        let utc = shown(deadline.at.map_or_else(String::new, time));
        let there = zone.map(|zone| shown(deadline.at.map_or_else(String::new, |at| local(zone, at))));
        let columns = [
            deadline.commitment.rsplit('/').next().unwrap_or_default().to_owned(),
            deadline_text::clock(deadline),
            if deadline.reading.is_empty() { "-".to_owned() } else { deadline.reading.clone() },
            deadline_text::said(deadline),
            deadline_text::turn(deadline),
            deadline_text::consequence(deadline, false),
        ];
        table.add_row(std::iter::once(utc).chain(there).chain(columns));
    }
    text.push_str(&table::print(table));
    text
}

/// What a clock in a zone shows, to the minute where its seconds are zero.
fn local(zone: &Zone, at: prost_types::Timestamp) -> String {
    let shown = wire::instant_from_proto(&at).map(|instant| zone.local(instant).to_string().replace('T', " "));
    shown.map_or_else(|_| "-".to_owned(), |text| text.strip_suffix(":00").unwrap_or(&text).to_owned())
}

/// Reads a span of time as seconds.
fn parse_span(text: &str) -> Result<i64, String> {
    let right = || format!("{text:?} is not a number of days, weeks or hours, such as 60d, 8w or 36h");
    let seconds = match text.chars().last() {
        Some('h') => 3600,
        Some('d') => 86_400,
        Some('w') => 7 * 86_400,
        _ => return Err(right()),
    };
    let number: i64 = text[..text.len() - 1].parse().map_err(|_| right())?;
    number.checked_mul(seconds).filter(|span| *span > 0).ok_or_else(right)
}

fn parse_zone(text: &str) -> Result<Zone, String> {
    Zone::parse(text).map_err(|error| error.to_string())
}

fn parse_clock(text: &str) -> Result<v1::DeadlineKind, String> {
    let name = format!("DEADLINE_KIND_{}", spelled(text));
    v1::DeadlineKind::from_str_name(&name).filter(|kind| *kind != v1::DeadlineKind::Unspecified).ok_or_else(|| {
        let all = (1..).map_while(|number| v1::DeadlineKind::try_from(number).ok());
        one_of(all.map(|kind| kind.as_str_name().trim_start_matches("DEADLINE_KIND_")))
    })
}
