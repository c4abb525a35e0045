//! What the service gives: each ledger as it was when the backup began, whole or an honest beginning of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use entente::proto::v1;
use prost::Message as _;
use tonic::Code;
use v1::backup_part::Part;

use super::{entries, parts, read, with_statements, written};
use crate::grpc::sample::{id, statement};
use crate::grpc::{head, reason};
use crate::server::TestServer;
use crate::store::flip_in_block;

fn positions(parts: &[v1::BackupPart]) -> Vec<u64> {
    entries(parts).iter().map(|entry| v1::Event::decode(&entry[..]).unwrap().position).collect()
}

#[tokio::test]
async fn a_backup_has_all_that_was_acknowledged_before_it_began_while_appends_go_on() {
    let directory = tempfile::tempdir().unwrap();
    let server = TestServer::on_disk(directory.path()).await;
    let ledger = with_statements(&server, "deal", 3).await;
    let stop = Arc::new(AtomicBool::new(false));
    let appending = {
        let (stop, client, ledger) = (Arc::clone(&stop), server.client.clone(), ledger.clone());
        tokio::spawn(async move {
            let mut number = 5000;
            while !stop.load(Ordering::SeqCst) {
                let request = v1::AppendEventsRequest {
                    ledger: ledger.clone(),
                    submissions: vec![statement(&ledger, number)],
                    ..v1::AppendEventsRequest::default()
                };
                client.ledgers().append_events(request).await.unwrap();
                number += 1;
            }
        })
    };
    let mut last = 0;
    for _ in 0..10 {
        let acknowledged = head(&server, &ledger).await;
        let parts = parts(&server, "", 0).await.unwrap();
        let (bytes, summary) = written(&parts).expect("the tree is the one that was signed for");
        assert_eq!(read(&bytes).unwrap().sha256, summary.sha256);
        let through = summary.ledgers[0].through;
        assert!(through >= acknowledged && through >= last, "{through}, but {acknowledged} was acknowledged");
        assert_eq!(summary.ledgers[0].checkpoint.size, through);
        assert_eq!(positions(&parts), (1..=through).collect::<Vec<u64>>());
        last = through;
    }
    stop.store(true, Ordering::SeqCst);
    appending.await.unwrap();
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_backup_of_one_ledger_up_to_a_position_is_proved_to_be_its_beginning() {
    let server = TestServer::in_memory().await;
    let ledger = with_statements(&server, "deal", 9).await;
    with_statements(&server, "other", 0).await;
    let up_to = parts(&server, &ledger, 8).await.unwrap();
    let (_, summary) = written(&up_to).unwrap();
    let only = &summary.ledgers[0];
    assert_eq!((summary.ledgers.len(), only.through, only.checkpoint.size), (1, 8, 15));
    assert_eq!(positions(&up_to), (1..=8).collect::<Vec<u64>>());
    // Without the proof it is nothing.
    let mut unproved = up_to.clone();
    let Some(Part::Ledger(of_backup)) = &mut unproved[1].part else { panic!("{:?}", unproved[1]) };
    of_backup.consistency.clear();
    assert!(written(&unproved).unwrap_err().is_tampering());
    // The deal was one append, of positions 2 to 6.
    for (within, said) in [(2, "ends at 6"), (5, "ends at 6")] {
        let status = parts(&server, &ledger, within).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
        assert!(status.message().contains(said), "{}", status.message());
    }
    for whole in [1, 6, 7, 15] {
        written(&parts(&server, &ledger, whole).await.unwrap()).unwrap_or_else(|error| panic!("{whole}: {error}"));
    }
    assert_eq!(parts(&server, &ledger, 16).await.unwrap_err().code(), Code::OutOfRange);
    assert_eq!(parts(&server, "", 3).await.unwrap_err().code(), Code::InvalidArgument);
    assert_eq!(parts(&server, "ledgers/none", 0).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(parts(&server, "deal", 0).await.unwrap_err().code(), Code::InvalidArgument);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_without_ledgers_has_an_empty_backup() {
    let server = TestServer::in_memory().await;
    let parts = parts(&server, "", 0).await.unwrap();
    let (bytes, summary) = written(&parts).unwrap();
    assert_eq!((summary.ledgers.len(), summary.events), (0, 0));
    assert_eq!(read(&bytes).unwrap().bytes, bytes.len() as u64);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_ledger_with_a_hole_is_not_backed_up_as_if_it_were_whole() {
    let directory = tempfile::tempdir().unwrap();
    let server = TestServer::on_disk(directory.path()).await;
    with_statements(&server, "torn", 4).await;
    let whole = with_statements(&server, "whole", 0).await;
    server.stop().await.unwrap();
    flip_in_block(directory.path(), 8);
    let server = TestServer::on_disk(directory.path()).await;
    for asked in ["", "ledgers/torn"] {
        let status = parts(&server, asked, 0).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).0.as_str()), (Code::DataLoss, "LEDGER_DAMAGED"), "{status:?}");
        assert!(status.message().contains("position 8"), "{}", status.message());
    }
    written(&parts(&server, &whole, 0).await.unwrap()).expect("the other one is sound");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn no_secret_is_in_a_backup() {
    let directory = tempfile::tempdir().unwrap();
    let server = TestServer::on_disk(directory.path()).await;
    with_statements(&server, "deal", 1).await;
    let parts = parts(&server, "", 0).await.unwrap();
    let secret = std::fs::read_to_string(directory.path().join("secret")).unwrap();
    // PRIVATE+KEY+name+hash+seed; the seed itself can have a plus in it.
    let seed = secret.trim().splitn(5, '+').nth(4).unwrap().to_owned();
    assert!(seed.len() > 40, "the whole seed");
    for part in &parts {
        let bytes = part.encode_to_vec();
        let has = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
        assert!(!has(b"PRIVATE") && !has(seed.as_bytes()), "a key is in it");
    }
    assert!(entries(&parts).iter().any(|entry| entry.windows(36).any(|it| it == id(1000).as_bytes())));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_stops_ends_a_backup_as_one_that_is_not_whole() {
    let mut server = TestServer::in_memory().await;
    let ledger = with_statements(&server, "deal", 0).await;
    for batch in 0..40 {
        let batch = (0..250).map(|number| statement(&ledger, 10_000 + batch * 250 + number)).collect();
        server.append(&ledger, batch).await.unwrap();
    }
    let request = v1::BackupRequest::default();
    let mut stream = server.client.admin().backup(request).await.unwrap().into_inner();
    assert!(matches!(stream.message().await.unwrap().unwrap().part.unwrap().part, Some(Part::Start(_))));
    server.begin_stop();
    let mut has_ended = false;
    let cut = loop {
        match stream.message().await {
            Ok(Some(message)) => has_ended |= matches!(message.part.unwrap().part, Some(Part::End(_))),
            Ok(None) => break None,
            Err(status) => break Some(status.code()),
        }
    };
    assert!(has_ended || cut == Some(Code::Unavailable), "{cut:?}");
    drop(stream);
    server.stop().await.unwrap();
}
