//! Limits of the machine that a server runs into: descriptors, and memory.

use std::net::TcpStream;
use std::time::Duration;

use entente::client::Client;
use entente::proto::v1;

use super::load::LEDGER;
use super::{Load, Server, Tally, rounds};
use crate::grpc::sample::statement;

/// Promised: connections beyond the descriptors are closed, open ones are served and record, the processor rests, and once the
/// silent ones go the server accepts again.
#[tokio::test(flavor = "multi_thread")]
async fn silent_connections_up_to_the_descriptor_limit_stop_nobody_for_good() {
    let directory = tempfile::tempdir().unwrap();
    let mut tally = Tally::of("silent connections beyond the descriptor limit");
    let mut server = Server::start_under(&["prlimit", "--nofile=96", "--"], directory.path());
    let mut load = Load::begin(&server).await;
    let client = server.client().await;
    for _ in 0..rounds(2) {
        let address = server.address.trim_start_matches("http://").parse().unwrap();
        let connect = |_| TcpStream::connect_timeout(&address, Duration::from_secs(1));
        let silent: Vec<TcpStream> = (0..150).map(connect).map_while(Result::ok).collect();
        assert!(silent.len() > 96, "{} connections were made", silent.len());
        load.settled(&client, 10).await;
        let used = server.ticks();
        tokio::time::sleep(Duration::from_secs(2)).await;
        let used = server.ticks() - used;
        assert!(used < 60, "{used} of 200 ticks were used while nothing was to do");
        assert!(server.is_running());
        drop(silent);
        let begun = std::time::Instant::now();
        let newcomer = loop {
            match Client::connect(&server.address, Duration::from_secs(2)).await {
                Ok(client) if is_answered(&client).await => break client,
                _ => {
                    assert!(begun.elapsed() < Duration::from_secs(20), "nobody is accepted any more: {}", server.said())
                }
            }
        };
        tally.round(begun.elapsed());
        load.settled(&newcomer, 3).await;
        load.check(&server, &mut tally).await;
    }
    assert_eq!(server.stop().0, Some(0));
    tally.say();
}

async fn is_answered(client: &Client) -> bool {
    client.ledgers().get_head(v1::GetHeadRequest { ledger: LEDGER.to_owned() }).await.is_ok()
}

/// Promised: a server that gets no more memory may end, and then has lost nothing that it acknowledged.
#[tokio::test(flavor = "multi_thread")]
async fn a_memory_limit_loses_nothing_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let mut tally = Tally::of("memory limit (RLIMIT_AS)");
    let server = Server::start(directory.path());
    let mut load = Load::begin(&server).await;
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmPeak:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    let peak = peak.unwrap() << 10;
    assert_eq!(server.stop().0, Some(0));
    for round in 0..rounds(5) {
        let limit = format!("--as={}", peak / 100 * u64::from(15 + round % 5 * 10));
        let limited = Server::try_start(&["prlimit", &limit, "--"], directory.path());
        if let Ok(mut limited) = limited {
            let client = limited.client().await;
            let mut number = 50_000_000 + 1_000_000 * round;
            // Long enough to be felt; a server that bears it all is well.
            for _ in 0..15 {
                let submissions = (number..number + 200)
                    .map(|number| v1::Submission { note: "n".repeat(2000), ..statement(LEDGER, number) });
                number += 200;
                let request = v1::AppendEventsRequest {
                    ledger: LEDGER.to_owned(),
                    submissions: submissions.collect(),
                    ..v1::AppendEventsRequest::default()
                };
                match client.ledgers().append_events(request.clone()).await {
                    Ok(answer) => load.acknowledge(answer.into_inner()),
                    Err(_) => {
                        load.leave_open(request);
                        break;
                    }
                }
            }
            eprintln!("with {limit} the server {}", if limited.is_running() { "bore it" } else { "ended" });
        } else {
            eprintln!("with {limit} the server did not start");
        }
        let server = Server::start(directory.path());
        tally.round(server.opened_in);
        load.settle_open(&server).await;
        load.check(&server, &mut tally).await;
        assert_eq!(server.stop().0, Some(0));
    }
    tally.say();
}
