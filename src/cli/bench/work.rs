//! The works that can be measured.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::Plan;
use super::load::{closed, open, sum};
use super::measured::{Measured, Tally};
use super::scratch::Scratch;
use crate::client::Client;
use crate::proto::v1;

/// How many clients send batches: more would only wait for each other.
pub(super) const BATCH_CLIENTS: u32 = 16;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Work {
    /// One client records single events, one after another
    AppendAlone,
    /// All clients record single events
    Append,
    /// The same, each under the precondition that nobody else recorded about its subject
    AppendPreconditions,
    /// Clients record batches
    AppendBatches,
    /// Streams of single events, several under way on each
    AppendStream,
    /// One client reads the ledger from its first event, again and again
    Read,
    /// One subscriber hears events that are recorded at a fixed rate
    Follow,
    /// Clients ask for the status of a commitment
    Assess,
    /// The same at a fixed rate
    AssessOpen,
}

impl Work {
    fn word(self) -> &'static str {
        match self {
            Work::AppendAlone => "append-alone",
            Work::Append => "append",
            Work::AppendPreconditions => "append-preconditions",
            Work::AppendBatches => "append-batches",
            Work::AppendStream => "append-stream",
            Work::Read => "read",
            Work::Follow => "follow",
            Work::Assess => "assess",
            Work::AssessOpen => "assess-open",
        }
    }

    /// What it does, for people.
    pub(super) fn sentence(self, plan: &Plan) -> String {
        let Plan { clients, batch, window, rate, assess_rate, .. } = plan;
        match self {
            Work::AppendAlone => "append, 1 client".to_owned(),
            Work::Append => format!("append, {clients} clients"),
            Work::AppendPreconditions => format!("append with preconditions, {clients} clients"),
            Work::AppendBatches => format!("append batches of {batch}, {BATCH_CLIENTS} clients"),
            Work::AppendStream => format!("append in {clients} streams, {window} under way on each"),
            Work::Read => "read, 1 client".to_owned(),
            Work::Follow => format!("follow {rate} appends a second"),
            Work::Assess => format!("assess, {BATCH_CLIENTS} clients"),
            Work::AssessOpen => format!("assess {assess_rate} a second"),
        }
    }

    pub(super) async fn run(self, plan: &Plan, clients: &[Client], scratch: &Scratch) -> anyhow::Result<Measured> {
        let time = Duration::from_secs(plan.seconds);
        let clients: Arc<[Client]> = clients.into();
        let scratch = Arc::new(scratch.clone());
        let (tally, taken) = match self {
            Work::AppendAlone => append(1, 1, time, clients, scratch).await?,
            Work::Append => append(plan.clients, 1, time, clients, scratch).await?,
            Work::AppendBatches => append(BATCH_CLIENTS, plan.batch, time, clients, scratch).await?,
            Work::AppendPreconditions => append_if_unchanged(plan.clients, time, clients, scratch).await?,
            Work::AppendStream => append_streams(plan, time, &clients, &scratch).await?,
            Work::Read => closed(1, time, move |_| read(clients[0].clone(), scratch.ledger.clone())).await?,
            Work::Follow => follow(plan.rate, time, &clients, &scratch).await?,
            Work::Assess => {
                closed(BATCH_CLIENTS, time, move |at| assess(of(&clients, at), scratch.commitment())).await?
            }
            Work::AssessOpen => {
                let ask = |number: u64| assess(of(&clients, (number % 1000) as u32), scratch.commitment());
                open(plan.assess_rate, time, ask).await?
            }
        };
        let records = !matches!(self, Work::Read | Work::Assess | Work::AssessOpen);
        Ok(Measured {
            work: self.word(),
            what: self.sentence(plan),
            unit: if matches!(self, Work::Assess | Work::AssessOpen) { "answers" } else { "events" },
            done: tally.done,
            recorded: if records { tally.done } else { 0 },
            taken,
            latency: tally.latency,
            failed: tally.failed,
            fault: tally.fault,
        })
    }
}

/// The connection of one client.
fn of(clients: &[Client], client: u32) -> Client {
    clients[client as usize % clients.len()].clone()
}

async fn append(
    count: u32,
    batch: u32,
    time: Duration,
    clients: Arc<[Client]>,
    scratch: Arc<Scratch>,
) -> anyhow::Result<(Tally, Duration)> {
    let ask = move |client| {
        let submissions = (0..batch).map(|_| scratch.event(client)).collect();
        let request = v1::AppendEventsRequest {
            ledger: scratch.ledger.clone(),
            submissions,
            ..v1::AppendEventsRequest::default()
        };
        let mut ledgers = of(&clients, client).ledgers();
        async move { Ok(ledgers.append_events(request).await?.into_inner().events.len() as u64) }
    };
    closed(count, time, ask).await
}

async fn append_if_unchanged(
    count: u32,
    time: Duration,
    clients: Arc<[Client]>,
    scratch: Arc<Scratch>,
) -> anyhow::Result<(Tally, Duration)> {
    let mut revisions = Vec::new();
    for client in 0..count {
        // Whatever was recorded about it before is its revision.
        let request = v1::AppendEventsRequest {
            ledger: scratch.ledger.clone(),
            submissions: vec![scratch.event(client)],
            validate_only: false,
            ..v1::AppendEventsRequest::default()
        };
        let answer = of(&clients, client).ledgers().append_events(request).await?.into_inner();
        revisions.push(Mutex::new(answer.head));
    }
    let revisions: Arc<[Mutex<u64>]> = revisions.into();
    let ask = move |client| {
        let subject = scratch.instrument(client);
        let revision = *revisions[client as usize].lock();
        let preconditions =
            v1::Preconditions { ledger_head: None, subject_revisions: vec![v1::SubjectRevision { subject, revision }] };
        let request = v1::AppendEventsRequest {
            ledger: scratch.ledger.clone(),
            submissions: vec![scratch.event(client)],
            preconditions: Some(preconditions),
            ..v1::AppendEventsRequest::default()
        };
        let (mut ledgers, revisions) = (of(&clients, client).ledgers(), Arc::clone(&revisions));
        async move {
            let answer = ledgers.append_events(request).await?.into_inner();
            *revisions[client as usize].lock() = answer.events[0].position;
            Ok(1)
        }
    };
    let (mut tally, taken) = closed(count, time, ask).await?;
    tally.done += u64::from(count);
    Ok((tally, taken))
}

/// Streams, each with a window of single events under way.
async fn append_streams(
    plan: &Plan,
    time: Duration,
    clients: &[Client],
    scratch: &Arc<Scratch>,
) -> anyhow::Result<(Tally, Duration)> {
    let begun = Stopwatch::now();
    let mut running = JoinSet::new();
    for stream in 0..plan.clients {
        let (client, scratch, window) = (of(clients, stream), Arc::clone(scratch), plan.window as usize);
        running.spawn(async move {
            let mut tally = Tally::new();
            if let Err(status) = append_stream(&client, &scratch, stream, window, begun + time, &mut tally).await {
                tally.fail(&status);
            }
            tally
        });
    }
    Ok((sum(running).await?, begun.elapsed()))
}

async fn append_stream(
    client: &Client,
    scratch: &Scratch,
    stream: u32,
    window: usize,
    until: Stopwatch,
    tally: &mut Tally,
) -> Result<(), Status> {
    let (batches, sent) = mpsc::channel(window);
    let batch = || v1::AppendEventStreamRequest {
        ledger: scratch.ledger.clone(),
        submissions: vec![scratch.event(stream)],
        ..v1::AppendEventStreamRequest::default()
    };
    let mut under_way = VecDeque::new();
    for _ in 0..window {
        under_way.push_back(Stopwatch::now());
        drop(batches.send(batch()).await);
    }
    let mut batches = Some(batches);
    let mut answers = client.ledgers().append_event_stream(ReceiverStream::new(sent)).await?.into_inner();
    while let Some(answer) = answers.message().await? {
        let asked = under_way.pop_front().unwrap_or(until);
        tally.count(answer.events.len() as u64, asked.elapsed());
        match &batches {
            Some(batches) if Stopwatch::now() < until => {
                under_way.push_back(Stopwatch::now());
                drop(batches.send(batch()).await);
            }
            _ => batches = None,
        }
    }
    Ok(())
}

async fn read(client: Client, ledger: String) -> Result<u64, Status> {
    let request = v1::ReadEventsRequest { ledger, ..v1::ReadEventsRequest::default() };
    let mut stream = client.ledgers().read_events(request).await?.into_inner();
    let mut read = 0;
    while let Some(message) = stream.message().await? {
        if let Some(v1::read_events_response::Part::Batch(batch)) = message.part {
            read += batch.events.len() as u64;
        }
    }
    Ok(read)
}

async fn assess(client: Client, name: String) -> Result<u64, Status> {
    let request = v1::AssessCommitmentRequest { name, ..v1::AssessCommitmentRequest::default() };
    client.compliance().assess_commitment(request).await.map(|_| 1)
}

/// From when an event was due to be sent until a subscriber has it.
async fn follow(
    rate: u32,
    time: Duration,
    clients: &[Client],
    scratch: &Arc<Scratch>,
) -> anyhow::Result<(Tally, Duration)> {
    let request = v1::SubscribeEventsRequest {
        ledger: scratch.ledger.clone(),
        after: Some(v1::subscribe_events_request::After::Head(true)),
        ..v1::SubscribeEventsRequest::default()
    };
    let mut stream = of(clients, 1).changes().subscribe_events(request).await?.into_inner();
    // The first message says that the subscription stands.
    stream.next().await.transpose()?;
    let expected = u64::from(rate) * time.as_secs();
    let begun = Stopwatch::now();
    let hearing = tokio::spawn(async move {
        let mut tally = Tally::new();
        while tally.done < expected {
            let Some(message) = stream.message().await? else { break };
            let Some(v1::subscribe_events_response::Message::Events(heard)) = message.message else { continue };
            for event in heard.events {
                let note = event.submission.map(|it| it.note).unwrap_or_default();
                let due = note.parse().map(Duration::from_micros).unwrap_or_default();
                tally.count(1, begun.elapsed().saturating_sub(due));
            }
        }
        Ok::<Tally, Status>(tally)
    });
    let ask = |number: u64| {
        let due = Duration::from_secs_f64(number as f64 / f64::from(rate));
        let submission = v1::Submission { note: due.as_micros().to_string(), ..scratch.event(0) };
        let request = v1::AppendEventsRequest {
            ledger: scratch.ledger.clone(),
            submissions: vec![submission],
            ..v1::AppendEventsRequest::default()
        };
        let mut ledgers = clients[0].ledgers();
        async move { ledgers.append_events(request).await.map(|_| 1) }
    };
    let (sent, taken) = open(rate, time, ask).await?;
    if sent.failed > 0 {
        hearing.abort();
        return Ok((sent, taken));
    }
    Ok((hearing.await??, taken))
}
