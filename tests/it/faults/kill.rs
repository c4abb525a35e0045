//! SIGKILL: of the server while it records, while it opens, while it is backed up; of a restore.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use super::server::under;
use super::{Load, Server, Tally, rounds};
use crate::store::scrambled;

fn microseconds(seed: u64, below: u64) -> Duration {
    Duration::from_micros(scrambled(seed) % below)
}

/// Promised: what was acknowledged is there, at its position; what was not is there whole or not at all, and the same ids settle
/// it; nothing is there twice; the next start needs no help.
#[tokio::test(flavor = "multi_thread")]
async fn sigkill_in_mid_append_loses_nothing_and_repeats_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let mut tally = Tally::of("SIGKILL in mid-append");
    let mut server = Server::start(directory.path());
    let mut load = Load::begin(&server).await;
    for round in 0..rounds(12) {
        let seed = u64::from(round);
        let after = 1 + usize::try_from(scrambled(seed) % 60).unwrap();
        let pid = server.pid();
        load.until(&server, after, || {
            std::thread::sleep(microseconds(seed + 1000, 4000));
            std::process::Command::new("kill").args(["-KILL", &pid.to_string()]).status().unwrap();
        })
        .await;
        server.kill();
        server = Server::start(directory.path());
        tally.round(server.opened_in);
        load.check(&server, &mut tally).await;
        load.settle_open(&server).await;
        load.check(&server, &mut tally).await;
    }
    assert_eq!(server.stop().0, Some(0));
    tally.say();
}

/// Promised: a start that is killed changes nothing that was acknowledged, and the next one opens.
#[tokio::test(flavor = "multi_thread")]
async fn sigkill_while_the_store_opens_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let mut tally = Tally::of("SIGKILL while the store opens");
    let mut server = Server::start(directory.path());
    let mut load = Load::begin(&server).await;
    let usual = server.opened_in;
    load.settled(&server.client().await, 40).await;
    server.kill();
    for round in 0..rounds(20) {
        let mut child = Server::command(&[], directory.path()).spawn().unwrap();
        let most = u64::try_from(usual.as_micros()).unwrap();
        std::thread::sleep(microseconds(u64::from(round), most));
        child.kill().unwrap();
        child.wait().unwrap();
        if round % 5 == 4 {
            server = Server::start(directory.path());
            tally.round(server.opened_in);
            load.settled(&server.client().await, 3).await;
            load.check(&server, &mut tally).await;
            server.kill();
        }
    }
    tally.say();
}

/// Promised: a backup that the death of either side cuts short is no file of that name, and the ledger is what it was.
#[tokio::test(flavor = "multi_thread")]
async fn sigkill_in_a_backup_leaves_no_backup_behind() {
    let (directory, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = files.path().join("today.backup");
    let mut tally = Tally::of("SIGKILL in a backup, of the server and of the client in turn");
    let mut server = Server::start(directory.path());
    let mut load = Load::begin(&server).await;
    load.settled(&server.client().await, 300).await;
    for round in 0..rounds(8) {
        let mut backup = under(&[], &["backup", file.to_str().unwrap(), "--server", &server.address]);
        let mut backup = backup.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(microseconds(u64::from(round), 150_000));
        if round % 2 == 0 {
            server.kill();
        } else {
            backup.kill().unwrap();
        }
        let ended = backup.wait().unwrap();
        assert_eq!(file.exists(), ended.success() || is_sound(&file), "round {round}: {ended}");
        if file.exists() {
            assert!(is_sound(&file), "round {round}: a file of that name is a sound backup");
            std::fs::remove_file(&file).unwrap();
        }
        if round % 2 == 0 {
            server = Server::start(directory.path());
        }
        tally.round(server.opened_in);
        load.check(&server, &mut tally).await;
    }
    assert_eq!(server.stop().0, Some(0));
    tally.say();
}

/// Whether a backup is there, and passes.
fn is_sound(file: &Path) -> bool {
    let verified = under(&[], &["verify", "--backup", file.to_str().unwrap()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    verified.unwrap().success()
}

/// Promised: a data directory is restored whole or is none; a restore that was killed is done again without help.
#[tokio::test(flavor = "multi_thread")]
async fn sigkill_in_a_restore_leaves_no_half_a_data_directory() {
    let (directory, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (file, data) = (files.path().join("today.backup"), files.path().join("data"));
    let mut tally = Tally::of("SIGKILL in a restore");
    let server = Server::start(directory.path());
    let mut load = Load::begin(&server).await;
    load.settled(&server.client().await, 100).await;
    let taken = under(&[], &["backup", file.to_str().unwrap(), "--server", &server.address]).output().unwrap();
    assert!(taken.status.success(), "{taken:?}");
    assert_eq!(server.stop().0, Some(0));
    let restore = || {
        let mut command = under(&[], &["restore", file.to_str().unwrap(), "--data-dir", data.to_str().unwrap()]);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        command
    };
    let begun = std::time::Instant::now();
    assert!(restore().status().unwrap().success());
    let usual = u64::try_from(begun.elapsed().as_micros()).unwrap();
    std::fs::remove_dir_all(&data).unwrap();
    for round in 0..rounds(8) {
        let mut cut_short = restore().spawn().unwrap();
        std::thread::sleep(microseconds(u64::from(round), usual));
        cut_short.kill().unwrap();
        cut_short.wait().unwrap();
        let is_store = data.join("format").exists();
        if !is_store {
            // A server must not take what is there for an empty ledger.
            if data.join("restoring").exists() {
                let said = Server::try_start(&[], &data).err().expect("half a store was opened");
                assert!(said.contains("is not a data directory of entente"), "{said}");
            }
            let again = restore().output().unwrap();
            assert!(again.status.success(), "round {round}: {}", String::from_utf8_lossy(&again.stderr));
        }
        let server = Server::start(&data);
        tally.round(server.opened_in);
        load.check(&server, &mut tally).await;
        drop(server);
        std::fs::remove_dir_all(&data).unwrap();
    }
    tally.say();
}
