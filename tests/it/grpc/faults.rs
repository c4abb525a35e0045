//! A disk that fails under a running server: nothing acknowledged is lost, nothing is recorded twice, and it recovers.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use entente::proto::v1;
use entente::serve::{self, Config};
use entente::store::{Disk, SledCatalog, SledConfig, Step};
use tonic::Code;
use tonic_types::StatusExt as _;

use super::appends::{head, reason};
use super::operations::get;
use super::sample::{deal, statement};
use crate::server::TestServer;

/// Fails every sync while it is full.
#[derive(Default)]
struct FullDisk(AtomicBool);

impl Disk for FullDisk {
    fn perform(&self, step: Step, io: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        if step == Step::Sync && self.0.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        io()
    }
}

#[tokio::test]
async fn a_full_disk_refuses_appends_until_there_is_room_and_a_retry_settles_what_was_open() {
    let directory = tempfile::tempdir().unwrap();
    let disk = Arc::new(FullDisk::default());
    let config = SledConfig { disk: disk.clone(), ..SledConfig::new(directory.path()) };
    let server = TestServer::over(Arc::new(SledCatalog::open(config).unwrap())).await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();

    disk.0.store(true, Ordering::SeqCst);
    let status = server.append(&ledger, vec![statement(&ledger, 10)]).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).0.as_str()), (Code::Unavailable, "STORE_UNAVAILABLE"));
    assert!(status.get_error_details().retry_info().is_some(), "a retry helps");
    let name = format!("{ledger}/commitments/suspension");
    let request = v1::AssessCommitmentRequest { name, clocks: None, read_mask: None };
    server.client.compliance().assess_commitment(request).await.expect("questions are still answered");

    disk.0.store(false, Ordering::SeqCst);
    let settled = server.append(&ledger, vec![statement(&ledger, 10)]).await.unwrap();
    assert_eq!(settled.events[0].position, 7, "recorded once, whichever of the two tries did it");
    server.append(&ledger, vec![statement(&ledger, 11)]).await.unwrap();
    assert_eq!(head(&server, &ledger).await, 8);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why_once() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("letter.txt"), "dear").unwrap();
    let config = Config {
        listen: ([127, 0, 0, 1], 0).into(),
        data_dir: directory.path().to_owned(),
        cache_bytes: 8 << 20,
        limits: serve::Limits::default(),
        shutdown_grace: std::time::Duration::ZERO,
        security: Default::default(),
        key_file: None,
        webhooks: serve::Webhooks::default(),
    };
    let listener = serve::bind(&config).await.unwrap();
    let error = serve::run(config, listener, std::future::pending()).await.unwrap_err();
    let said = format!("{:#}", anyhow::Error::from(error));
    assert_eq!(said.matches("is not a data directory of entente").count(), 1, "{said}");
    assert_eq!(said.matches(&directory.path().display().to_string()).count(), 1, "{said}");
}

#[tokio::test]
async fn a_server_that_is_full_says_what_would_help_and_answers_all_else() {
    let server = TestServer::limited(serve::Limits { events_max: 7, ..serve::Limits::default() }).await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    let status = server.append(&ledger, vec![statement(&ledger, 10), statement(&ledger, 11)]).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).0.as_str()), (Code::ResourceExhausted, "EVENTS_MAX"), "{status}");
    assert!(status.message().contains("6 events are held in memory, of at most 7"), "{status}");
    assert!(status.message().contains("raise events_max"), "{status}");
    let metadata = reason(&status).1;
    assert_eq!((metadata["limit"].as_str(), metadata["limit_value"].as_str()), ("events_max", "7"));
    assert!(status.get_error_details().retry_info().is_none(), "the same again would be refused again");
    assert!(get(&server, "/healthz").await.starts_with("HTTP/1.1 200"), "there is room for one more");
    server.append(&ledger, vec![statement(&ledger, 10)]).await.expect("one fits");
    let health = get(&server, "/healthz").await;
    assert!(health.starts_with("HTTP/1.1 503") && health.contains("raise events_max"), "{health}");
    let name = format!("{ledger}/commitments/suspension");
    let request = v1::AssessCommitmentRequest { name, clocks: None, read_mask: None };
    server.client.compliance().assess_commitment(request).await.expect("questions are still answered");
    let ledger = v1::Ledger { kind: v1::LedgerKind::Live.into(), title: "another".to_owned(), ..v1::Ledger::default() };
    let request = v1::CreateLedgerRequest { ledger_id: "another".to_owned(), ledger: Some(ledger), recorded_at: None };
    let status = server.client.ledgers().create_ledger(request).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).0.as_str()), (Code::ResourceExhausted, "EVENTS_MAX"), "{status}");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn two_servers_cannot_have_one_directory() {
    let directory = tempfile::tempdir().unwrap();
    let server = TestServer::on_disk(directory.path()).await;
    let Err(error) = SledCatalog::open(SledConfig::new(directory.path())) else { panic!("it was opened twice") };
    assert!(error.to_string().contains("is in use by another process"), "{error}");
    server.stop().await.unwrap();
    SledCatalog::open(SledConfig::new(directory.path())).expect("free again once the server has stopped");
}
