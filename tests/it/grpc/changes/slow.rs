//! Clients that are slow, or gone: they lose nothing, they are told, and they cost nobody else anything.

use std::time::Duration;

use entente::client::Client;
use entente::proto::v1;
use tonic::Code;
use v1::subscribe_events_request::After;
use v1::subscribe_events_response::Message;

use super::{Follower, LONG, cursor, from, full, reason};
use crate::grpc::operations::get;
use crate::grpc::sample::statement;
use crate::server::TestServer;

/// Appends far more than windows and buffers hold, and more than a ledger keeps in memory.
async fn append_much(server: &TestServer, ledger: &str) -> u64 {
    let mut head = 0;
    for first in (0..4000_u32).step_by(500) {
        let long = |number| v1::Submission { note: "x".repeat(4000), ..statement(ledger, 1000 + number) };
        head = server.append(ledger, (first..first + 500).map(long).collect()).await.unwrap().head;
    }
    head
}

#[tokio::test]
async fn a_slow_consumer_is_told_and_misses_nothing_while_others_hear_at_once() {
    let (server, ledger, start) = full(0).await;
    let (mut slow, _) = Follower::start(&server, from(&ledger, None)).await;
    slow.caught_up().await;
    // Another program has a connection of its own.
    let other = Client::connect(&server.address, LONG).await.unwrap();
    let mut stream =
        other.changes().subscribe_events(from(&ledger, Some(After::Head(true)))).await.unwrap().into_inner();
    let quick = tokio::spawn(async move {
        let (mut positions, mut fell_behind) = (Vec::new(), false);
        while positions.len() < 4000 {
            match stream.message().await.unwrap().unwrap().message.unwrap() {
                Message::Events(batch) => positions.extend(batch.events.iter().map(|event| event.position)),
                Message::FellBehind(_) => fell_behind = true,
                _ => {}
            }
        }
        (positions, fell_behind)
    });
    let head = append_much(&server, &ledger).await;
    let (positions, _) = tokio::time::timeout(LONG, quick).await.expect("the quick one is not held up").unwrap();
    assert_eq!(positions, (start + 1..=head).collect::<Vec<u64>>());

    // Only now does the slow one read on.
    let (mut heard, mut fell_behind) = (Vec::new(), 0);
    loop {
        match slow.next().await {
            Message::Events(batch) => heard.extend(batch.events.iter().map(|event| event.position)),
            Message::FellBehind(said) => {
                fell_behind += 1;
                assert_eq!(Some(&said.position), heard.last(), "where it stands");
                assert_eq!(said.head, head);
            }
            Message::CaughtUp(said) => {
                assert_eq!(said.position, head);
                break;
            }
            Message::Started(_) | Message::Progress(_) => {}
        }
    }
    assert_eq!(heard, (start + 1..=head).collect::<Vec<u64>>());
    assert_eq!(fell_behind, 1, "it is told once");
}

#[tokio::test]
async fn batches_are_bounded_by_bytes() {
    let (server, ledger, _) = full(0).await;
    append_much(&server, &ledger).await;
    let (mut follower, _) = Follower::start(&server, from(&ledger, None)).await;
    loop {
        match follower.next().await {
            Message::Events(batch) => {
                let bytes = prost::Message::encoded_len(&batch);
                assert!(bytes < 140 << 10, "{} events take {bytes} bytes", batch.events.len());
            }
            Message::CaughtUp(_) => break,
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_client_that_goes_away_leaves_nothing_behind() {
    let server = TestServer::in_memory().await;
    let ledger = server.create("left", v1::LedgerKind::Live).await;
    let is_told = async |count: u32| {
        let line = format!("entente_subscribers{{ledger=\"left\"}} {count}");
        while !get(&server, "/metrics").await.lines().any(|it| it == line) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let mut followers = Vec::new();
    for _ in 0..5 {
        followers.push(Follower::start(&server, from(&ledger, None)).await.0);
    }
    tokio::time::timeout(LONG, is_told(5)).await.expect("five are counted");
    drop(followers);
    tokio::time::timeout(LONG, is_told(0)).await.expect("none is left");
}

#[tokio::test]
async fn a_stalled_client_does_not_hold_the_server_longer_than_its_grace() {
    let (mut server, ledger, _) = full(0).await;
    append_much(&server, &ledger).await;
    let (stalled, _) = Follower::start(&server, from(&ledger, None)).await;
    server.begin_stop();
    // The grace of a test server is five seconds.
    tokio::time::timeout(Duration::from_secs(8), server.stop()).await.expect("it stops").unwrap();
    drop(stalled);
}

#[tokio::test]
async fn a_deadline_ends_a_stream_with_its_cursor() {
    let (server, ledger, head) = full(3).await;
    let mut request = tonic::Request::new(from(&ledger, None));
    request.set_timeout(Duration::from_millis(300));
    let mut stream = server.client.changes().subscribe_events(request).await.unwrap().into_inner();
    let status = loop {
        match tokio::time::timeout(LONG, stream.message()).await.expect("it ends") {
            Ok(Some(_)) => {}
            Ok(None) => panic!("a stream that is cut does not look like one that has ended"),
            Err(status) => break status,
        }
    };
    assert_eq!(status.code(), Code::DeadlineExceeded, "{status:?}");
    let (word, metadata) = reason(&status);
    assert_eq!(word, "DEADLINE_PASSED");
    let (_, started) = Follower::start(&server, from(&ledger, cursor(&metadata["cursor"]))).await;
    assert_eq!(started.position, head);
}
