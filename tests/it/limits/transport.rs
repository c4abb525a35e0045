//! Clients that abuse HTTP/2 lose their connection, and nobody else notices.

use std::time::Duration;

use bytes::Bytes;
use entente::proto::v1;
use entente::serve::Limits;
use h2::client::SendRequest;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinHandle;

use super::socket;
use crate::server::TestServer;

/// An HTTP/2 client that can break the rules, and its connection's end.
pub(super) async fn broken_client(server: &TestServer) -> (SendRequest<Bytes>, JoinHandle<Result<(), h2::Error>>) {
    let (client, connection) = h2::client::Builder::new().handshake(socket(server).await).await.unwrap();
    (client, tokio::spawn(connection))
}

fn request(server: &TestServer) -> http::Request<()> {
    http::Request::get(format!("{}/healthz", server.address)).body(()).unwrap()
}

async fn assert_others_are_answered(server: &TestServer) {
    let mut ledgers = server.client.ledgers();
    let asked = ledgers.list_ledgers(v1::ListLedgersRequest::default());
    tokio::time::timeout(Duration::from_secs(20), asked).await.expect("in time").expect("answered");
}

#[tokio::test]
async fn rapid_resets_end_the_connection() {
    let server = TestServer::limited(Limits { pending_resets_max: 5, ..Limits::default() }).await;
    let (mut client, connection) = broken_client(&server).await;
    client = client.ready().await.unwrap();
    for _ in 0..10_000 {
        match client.send_request(request(&server), false) {
            Ok((_, mut stream)) => stream.send_reset(h2::Reason::CANCEL),
            Err(_) => break,
        }
        match client.ready().await {
            Ok(ready) => client = ready,
            Err(_) => break,
        }
    }
    let ended = tokio::time::timeout(Duration::from_secs(20), connection).await.expect("it ends").unwrap();
    let error = ended.expect_err("for a fault");
    assert_eq!(error.reason(), Some(h2::Reason::ENHANCE_YOUR_CALM), "{error:?}");
    assert_others_are_answered(&server).await;
}

#[tokio::test]
async fn headers_that_are_too_long_are_refused() {
    let server = TestServer::limited(Limits { header_kib_max: 8, ..Limits::default() }).await;
    let (client, _connection) = broken_client(&server).await;
    let mut client = client.ready().await.unwrap();
    let mut long = request(&server);
    for number in 0..20 {
        let name = http::HeaderName::try_from(format!("x-long-{number}")).unwrap();
        long.headers_mut().insert(name, "x".repeat(1000).parse().unwrap());
    }
    let (answer, _) = client.send_request(long, true).unwrap();
    assert_eq!(answer.await.unwrap().status(), 431);
    let mut client = client.ready().await.unwrap();
    let (answer, _) = client.send_request(request(&server), true).unwrap();
    assert_eq!(answer.await.unwrap().status(), 200, "the connection goes on");
}

#[tokio::test]
async fn headers_without_an_end_end_the_connection() {
    let server = TestServer::limited(Limits { header_kib_max: 8, ..Limits::default() }).await;
    let mut socket = socket(&server).await;
    let frame = |kind: u8, payload: &[u8]| {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        [&length[1..], &[kind, 0], &(if kind == 4 { 0_u32 } else { 1 }).to_be_bytes(), payload].concat()
    };
    socket.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    socket.write_all(&frame(4, &[])).await.unwrap();
    // HEADERS, and then CONTINUATION for ever: `a: b`, each time spelled out.
    socket.write_all(&frame(1, b"\x00\x01a\x01b")).await.unwrap();
    let (mut reader, mut writer) = socket.into_split();
    let flood = async { while writer.write_all(&frame(9, &b"\x00\x01a\x01b".repeat(200))).await.is_ok() {} };
    let ended = async {
        let mut told = Vec::new();
        drop(reader.read_to_end(&mut told).await);
        told
    };
    let both = async { tokio::join!(flood, ended) };
    let ((), told) = tokio::time::timeout(Duration::from_secs(20), both).await.expect("the server hangs up");
    assert!(!told.is_empty(), "after its settings, and why");
    assert_others_are_answered(&server).await;
}

#[tokio::test]
async fn how_many_requests_a_connection_may_have_is_told_by_the_protocol() {
    let server = TestServer::limited(Limits { connection_requests_max: 7, ..Limits::default() }).await;
    let (client, connection) = h2::client::handshake(socket(&server).await).await.unwrap();
    let mut connection = Box::pin(connection);
    let mut client = client.ready().await.unwrap();
    let (answer, _) = client.send_request(request(&server), true).unwrap();
    let status = tokio::select! {
        answer = answer => answer.unwrap().status(),
        ended = &mut connection => panic!("{ended:?}"),
    };
    assert_eq!(status, 200);
    assert_eq!(connection.max_concurrent_send_streams(), 7);
}
