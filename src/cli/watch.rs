//! `entente watch`: a ledger's events as they are recorded, or the changes of its statuses, over restarts of the server.

mod exec;
mod keep;
mod news;
mod occurrence;
mod under_way;

use std::str::FromStr;

use clap::Args;

use self::exec::Exec;
use self::keep::Kept;
use self::occurrence::Occurrence;
use self::under_way::{Step, Watch};
use super::ServerArg;
use super::calendar::parse_span;
use super::event_filter_arg::EventFilterArgs;
use super::ledger_arg::LedgerArg;
use super::serve::Interrupt;
use crate::client::{Follower, Subscribe};
use crate::proto::v1;
use v1::{subscribe_events_request, subscribe_transitions_request};

/// What to follow, from where, and what to do with it.
#[derive(Debug, Args)]
pub(super) struct WatchArgs {
    /// Follow the changes of statuses, by what is recorded and by time alone, instead of events
    #[arg(long)]
    transitions: bool,
    /// With --transitions: tell so long before a lapse or a due date, such as 30d or 36h; may be repeated
    #[arg(long, value_name = "SPAN", requires = "transitions", value_parser = parse_span)]
    lead: Vec<i64>,
    /// Where to begin: start, now, a position, or a cursor; with --cursor-name only where no cursor is kept yet [default:
    /// now, with --cursor-name start]
    #[arg(long, value_name = "PLACE")]
    after: Option<Begin>,
    /// Keep the place on the server under this name, and go on from it next time
    #[arg(long, value_name = "NAME")]
    cursor_name: Option<String>,
    /// Run this shell command for each event instead of printing it: JSON on standard input, ENTENTE_EVENT_ID,
    /// ENTENTE_EVENT_POSITION, ENTENTE_EVENT_KIND and ENTENTE_LEDGER in the environment. A command that fails is run again
    /// for the same event, at growing intervals; the place is kept once it succeeds, so each event is handled at least once
    #[arg(long, value_name = "COMMAND", requires = "cursor_name", conflicts_with = "json")]
    exec: Option<String>,
    /// Stop after so many events
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Stop once everything recorded so far has come
    #[arg(long)]
    once: bool,
    /// Print each event as one line of proto JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    filter: EventFilterArgs,
    #[command(flatten)]
    ledger: LedgerArg,
    #[command(flatten)]
    server: ServerArg,
}

/// Where to begin.
#[derive(Debug, Clone)]
enum Begin {
    Start,
    Now,
    Position(u64),
    Cursor(String),
}

impl FromStr for Begin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "start" => Ok(Begin::Start),
            "now" => Ok(Begin::Now),
            number if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
                number.parse().map(Begin::Position).map_err(|_| format!("no ledger has {number} events"))
            }
            // Only the server reads cursors; shorter words are mistyped.
            cursor if cursor.len() > 20 => Ok(Begin::Cursor(cursor.to_owned())),
            _ => Err("not start, now, a position, or a cursor as a stream gave it".to_owned()),
        }
    }
}

impl Begin {
    fn among_events(&self) -> subscribe_events_request::After {
        use subscribe_events_request::After;
        match self {
            Begin::Start => After::Position(0),
            Begin::Now => After::Head(true),
            Begin::Position(position) => After::Position(*position),
            Begin::Cursor(cursor) => After::Cursor(v1::CursorPlace { cursor: cursor.clone(), position: 0 }),
        }
    }

    /// None is before the first.
    fn among_transitions(&self) -> anyhow::Result<Option<subscribe_transitions_request::After>> {
        use subscribe_transitions_request::After;
        Ok(match self {
            Begin::Start => None,
            Begin::Now => Some(After::Head(true)),
            Begin::Position(_) => {
                anyhow::bail!("--after: a position is no place among transitions; give start, now, or a cursor")
            }
            Begin::Cursor(cursor) => Some(After::Cursor(v1::CursorPlace { cursor: cursor.clone(), position: 0 })),
        })
    }
}

pub(super) async fn run(args: WatchArgs) -> anyhow::Result<()> {
    let client = args.server.connect().await?;
    let ledger = args.ledger.resolve(&client).await?;
    let kept = match &args.cursor_name {
        Some(name) => Some(Kept::open(client.clone(), &ledger, name).await?),
        None => None,
    };
    let first = args.after.clone().unwrap_or(if kept.is_some() { Begin::Start } else { Begin::Now });
    let place = kept.as_ref().and_then(Kept::place);
    if args.transitions {
        let after = match place {
            Some(place) => Some(subscribe_transitions_request::After::Cursor(place)),
            None => first.among_transitions()?,
        };
        let (commitments, filter) = args.filter.to_commitments(&ledger)?;
        let lead = |seconds: &i64| prost_types::Duration { seconds: *seconds, nanos: 0 };
        let request = v1::SubscribeTransitionsRequest {
            ledger: ledger.clone(),
            commitments,
            filter: Some(filter),
            leads: args.lead.iter().map(lead).collect(),
            after,
            progress_period: None,
        };
        return follow(client.follower(request), kept, ledger, args).await;
    }
    let request = v1::SubscribeEventsRequest {
        ledger: ledger.clone(),
        filter: Some(args.filter.to_proto(&ledger)),
        after: Some(place.map_or_else(|| first.among_events(), subscribe_events_request::After::Cursor)),
        progress_period: None,
    };
    follow(client.follower(request), kept, ledger, args).await
}

/// Follows a stream until it is enough, or the program is asked to stop.
async fn follow<R: Subscribe>(
    follower: Follower<R>,
    kept: Option<Kept>,
    ledger: String,
    args: WatchArgs,
) -> anyhow::Result<()>
where
    R::Item: Occurrence,
{
    let exec = args.exec.map(|command| Exec { command, ledger });
    let mut watch = Watch { follower, kept, exec, json: args.json, away: false };
    let mut interrupt = Interrupt::listen()?;
    let mut left = args.limit.unwrap_or(u64::MAX);
    while left > 0 {
        tokio::select! {
            biased;
            () = interrupt.hear() => break,
            done = watch.step() => match done? {
                Step::Item => left -= 1,
                Step::CaughtUp if args.once => break,
                Step::CaughtUp | Step::Other => {}
            },
        }
    }
    watch.finish().await
}
