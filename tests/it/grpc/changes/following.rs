//! The client that follows for ever: over restarts, over breaks of the network, over silence; each event once, in order.

use std::time::Duration;

use entente::client::{Client, ClientError, Followed, Heard};
use entente::proto::v1;
use tokio_stream::{Stream, StreamExt as _};
use tonic::Code;
use v1::subscribe_events_request::After;

use super::{LONG, append_statements, from, full};
use crate::grpc::sample::deal;
use crate::proxy::Proxy;
use crate::server::TestServer;

/// The shortest period that can be asked for, so that silence is noticed soon.
fn often(request: v1::SubscribeEventsRequest) -> v1::SubscribeEventsRequest {
    let period = prost_types::Duration { seconds: 0, nanos: 100_000_000 };
    v1::SubscribeEventsRequest { progress_period: Some(period), ..request }
}

async fn through(events: &mut (impl Stream<Item = Result<Followed, ClientError>> + Unpin), last: u64) -> Vec<u64> {
    let mut positions: Vec<u64> = Vec::new();
    while positions.last().is_none_or(|position| *position < last) {
        let next = tokio::time::timeout(LONG, events.next()).await.expect("events go on");
        positions.push(next.expect("a subscription does not end").unwrap().item.position);
    }
    positions
}

async fn client_of(proxy: &Proxy) -> Client {
    Client::connect(&proxy.address, Duration::from_secs(60)).await.unwrap()
}

#[tokio::test]
async fn a_restart_of_the_server_loses_nothing_and_repeats_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let mut server = TestServer::on_disk(directory.path()).await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    let proxy = Proxy::before(&server.address).await;
    let mut events = client_of(&proxy).await.subscribe_events(from(&ledger, None));
    let mut heard = through(&mut events, 6).await;
    for round in 0..3_u32 {
        server.stop().await.unwrap();
        server = TestServer::on_disk(directory.path()).await;
        // Recorded while the client is away.
        append_statements(&server, &ledger, 10 * round..10 * round + 5).await;
        proxy.lead_to(&server.address);
        append_statements(&server, &ledger, 10 * round + 5..10 * round + 10).await;
        heard.extend(through(&mut events, 16 + 10 * u64::from(round)).await);
    }
    assert_eq!(heard, (1..=36).collect::<Vec<u64>>());
}

#[tokio::test]
async fn silence_is_noticed_by_the_contract_and_the_client_connects_anew() {
    let (server, ledger, head) = full(3).await;
    let proxy = Proxy::before(&server.address).await;
    let mut follower = client_of(&proxy).await.follower(often(from(&ledger, Some(After::Position(head)))));
    let mut hear = async || tokio::time::timeout(LONG, follower.hear()).await.expect("hears").unwrap().unwrap();
    while !matches!(hear().await, Heard::CaughtUp(_)) {}
    proxy.go_silent();
    append_statements(&server, &ledger, 50..52).await;
    let cause = loop {
        if let Heard::Interrupted { cause, .. } = hear().await {
            break cause;
        }
    };
    assert_eq!(cause, "nothing was heard for 250ms");
    let mut positions = Vec::new();
    while positions.len() < 2 {
        if let Heard::Item(followed) = hear().await {
            positions.push(followed.item.position);
        }
    }
    assert_eq!(positions, vec![head + 1, head + 2]);
}

#[tokio::test]
async fn a_subscription_from_now_on_stays_at_its_place_over_a_break() {
    let (server, ledger, head) = full(3).await;
    let proxy = Proxy::before(&server.address).await;
    let mut follower = client_of(&proxy).await.follower(often(from(&ledger, Some(After::Head(true)))));
    let mut hear = async || tokio::time::timeout(LONG, follower.hear()).await.expect("hears").unwrap().unwrap();
    while !matches!(hear().await, Heard::CaughtUp(_)) {}
    // Cut before anything was heard; what is recorded meanwhile is after "now".
    proxy.lead_to(&server.address);
    append_statements(&server, &ledger, 50..51).await;
    loop {
        if let Heard::Item(followed) = hear().await {
            assert_eq!(followed.item.position, head + 1);
            break;
        }
    }
}

#[tokio::test]
async fn what_trying_again_does_not_mend_ends_the_stream() {
    let (server, ledger, head) = full(3).await;
    let cases = [
        (from("ledgers/none", None), Code::NotFound),
        (from("none", None), Code::InvalidArgument),
        (from(&ledger, Some(After::Position(head + 1))), Code::OutOfRange),
        (from(&ledger, Some(After::NamedCursor(format!("{ledger}/cursors/none")))), Code::NotFound),
    ];
    for (request, code) in cases {
        let mut events = server.client.subscribe_events(request);
        let error = tokio::time::timeout(LONG, events.next()).await.expect("it ends").unwrap().unwrap_err();
        let ClientError::Status(status) = error else { panic!("{error}") };
        assert_eq!(status.code(), code);
        assert!(events.next().await.is_none(), "nothing comes after an error");
    }
}

#[tokio::test]
async fn an_event_carries_the_place_behind_it() {
    let (server, ledger, head) = full(5).await;
    let mut events = server.client.subscribe_events(from(&ledger, None));
    let place = loop {
        let followed = events.next().await.unwrap().unwrap();
        if followed.item.position == 8 {
            break followed.place;
        }
    };
    let mut resumed = server.client.subscribe_events(from(&ledger, Some(After::Cursor(place))));
    assert_eq!(through(&mut resumed, head).await, (9..=head).collect::<Vec<u64>>());
}
