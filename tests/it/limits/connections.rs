//! How many connections there may be, and how long one may be silent, deaf, or there at all.

use std::time::Duration;

use entente::proto::v1;
use entente::serve::Limits;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{refusals, socket};
use crate::server::TestServer;

/// Longer than any limit of these tests, and short enough to be a failure.
const PATIENCE: Duration = Duration::from_secs(20);

/// Everything that comes until the server hangs up.
async fn until_closed(socket: &mut TcpStream) -> Vec<u8> {
    let mut told = Vec::new();
    let read = socket.read_to_end(&mut told);
    drop(tokio::time::timeout(PATIENCE, read).await.expect("the server hangs up"));
    told
}

async fn is_answered(socket: &mut TcpStream) -> bool {
    if socket.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.is_err() {
        return false;
    }
    let mut told = Vec::new();
    let whole = async {
        while !told.ends_with(b"\r\n\r\nok\n") {
            if socket.read_buf(&mut told).await.unwrap_or(0) == 0 {
                return false;
            }
        }
        true
    };
    tokio::time::timeout(PATIENCE, whole).await.expect("answered, or closed")
}

async fn at_most_three(limits: Limits, name: &str) {
    let server = TestServer::limited(limits).await;
    server.client.ledgers().list_ledgers(v1::ListLedgersRequest::default()).await.unwrap();
    // The server's own client has one.
    let (mut second, mut third) = (socket(&server).await, socket(&server).await);
    assert!(is_answered(&mut second).await && is_answered(&mut third).await);
    assert!(!is_answered(&mut socket(&server).await).await, "a fourth is closed at once");
    server.client.ledgers().list_ledgers(v1::ListLedgersRequest::default()).await.expect("those who are in stay in");
    drop(second);
    let mut tries = 0;
    while !is_answered(&mut socket(&server).await).await {
        tries += 1;
        assert!(tries < 500, "the place of a closed connection is never free again");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop(third);
    let mut counted = 0;
    for _ in 0..500 {
        let asked =
            crate::grpc::http(&server, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        if asked.await.starts_with("HTTP/1.1 200") {
            counted = refusals(&server, name).await;
            break;
        }
    }
    assert!(counted >= 1, "it is counted");
}

#[tokio::test]
async fn connections_in_all() {
    at_most_three(Limits { connections_max: 3, ..Limits::default() }, "connections_max").await;
}

#[tokio::test]
async fn connections_from_one_address() {
    at_most_three(Limits { address_connections_max: 3, ..Limits::default() }, "address_connections_max").await;
}

#[tokio::test]
async fn who_sends_no_request_is_closed_and_who_has_sent_one_is_not() {
    let server = TestServer::limited(Limits { first_request_seconds: 1, ..Limits::default() }).await;
    let mut heard = socket(&server).await;
    assert!(is_answered(&mut heard).await);
    let silent = async {
        assert!(until_closed(&mut socket(&server).await).await.is_empty());
    };
    let slow = async {
        let mut socket = socket(&server).await;
        socket.write_all(b"GET /healthz HTTP/1.1\r\nHo").await.unwrap();
        until_closed(&mut socket).await;
    };
    let settings_only = async {
        let mut socket = socket(&server).await;
        socket.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
        until_closed(&mut socket).await;
    };
    let half_a_preface = async {
        let mut socket = socket(&server).await;
        socket.write_all(b"PRI * HT").await.unwrap();
        until_closed(&mut socket).await;
    };
    tokio::join!(silent, slow, settings_only, half_a_preface);
    assert!(is_answered(&mut heard).await, "a client that has asked something may be quiet for a while");
    assert!(refusals(&server, "first_request_seconds").await >= 4);
}

#[tokio::test]
async fn an_old_connection_is_asked_to_end_and_then_ended_and_requests_go_on() {
    let limits = Limits { connection_age_seconds: 1, connection_age_grace_seconds: 1, ..Limits::default() };
    let server = TestServer::limited(limits).await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    let request = v1::SubscribeEventsRequest { ledger: ledger.clone(), ..Default::default() };
    let mut stream = server.client.changes().subscribe_events(request).await.unwrap().into_inner();
    let follow = async {
        loop {
            match stream.message().await {
                Ok(Some(_)) => {}
                ended => return ended.map(drop),
            }
        }
    };
    let mut follow = Box::pin(tokio::time::timeout(PATIENCE, follow));
    // All the while others of the same client are answered: it moves to a new connection when it is asked to.
    let mut asked = 0;
    let mut ledgers = server.client.ledgers();
    let ended = loop {
        tokio::select! {
            ended = &mut follow => break ended.expect("a stream does not outlive the grace"),
            answer = ledgers.list_ledgers(v1::ListLedgersRequest::default()) => {
                // A request on its way while the connection is cut is told so, and nothing else.
                asked += u64::from(answer.is_ok());
            }
        }
    };
    ended.expect_err("an ended stream is not taken for a complete one");
    assert!(asked > 3, "{asked} requests were answered");
    let mut tries = 0;
    while let Err(status) = ledgers.list_ledgers(v1::ListLedgersRequest::default()).await {
        tries += 1;
        assert!(tries < 5, "the client does not come to a new connection: {status:?}");
    }
}

#[tokio::test]
async fn who_takes_nothing_of_what_is_sent_is_closed() {
    let limits = Limits { keepalive_seconds: 1, keepalive_timeout_seconds: 1, ..Limits::default() };
    let server = TestServer::limited(limits).await;
    let mut deaf = socket(&server).await;
    let flood = async {
        // More answers than the buffers between hold; none is read.
        while deaf.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").await.is_ok() {}
    };
    tokio::time::timeout(PATIENCE, flood).await.expect("the server hangs up");
    assert!(refusals(&server, "keepalive_timeout_seconds").await >= 1);
}
