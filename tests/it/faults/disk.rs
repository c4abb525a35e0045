//! Disks that fail under a server at work: read-only all at once, with errors at the sync, or slow. A full one is in
//! `store/full.rs` and `grpc/faults.rs`.

use std::io;
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use entente::proto::v1;
use entente::store::{Disk, SledCatalog, SledConfig, Step};
use parking_lot::Mutex;

use super::load::LEDGER;
use super::power::{Medium, done};
use super::{Load, Server, Tally, rounds};
use crate::grpc::head;
use crate::grpc::sample::{deal, statement};
use crate::server::TestServer;

/// Promised: nothing is acknowledged that is not on the medium; questions are answered, `/healthz` says what is wrong, and once
/// the disk is well again a restart needs no help.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_turns_read_only_under_a_server_loses_nothing() {
    let medium = match Medium::mount() {
        Ok(medium) => medium,
        Err(why) => {
            eprintln!("not tested, because no file system can be mounted here: {why}");
            return;
        }
    };
    let mut tally = Tally::of("read-only remount (as after an error of the medium)");
    let mut server = Server::start(&medium.data());
    let mut load = Load::begin(&server).await;
    for round in 0..rounds(3) {
        let turn = || done(Command::new("mount").args(["-o", "remount,abort"]).arg(medium.point()));
        let mut turned = Ok(());
        load.until(&server, 20 + round as usize, || turned = turn()).await;
        turned.unwrap();
        // Answers come from memory. Events are read from a store that may be closed by now, to be opened anew in vain.
        let name = format!("{LEDGER}/commitments/suspension");
        let request = v1::AssessCommitmentRequest { name, ..v1::AssessCommitmentRequest::default() };
        server.client().await.compliance().assess_commitment(request).await.unwrap();
        let health = server.get("/healthz");
        assert!(health.starts_with("HTTP/1.1 503"), "{health}");
        server.kill();
        medium.unmount().unwrap();
        medium.mount_again().unwrap();
        server = Server::start(&medium.data());
        tally.round(server.opened_in);
        load.settle_open(&server).await;
        load.check(&server, &mut tally).await;
    }
    assert_eq!(server.stop().0, Some(0));
    tally.say();
}

/// Promised: after an error of a sync the server opens its store anew by itself and settles what was open; a client that sends
/// again until it is settled notices no more than the time it takes.
#[tokio::test(flavor = "multi_thread")]
async fn errors_of_the_sync_are_recovered_from_without_help() {
    if let Err(why) = done(Command::new("strace").args(["-qq", "-o", "/dev/null", "true"])) {
        eprintln!("not tested, because no process can be traced here: {why}");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let mut tally = Tally::of("EIO at every 20th fdatasync of a thread (strace)");
    let server = Server::start(directory.path());
    let mut load = Load::begin(&server).await;
    assert_eq!(server.stop().0, Some(0));
    let inject = [
        "strace",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        "trace=fdatasync",
        "-e",
        "inject=fdatasync:error=EIO:when=20+20",
    ];
    let server = Server::start_under(&inject, directory.path());
    let client = server.client().await;
    for _ in 0..rounds(4) {
        let begun = std::time::Instant::now();
        load.settled(&client, 40).await;
        tally.round(begun.elapsed());
        load.check(&server, &mut tally).await;
    }
    let recovered = server.said().matches("the store is open again").count();
    assert!(recovered > 0, "no error was met: {}", server.said());
    drop(server);
    let server = Server::start(directory.path());
    load.check(&server, &mut tally).await;
    tally.say();
}

/// Holds each sync until it is let go, while it is slow.
struct SlowDisk {
    held: Mutex<Option<Receiver<()>>>,
}

impl SlowDisk {
    fn slow(&self) -> SyncSender<()> {
        let (let_go, held) = sync_channel(0);
        *self.held.lock() = Some(held);
        let_go
    }
}

impl Disk for SlowDisk {
    fn perform(&self, step: Step, io: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
        if step == Step::Sync
            && let Some(held) = self.held.lock().take()
        {
            // Whoever holds the other end lets go, or goes away.
            let _ = held.recv();
        }
        io()
    }
}

/// Promised: nobody is told of a position before its sync, however long that takes; questions are answered meanwhile, and the same
/// ids settle what a client did not wait for.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_sync_delays_appends_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let disk = Arc::new(SlowDisk { held: Mutex::new(None) });
    let config = SledConfig { disk: disk.clone(), ..SledConfig::new(directory.path()) };
    let server = TestServer::over(Arc::new(SledCatalog::open(config).unwrap())).await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    let let_go = disk.slow();
    let submissions = vec![statement(&ledger, 10)];
    let request = v1::AppendEventsRequest { ledger: ledger.clone(), submissions, ..v1::AppendEventsRequest::default() };
    let mut ledgers = server.client.ledgers();
    let waited = tokio::time::timeout(Duration::from_millis(300), ledgers.append_events(request.clone())).await;
    assert!(waited.is_err(), "it is not answered before its sync");
    assert_eq!(head(&server, &ledger).await, 6, "nobody is told of it");
    let name = format!("{ledger}/commitments/suspension");
    let question = v1::AssessCommitmentRequest { name, ..v1::AssessCommitmentRequest::default() };
    server.client.compliance().assess_commitment(question).await.expect("questions are answered");
    let patient = tokio::spawn({
        let client = server.client.clone();
        async move { client.append_settled(request).await }
    });
    let_go.send(()).unwrap();
    let settled = patient.await.unwrap().unwrap();
    assert_eq!((settled.events[0].position, settled.head), (7, 7), "recorded once");
    server.stop().await.unwrap();
}
