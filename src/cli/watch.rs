//! `entente watch`: a ledger's events as they are recorded, over restarts of the server.

mod exec;
mod keep;

use std::str::FromStr;

use clap::Args;

use self::exec::Exec;
use self::keep::Kept;
use super::event_filter_arg::EventFilterArgs;
use super::ledger_arg::LedgerArg;
use super::serve::interrupted;
use super::{ServerArg, event_line, output};
use crate::client::{Followed, Follower, Heard};
use crate::proto::v1;
use v1::subscribe_events_request::After;

/// What to follow, from where, and what to do with it.
#[derive(Debug, Args)]
pub(super) struct WatchArgs {
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
    fn to_proto(&self) -> After {
        match self {
            Begin::Start => After::Position(0),
            Begin::Now => After::Head(true),
            Begin::Position(position) => After::Position(*position),
            Begin::Cursor(cursor) => After::Cursor(v1::CursorPlace { cursor: cursor.clone(), position: 0 }),
        }
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
    let after = kept.as_ref().and_then(Kept::place).map_or_else(|| first.to_proto(), After::Cursor);
    let request = v1::SubscribeEventsRequest {
        ledger: ledger.clone(),
        filter: Some(args.filter.to_proto(&ledger)),
        after: Some(after),
        progress_period: None,
    };
    let follower = client.follower(request);
    let exec = args.exec.clone().map(|command| Exec { command, ledger });
    let mut watch = Watch { follower, kept, exec, json: args.json, away: false };
    let stop = interrupted();
    tokio::pin!(stop);
    let mut left = args.limit.unwrap_or(u64::MAX);
    while left > 0 {
        tokio::select! {
            biased;
            () = &mut stop => break,
            done = watch.step() => match done? {
                Step::Event => left -= 1,
                Step::CaughtUp if args.once => break,
                Step::CaughtUp | Step::Other => {}
            },
        }
    }
    watch.finish().await
}

/// A watch under way.
struct Watch {
    follower: Follower,
    kept: Option<Kept>,
    exec: Option<Exec>,
    json: bool,
    /// The connection is gone, and that has been said.
    away: bool,
}

/// What one step was.
enum Step {
    Event,
    CaughtUp,
    Other,
}

impl Watch {
    /// Hears one thing and does what is to be done about it. An event whose handling is cut short is not kept as handled.
    async fn step(&mut self) -> anyhow::Result<Step> {
        let Some(heard) = self.follower.hear().await else { anyhow::bail!("the stream has ended") };
        let heard = heard?;
        if let Heard::Interrupted { cause, wait } = heard {
            if !self.away {
                self.away = true;
                eprintln!("entente: {cause}; connecting again, first in {:.1} s", wait.as_secs_f64());
            }
            return Ok(Step::Other);
        }
        if self.away {
            self.away = false;
            eprintln!("entente: connected again; nothing was missed");
        }
        match heard {
            Heard::Event(followed) => {
                self.handle(*followed).await?;
                Ok(Step::Event)
            }
            Heard::CaughtUp(said) => {
                self.pass(said.cursor, said.position).await?;
                Ok(Step::CaughtUp)
            }
            Heard::Progress(said) => {
                self.pass(said.cursor, said.position).await?;
                Ok(Step::Other)
            }
            Heard::FellBehind(_) | Heard::Interrupted { .. } => Ok(Step::Other),
        }
    }

    async fn handle(&mut self, followed: Followed) -> anyhow::Result<()> {
        let Followed { event, place } = followed;
        match &self.exec {
            Some(exec) => exec.run(&event).await?,
            None if self.json => output::json_line(&event)?,
            None => output::line(&event_line::of(&event))?,
        }
        if let Some(kept) = &mut self.kept {
            kept.reached(place);
            // What is printed is kept batch by batch; what was done by a command, at once.
            if self.exec.is_some() || !self.follower.has_more() {
                kept.commit().await?;
            }
        }
        Ok(())
    }

    /// Keeps a place behind which nothing matched.
    async fn pass(&mut self, cursor: String, position: u64) -> anyhow::Result<()> {
        match &mut self.kept {
            Some(kept) => {
                kept.reached(v1::CursorPlace { cursor, position });
                kept.commit().await
            }
            None => Ok(()),
        }
    }

    /// Keeps what was printed and not kept yet.
    async fn finish(mut self) -> anyhow::Result<()> {
        match &mut self.kept {
            Some(kept) => kept.commit_soon().await,
            None => Ok(()),
        }
    }
}
