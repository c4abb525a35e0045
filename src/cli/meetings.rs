//! `entente meetings`: talks by day, and the meetings of leaders by year.

use clap::Args;

use super::board::heading;
use super::ledger_arg::LedgerArg;
use super::paint::word;
use super::when::WhenArgs;
use super::{ServerArg, output, table};
use crate::domain::event::MeetingLevel;
use crate::proto::v1;
use crate::wire::Word as _;

/// Which meetings, and when.
#[derive(Debug, Args)]
pub(super) struct MeetingsArgs {
    /// Only meetings of this party; may be repeated
    #[arg(long, value_name = "CODE")]
    party: Vec<String>,
    /// Only meetings that begin in this year; may be repeated
    #[arg(long, value_name = "YEAR")]
    year: Vec<u32>,
    /// Only meetings of this level: leader, ministerial, official; may be repeated
    #[arg(long, value_name = "LEVEL", value_parser = parse_level)]
    level: Vec<MeetingLevel>,
    #[command(flatten)]
    when: WhenArgs,
    /// Print the proto JSON mapping: one line a meeting, then one line a year of meetings of leaders
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArg,
    #[command(flatten)]
    server: ServerArg,
}

pub(super) async fn run(args: MeetingsArgs) -> anyhow::Result<()> {
    let client = args.server.connect().await?;
    let parent = args.ledger.resolve(&client).await?;
    let mut request = v1::ListMeetingsRequest {
        parent,
        page_size: 1000,
        page_token: String::new(),
        parties: args.party.clone(),
        years: args.year.clone(),
        levels: args.level.iter().map(|level| level.number()).collect(),
        clocks: Some(args.when.clocks()),
    };
    let mut meetings = Vec::new();
    let last = loop {
        let mut page = client.compliance().list_meetings(request.clone()).await?.into_inner();
        meetings.append(&mut page.meetings);
        if page.next_page_token.is_empty() {
            break page;
        }
        request.page_token = page.next_page_token;
    };
    if args.json {
        meetings.iter().try_for_each(output::json_line)?;
        return last.leader_years.iter().try_for_each(output::json_line);
    }
    let clocks = last.clocks.unwrap_or_default();
    output::page(&render(&meetings, &last.leader_years, &clocks))
}

fn parse_level(text: &str) -> Result<MeetingLevel, String> {
    MeetingLevel::parse(&text.to_ascii_uppercase()).ok_or_else(|| "one of leader, ministerial, official".to_owned())
}

fn render(meetings: &[v1::Meeting], years: &[v1::LeaderYear], clocks: &v1::ResolvedClocks) -> String {
    let mut text = format!("{}\n\n", heading(clocks));
    if meetings.is_empty() {
        text.push_str("no meeting matches\n");
        return text;
    }
    let mut table = table::columns(["days", "state", "level", "meeting", "parties", "place", "what", "outcome"]);
    for meeting in meetings {
        table.add_row([
            if meeting.days_unknown { within(meeting.window.as_ref()) } else { days(meeting.window.as_ref()) },
            state(meeting),
            word(meeting.level().as_str_name(), "MEETING_LEVEL_").to_owned(),
            id(&meeting.name).to_owned(),
            meeting.parties.join(", "),
            meeting.place.clone(),
            meeting.title.clone(),
            meeting.outcome.clone(),
        ]);
    }
    text.push_str(&table::print(table));
    if !years.is_empty() {
        text.push_str("\nmeetings of leaders\n");
    }
    for year in years {
        let parts = [("held", &year.held), ("planned", &year.planned), ("no word of", &year.unreported)];
        let counted = parts.iter().filter(|(_, names)| !names.is_empty());
        let said: Vec<String> =
            counted.map(|(what, names)| format!("{} {what} ({})", names.len(), ids(names))).collect();
        text.push_str(&format!(" {}: {}\n", year.year, said.join(", ")));
    }
    text
}

/// The state, and from which days it was moved.
fn state(meeting: &v1::Meeting) -> String {
    let state = word(meeting.state().as_str_name(), "MEETING_STATE_").to_owned();
    match meeting.moves.first() {
        Some(first) if meeting.state() != v1::MeetingState::Moved => {
            format!("{state}, moved from {}", days(first.from.as_ref()))
        }
        _ => state,
    }
}

fn days(window: Option<&v1::Window>) -> String {
    match window {
        Some(window) if window.start == window.through => window.start.clone(),
        Some(window) => format!("{} through {}", window.start, window.through),
        None => "open days".to_owned(),
    }
}

/// Days that are not known more closely: not a meeting of so many days.
fn within(window: Option<&v1::Window>) -> String {
    window.map_or_else(String::new, |window| format!("between {} and {}", window.start, window.through))
}

fn ids(names: &[String]) -> String {
    names.iter().map(|name| id(name)).collect::<Vec<_>>().join(", ")
}

fn id(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}
