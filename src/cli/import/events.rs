//! `entente import events`: a ledger as it was exported, into a REPLAY ledger, each event at its position.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};
use clap::Args;

use crate::cli::{ServerArg, output, progress};
use crate::client::{Batch, Client, ClientError};
use crate::exchange::event_lines::{EventLines, replayed};
use crate::proto::v1;
use v1::submission::Payload;

/// A ledger's events.
#[derive(Debug, Args)]
pub(in crate::cli) struct EventsArgs {
    /// JSON lines of entente.v1.Event, as `entente export` writes them; - is standard input
    file: PathBuf,
    #[command(flatten)]
    server: ServerArg,
}

pub(super) async fn run(args: EventsArgs) -> anyhow::Result<()> {
    let named = || args.file.display().to_string();
    let reader: Box<dyn BufRead> = if args.file.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(&args.file).with_context(named)?))
    };
    let client = args.server.connect().await?;
    let mut events = EventLines::new(reader).peekable();
    let ledger = match events.peek() {
        Some(Ok(first)) => open(&client, first).await?,
        _ => match events.next() {
            Some(Err(error)) => return Err(error).with_context(named),
            _ => bail!("{}: no event", named()),
        },
    };
    let mut replay = Replay {
        client: &client,
        head: ledger.head,
        ledger,
        append: Vec::new(),
        batch: Batch::default(),
        recorded: 0,
        had: 0,
    };
    let bar = progress::count("recording", "events");
    for event in events {
        replay.take(&event.with_context(named)?).await?;
        bar.inc(1);
    }
    replay.finish().await?;
    bar.finish_and_clear();
    output::line(&format!(
        "{}: {} events recorded, {} were there; head {}",
        replay.ledger.name, replay.recorded, replay.had, replay.head
    ))
}

/// The ledger that the first event names; created where it is not there and that event is the first of all.
async fn open(client: &Client, first: &v1::Event) -> anyhow::Result<v1::Ledger> {
    let name = first.name.split("/events/").next().unwrap_or_default().to_owned();
    match client.ledgers().get_ledger(v1::GetLedgerRequest { name: name.clone() }).await {
        Ok(found) => {
            let ledger = found.into_inner().ledger.unwrap_or_default();
            ensure!(
                ledger.kind() == v1::LedgerKind::Replay,
                "{name} is LIVE and stamps record times itself; events keep theirs in a REPLAY ledger only"
            );
            Ok(ledger)
        }
        Err(status) if status.code() == tonic::Code::NotFound => {
            let Some(Payload::LedgerCreated(created)) = first.submission.clone().unwrap_or_default().payload else {
                bail!("{name} is not there, and the file begins at position {}, not with its creation", first.position)
            };
            let ledger =
                v1::Ledger { kind: v1::LedgerKind::Replay.into(), title: created.title, ..v1::Ledger::default() };
            let request = v1::CreateLedgerRequest {
                ledger_id: name.trim_start_matches("ledgers/").to_owned(),
                ledger: Some(ledger),
                recorded_at: first.recorded_at,
            };
            let made = client.ledgers().create_ledger(request).await?;
            Ok(made.into_inner().ledger.unwrap_or_default())
        }
        Err(status) => Err(ClientError::from(status).into()),
    }
}

/// Whether an event is the last of its append.
type EndsAppend = bool;

/// A ledger that is being recorded again.
struct Replay<'a> {
    client: &'a Client,
    ledger: v1::Ledger,
    /// The position of the last event recorded, or on its way.
    head: u64,
    /// The append that is being read; what was recorded at once is recorded at once again.
    append: Vec<(EndsAppend, v1::Submission)>,
    batch: Batch<EndsAppend>,
    recorded: u64,
    had: u64,
}

impl Replay<'_> {
    async fn take(&mut self, event: &v1::Event) -> anyhow::Result<()> {
        let position = event.position;
        if position <= self.ledger.head {
            if position == self.ledger.head && position > 1 {
                self.check_same(event).await?;
            }
            self.had += 1;
            return Ok(());
        }
        ensure!(
            position == self.head + 1,
            "position {position} cannot follow {}: part of the ledger is missing, and positions would change",
            self.head
        );
        let submission = replayed(event);
        ensure!(
            !matches!(submission.payload, Some(Payload::KeyRotated(_))),
            "position {position} is a KeyRotated, which a server alone records; the ledger cannot be replayed past it"
        );
        self.head = position;
        let ends_append = event.append_through <= position;
        self.append.push((ends_append, submission));
        if !ends_append {
            return Ok(());
        }
        let append = std::mem::take(&mut self.append);
        let before = position - append.len() as u64;
        match self.batch.add_together(append) {
            // The append that did not fit is on its way still.
            Some(full) => self.send(full, before).await,
            None => Ok(()),
        }
    }

    async fn finish(&mut self) -> anyhow::Result<()> {
        let rest = self.batch.take();
        let whole = self.head - self.append.len() as u64;
        if !rest.is_empty() {
            self.send(rest, whole).await?;
        }
        ensure!(
            self.append.is_empty(),
            "the file ends at position {}, within an append of several events: it was cut short; {} events are recorded, \
             and the whole file goes on from there",
            self.head,
            self.recorded
        );
        Ok(())
    }

    /// Sends events of which the last is at `through`. The precondition holds each to its position, whoever else writes.
    async fn send(&mut self, events: Vec<(EndsAppend, v1::Submission)>, through: u64) -> anyhow::Result<()> {
        let count = events.len() as u64;
        let append_sizes = events.split_inclusive(|(ends, _)| *ends).map(|append| append.len() as u32).collect();
        let before = v1::Preconditions { ledger_head: Some(through - count), subject_revisions: Vec::new() };
        let request = v1::AppendEventsRequest {
            ledger: self.ledger.name.clone(),
            submissions: events.into_iter().map(|(_, submission)| submission).collect(),
            preconditions: Some(before),
            validate_only: false,
            append_sizes,
        };
        self.client.append_settled(request).await?;
        self.recorded += count;
        Ok(())
    }

    /// What the ledger has must be what the file says: checked at the last position that both have.
    async fn check_same(&self, event: &v1::Event) -> anyhow::Result<()> {
        let name = format!("{}/events/{}", self.ledger.name, event.position);
        let there = self.client.ledgers().get_event(v1::GetEventRequest { name }).await?.into_inner();
        let there = there.event.unwrap_or_default().submission.unwrap_or_default().event_id;
        let here = event.submission.clone().unwrap_or_default().event_id;
        ensure!(
            there == here,
            "{} has event {there} at position {}, the file has {here}: they are different ledgers",
            self.ledger.name,
            event.position
        );
        Ok(())
    }
}
