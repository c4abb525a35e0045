//! A record that was rewritten behind the engine's back with every checksum right, cut short, or set back.

use std::fs;
use std::path::Path;

use entente::ledger::CheckpointFault;
use entente::proof::{Hash, Verdict};
use entente::proto::v1;
use entente::store::{Catalog as _, SledCatalog, SledConfig};
use tonic::Code;

use super::{LEDGER, append_up_to, copied, entries, inspected, is_intact, key_of, opened, own_key, recorded};
use crate::grpc::sample::statement;
use crate::grpc::{operations, reason};
use crate::server::TestServer;
use crate::store::raw;

/// Rewrites the entry at a position with a block that is intact in itself: the block of another store in which that entry
/// was recorded so.
fn rewrite(directory: &Path, position: u64) {
    let (_catalog, log) = opened(directory);
    let mut all: Vec<bytes::Bytes> = entries(&*log);
    let index = position as usize - 1;
    let mut altered = all[index].to_vec();
    // One letter of what was said.
    let at = altered.windows(9).position(|it| it == b"statement").unwrap_or(altered.len() - 20);
    altered[at] ^= 0x20;
    all[index] = altered.into();
    drop((log, _catalog));
    let other = tempfile::tempdir().unwrap();
    let catalog = SledCatalog::open(SledConfig::new(other.path())).unwrap();
    let log = catalog.create("deal").unwrap();
    for entry in &all {
        log.append(log.head(), std::slice::from_ref(entry)).unwrap();
    }
    drop((log, catalog));
    let key = raw::block_key(position);
    let value = raw::reopened(other.path()).open_tree("log").unwrap().get(key).unwrap().unwrap();
    let database = raw::reopened(directory);
    database.open_tree("log").unwrap().insert(key, value).unwrap();
    database.flush().unwrap();
}

async fn read_only_reason(server: &TestServer) -> String {
    let request = v1::GetLedgerRequest { name: LEDGER.to_owned() };
    server.client.ledgers().get_ledger(request).await.unwrap().into_inner().ledger.unwrap().read_only_reason
}

#[tokio::test]
async fn a_rewritten_entry_is_named_by_its_position() {
    let directory = tempfile::tempdir().unwrap();
    let key = recorded(directory.path(), 300).await;
    // 100 is in a full tile; 290 in the partial one, whose hashes are kept outside the engine.
    for position in [100, 256, 257, 290, 300] {
        let copy = tempfile::tempdir().unwrap();
        copied(directory.path(), copy.path());
        rewrite(copy.path(), position);
        let (_catalog, log) = opened(copy.path());
        assert_eq!(log.damage(), [], "every checksum is right");
        let found = inspected(&*log, &key);
        assert_eq!(found.verdict, Some(Verdict::Tampered { position: Some(position) }), "position {position}");
    }
}

#[tokio::test]
async fn a_server_does_not_start_writable_on_another_record() {
    let directory = tempfile::tempdir().unwrap();
    recorded(directory.path(), 300).await;
    rewrite(directory.path(), 290);
    let server = TestServer::on_disk(directory.path()).await;
    let reason_given = read_only_reason(&server).await;
    assert!(reason_given.contains("does not match its last checkpoint"), "{reason_given}");
    assert!(reason_given.contains("position 290"), "{reason_given}");
    let status = server.append(LEDGER, vec![statement(LEDGER, 9000)]).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).0.as_str()), (Code::DataLoss, "LEDGER_MISMATCH"));
    let page = operations::get(&server, "/healthz").await;
    assert!(page.starts_with("HTTP/1.1 503") && page.contains("position 290"), "{page}");
    let request = v1::ListCommitmentsRequest { parent: LEDGER.to_owned(), ..v1::ListCommitmentsRequest::default() };
    let clocks = server.client.compliance().list_commitments(request).await.unwrap().into_inner().clocks.unwrap();
    assert!(clocks.incomplete_reason.contains("position 290"), "every answer says so: {clocks:?}");
    // What was signed is still shown, and nothing else is signed.
    let key = key_of(&server).await;
    assert_eq!(server.client.told(LEDGER, &key).await.unwrap().checkpoint.size, 300);
    let request = v1::ReadLeavesRequest { ledger: LEDGER.to_owned(), after: 289, through: 290 };
    let mut parts = server.client.proofs().read_leaves(request).await.unwrap().into_inner();
    let leaves = parts.message().await.unwrap().unwrap().leaves;
    assert_ne!(Hash::of_leaf(&leaves[0].entry).0.to_vec(), leaves[0].hash, "the server's own tree gives it away");
    let (code, said) = verified(&server, &key.to_string()).await;
    assert_eq!(code, Some(10), "{said}");
    assert!(said.contains("tampered: ledgers/deal: position 290 is the first"), "{said}");
    server.stop().await.unwrap();
}

/// What `entente verify` says of a running server, and its exit code.
async fn verified(server: &TestServer, key: &str) -> (Option<i32>, String) {
    let arguments = ["verify", "--server", &server.address, "--ledger", "deal", "--key", key].map(str::to_owned);
    let run = move || std::process::Command::new(env!("CARGO_BIN_EXE_entente")).args(arguments).output().unwrap();
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[tokio::test]
async fn a_server_that_lost_an_event_is_incomplete() {
    let directory = tempfile::tempdir().unwrap();
    let key = recorded(directory.path(), 20).await;
    crate::store::flip_in_block(directory.path(), 15);
    let server = TestServer::on_disk(directory.path()).await;
    let (code, said) = verified(&server, &key.to_string()).await;
    assert_eq!(code, Some(11), "{said}");
    assert!(said.contains("incomplete: ledgers/deal: position 15 is missing or cannot be read"), "{said}");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_log_that_is_set_back_is_caught_by_the_checkpoint_outside() {
    let directory = tempfile::tempdir().unwrap();
    let earlier = tempfile::tempdir().unwrap();
    recorded(directory.path(), 280).await;
    copied(directory.path(), earlier.path());
    let server = TestServer::on_disk(directory.path()).await;
    append_up_to(&server, 300).await;
    let key = key_of(&server).await;
    let told = server.client.told(LEDGER, &key).await.unwrap();
    server.stop().await.unwrap();

    // The engine's files and the noted heads are those of yesterday; only the checkpoint is not.
    fs::remove_dir_all(directory.path().join("sled")).unwrap();
    copied(&earlier.path().join("sled"), &directory.path().join("sled"));
    fs::copy(earlier.path().join("heads"), directory.path().join("heads")).unwrap();
    let (catalog, log) = opened(directory.path());
    assert_eq!(log.damage(), [], "to the store it is a sound log");
    let found = inspected(&*log, &key);
    assert_eq!(found.verdict, Some(Verdict::Incomplete { position: 281 }));
    drop((log, catalog));
    let server = TestServer::on_disk(directory.path()).await;
    let why = read_only_reason(&server).await;
    assert!(why.contains("300 events were signed for, but the log ends at 280"), "{why}");
    assert_eq!(server.append(LEDGER, vec![statement(LEDGER, 9000)]).await.unwrap_err().code(), Code::DataLoss);
    server.stop().await.unwrap();

    // The whole directory is that of yesterday: whoever kept a checkpoint sees it.
    let server = TestServer::on_disk(earlier.path()).await;
    assert_eq!(read_only_reason(&server).await, "");
    let fault = server.client.told_since(LEDGER, &told, &key).await.unwrap_err();
    assert!(fault.to_string().contains("300 were signed for earlier"), "{fault}");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_log_that_is_cut_short_is_caught_by_the_checkpoint_outside() {
    let directory = tempfile::tempdir().unwrap();
    let key = recorded(directory.path(), 300).await;
    let file = directory.path().join("sled/db");
    let bytes = fs::read(&file).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    let mut shorter = bytes[..=end].to_vec();
    shorter[end / 2..].fill(0);
    fs::write(&file, shorter).unwrap();
    // Nor does the store itself remember.
    fs::remove_file(directory.path().join("heads")).unwrap();
    let (_catalog, log) = opened(directory.path());
    assert_eq!(log.damage(), [], "to the store it is a sound log");
    let found = inspected(&*log, &key);
    assert!(found.head < 300);
    assert!(matches!(found.verdict, Some(Verdict::Incomplete { position }) if position <= 300), "{found:?}");
}

#[tokio::test]
async fn without_its_checkpoint_or_its_key_nothing_is_vouched_for() {
    let directory = tempfile::tempdir().unwrap();
    let key = recorded(directory.path(), 20).await;
    let copy = tempfile::tempdir().unwrap();
    copied(directory.path(), copy.path());
    fs::remove_file(copy.path().join("notes")).unwrap();
    {
        let (_catalog, log) = opened(copy.path());
        assert_eq!(inspected(&*log, &key).checkpoint, Err(CheckpointFault::Absent));
    }

    // A server with another key cannot go on where the first has signed.
    let copy = tempfile::tempdir().unwrap();
    copied(directory.path(), copy.path());
    fs::remove_file(copy.path().join("secret")).unwrap();
    let server = TestServer::on_disk(copy.path()).await;
    let why = read_only_reason(&server).await;
    assert!(why.contains("no signature of key") && why.contains("start with the key that signed it"), "{why}");
    assert_eq!(server.append(LEDGER, vec![statement(LEDGER, 9000)]).await.unwrap_err().code(), Code::DataLoss);
    server.stop().await.unwrap();
    let (catalog, log) = opened(copy.path());
    assert_ne!(own_key(&catalog, &*log), key);
    assert!(inspected(&*log, &own_key(&catalog, &*log)).checkpoint.unwrap_err().is_unknown_key());
    assert!(is_intact(&inspected(&*log, &key)), "with the right key the record is still what it was");
}

#[tokio::test]
async fn a_crash_that_takes_the_tree_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let key = recorded(directory.path(), 600).await;
    let database = raw::reopened(directory.path());
    assert!(database.open_tree("derived").unwrap().len() >= 2, "what two tiles of leaves add up to");
    database.drop_tree("derived").unwrap();
    database.flush().unwrap();
    drop(database);
    fs::remove_dir_all(directory.path().join("leaves")).unwrap();
    let server = TestServer::on_disk(directory.path()).await;
    let told = server.client.told(LEDGER, &key).await.unwrap();
    assert_eq!(told.checkpoint.size, 600);
    for position in [1, 256, 257, 600] {
        server.client.proven(LEDGER, &position.to_string(), &told.checkpoint).await.unwrap();
    }
    server.append(LEDGER, vec![statement(LEDGER, 9000)]).await.unwrap();
    server.client.told_since(LEDGER, &told, &key).await.unwrap();
    server.stop().await.unwrap();
    let (_catalog, log) = opened(directory.path());
    let found = inspected(&*log, &key);
    assert_eq!(found.verdict, Some(Verdict::Intact { tree_differs: false }), "what was lost was made again");
}
