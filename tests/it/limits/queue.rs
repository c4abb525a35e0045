//! How much may wait for the writer of a ledger: what it cannot take is refused at once and grows nowhere.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use entente::proto::v1;
use entente::serve::{Limits, Webhooks};
use entente::store::{Disk, SledCatalog, SledConfig, Step};
use parking_lot::{Condvar, Mutex};
use tonic::Status;

use super::{another, assert_refused, retry_after};
use crate::grpc::sample::{deal, statement};
use crate::server::TestServer;

/// A disk whose syncs wait while it is held.
#[derive(Default)]
struct HeldDisk {
    held: Mutex<bool>,
    free: Condvar,
}

impl HeldDisk {
    fn hold(&self, held: bool) {
        *self.held.lock() = held;
        self.free.notify_all();
    }
}

impl Disk for HeldDisk {
    fn perform(&self, step: Step, io: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        let mut held = self.held.lock();
        while *held && step == Step::Sync {
            self.free.wait(&mut held);
        }
        drop(held);
        io()
    }
}

struct Slow {
    server: TestServer,
    ledger: String,
    disk: Arc<HeldDisk>,
    _directory: tempfile::TempDir,
}

async fn slow(limits: Limits) -> Slow {
    let directory = tempfile::tempdir().unwrap();
    let disk = Arc::new(HeldDisk::default());
    let config = SledConfig { disk: disk.clone(), ..SledConfig::new(directory.path()) };
    let catalog = Arc::new(SledCatalog::open(config).unwrap());
    let server = TestServer::start(catalog, Webhooks::default(), limits, entente::serve::Security::default()).await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    disk.hold(true);
    Slow { server, ledger, disk, _directory: directory }
}

impl Slow {
    /// Sends appends until one is refused; what waits, and the refusal.
    async fn fill(
        &self,
        batch: impl Fn(u32) -> Vec<v1::Submission>,
    ) -> (usize, Vec<tokio::task::JoinHandle<bool>>, Status) {
        let (refusals, mut refused) = tokio::sync::mpsc::channel(1);
        let mut waiting = Vec::new();
        for number in 0..100 {
            let request = v1::AppendEventsRequest {
                ledger: self.ledger.clone(),
                submissions: batch(number),
                ..Default::default()
            };
            let (client, refusals) = (self.server.client.clone(), refusals.clone());
            waiting.push(tokio::spawn(async move {
                match client.ledgers().append_events(request).await {
                    Ok(_) => true,
                    Err(status) => {
                        drop(refusals.send(status).await);
                        false
                    }
                }
            }));
            // Time for a refusal to come; without one, the next fills further.
            if let Ok(Some(status)) = tokio::time::timeout(Duration::from_millis(100), refused.recv()).await {
                return (waiting.len() - 1, waiting, status);
            }
        }
        panic!("a hundred appends wait and none was refused");
    }
}

#[tokio::test]
async fn appends_beyond_the_queue_are_refused_and_succeed_later() {
    let slow = slow(Limits { queue_appends_max: 3, ..Limits::default() }).await;
    let (ahead, waiting, status) = slow.fill(|number| vec![statement(&slow.ledger, 100 + number)]).await;
    assert_refused(&status, "APPEND_QUEUE_FULL", "queue_appends_max", 3);
    assert!((3..=5).contains(&ahead), "the writer has taken up one group, and three wait behind it: {ahead}");
    assert!(retry_after(&status) < Duration::from_secs(1), "a commit does not take long");
    let name = format!("{}/commitments/suspension", slow.ledger);
    let request = v1::AssessCommitmentRequest { name, clocks: None, read_mask: None };
    slow.server.client.compliance().assess_commitment(request).await.expect("questions do not wait for the writer");

    // The client sends again by itself, and what it sends is recorded once.
    let client = another(&slow.server).await;
    let request = v1::AppendEventsRequest {
        ledger: slow.ledger.clone(),
        submissions: vec![statement(&slow.ledger, 999)],
        ..Default::default()
    };
    let settled = tokio::spawn(async move { client.append_settled(request).await });
    tokio::task::yield_now().await;
    slow.disk.hold(false);
    settled.await.unwrap().expect("there is room again");
    let mut recorded = 0;
    for append in waiting {
        recorded += u64::from(append.await.unwrap());
    }
    assert_eq!(recorded, ahead as u64, "whatever waited is recorded, and what was refused is not");
    let head = slow.server.client.ledgers().get_head(v1::GetHeadRequest { ledger: slow.ledger.clone() }).await;
    assert_eq!(head.unwrap().into_inner().head, 6 + recorded + 1);
    slow.server.stop().await.unwrap();
}

#[tokio::test]
async fn the_bytes_that_wait_are_bounded_too() {
    let slow = slow(Limits { queue_kib_max: 1024, ..Limits::default() }).await;
    let long = |number| v1::Submission { note: "x".repeat(4000), ..statement(&slow.ledger, number) };
    let (_, waiting, status) =
        slow.fill(|number| (0..150).map(|index| long(1000 + number * 1000 + index)).collect()).await;
    assert_refused(&status, "APPEND_QUEUE_FULL", "queue_kib_max", 1024);
    slow.disk.hold(false);
    for append in waiting {
        append.await.unwrap();
    }
    slow.server.append(&slow.ledger, vec![statement(&slow.ledger, 10)]).await.expect("there is room again");
    slow.server.stop().await.unwrap();
}
