//! A new key takes over: every ledger records it, both keys sign, and whoever knows the first comes to the second.

use std::sync::Arc;

use entente::clock::Clock;
use entente::domain::Instant;
use entente::ledger::{Keyring, Ledgers};
use entente::proof::{Checkpoint, Verdict};
use entente::proto::v1;
use entente::store::{Catalog as _, SledCatalog, SledConfig};
use v1::submission::Payload;

use super::{LEDGER, copied, inspected, key_of, opened, own_key, recorded};
use crate::grpc::sample::statement;
use crate::server::TestServer;

/// Puts a new key in front, as `entente keys rotate` does.
fn rotate(directory: &std::path::Path) {
    let catalog = SledCatalog::open_existing(SledConfig::new(directory)).unwrap();
    let keyring = Keyring::parse(&catalog.secret().unwrap().unwrap()).unwrap();
    catalog.keep_secret(&keyring.rotated().unwrap().reveal()).unwrap();
}

async fn keys(server: &TestServer) -> Vec<v1::LedgerKey> {
    let request = v1::ListKeysRequest { ledger: LEDGER.to_owned() };
    server.client.proofs().list_keys(request).await.unwrap().into_inner().keys
}

#[tokio::test]
async fn both_keys_sign_and_the_event_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let first = recorded(directory.path(), 20).await;
    rotate(directory.path());
    let server = TestServer::on_disk(directory.path()).await;
    let known = keys(&server).await;
    assert_eq!(known.len(), 2);
    assert_eq!((known[0].verifier_key.clone(), known[0].since_position), (first.to_string(), 0));
    assert_eq!((known[1].since_position, known[0].signs, known[1].signs), (21, true, true));
    let request = v1::GetEventRequest { name: format!("{LEDGER}/events/21") };
    let event = server.client.ledgers().get_event(request).await.unwrap().into_inner().event.unwrap();
    let Some(Payload::KeyRotated(rotated)) = event.submission.unwrap().payload else { panic!("a rotation") };
    assert_eq!(rotated.verifier_key, known[1].verifier_key);
    assert_eq!(rotated.previous_verifier_key, first.to_string());

    let second = key_of(&server).await;
    assert_ne!(first, second);
    let told = server.client.told(LEDGER, &first).await.unwrap();
    assert_eq!(Checkpoint::verified(&told.note, &second).unwrap(), told.checkpoint, "two signatures overlap");
    let handover = known[1].handover.clone().unwrap();
    for key in [&first, &second] {
        assert_eq!(Checkpoint::verified(&handover.note, key).unwrap().size, 21);
    }
    server.append(LEDGER, vec![statement(LEDGER, 9000)]).await.unwrap();
    server.client.told_since(LEDGER, &told, &first).await.unwrap();
    server.stop().await.unwrap();

    // Started again, nothing is recorded again.
    let server = TestServer::on_disk(directory.path()).await;
    assert_eq!(server.client.told(LEDGER, &second).await.unwrap().checkpoint.size, 22);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn whoever_knows_the_first_key_comes_to_the_third() {
    let directory = tempfile::tempdir().unwrap();
    let first = recorded(directory.path(), 10).await;
    let mut told = None;
    for number in 0..2 {
        rotate(directory.path());
        let server = TestServer::on_disk(directory.path()).await;
        server.append(LEDGER, vec![statement(LEDGER, 9000 + number)]).await.unwrap();
        told.get_or_insert(server.client.told(LEDGER, &first).await.unwrap());
        server.stop().await.unwrap();
    }
    let server = TestServer::on_disk(directory.path()).await;
    let known = keys(&server).await;
    assert_eq!(known.iter().map(|key| key.signs).collect::<Vec<_>>(), [false, true, true]);
    let now = server.client.told_since(LEDGER, &told.unwrap(), &first).await.unwrap();
    assert_eq!(now.key.to_string(), known[2].verifier_key);
    assert_eq!(now.checkpoint.size, 14);
    server.stop().await.unwrap();
    let (catalog, log) = opened(directory.path());
    let found = inspected(&*log, &own_key(&catalog, &*log));
    assert_eq!(found.verdict, Some(Verdict::Intact { tree_differs: false }));
}

#[tokio::test]
async fn a_rotation_that_was_cut_short_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    recorded(directory.path(), 10).await;
    rotate(directory.path());
    // The event is recorded, and before anything is signed the machine stops: the note is the one before.
    let before = tempfile::tempdir().unwrap();
    copied(directory.path(), before.path());
    let server = TestServer::on_disk(directory.path()).await;
    let second = key_of(&server).await;
    server.stop().await.unwrap();
    std::fs::copy(before.path().join("notes"), directory.path().join("notes")).unwrap();
    let server = TestServer::on_disk(directory.path()).await;
    assert_eq!(server.client.told(LEDGER, &second).await.unwrap().checkpoint.size, 11, "recorded once");
    let positions: Vec<u64> = keys(&server).await.iter().map(|key| key.since_position).collect();
    assert_eq!(positions, [0, 11]);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn no_key_takes_over_on_top_of_another_record() {
    let directory = tempfile::tempdir().unwrap();
    recorded(directory.path(), 10).await;
    let earlier = tempfile::tempdir().unwrap();
    copied(directory.path(), earlier.path());
    let server = TestServer::on_disk(directory.path()).await;
    server.append(LEDGER, vec![statement(LEDGER, 9000)]).await.unwrap();
    server.stop().await.unwrap();
    // The log is that of yesterday, the checkpoint is not, and a new key is to take over.
    std::fs::copy(directory.path().join("notes"), earlier.path().join("notes")).unwrap();
    rotate(earlier.path());
    let server = TestServer::on_disk(earlier.path()).await;
    let request = v1::GetLedgerRequest { name: LEDGER.to_owned() };
    let found = server.client.ledgers().get_ledger(request).await.unwrap().into_inner().ledger.unwrap();
    assert_eq!(found.head, 10, "nothing was recorded");
    assert!(found.read_only_reason.contains("11 events were signed for"), "{}", found.read_only_reason);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_ledger_made_after_a_rotation_has_signed_with_both_from_the_start() {
    let directory = tempfile::tempdir().unwrap();
    recorded(directory.path(), 10).await;
    rotate(directory.path());
    let server = TestServer::on_disk(directory.path()).await;
    server.create("later", v1::LedgerKind::Live).await;
    server.stop().await.unwrap();
    let server = TestServer::on_disk(directory.path()).await;
    let request = v1::ListKeysRequest { ledger: "ledgers/later".to_owned() };
    let known = server.client.proofs().list_keys(request).await.unwrap().into_inner().keys;
    assert_eq!(known.iter().map(|key| (key.since_position, key.signs)).collect::<Vec<_>>(), [(0, true), (0, true)]);
    let request = v1::GetHeadRequest { ledger: "ledgers/later".to_owned() };
    assert_eq!(server.client.ledgers().get_head(request).await.unwrap().into_inner().head, 1, "nothing to record");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_key_that_does_not_show_the_one_before_does_not_take_over() {
    let directory = tempfile::tempdir().unwrap();
    recorded(directory.path(), 10).await;
    let opening = move || {
        let catalog = Arc::new(SledCatalog::open_existing(SledConfig::new(directory.path())).unwrap());
        let (clock, _) = Clock::by_hand(Instant::parse(crate::server::NOON).unwrap());
        let stranger = Keyring::generate().unwrap();
        let ledgers = Ledgers::open_with_keys(catalog, clock, stranger).unwrap();
        let ledger = ledgers.all().remove(0);
        let damage = ledger.damage().unwrap().to_string();
        assert!(damage.contains("no signature of key"), "{damage}");
        assert_eq!(ledger.head().get(), 10, "nothing was recorded");
        ledgers.close();
    };
    tokio::task::spawn_blocking(opening).await.unwrap();
}
