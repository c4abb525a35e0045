//! SIGTERM while clients append: an orderly end that loses nothing. What else may hold a shutdown is in `grpc/shutdown.rs`,
//! `grpc/changes/slow.rs` and `webhooks.rs`.

use std::process::Command;
use std::time::Duration;

use super::{Load, Server, Tally, rounds};

/// Promised: the server ends well within its grace, everything acknowledged is there, and the same ids settle the rest.
#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_under_load_loses_nothing_and_repeats_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let mut tally = Tally::of("SIGTERM under load");
    let mut server = Server::start(directory.path());
    let mut load = Load::begin(&server).await;
    for round in 0..rounds(5) {
        let pid = server.pid().to_string();
        load.until(&server, 10 + 7 * round as usize, || {
            assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        })
        .await;
        let (code, took) = server.stop();
        assert_eq!(code, Some(0), "it ends well");
        assert!(took < Duration::from_secs(10), "it took {took:?}, and nobody held it");
        server = Server::start(directory.path());
        tally.round(server.opened_in);
        load.check(&server, &mut tally).await;
        load.settle_open(&server).await;
        load.check(&server, &mut tally).await;
    }
    assert_eq!(server.stop().0, Some(0));
    tally.say();
}
