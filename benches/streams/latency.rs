//! From durable to decoded by a subscriber, with more and fewer subscribers, and with some that stand still.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use entente::proto::stored::SubscribedEvents;
use entente::proto::v1;
use prost::Message as _;
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use tonic::Streaming;
use tonic::transport::Channel;
use v1::ledger_service_client::LedgerServiceClient;
use v1::subscribe_events_request::After;
use v1::subscribe_events_response::Message;

use super::Fault;
use super::bare::{self, Bare};
use super::setup::{self, Running};
use super::timed::Durable;

/// How many events lie before those who stand still: far more than their windows take.
const BACKLOG: usize = 20_000;

/// One line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Work {
    pub(crate) subscribers: usize,
    /// Events a second.
    pub(crate) rate: u64,
    /// So many more subscribers that read nothing.
    pub(crate) stalled: usize,
    pub(crate) bare: bool,
}

impl Work {
    const fn of(subscribers: usize, rate: u64, stalled: usize, bare: bool) -> Self {
        Work { subscribers, rate, stalled, bare }
    }

    pub(crate) const ALL: [Work; 7] = [
        Work::of(1, 1000, 0, true),
        Work::of(1, 1000, 0, false),
        Work::of(100, 1000, 0, true),
        Work::of(100, 1000, 0, false),
        Work::of(1000, 20, 0, true),
        Work::of(1000, 20, 0, false),
        Work::of(900, 20, 100, false),
    ];
}

/// What one run measured, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    /// Memory that those who stand still take up, server and client together, in KiB each.
    pub(crate) stalled_kib: f64,
}

/// Every subscriber must hear every event of a run once, in order, or the run is an error.
pub(crate) async fn measure(work: Work, slice: Duration) -> Result<Run, Fault> {
    let count = usize::try_from(work.rate * slice.as_secs())?;
    let service = Bare::new(Vec::new());
    let server = match work.bare {
        true => setup::bare(service.clone()).await?,
        false => setup::entente().await?,
    };
    let before = resident_kib();
    let stalled = stall(&server, work.stalled).await?;
    let stalled_kib = (resident_kib() - before) / work.stalled.max(1) as f64;
    let ready = Arc::new(Barrier::new(work.subscribers + 1));
    let mut listening = JoinSet::new();
    for number in 0..work.subscribers {
        let channel = server.channels[number % server.channels.len()].clone();
        let (ready, durable) = (Arc::clone(&ready), server.durable.clone());
        let stream = match work.bare {
            true => bare::follow(&channel).await?,
            false => setup::subscribe(&channel, After::Head(true)).await?,
        };
        listening.spawn(listen(stream, ready, durable, count));
    }
    ready.wait().await;
    match work.bare {
        true => send(&service, &server.durable, work.rate, count).await,
        false => record(&server.channels[0], work.rate, count).await?,
    }
    let mut latencies = Vec::with_capacity(count * work.subscribers);
    while let Some(heard) = listening.join_next().await {
        latencies.extend(heard??);
    }
    drop(stalled);
    latencies.sort_by(f64::total_cmp);
    let at = |share: usize| latencies[(latencies.len() - 1) * share / 100];
    Ok(Run { p50: at(50), p99: at(99), stalled_kib })
}

async fn listen(
    mut stream: Streaming<v1::SubscribeEventsResponse>,
    ready: Arc<Barrier>,
    durable: Durable,
    count: usize,
) -> Result<Vec<f64>, Fault> {
    stream.message().await?;
    ready.wait().await;
    let mut latencies = Vec::with_capacity(count);
    let mut last = None;
    while latencies.len() < count {
        let message = stream.message().await?.ok_or("the stream has ended")?;
        let now = Instant::now();
        let Some(Message::Events(batch)) = message.message else { continue };
        for event in batch.events {
            if last.is_some_and(|last| event.position != last + 1) {
                return Err(format!("position {} after {last:?}", event.position).into());
            }
            last = Some(event.position);
            let at = durable.at(event.position).ok_or("an event was heard that was not durable")?;
            latencies.push(now.duration_since(at).as_secs_f64() * 1000.0);
        }
    }
    Ok(latencies)
}

/// Gives events to the bare stream at a fixed rate.
async fn send(service: &Bare, durable: &Durable, rate: u64, count: usize) {
    let mut ticks = ticks(rate);
    for number in 1..=count {
        ticks.tick().await;
        let event = v1::Event {
            name: format!("{}/events/{number}", setup::LEDGER),
            position: number as u64,
            submission: Some(setup::event()),
            ..Default::default()
        };
        let events = vec![Bytes::from(event.encode_to_vec())];
        durable.note(1);
        drop(service.live.send(SubscribedEvents { events, cursor: "x".repeat(78) }));
    }
}

/// Appends events at a fixed rate, each in a request of its own, whether the ones before are answered or not.
async fn record(channel: &Channel, rate: u64, count: usize) -> Result<(), Fault> {
    let mut ticks = ticks(rate);
    let mut appends = JoinSet::new();
    for _ in 0..count {
        ticks.tick().await;
        let mut ledgers = LedgerServiceClient::new(channel.clone());
        appends.spawn(async move { ledgers.append_events(setup::append(vec![setup::event()])).await.map(drop) });
    }
    while let Some(appended) = appends.join_next().await {
        appended??;
    }
    Ok(())
}

fn ticks(rate: u64) -> tokio::time::Interval {
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / u32::try_from(rate).unwrap_or(u32::MAX));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    ticks
}

/// Subscribers with a backlog that read no further than the first message, each over a connection of its own, as separate
/// programs have.
async fn stall(server: &Running, count: usize) -> Result<Vec<Streaming<v1::SubscribeEventsResponse>>, Fault> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let mut ledgers = LedgerServiceClient::new(server.channels[0].clone());
    for _ in 0..BACKLOG / 1000 {
        ledgers.append_events(setup::append((0..1000).map(|_| setup::event()).collect())).await?;
    }
    let mut stalled = Vec::with_capacity(count);
    for _ in 0..count {
        let endpoint = setup::endpoint(server.address)?.initial_stream_window_size(64 << 10);
        let mut stream = setup::subscribe(&endpoint.connect().await?, After::Position(0)).await?;
        stream.message().await?;
        stalled.push(stream);
    }
    // Until the servers' side has filled what windows and buffers there are.
    tokio::time::sleep(Duration::from_millis(500)).await;
    Ok(stalled)
}

/// Memory of this process, from the kernel's books; 0 where there are none.
fn resident_kib() -> f64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<f64>().ok()).unwrap_or(0.0) * 4.0
}
