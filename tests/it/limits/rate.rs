//! How many requests a second one principal may send.

use entente::proto::v1;
use entente::serve::Limits;

use super::{another, assert_refused, refusals, retry_after};
use crate::grpc::http;
use crate::grpc::operations::get;
use crate::server::TestServer;

async fn one_a_second() -> TestServer {
    TestServer::limited(Limits { principal_requests_per_second: 1, principal_burst_requests: 2, ..Limits::default() })
        .await
}

async fn ask(client: &entente::client::Client) -> Result<(), tonic::Status> {
    client.ledgers().list_ledgers(v1::ListLedgersRequest::default()).await.map(drop)
}

#[tokio::test]
async fn beyond_the_rate_it_is_told_when_to_come_again_and_then_it_works() {
    let server = one_a_second().await;
    ask(&server.client).await.unwrap();
    ask(&server.client).await.unwrap();
    let refused = ask(&server.client).await.unwrap_err();
    assert_refused(&refused, "RATE_EXCEEDED", "principal_requests_per_second", 1);
    assert!(refused.metadata().contains_key("x-request-id"), "a refusal can be found in the log too");
    let same = ask(&another(&server).await).await.unwrap_err();
    assert_refused(&same, "RATE_EXCEEDED", "principal_requests_per_second", 1);
    tokio::time::sleep(retry_after(&same)).await;
    ask(&server.client).await.expect("the server said that it would work by now");
    assert!(refusals(&server, "principal_requests_per_second").await >= 2);
}

#[tokio::test]
async fn pages_are_told_too_and_whoever_asks_how_the_server_is_has_a_rate_of_its_own() {
    let server = one_a_second().await;
    assert!(get(&server, "/").await.starts_with("HTTP/1.1 200"));
    assert!(get(&server, "/").await.starts_with("HTTP/1.1 200"));
    let refused = get(&server, "/").await;
    assert!(refused.starts_with("HTTP/1.1 429"), "{refused}");
    assert!(refused.to_lowercase().contains("\r\nretry-after: 1\r\n"), "{refused}");
    assert!(refused.contains("principal_requests_per_second is 1"), "{refused}");
    assert!(get(&server, "/healthz").await.starts_with("HTTP/1.1 200"), "a flood does not hide how the server is");
    assert!(get(&server, "/metrics").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn grpc_web_is_refused_in_its_own_form() {
    let server = one_a_second().await;
    let request = b"POST /entente.v1.LedgerService/ListLedgers HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
        Content-Type: application/grpc-web+proto\r\nContent-Length: 5\r\n\r\n\0\0\0\0\0";
    http(&server, request).await;
    http(&server, request).await;
    let refused = http(&server, request).await.to_lowercase();
    assert!(refused.starts_with("http/1.1 200"), "{refused}");
    assert!(refused.contains("content-type: application/grpc-web+proto\r\n"), "{refused}");
    assert!(refused.contains("grpc-status: 8\r\n"), "{refused}");
}

#[tokio::test]
async fn paths_that_nobody_has_make_no_counters() {
    let server = one_a_second().await;
    for number in 0..4 {
        let request = format!(
            "POST /made.up/Path{number} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/grpc\r\nContent-Length: 0\r\n\r\n"
        );
        http(&server, request.as_bytes()).await;
    }
    let page = get(&server, "/metrics").await;
    assert!(!page.contains("made.up"), "a client could fill the memory with names");
}

#[tokio::test]
async fn no_limit_is_no_limit() {
    let limits = Limits { principal_requests_per_second: 0, principal_burst_requests: 1, ..Limits::default() };
    let server = TestServer::limited(limits).await;
    for _ in 0..50 {
        ask(&server.client).await.unwrap();
    }
}
