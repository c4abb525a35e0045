//! `entente backup` and `entente restore`, and the server that goes on with what was restored.

use std::path::{Path, PathBuf};
use std::process::Output;

use entente::client::Told;
use entente::proto::v1;
use tonic::Code;
use v1::subscribe_events_request::After;

use super::{parts, read, with_statements, written};
use crate::grpc::sample::{deal, statement};
use crate::grpc::{head, reason};
use crate::program::running::{Process, run, stderr, stdout};
use crate::server::{TestServer, stamp};

/// A place for files.
struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        Files(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn said(output: &Output, code: i32, what: &str) {
    let all = format!("{}{}", stdout(output), stderr(output));
    assert_eq!(output.status.code(), Some(code), "{all}");
    assert!(all.contains(what), "{what:?} is not in {all}");
}

fn restore(file: &Path, data_dir: &Path, further: &[&str]) -> Output {
    run(&[&["restore", text(file), "--data-dir", text(data_dir)], further].concat())
}

#[test]
fn a_restored_server_has_every_event_and_proves_itself_against_the_old_checkpoint() {
    let files = Files::new();
    let (backup, saved, data) = (files.path("today.backup"), files.path("checkpoint"), files.path("data"));
    let server = Process::start("demo");
    let key = stdout(&server.client(&["keys"])).split_whitespace().next().unwrap().to_owned();
    assert!(server.client(&["verify", "--save", text(&saved)]).status.success());
    let before = stdout(&server.client(&["export"]));
    let taken = server.client(&["backup", text(&backup)]);
    said(&taken, 0, "ledgers/us-china  298 events, root ");
    let again = server.client(&["backup", text(&backup), "--json"]);
    let json: serde_json::Value = serde_json::from_str(&stdout(&again)).unwrap();
    assert_eq!((&json["events"], &json["ledgers"][0]["through"]), (&"298".into(), &"298".into()));
    said(&run(&["verify", "--backup", text(&backup)]), 0, "as found there");
    said(
        &run(&["verify", "--backup", text(&backup), "--key", &key]),
        0,
        "ledgers/us-china: intact\nsize    298\nroot    ",
    );
    let old = server.stopped();
    let secret = old.path().join("secret");

    let restored = restore(&backup, &data, &["--key-file", text(&secret)]);
    said(&restored, 0, "ledgers/us-china  298 events, root ");
    assert!(
        stderr(&restored).contains("a ledger was restored from a backup"),
        "it is in the log: {}",
        stderr(&restored)
    );
    let at_rest = ["verify", "--data-dir", text(&data), "--key", &key, "--checkpoint", text(&saved)];
    said(&run(&at_rest), 0, "size    298");
    let server = Process::launch(&["serve", "--listen", "127.0.0.1:0", "--data-dir", text(&data)]);
    assert_eq!(stdout(&server.client(&["export"])), before, "byte for byte");
    let example = format!("{}/examples/formal-notice.yaml", env!("CARGO_MANIFEST_DIR"));
    assert!(server.client(&["record", &example]).status.success());
    let live = server.client(&["verify", "--key", &key, "--checkpoint", text(&saved)]);
    said(&live, 0, "continues the checkpoint of 298 events");
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn without_the_old_key_a_new_one_signs_and_the_old_one_is_unknown() {
    let files = Files::new();
    let (backup, data) = (files.path("today.backup"), files.path("data"));
    let server = Process::start("demo");
    let key = stdout(&server.client(&["keys"])).split_whitespace().next().unwrap().to_owned();
    assert!(server.client(&["backup", text(&backup)]).status.success());
    drop(server);
    said(&restore(&backup, &data, &[]), 0, "298 events");
    said(&run(&["verify", "--data-dir", text(&data)]), 0, "size    298");
    said(&run(&["verify", "--data-dir", text(&data), "--key", &key]), 12, "unknown key");
    for _ in 0..2 {
        let server = Process::launch(&["serve", "--listen", "127.0.0.1:0", "--data-dir", text(&data)]);
        said(&server.client(&["verify"]), 0, "size    298");
        assert_eq!(server.stop(), Some(0));
    }

    // The key of somebody else does not pass for the one that signed.
    let stranger = files.path("stranger");
    std::fs::write(&stranger, entente::proof::SecretKey::new("entente", [7; 32]).unwrap().reveal() + "\n").unwrap();
    let other = files.path("other");
    said(&restore(&backup, &other, &["--key-file", text(&stranger)]), 12, "unknown key");
    assert!(!other.exists(), "nothing is left behind");
}

#[test]
fn a_key_that_has_taken_over_must_be_brought_along() {
    let files = Files::new();
    let (backup, data) = (files.path("today.backup"), files.path("data"));
    let old = Process::start("demo").stopped();
    assert!(run(&["keys", "rotate", "--data-dir", text(old.path())]).status.success());
    let server = Process::start_in("serve", old);
    assert!(server.client(&["backup", text(&backup)]).status.success());
    let keys = stdout(&server.client(&["keys", "--json"]));
    let old = server.stopped();
    let refused = restore(&backup, &data, &[]);
    said(&refused, 1, "give the file that has this key with --key-file");
    assert!(!data.exists(), "nothing is left behind");
    said(&restore(&backup, &data, &["--key-file", text(&old.path().join("secret"))]), 0, "299 events");
    let server = Process::launch(&["serve", "--listen", "127.0.0.1:0", "--data-dir", text(&data)]);
    assert_eq!(stdout(&server.client(&["keys", "--json"])), keys, "with the checkpoint that both keys have signed");
    assert_eq!(server.stop(), Some(0));
}

#[tokio::test]
async fn a_restore_to_a_position_is_the_ledger_as_it_was_there() {
    let files = Files::new();
    let (backup, data, old) = (files.path("backup"), files.path("data"), files.path("old"));
    let server = TestServer::on_disk(&old).await;
    let ledger = with_statements(&server, "deal", 20).await;
    let other = with_statements(&server, "other", 4).await;
    let key = server.client.proofs().list_keys(v1::ListKeysRequest { ledger: ledger.clone() }).await.unwrap();
    let key = key.into_inner().keys[0].verifier_key.parse().unwrap();
    let told = server.client.told(&ledger, &key).await.unwrap();
    std::fs::write(&backup, written(&parts(&server, "", 0).await.unwrap()).unwrap().0).unwrap();
    let proof =
        v1::GetConsistencyProofRequest { ledger: ledger.clone(), first_size: 11, second_size: told.checkpoint.size };
    let proof = server.client.proofs().get_consistency_proof(proof).await.unwrap().into_inner();
    server.stop().await.unwrap();

    let secret = old.join("secret");
    let with_key = ["--key-file", text(&secret)];
    let refused = restore(&backup, &data, &["--up-to", "11"]);
    said(&refused, 1, "say of which one, as LEDGER=POSITION");
    said(&restore(&backup, &data, &["--up-to", "none=11"]), 1, "the backup has no ledger \"none\"");
    said(&restore(&backup, &data, &["--up-to", "deal=27"]), 1, "position 27 is not among them");
    said(
        &restore(&backup, &data, &["--up-to", "deal=4"]),
        1,
        "position 4 of ledger deal is within an append; restore up to 1,",
    );
    said(&restore(&backup, &data, &["--up-to", "deal=0"]), 2, "is a position, such as 298");
    assert!(!data.exists(), "nothing is left behind");
    said(
        &restore(&backup, &data, &[&with_key[..], &["--up-to", "deal=11"]].concat()),
        0,
        "ledgers/deal  11 events, the beginning of 26, root ",
    );

    let server = TestServer::on_disk(&data).await;
    assert_eq!((head(&server, &ledger).await, head(&server, &other).await), (11, 10));
    let restored = server.client.told(&ledger, &key).await.expect("the same key signs");
    let hashes: Vec<_> = proof.hashes.iter().map(|hash| entente::proof::Hash::from_bytes(hash).unwrap()).collect();
    let (then, all) = ((11, restored.checkpoint.root), (26, told.checkpoint.root));
    entente::proof::verify_consistency(then, all, &hashes).expect("it is the beginning of what was signed for");
    let longer: Result<Told, _> = server.client.told_since(&ledger, &told, &key).await;
    assert!(longer.is_err(), "whoever was told more finds out");
    let request = v1::GetLedgerRequest { name: ledger.clone() };
    let described = server.client.ledgers().get_ledger(request).await.unwrap().into_inner().ledger.unwrap();
    let restoration = described.restoration.expect("it says that it was restored");
    assert_eq!((restoration.position, &restoration.checkpoint), (11, &told.note));
    assert!(restoration.restored_at.is_some() && restoration.backup_made_at == Some(stamp(crate::server::NOON)));
    let appended = server.append(&ledger, vec![statement(&ledger, 9)]).await.unwrap();
    assert_eq!(appended.events[0].position, 12);
    server.stop().await.unwrap();
}

/// The cursor behind all events of a ledger.
async fn cursor_at_head(server: &TestServer, ledger: &str) -> String {
    let after = Some(After::Position(head(server, ledger).await));
    let request =
        v1::SubscribeEventsRequest { ledger: ledger.to_owned(), after, ..v1::SubscribeEventsRequest::default() };
    let mut stream = server.client.changes().subscribe_events(request).await.unwrap().into_inner();
    match stream.message().await.unwrap().unwrap().message.unwrap() {
        v1::subscribe_events_response::Message::Started(started) => started.cursor,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn no_cursor_from_before_passes_for_a_place_and_no_told_time_is_recorded_below() {
    let files = Files::new();
    let (backup, data) = (files.path("backup"), files.path("data"));
    let server = TestServer::in_memory().await;
    let ledger = with_statements(&server, "deal", 4).await;
    let cursor = cursor_at_head(&server, &ledger).await;
    let name = format!("{ledger}/cursors/desk");
    let place = Some(v1::CursorPlace { cursor: cursor.clone(), position: 0 });
    let commit = v1::CommitCursorRequest { name: name.clone(), place, ..v1::CommitCursorRequest::default() };
    server.client.changes().commit_cursor(commit).await.unwrap();
    // Somebody is told what time has changed up to then, so nothing is recorded below it any more.
    server.clock.set(entente::domain::Instant::parse("2026-04-01T00:00:00Z").unwrap());
    let request = v1::SubscribeTransitionsRequest {
        ledger: ledger.clone(),
        after: Some(v1::subscribe_transitions_request::After::Head(true)),
        ..v1::SubscribeTransitionsRequest::default()
    };
    drop(server.client.changes().subscribe_transitions(request).await.unwrap());
    std::fs::write(&backup, written(&parts(&server, "", 0).await.unwrap()).unwrap().0).unwrap();
    server.stop().await.unwrap();
    said(&restore(&backup, &data, &[]), 0, "10 events");

    // The clock of a test server shows a day in March again.
    let server = TestServer::on_disk(&data).await;
    let subscribe = async |after| {
        let request = v1::SubscribeEventsRequest {
            ledger: ledger.clone(),
            after: Some(after),
            ..v1::SubscribeEventsRequest::default()
        };
        server.client.changes().subscribe_events(request).await
    };
    for after in [After::Cursor(v1::CursorPlace { cursor, position: 0 }), After::NamedCursor(name.clone())] {
        let status = subscribe(after).await.unwrap_err();
        assert_eq!(
            (status.code(), reason(&status).0.as_str()),
            (Code::OutOfRange, "CURSOR_OF_OTHER_LEDGER"),
            "{status:?}"
        );
    }
    let kept =
        server.client.changes().get_cursor(v1::GetCursorRequest { name }).await.unwrap().into_inner().cursor.unwrap();
    assert_eq!(kept.position, 10, "where the desk stood can still be seen");
    let fresh = cursor_at_head(&server, &ledger).await;
    subscribe(After::Cursor(v1::CursorPlace { cursor: fresh, position: 0 })).await.expect("a new cursor is a place");
    let appended = server.append(&ledger, vec![statement(&ledger, 9)]).await.unwrap();
    assert!(appended.events[0].recorded_at.unwrap().seconds >= stamp("2026-04-01T00:00:00Z").seconds, "{appended:?}");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_restored_ledger_can_be_backed_up_and_restored_again() {
    let files = Files::new();
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Replay).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    let mut seen = Vec::new();
    let mut bytes = written(&parts(&server, "", 0).await.unwrap()).unwrap().0;
    server.stop().await.unwrap();
    for round in 0..3 {
        let (backup, data) = (files.path(&format!("backup{round}")), files.path(&format!("data{round}")));
        std::fs::write(&backup, &bytes).unwrap();
        said(&restore(&backup, &data, &[]), 0, "events");
        let server = TestServer::on_disk(&data).await;
        seen.push(cursor_at_head(&server, &ledger).await);
        server.append(&ledger, vec![statement(&ledger, 20 + round)]).await.unwrap();
        bytes = written(&parts(&server, "", 0).await.unwrap()).unwrap().0;
        assert_eq!(read(&bytes).unwrap().events, u64::from(7 + round));
        server.stop().await.unwrap();
    }
    seen.dedup();
    assert_eq!(seen.len(), 3, "each is a ledger of its own for cursors");
}

#[test]
fn what_is_not_sound_is_named_and_leaves_nothing_behind() {
    let files = Files::new();
    let (backup, data) = (files.path("today.backup"), files.path("data"));
    let server = Process::start("demo");
    assert!(server.client(&["backup", text(&backup)]).status.success());
    let bytes = std::fs::read(&backup).unwrap();

    let damaged = files.path("damaged");
    let mut flipped = bytes.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 4;
    std::fs::write(&damaged, flipped).unwrap();
    said(&restore(&damaged, &data, &[]), 11, "of ledgers/us-china should be");
    said(&run(&["verify", "--backup", text(&damaged)]), 11, "of ledgers/us-china should be");
    std::fs::write(&damaged, &bytes[..middle]).unwrap();
    said(&restore(&damaged, &data, &[]), 11, "ends before position");
    std::fs::write(&damaged, "dear all").unwrap();
    said(&restore(&damaged, &data, &[]), 1, "is not a backup of entente");
    said(&restore(&files.path("none"), &data, &[]), 1, "none");
    assert!(!data.exists(), "nothing is left behind");

    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("letter.txt"), "dear").unwrap();
    said(&restore(&backup, &data, &[]), 1, "is not empty: it has \"letter.txt\"");
    assert_eq!(std::fs::read_dir(&data).unwrap().count(), 1);
    said(&restore(&backup, Path::new(&server.directory_path()), &[]), 1, "is not empty");

    // A backup that is not whole never takes the name of one that is.
    let stale = files.path("stale");
    std::fs::write(&stale, "entente backup 1\nyesterday's").unwrap();
    said(&server.client(&["backup", text(&stale), "--ledger", "none"]), 1, "there is no ledger");
    said(&server.client(&["backup", text(&stale), "--up-to", "999"]), 1, "is after the head");
    assert_eq!(std::fs::read_to_string(&stale).unwrap(), "entente backup 1\nyesterday's");
    said(&run(&["backup", text(&stale), "--server", "http://127.0.0.1:1"]), 69, "no server answers");
    said(&server.client(&["backup", text(&files.path("none/of/it"))]), 1, "its folder is not there");
    let left = std::fs::read_dir(files.0.path()).unwrap().count();
    assert_eq!(left, 4, "the backup, the damaged one, the stale one and the folder");
}
