//! How much one connection and one principal may have under way.

use bytes::Bytes;
use entente::client::Client;
use entente::proto::v1;
use entente::serve::Limits;
use tonic::{Status, Streaming};

use super::transport::broken_client;
use super::{another, assert_refused, retry_after};
use crate::server::TestServer;

async fn follow(client: &Client, ledger: &str) -> Result<Streaming<v1::SubscribeEventsResponse>, Status> {
    let request = v1::SubscribeEventsRequest { ledger: ledger.to_owned(), ..Default::default() };
    Ok(client.changes().subscribe_events(request).await?.into_inner())
}

/// Tries again for as long as the server says that it may help.
async fn once_there_is_room(client: &Client, ledger: &str) -> Streaming<v1::SubscribeEventsResponse> {
    for _ in 0..10 {
        match follow(client, ledger).await {
            Ok(stream) => return stream,
            Err(refused) => tokio::time::sleep(retry_after(&refused)).await,
        }
    }
    panic!("the place of a stream that has ended is never free again");
}

#[tokio::test]
async fn streams_of_one_connection() {
    let server = TestServer::limited(Limits { connection_streams_max: 2, ..Limits::default() }).await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    let first = follow(&server.client, &ledger).await.unwrap();
    let _second = follow(&server.client, &ledger).await.unwrap();
    let refused = follow(&server.client, &ledger).await.unwrap_err();
    assert_refused(&refused, "TOO_MANY_AT_ONCE", "connection_streams_max", 2);
    server
        .client
        .ledgers()
        .list_ledgers(v1::ListLedgersRequest::default())
        .await
        .expect("no stream, so it is answered");
    let _elsewhere = follow(&another(&server).await, &ledger).await.expect("another connection has its own");
    drop(first);
    once_there_is_room(&server.client, &ledger).await;
}

#[tokio::test]
async fn streams_of_one_principal_over_all_its_connections() {
    let server = TestServer::limited(Limits { principal_streams_max: 2, ..Limits::default() }).await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    let first = follow(&server.client, &ledger).await.unwrap();
    let other = another(&server).await;
    let _second = follow(&other, &ledger).await.unwrap();
    let refused = follow(&another(&server).await, &ledger).await.unwrap_err();
    assert_refused(&refused, "TOO_MANY_AT_ONCE", "principal_streams_max", 2);
    drop(first);
    once_there_is_room(&other, &ledger).await;
}

#[tokio::test]
async fn requests_of_one_principal() {
    let server = TestServer::limited(Limits { principal_requests_max: 2, ..Limits::default() }).await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    let _first = follow(&server.client, &ledger).await.unwrap();
    let second = follow(&another(&server).await, &ledger).await.unwrap();
    let ask = || async { server.client.ledgers().list_ledgers(v1::ListLedgersRequest::default()).await };
    assert_refused(&ask().await.unwrap_err(), "TOO_MANY_AT_ONCE", "principal_requests_max", 2);
    drop(second);
    let mut tries = 0;
    while let Err(refused) = ask().await {
        tries += 1;
        assert!(tries < 10, "{refused:?}");
        tokio::time::sleep(retry_after(&refused)).await;
    }
}

#[tokio::test]
async fn bytes_of_requests_that_never_end() {
    let server = TestServer::limited(Limits { principal_upload_kib_max: 1024, ..Limits::default() }).await;
    let (mut client, _connection) = broken_client(&server).await;
    let mut begin = async || {
        let request = http::Request::post(format!("{}/entente.v1.LedgerService/AppendEvents", server.address))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(())
            .unwrap();
        client = client.clone().ready().await.unwrap();
        let (answer, mut body) = client.send_request(request, false).unwrap();
        // A message of 3 MiB is announced, and 700 KiB of it come.
        let mut bytes = vec![0_u8; 700 << 10];
        bytes[..5].copy_from_slice(&[0, 0, 0x30, 0, 0]);
        body.send_data(Bytes::from(bytes), false).unwrap();
        (answer, body)
    };
    let (_first, _held) = begin().await;
    let (second, _held_too) = begin().await;
    // Which of the two is refused depends on whose bytes come in first; the one that was not gets no answer.
    let answer = tokio::time::timeout(std::time::Duration::from_secs(20), async {
        tokio::select! {
            answer = second => answer,
            answer = _first => answer,
        }
    });
    let answer = answer.await.expect("one of them is refused").unwrap();
    let status = Status::from_header_map(answer.headers()).expect("an answer that is only an error");
    assert_refused(&status, "TOO_MANY_AT_ONCE", "principal_upload_kib_max", 1024);
    server.client.ledgers().list_ledgers(v1::ListLedgersRequest::default()).await.expect("small requests are taken");
}
