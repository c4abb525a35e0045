//! A server, a network and a disk, all of which fail.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use entente::client::Client;
use entente::proto::v1;
use entente::store::{Disk, SledCatalog, SledConfig, Step};
use futures_util::StreamExt as _;
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::client::{Asker, LEDGER, Log, entry, opening, read_all};
use super::record::{Entry, History};
use crate::oracle::Dice;
use crate::proxy::Proxy;
use crate::server::TestServer;

const CLIENTS: usize = 4;
const SUBSCRIBERS: usize = 2;
/// How many things each client asks, one after the other.
const ASKED: usize = 14;
/// How many faults come in a play.
const FAULTS: usize = 6;
/// How long the last event may take to reach a subscriber, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A disk whose next syncs can be told to fail.
#[derive(Default)]
struct FailingDisk(Mutex<Vec<bool>>);

impl Disk for FailingDisk {
    fn perform(&self, step: Step, io: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        let fails = if step == Step::Sync { self.0.lock().pop() } else { None };
        match fails {
            None => io(),
            // What was not synced may be on the medium all the same.
            Some(done_first) if done_first => io().and(Err(io::ErrorKind::StorageFull.into())),
            Some(_) => Err(io::ErrorKind::StorageFull.into()),
        }
    }
}

/// Plays one history.
pub(super) async fn play(mut dice: Dice) -> History {
    let directory = tempfile::tempdir().unwrap();
    let disk = Arc::new(FailingDisk::default());
    let mut server = start(directory.path(), &disk).await;
    server.create("deal", v1::LedgerKind::Live).await;
    server.append(LEDGER, opening()).await.unwrap();
    let proxy = Proxy::before(&server.address).await;
    let log = Log::default();
    let mut listening = Vec::new();
    for _ in 0..SUBSCRIBERS {
        listening.push(Listener::to(Client::connect(&proxy.address, PATIENCE).await.unwrap()));
    }
    let asked = watch::Sender::new(0);
    let mut asking = Vec::new();
    for number in 0..CLIENTS {
        let client = Client::connect(&proxy.address, PATIENCE).await.unwrap();
        let mut asker = Asker::new(number, client, Dice::new(dice.next()), log.clone());
        let asked = asked.clone();
        asking.push(tokio::spawn(async move {
            for _ in 0..ASKED {
                asker.ask().await;
                asked.send_modify(|count| *count += 1);
            }
        }));
    }
    let mut counts = asked.subscribe();
    for fault in 1..=FAULTS {
        // Spread over the play: the next comes once so many things more were asked.
        let due = fault * CLIENTS * ASKED / (FAULTS + 2);
        counts.wait_for(|count| *count >= due).await.unwrap();
        match dice.between(1, 3) {
            1 => {
                log.history.lock().faults.cuts += 1;
                proxy.lead_to(&server.address);
            }
            2 => {
                log.history.lock().faults.failed_syncs += 1;
                let count = dice.between(1, 3);
                *disk.0.lock() = (0..count).map(|_| dice.chance(50)).collect();
            }
            _ => {
                log.history.lock().faults.restarts += 1;
                disk.0.lock().clear();
                server.stop().await.unwrap();
                server = start(directory.path(), &disk).await;
                proxy.lead_to(&server.address);
            }
        }
    }
    for asker in asking {
        asker.await.unwrap();
    }
    disk.0.lock().clear();
    finish(server, listening, &log).await
}

async fn start(directory: &Path, disk: &Arc<FailingDisk>) -> TestServer {
    let config = SledConfig { disk: Arc::clone(disk) as Arc<dyn Disk>, ..SledConfig::new(directory) };
    TestServer::over(Arc::new(SledCatalog::open(config).unwrap())).await
}

/// Reads the ledger as it is at the end, once every subscriber has heard it.
async fn finish(server: TestServer, listening: Vec<Listener>, log: &Log) -> History {
    // A store that failed is sound again once something was recorded.
    let last = crate::grpc::sample::statement(LEDGER, 999);
    let last = v1::Submission { subject: super::client::subject(0), ..last };
    let request = v1::AppendEventsRequest { ledger: LEDGER.to_owned(), submissions: vec![last], ..Default::default() };
    server.client.append_settled(request).await.unwrap();
    let whole = v1::ReadEventsRequest { ledger: LEDGER.to_owned(), ..Default::default() };
    let (ledger, head) = read_all(&server.client, whole).await.unwrap();
    assert_eq!(ledger.last().map(|entry| entry.position), Some(head));
    let mut heard = Vec::new();
    for listener in listening {
        heard.push(listener.hear_until(head).await);
    }
    server.stop().await.unwrap();
    let history = std::mem::take(&mut *log.history.lock());
    History { heard, ledger, ..history }
}

/// A subscriber that follows the ledger from its first event on, over whatever breaks.
struct Listener {
    heard: Arc<Mutex<Vec<Entry>>>,
    latest: watch::Receiver<u64>,
    listening: JoinHandle<()>,
}

impl Listener {
    fn to(client: Client) -> Self {
        let heard: Arc<Mutex<Vec<Entry>>> = Arc::default();
        let (reached, latest) = watch::channel(0);
        let hears = Arc::clone(&heard);
        let request = v1::SubscribeEventsRequest { ledger: LEDGER.to_owned(), ..Default::default() };
        let listening = tokio::spawn(async move {
            let mut events = client.subscribe_events(request);
            while let Some(Ok(followed)) = events.next().await {
                let entry = entry(followed.item);
                let position = entry.position;
                hears.lock().push(entry);
                reached.send_replace(position);
            }
        });
        Listener { heard, latest, listening }
    }

    /// What it heard, once it has heard of this position, or the stream has ended, or nothing comes any more.
    async fn hear_until(mut self, position: u64) -> Vec<Entry> {
        let reached = self.latest.wait_for(|latest| *latest >= position);
        drop(tokio::time::timeout(PATIENCE, reached).await);
        self.listening.abort();
        let heard = self.heard.lock().clone();
        heard
    }
}
