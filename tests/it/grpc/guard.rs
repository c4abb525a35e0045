//! Who may ask over the loopback, and what is answered where nothing is: raw HTTP, as a browser or a script sends it.

use entente::proto::v1;
use tonic::Code;

use super::appends::reason;
use super::operations::http;
use crate::server::TestServer;

/// The status line and the body of a GET with these headers.
async fn get_with(server: &TestServer, path: &str, headers: &str) -> (u16, String) {
    let request = format!("GET {path} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n");
    let answer = http(server, request.as_bytes()).await;
    let status =
        answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{answer:?}"));
    (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
}

#[tokio::test]
async fn only_names_of_the_loopback_are_answered() {
    let server = TestServer::in_memory().await;
    for host in ["localhost", "LOCALHOST:7420", "127.0.0.1", "127.0.0.1:80", "127.8.9.10:1", "[::1]", "[::1]:7420"] {
        let (status, body) = get_with(&server, "/healthz", &format!("Host: {host}\r\n")).await;
        assert_eq!(status, 200, "{host}: {body}");
    }
    for host in [
        "evil.example",
        "evil.example:7420",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "192.0.2.1:7420",
        "[2001:db8::1]:7420",
        "0.0.0.0",
        "not a host",
    ] {
        for path in ["/healthz", "/metrics", "/entente.v1.LedgerService/ListLedgers", "/nowhere"] {
            let (status, body) = get_with(&server, path, &format!("Host: {host}\r\n")).await;
            assert_eq!(status, 403, "{host} {path}: {body}");
            assert!(body.contains("localhost") && body.ends_with(".\n"), "{host}: a sentence says why: {body:?}");
        }
    }
    let (status, _) = get_with(&server, "http://evil.example/healthz", "Host: localhost\r\n").await;
    assert_eq!(status, 403, "the name in the request line counts too");
    let (status, _) = get_with(&server, "/healthz", "Host: localhost\r\nHost: evil.example\r\n").await;
    assert_ne!(status, 200, "of two names neither may be foreign");
}

#[tokio::test]
async fn pages_of_other_origins_are_not_answered() {
    let server = TestServer::in_memory().await;
    for origin in ["http://localhost", "http://localhost:3000", "https://127.0.0.1:8443", "http://[::1]:3000"] {
        let (status, _) = get_with(&server, "/healthz", &format!("Host: localhost\r\nOrigin: {origin}\r\n")).await;
        assert_eq!(status, 200, "{origin}");
    }
    for origin in ["http://evil.example", "https://localhost.evil.example", "null", "file://", "http://192.0.2.1:7420"]
    {
        let (status, body) = get_with(&server, "/healthz", &format!("Host: localhost\r\nOrigin: {origin}\r\n")).await;
        assert_eq!(status, 403, "{origin}");
        assert!(body.contains("origin"), "{origin}: {body}");
    }
}

#[tokio::test]
async fn a_grpc_call_by_another_name_is_refused_and_by_the_loopback_s_own_is_not() {
    let server = TestServer::in_memory().await;
    let call = async |origin: &str| {
        let channel = tonic::transport::Channel::from_shared(server.address.clone()).unwrap();
        let channel = channel.origin(origin.parse().unwrap()).connect().await.unwrap();
        let mut ledgers = v1::ledger_service_client::LedgerServiceClient::new(channel);
        ledgers.list_ledgers(v1::ListLedgersRequest::default()).await
    };
    call("http://localhost:7420").await.unwrap();
    let status = call("http://evil.example").await.unwrap_err();
    assert_eq!((status.code(), reason(&status).0.as_str()), (Code::PermissionDenied, "FOREIGN_NAME"), "{status:?}");
    assert!(status.message().contains("localhost"), "{}", status.message());
}

#[tokio::test]
async fn where_nothing_is_a_sentence_says_so() {
    let server = TestServer::in_memory().await;
    for path in ["/nowhere", "/robots.txt", "/entente.v1.NoSuchService/List"] {
        let (status, body) = get_with(&server, path, "Host: localhost\r\n").await;
        assert_eq!(status, 404, "{path}");
        assert!(body.contains("/healthz") && body.ends_with(".\n"), "{path}: {body:?}");
    }
    let posted = b"POST /v1/ledgers HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
        Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    let answer = http(&server, posted).await;
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
}

#[tokio::test]
async fn grpc_calls_where_nothing_is_are_unimplemented() {
    let server = TestServer::in_memory().await;
    let channel = tonic::transport::Channel::from_shared(server.address.clone()).unwrap().connect().await.unwrap();
    let mut grpc = tonic::client::Grpc::new(channel);
    for path in ["/entente.v1.LedgerService/NoSuchMethod", "/entente.v1.NoSuchService/List"] {
        grpc.ready().await.unwrap();
        let codec = tonic_prost::ProstCodec::<v1::ListLedgersRequest, v1::ListLedgersResponse>::default();
        let request = tonic::Request::new(v1::ListLedgersRequest::default());
        let status = grpc.unary(request, http::uri::PathAndQuery::from_static(path), codec).await.unwrap_err();
        assert_eq!(status.code(), Code::Unimplemented, "{path}");
    }
    let web = b"POST /entente.v1.NoSuchService/List HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
        Content-Type: application/grpc-web+proto\r\nContent-Length: 5\r\n\r\n\0\0\0\0\0";
    let answer = http(&server, web).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("grpc-status: 12"), "{answer}");
}
