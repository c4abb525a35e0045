//! The works, each followed by a look at what the store holds.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use hdrhistogram::Histogram;

use crate::Plan;
use crate::connection::{Connection, Stale};
use crate::entente::EntenteConnection;
use crate::event::{Contents, Event};
use crate::process::{disk_bytes, resident_bytes};
use crate::store::{Running, Store};
use crate::{limits, load};

/// One work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Work {
    /// Durable appends: so many clients, so many events a request.
    Append { clients: usize, batch: usize },
    /// Single events, each under a precondition on its subject.
    AppendIf { clients: usize },
    /// Streams of single events with so many under way on each.
    Stream { streams: usize, window: usize },
    /// Everything, by one client, of a filled store; then what that store takes, and how soon it is there after a kill.
    Read,
    /// From when an append was due until a subscriber has its event, at a fixed rate.
    Follow { rate: u32 },
}

/// What was measured.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Measured {
    Rate(f64),
    Latency { p50: f64, p99: f64 },
    Filled { read: f64, disk: f64, memory: f64, start: f64 },
}

type Connections = Arc<[Box<dyn Connection>]>;

impl Work {
    pub(crate) const ALL: [Work; 9] = [
        Work::Append { clients: 1, batch: 1 },
        Work::Append { clients: 16, batch: 1 },
        Work::Append { clients: 64, batch: 1 },
        Work::Append { clients: 256, batch: 1 },
        Work::Append { clients: 16, batch: 100 },
        Work::AppendIf { clients: 64 },
        Work::Stream { streams: 64, window: 16 },
        Work::Read,
        Work::Follow { rate: 200 },
    ];

    pub(crate) async fn measure(self, store: Store, plan: &Plan) -> anyhow::Result<Measured> {
        if store == Store::Fdatasync {
            let slice = plan.slice;
            return Ok(Measured::Rate(tokio::task::spawn_blocking(move || limits::fdatasync(slice)).await??));
        }
        match self {
            Work::Append { clients, batch } => {
                let (connections, running) = begin(store, clients).await?;
                let (acknowledged, rate) = load::append(&connections, clients, batch, plan.slice).await?;
                if store.keeps() {
                    compare(&connections, acknowledged).await?;
                }
                drop(running);
                Ok(Measured::Rate(rate))
            }
            Work::AppendIf { clients } => append_if(store, clients, plan.slice).await,
            Work::Stream { streams, window } => stream(streams, window, plan.slice).await,
            Work::Read => read(store, plan.filled).await,
            Work::Follow { rate } => follow(store, rate, plan.slice).await,
        }
    }
}

/// The running store, its connections apart.
async fn begin(store: Store, clients: usize) -> anyhow::Result<(Connections, Running)> {
    let mut running = store.start(clients).await?;
    let connections = std::mem::take(&mut running.connections);
    Ok((connections.into(), running))
}

/// Whether a store holds what it acknowledged, each once.
async fn compare(connections: &Connections, acknowledged: Contents) -> anyhow::Result<()> {
    let held = connections[0].read().await?;
    anyhow::ensure!(held == acknowledged, "{acknowledged:?} was acknowledged, and {held:?} is there");
    Ok(())
}

async fn append_if(store: Store, clients: usize, slice: Duration) -> anyhow::Result<Measured> {
    let (connections, _running) = begin(store, clients).await?;
    let (mut acknowledged, rate) = load::append_if(&connections, clients, slice).await?;
    // A precondition that is never refused would be none.
    let fresh = Event::new(u32::try_from(clients)?);
    let revision = connections[0].append_if(&fresh, 0).await?;
    acknowledged.add(fresh.id);
    anyhow::ensure!(revision > 0, "a revision of 0");
    let refused = connections[0].append_if(&Event::new(fresh.about), 0).await;
    match refused {
        Err(error) if error.is::<Stale>() => {}
        other => anyhow::bail!("a stale precondition gave {other:?}"),
    }
    compare(&connections, acknowledged).await?;
    Ok(Measured::Rate(rate))
}

async fn stream(streams: usize, window: usize, slice: Duration) -> anyhow::Result<Measured> {
    let directory = tempfile::Builder::new().prefix("entente-peers-").tempdir_in(crate::store::place()?)?;
    let (_process, address) = Store::Entente.launch(directory.path())?;
    let connections: Connections = Store::Entente.connect(&address, 1, true).await?.into();
    let begun = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for about in 0..streams {
        let address = address.clone();
        running.spawn(async move { EntenteConnection::stream(&address, about as u32, window, slice).await });
    }
    let mut acknowledged = Contents::default();
    while let Some(ended) = running.join_next().await {
        acknowledged.join(ended??);
    }
    let rate = acknowledged.events as f64 / begun.elapsed().as_secs_f64();
    compare(&connections, acknowledged).await?;
    Ok(Measured::Rate(rate))
}

async fn read(store: Store, filled: u64) -> anyhow::Result<Measured> {
    let (connections, mut running) = begin(store, 16).await?;
    let mut acknowledged = Contents::default();
    while acknowledged.events < filled {
        let left = Duration::from_millis(250);
        acknowledged.join(load::append(&connections, 16, 100, left).await?.0);
    }
    // Once for whatever is made at the first read, once for the clock.
    compare(&connections, acknowledged).await?;
    let begun = Instant::now();
    compare(&connections, acknowledged).await?;
    let events = acknowledged.events as f64;
    let read = events / begun.elapsed().as_secs_f64();
    let memory = resident_bytes(running.process.id()) as f64;
    let disk = disk_bytes(&running.directory.path().join("data")) as f64 / events;
    drop(connections);
    running.process.kill();
    let begun = Instant::now();
    let (process, address) = store.launch(running.directory.path())?;
    running.process = process;
    let connections: Connections = store.connect(&address, 1, false).await?.into();
    let start = begun.elapsed().as_secs_f64();
    compare(&connections, acknowledged).await?;
    Ok(Measured::Filled { read, disk, memory, start })
}

async fn follow(store: Store, rate: u32, slice: Duration) -> anyhow::Result<Measured> {
    let (connections, _running) = begin(store, 2).await?;
    let mut heard = connections[1].follow().await?;
    let appends = u64::from(rate) * slice.as_secs();
    let begun = Instant::now();
    let due = move |number: u64| begun + Duration::from_secs_f64(number as f64 / f64::from(rate));
    let events: Vec<Event> = (0..appends).map(|_| Event::new(0)).collect();
    let numbers: std::collections::HashMap<_, u64> = events.iter().map(|event| event.id).zip(0..).collect();
    let hearing = tokio::spawn(async move {
        let mut latency = Histogram::<u64>::new(3)?;
        while latency.len() < appends {
            let id = heard.next().await.ok_or_else(|| anyhow::anyhow!("the subscription ended"))??;
            let number = *numbers.get(&id).ok_or_else(|| anyhow::anyhow!("{id} was never sent"))?;
            latency.record(u64::try_from(due(number).elapsed().as_micros())?)?;
        }
        Ok::<_, anyhow::Error>(latency)
    });
    let mut sending = tokio::task::JoinSet::new();
    for (number, event) in events.into_iter().enumerate() {
        tokio::time::sleep_until(due(number as u64).into()).await;
        let connections = Arc::clone(&connections);
        sending.spawn(async move { connections[0].append(&[event]).await });
    }
    while let Some(sent) = sending.join_next().await {
        sent??;
    }
    let latency = tokio::time::timeout(Duration::from_secs(30), hearing).await???;
    let at = |percent: f64| latency.value_at_percentile(percent) as f64 / 1000.0;
    Ok(Measured::Latency { p50: at(50.0), p99: at(99.0) })
}
