//! Checkpoints and proofs as a client sees them, and the tree over HTTP.

use entente::proof::{Audit, Checkpoint, Edge, Hash, TILE_WIDTH, TilePath, Verdict, VerifierKey, tile_root};
use entente::proof::{verify_consistency, verify_inclusion};
use entente::proto::v1;
use prost::Message as _;
use tonic::Code;

use super::appends::reason;
use super::operations::http;
use super::sample::{deal, statement};
use crate::server::TestServer;

const LEDGER: &str = "ledgers/proven";

/// A server with a ledger of so many events.
async fn with_events(events: u64) -> TestServer {
    let server = TestServer::in_memory().await;
    fill(&server, events).await;
    server
}

async fn fill(server: &TestServer, events: u64) {
    let ledger = server.create("proven", v1::LedgerKind::Live).await;
    let mut head = server.append(&ledger, deal(&ledger)).await.unwrap().head;
    while head < events {
        let numbers = head..events.min(head + 400);
        let batch = numbers.map(|number| statement(&ledger, 1000 + number as u32)).collect();
        head = server.append(&ledger, batch).await.unwrap().head;
    }
    assert_eq!(head, events);
}

pub(super) async fn key(server: &TestServer) -> VerifierKey {
    let request = v1::ListKeysRequest { ledger: LEDGER.to_owned() };
    let keys = server.client.proofs().list_keys(request).await.unwrap().into_inner().keys;
    assert_eq!(keys.iter().filter(|key| key.signs).count(), keys.len().min(2));
    keys.last().unwrap().verifier_key.parse().unwrap()
}

async fn inclusion(
    server: &TestServer,
    event: &str,
    tree_size: u64,
) -> Result<v1::GetInclusionProofResponse, tonic::Status> {
    let request = v1::GetInclusionProofRequest { name: format!("{LEDGER}/events/{event}"), tree_size };
    server.client.proofs().get_inclusion_proof(request).await.map(tonic::Response::into_inner)
}

async fn consistency(
    server: &TestServer,
    first_size: u64,
    second_size: u64,
) -> Result<v1::GetConsistencyProofResponse, tonic::Status> {
    let request = v1::GetConsistencyProofRequest { ledger: LEDGER.to_owned(), first_size, second_size };
    server.client.proofs().get_consistency_proof(request).await.map(tonic::Response::into_inner)
}

fn hashes(bytes: &[Vec<u8>]) -> Vec<Hash> {
    bytes.iter().map(|bytes| Hash::from_bytes(bytes).unwrap()).collect()
}

#[tokio::test]
async fn every_acknowledged_position_is_under_a_checkpoint() {
    let server = with_events(6).await;
    let key = key(&server).await;
    for number in 0..20 {
        let appended = server.append(LEDGER, vec![statement(LEDGER, number + 10)]).await.unwrap();
        let told = server.client.told(LEDGER, &key).await.unwrap();
        assert_eq!(told.checkpoint.size, appended.head);
        let proven = server.client.proven(LEDGER, &appended.head.to_string(), &told.checkpoint).await.unwrap();
        let event = v1::Event::decode(&proven.leaf[..]).unwrap();
        assert_eq!(event.position, appended.head);
    }
}

#[tokio::test]
async fn every_event_is_proved_at_every_size() {
    let server = with_events(40).await;
    let mut roots = vec![Hash::of_empty_tree()];
    let mut edge = Edge::new();
    for position in 1..=40_u64 {
        let found = inclusion(&server, &position.to_string(), 0).await.unwrap();
        edge.push(Hash::of_leaf(&found.leaf), &mut |_, _, _| {});
        roots.push(edge.root());
    }
    let checkpoint =
        Checkpoint::verified(&inclusion(&server, "1", 0).await.unwrap().checkpoint.unwrap().note, &key(&server).await);
    assert_eq!(checkpoint.unwrap().root, roots[40], "the root is over the exact stored bytes");
    for size in 1..=40_u64 {
        for position in [1, size / 2 + 1, size] {
            let found = inclusion(&server, &position.to_string(), size).await.unwrap();
            let leaf = Hash::of_leaf(&found.leaf);
            let root = roots[size as usize];
            assert_eq!(verify_inclusion(leaf, position - 1, size, &hashes(&found.hashes), root), Ok(()));
        }
        let found = consistency(&server, size, 40).await.unwrap();
        let (old, new) = ((size, roots[size as usize]), (40, roots[40]));
        assert_eq!(verify_consistency(old, new, &hashes(&found.hashes)), Ok(()));
    }
    // By id as well.
    let event = v1::Event::decode(&inclusion(&server, "7", 0).await.unwrap().leaf[..]).unwrap();
    let id = event.submission.unwrap().event_id;
    assert_eq!(inclusion(&server, &id, 0).await.unwrap().position, 7);
}

#[tokio::test]
async fn what_cannot_be_proved_is_refused_by_field() {
    let server = with_events(10).await;
    let refused = |status: tonic::Status, code: Code, why: &str, field: &str| {
        assert_eq!((status.code(), reason(&status).0.as_str()), (code, why), "{status:?}");
        assert!(status.message().contains(field), "{}", status.message());
    };
    let bad = Code::InvalidArgument;
    refused(inclusion(&server, "3", 11).await.unwrap_err(), bad, "INVALID_FIELD", "tree_size: 11");
    refused(inclusion(&server, "7", 5).await.unwrap_err(), bad, "INVALID_FIELD", "tree_size: position 7");
    refused(inclusion(&server, "0", 0).await.unwrap_err(), bad, "INVALID_FIELD", "name: 0");
    refused(inclusion(&server, "no-id", 0).await.unwrap_err(), bad, "INVALID_FIELD", "name:");
    refused(inclusion(&server, "11", 0).await.unwrap_err(), Code::NotFound, "NOT_FOUND", "events/11");
    let unknown = "99999999-0000-4000-8000-000000000001";
    refused(inclusion(&server, unknown, 0).await.unwrap_err(), Code::NotFound, "NOT_FOUND", unknown);
    refused(consistency(&server, 3, 11).await.unwrap_err(), bad, "INVALID_FIELD", "second_size: 11");
    refused(consistency(&server, 6, 5).await.unwrap_err(), bad, "INVALID_FIELD", "first_size: 6");
    refused(consistency(&server, u64::MAX, u64::MAX).await.unwrap_err(), bad, "INVALID_FIELD", "second_size");
    let request = v1::GetCheckpointRequest { ledger: "ledgers/none".to_owned(), min_position: 0 };
    refused(server.client.proofs().get_checkpoint(request).await.unwrap_err(), Code::NotFound, "NOT_FOUND", "none");
    let request = v1::ListKeysRequest { ledger: "proven".to_owned() };
    refused(server.client.proofs().list_keys(request).await.unwrap_err(), bad, "INVALID_FIELD", "ledger:");
    assert!(consistency(&server, 0, 10).await.unwrap().hashes.is_empty(), "the empty tree needs no proof");
}

#[tokio::test]
async fn what_was_told_yesterday_is_the_beginning_of_what_is_told_today() {
    let server = with_events(30).await;
    let key = key(&server).await;
    let yesterday = server.client.told(LEDGER, &key).await.unwrap();
    let same = server.client.told_since(LEDGER, &yesterday, &key).await.unwrap();
    assert_eq!(same, yesterday);
    server.append(LEDGER, (0..500).map(|number| statement(LEDGER, number + 5000)).collect()).await.unwrap();
    let today = server.client.told_since(LEDGER, &yesterday, &key).await.unwrap();
    assert_eq!(today.checkpoint.size, 530);

    // Another record of the same size, and a longer one than there is, are not.
    let mut other = yesterday.clone();
    other.checkpoint.root = Hash::of_leaf(b"another record");
    let fault = server.client.told_since(LEDGER, &other, &key).await.unwrap_err();
    assert!(fault.is_tampering(), "{fault}");
    let mut longer = yesterday.clone();
    longer.checkpoint.size = 531;
    let fault = server.client.told_since(LEDGER, &longer, &key).await.unwrap_err();
    assert!(!fault.is_tampering() && fault.to_string().contains("missing"), "{fault}");
    let stranger = entente::proof::SecretKey::new(key.name(), [9; 32]).unwrap().verifier();
    let fault = server.client.told(LEDGER, &stranger).await.unwrap_err();
    assert!(!fault.is_tampering() && fault.to_string().contains("no signature"), "{fault}");
}

#[tokio::test]
async fn the_leaves_lead_to_the_root_that_was_signed() {
    let server = with_events(700).await;
    let told = server.client.told(LEDGER, &key(&server).await).await.unwrap();
    let mut audit = Audit::new(told.checkpoint);
    let request = v1::ReadLeavesRequest { ledger: LEDGER.to_owned(), after: 0, through: 0 };
    let mut parts = server.client.proofs().read_leaves(request).await.unwrap().into_inner();
    while let Some(part) = parts.message().await.unwrap() {
        for leaf in part.leaves {
            assert_eq!(leaf.position, audit.taken() + 1);
            audit.take(Some(&leaf.entry), Some(Hash::from_bytes(&leaf.hash).unwrap()));
        }
    }
    assert_eq!((audit.taken(), audit.verdict()), (700, Verdict::Intact { tree_differs: false }));
    let request = v1::ReadLeavesRequest { ledger: LEDGER.to_owned(), after: 250, through: 260 };
    let mut parts = server.client.proofs().read_leaves(request).await.unwrap().into_inner();
    let mut positions = Vec::new();
    while let Some(part) = parts.message().await.unwrap() {
        positions.extend(part.leaves.iter().map(|leaf| leaf.position));
    }
    assert_eq!(positions, (251..=260).collect::<Vec<_>>());
}

/// The body of a page, and its headers.
async fn page(server: &TestServer, path: &str) -> (String, Vec<u8>) {
    let request = format!("GET /tlog/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let answer = super::operations::http_bytes(server, request.as_bytes()).await;
    let end = answer.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
    (String::from_utf8(answer[..end].to_vec()).unwrap(), answer[end + 4..].to_vec())
}

#[tokio::test]
async fn a_monitor_reads_the_tree_over_http() {
    let server = with_events(700).await;
    let (head, note) = page(&server, "proven/checkpoint").await;
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("text/plain"), "{head}");
    let checkpoint = Checkpoint::verified(&String::from_utf8(note).unwrap(), &key(&server).await).unwrap();
    assert_eq!(checkpoint.size, 700);

    let mut edge = Edge::new();
    for (index, width) in [(0, 256), (1, 256), (2, 188)] {
        let tile = TilePath { level: Some(0), index, width };
        let (head, bytes) = page(&server, &format!("proven/tile/{tile}")).await;
        assert!(head.contains("public, max-age=31536000, immutable"), "it is everybody's: {head}");
        assert!(head.contains("application/octet-stream"), "{head}");
        let leaves: Vec<Hash> = bytes.chunks(32).map(|bytes| Hash::from_bytes(bytes).unwrap()).collect();
        assert_eq!(leaves.len(), width);
        let (_, mut bundle) = page(&server, &format!("proven/tile/{}", TilePath { level: None, ..tile })).await;
        for leaf in &leaves {
            let length = usize::from(u16::from_be_bytes([bundle[0], bundle[1]]));
            let entry: Vec<u8> = bundle.drain(..2 + length).skip(2).collect();
            assert_eq!(Hash::of_leaf(&entry), *leaf);
            edge.push(*leaf, &mut |_, _, _| {});
        }
        assert!(bundle.is_empty());
        if width == TILE_WIDTH {
            let (_, above) = page(&server, "proven/tile/1/000.p/2").await;
            let at = index as usize * 32;
            assert_eq!(above[at..at + 32], tile_root(&leaves).0);
        }
    }
    assert_eq!(edge.root(), checkpoint.root);
    let (head, partial) = page(&server, "proven/tile/0/000.p/3").await;
    assert!(head.starts_with("HTTP/1.1 200"), "a tile that has grown is still there as it was: {head}");
    assert_eq!(partial.len(), 3 * 32);

    for path in [
        "none/checkpoint",
        "proven/tile/0/0",
        "proven/tile/0/002",
        "proven/tile/entries/002.p/189",
        "proven/tile/2/000.p/1",
        "proven/tile/9/000",
        "proven/tile/0/x999/x999/x999/x999/999",
        "proven/tile/0/000.p/0",
    ] {
        let (head, body) = page(&server, path).await;
        assert!(head.starts_with("HTTP/1.1 404") && !body.is_empty(), "{path}: {head}");
    }
    // The pages keep to the loopback's names as everything else does.
    let foreign =
        http(&server, b"GET /tlog/proven/checkpoint HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
    assert!(foreign.await.starts_with("HTTP/1.1 403"));
}

#[tokio::test]
async fn a_restart_changes_neither_key_nor_tree() {
    let directory = tempfile::tempdir().unwrap();
    let server = TestServer::on_disk(directory.path()).await;
    fill(&server, 600).await;
    let key = key(&server).await;
    let before = server.client.told(LEDGER, &key).await.unwrap();
    server.stop().await.unwrap();
    let server = TestServer::on_disk(directory.path()).await;
    assert_eq!(server.client.told_since(LEDGER, &before, &key).await.unwrap(), before);
    let appended = server.append(LEDGER, vec![statement(LEDGER, 9999)]).await.unwrap();
    let after = server.client.told_since(LEDGER, &before, &key).await.unwrap();
    assert_eq!(after.checkpoint.size, appended.head);
    server.client.proven(LEDGER, "1", &after.checkpoint).await.unwrap();
    server.stop().await.unwrap();
}
