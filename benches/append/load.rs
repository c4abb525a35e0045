//! The work of each line, and its rate.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use entente::proto::v1::ledger_service_client::LedgerServiceClient;
use tokio::task::JoinSet;
use tonic::transport::Channel;

use super::{echo, setup};

type Fault = Box<dyn std::error::Error>;

/// One line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Work {
    /// Write 256 bytes and sync them, one after another.
    Fdatasync,
    /// A bare unary echo with this many clients and this many events a request.
    Echo { clients: usize, batch: usize },
    /// Durable appends with this many clients and this many events a request.
    Append { clients: usize, batch: usize },
}

impl Work {
    pub(crate) const ALL: [Work; 9] = [
        Work::Fdatasync,
        Work::Echo { clients: 1, batch: 1 },
        Work::Append { clients: 1, batch: 1 },
        Work::Echo { clients: 16, batch: 1 },
        Work::Append { clients: 16, batch: 1 },
        Work::Echo { clients: 64, batch: 1 },
        Work::Append { clients: 64, batch: 1 },
        Work::Echo { clients: 16, batch: 100 },
        Work::Append { clients: 16, batch: 100 },
    ];
}

/// Events (or writes) per second over one slice of time. Acknowledged appends only, and their count is compared with
/// the ledger's head: a rate whose content check fails is an error.
pub(crate) async fn rate(work: Work, slice: Duration) -> Result<f64, Fault> {
    match work {
        Work::Fdatasync => tokio::task::spawn_blocking(move || fdatasync(slice)).await?.map_err(Into::into),
        Work::Echo { clients, batch } => {
            let server = setup::echo().await?;
            let (events, seconds) = drive(&server.channels, clients, slice, move |channel| async move {
                let events = (0..batch).map(|_| setup::event()).collect();
                echo::ask(&channel, setup::append(events)).await.map(|()| batch as u64)
            })
            .await?;
            Ok(events as f64 / seconds)
        }
        Work::Append { clients, batch } => {
            let server = setup::entente().await?;
            let (events, seconds) = drive(&server.channels, clients, slice, move |channel| async move {
                let events = (0..batch).map(|_| setup::event()).collect();
                let mut ledgers = LedgerServiceClient::new(channel);
                ledgers.append_events(setup::append(events)).await.map(|it| it.into_inner().events.len() as u64)
            })
            .await?;
            let mut ledgers = LedgerServiceClient::new(server.channels[0].clone());
            let request = entente::proto::v1::GetHeadRequest { ledger: "ledgers/bench".to_owned() };
            let head = ledgers.get_head(request).await?.into_inner().head;
            if head != events + 2 {
                return Err(format!("{events} appends were acknowledged, but the head is {head}").into());
            }
            Ok(events as f64 / seconds)
        }
    }
}

fn fdatasync(slice: Duration) -> std::io::Result<f64> {
    let path = setup::bench_directory().join("fdatasync.bin");
    let mut file = OpenOptions::new().create(true).write(true).truncate(true).open(&path)?;
    let begun = Instant::now();
    let mut writes = 0_u64;
    while begun.elapsed() < slice {
        file.write_all(&[7; 256])?;
        file.sync_data()?;
        writes += 1;
    }
    let rate = writes as f64 / begun.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok(rate)
}

/// Closed loop: every client sends its next request when it has the answer to the last.
async fn drive<F, A>(channels: &[Channel], clients: usize, slice: Duration, ask: F) -> Result<(u64, f64), Fault>
where
    F: Fn(Channel) -> A + Clone + Send + 'static,
    A: Future<Output = Result<u64, tonic::Status>> + Send,
{
    let events = Arc::new(AtomicU64::new(0));
    let begun = Instant::now();
    let mut running = JoinSet::new();
    for client in 0..clients {
        let (channel, ask, events) = (channels[client % channels.len()].clone(), ask.clone(), Arc::clone(&events));
        running.spawn(async move {
            while begun.elapsed() < slice {
                events.fetch_add(ask(channel.clone()).await?, Ordering::Relaxed);
            }
            Ok::<(), tonic::Status>(())
        });
    }
    while let Some(ended) = running.join_next().await {
        ended??;
    }
    Ok((events.load(Ordering::Relaxed), begun.elapsed().as_secs_f64()))
}
