//! What operators and foreign clients rely on: health, reflection, gRPC-Web, metrics, request ids, restarts, shutdown.

use std::time::Duration;

use entente::proto::v1;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tonic::Code;
use tonic_health::pb::health_client::HealthClient;
use v1::read_events_response::Part;

use super::appends::reason;
use super::sample::{deal, statement};
use crate::server::{NOON, TestServer, stamp};

/// A plain HTTP/1.1 request, and the whole answer as text.
pub(crate) async fn http(server: &TestServer, request: &[u8]) -> String {
    String::from_utf8_lossy(&http_bytes(server, request).await).into_owned()
}

/// The same, byte for byte.
pub(super) async fn http_bytes(server: &TestServer, request: &[u8]) -> Vec<u8> {
    let address = server.address.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    answer
}

pub(crate) async fn get(server: &TestServer, path: &str) -> String {
    http(server, format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").as_bytes()).await
}

#[tokio::test]
async fn health_is_told_for_the_server_and_for_each_service() {
    let server = TestServer::in_memory().await;
    let channel = tonic::transport::Channel::from_shared(server.address.clone()).unwrap().connect().await.unwrap();
    let mut health = HealthClient::new(channel);
    for service in [
        "",
        "entente.v1.LedgerService",
        "entente.v1.ComplianceService",
        "entente.v1.ChangeService",
        "entente.v1.ProofService",
        "entente.v1.AdminService",
    ] {
        let request = tonic_health::pb::HealthCheckRequest { service: service.to_owned() };
        let status = health.check(request).await.unwrap().into_inner().status();
        assert_eq!(status, tonic_health::pb::health_check_response::ServingStatus::Serving, "{service:?}");
    }
    assert!(get(&server, "/healthz").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_server_says_what_it_is_and_since_when() {
    let server = TestServer::in_memory().await;
    let channel = tonic::transport::Channel::from_shared(server.address.clone()).unwrap().connect().await.unwrap();
    let mut admin = v1::admin_service_client::AdminServiceClient::new(channel);
    let info = admin.get_server_info(v1::GetServerInfoRequest {}).await.unwrap().into_inner();
    assert_eq!(info.version, env!("CARGO_PKG_VERSION"));
    assert_eq!(info.started_at, Some(stamp(NOON)));
}

#[tokio::test]
async fn reflection_lists_the_services_in_both_versions() {
    let server = TestServer::in_memory().await;
    let channel = tonic::transport::Channel::from_shared(server.address.clone()).unwrap().connect().await.unwrap();
    let expected = ["entente.v1.ComplianceService", "entente.v1.LedgerService", "grpc.health.v1.Health"];
    {
        use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
        use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
        use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
        let request = tonic_reflection::pb::v1::ServerReflectionRequest {
            host: String::new(),
            message_request: Some(MessageRequest::ListServices(String::new())),
        };
        let mut client = ServerReflectionClient::new(channel.clone());
        let mut answers = client.server_reflection_info(tokio_stream::once(request)).await.unwrap().into_inner();
        let Some(MessageResponse::ListServicesResponse(list)) =
            answers.message().await.unwrap().unwrap().message_response
        else {
            panic!("not a list of services");
        };
        let names: Vec<&str> = list.service.iter().map(|service| service.name.as_str()).collect();
        assert!(expected.iter().all(|name| names.contains(name)), "{names:?}");
    }
    {
        use tonic_reflection::pb::v1alpha::server_reflection_client::ServerReflectionClient;
        use tonic_reflection::pb::v1alpha::server_reflection_request::MessageRequest;
        let request = tonic_reflection::pb::v1alpha::ServerReflectionRequest {
            host: String::new(),
            message_request: Some(MessageRequest::FileContainingSymbol("entente.v1.Submission".to_owned())),
        };
        let mut client = ServerReflectionClient::new(channel);
        let mut answers = client.server_reflection_info(tokio_stream::once(request)).await.unwrap().into_inner();
        assert!(answers.message().await.unwrap().unwrap().message_response.is_some());
    }
}

#[tokio::test]
async fn grpc_web_is_spoken_over_http_1() {
    let server = TestServer::in_memory().await;
    server.create("deal", v1::LedgerKind::Live).await;
    let message = prost::Message::encode_to_vec(&v1::ListLedgersRequest::default());
    let mut body = vec![0];
    body.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    body.extend(message);
    let mut request = format!(
        "POST /entente.v1.LedgerService/ListLedgers HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/grpc-web+proto\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend(body);
    let answer = http(&server, &request).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("ledgers/deal"), "{answer}");
    assert!(answer.contains("grpc-status:0"), "the trailers come in the body: {answer}");
}

#[tokio::test]
async fn metrics_count_requests_by_method_and_code_and_commits() {
    let server = TestServer::in_memory().await;
    let ledger = server.create("counted", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    server.append(&ledger, Vec::new()).await.unwrap_err();
    let page = get(&server, "/metrics").await;
    for line in [
        "entente_requests_total{method=\"entente.v1.LedgerService/AppendEvents\",code=\"Ok\"}",
        "entente_requests_total{method=\"entente.v1.LedgerService/AppendEvents\",code=\"InvalidArgument\"}",
        "entente_commit_events_bucket",
        "entente_commit_seconds_bucket",
        "entente_head{ledger=\"counted\"} 6",
        "entente_append_queue_depth{ledger=\"counted\"}",
    ] {
        assert!(page.contains(line), "{line} is not in\n{page}");
    }
}

#[tokio::test]
async fn metrics_of_a_ledger_are_there_from_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let server = TestServer::on_disk(directory.path()).await;
    let ledger = server.create("gauged", v1::LedgerKind::Live).await;
    let expect = async |server: &TestServer, head: u64| {
        let page = get(server, "/metrics").await;
        for line in [
            format!("entente_head{{ledger=\"gauged\"}} {head}"),
            "entente_append_queue_depth{ledger=\"gauged\"} 0".to_owned(),
            "entente_damaged_positions{ledger=\"gauged\"} 0".to_owned(),
        ] {
            assert!(page.lines().any(|it| it == line), "{line} is not in\n{page}");
        }
    };
    expect(&server, 1).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    server.stop().await.unwrap();
    // The counters of a process outlive its servers, so this is what a new process would say.
    metrics::gauge!("entente_head", "ledger" => "gauged").set(0.0);
    expect(&TestServer::on_disk(directory.path()).await, 6).await;
}

#[tokio::test]
async fn a_request_keeps_its_id_and_gets_one_where_it_has_none() {
    let server = TestServer::in_memory().await;
    let ask = async |id: Option<&str>| {
        let mut request = tonic::Request::new(v1::GetLedgerRequest { name: "ledgers/none".to_owned() });
        if let Some(id) = id {
            request.metadata_mut().insert("x-request-id", id.parse().unwrap());
        }
        let status = server.client.ledgers().get_ledger(request).await.unwrap_err();
        status.metadata().get("x-request-id").unwrap().to_str().unwrap().to_owned()
    };
    assert_eq!(ask(Some("desk-7")).await, "desk-7");
    assert_ne!(ask(None).await, ask(None).await);
    assert_ne!(ask(Some(&"x".repeat(500))).await, "x".repeat(500));
}

#[tokio::test]
async fn a_deadline_that_has_passed_ends_the_request() {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    let mut request = tonic::Request::new(v1::ReadEventsRequest {
        ledger,
        min_position: 1_000_000,
        ..v1::ReadEventsRequest::default()
    });
    request.set_timeout(Duration::from_millis(20));
    let status = server.client.ledgers().read_events(request).await.unwrap_err();
    assert!(matches!(status.code(), Code::DeadlineExceeded | Code::Cancelled), "{status:?}");
}

#[tokio::test]
async fn an_unknown_method_is_unimplemented_and_an_unknown_ledger_not_found() {
    let server = TestServer::in_memory().await;
    let status =
        server.client.ledgers().get_head(v1::GetHeadRequest { ledger: "ledgers/none".to_owned() }).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).0.as_str()), (Code::NotFound, "NOT_FOUND"));
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    let again = v1::CreateLedgerRequest {
        ledger_id: "deal".to_owned(),
        ledger: Some(v1::Ledger { kind: v1::LedgerKind::Live.into(), title: "again".to_owned(), ..Default::default() }),
        recorded_at: None,
    };
    let status = server.client.ledgers().create_ledger(again).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).0.as_str()), (Code::AlreadyExists, "LEDGER_EXISTS"));
    assert_eq!(ledger, "ledgers/deal");
}

#[tokio::test]
async fn a_restart_finds_everything_that_was_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let server = TestServer::on_disk(directory.path()).await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    let name = format!("{ledger}/commitments/suspension");
    let ask = v1::AssessCommitmentRequest { name, clocks: None, read_mask: None };
    let before = server.client.compliance().assess_commitment(ask.clone()).await.unwrap().into_inner();
    server.stop().await.unwrap();

    let server = TestServer::on_disk(directory.path()).await;
    let after = server.client.compliance().assess_commitment(ask).await.unwrap().into_inner();
    assert_eq!(before, after);
    assert!(server.append(&ledger, deal(&ledger)).await.unwrap().replayed, "ids are known for ever");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn shutdown_ends_an_open_stream_with_unavailable() {
    let mut server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    // Far more than the windows and queues in between can hold, so the stream is open when the server stops.
    for first in (0..6000_u32).step_by(500) {
        let long = |number| v1::Submission { note: "x".repeat(4000), ..statement(&ledger, 1000 + number) };
        server.append(&ledger, (first..first + 500).map(long).collect()).await.unwrap();
    }
    let request = v1::ReadEventsRequest { ledger, ..v1::ReadEventsRequest::default() };
    let mut stream = server.client.ledgers().read_events(request).await.unwrap().into_inner();
    stream.message().await.unwrap();
    server.begin_stop();
    let mut status = None;
    while status.is_none() {
        match stream.message().await {
            Ok(Some(part)) => assert!(!matches!(part.part, Some(Part::End(_))), "it did not read to the end"),
            Ok(None) => panic!("a cut stream does not look like a whole one"),
            Err(error) => status = Some(error),
        }
    }
    let status = status.unwrap();
    assert_eq!(status.code(), Code::Unavailable, "{status:?}");
    assert_eq!(reason(&status).0, "SHUTTING_DOWN");
    drop(stream);
    server.stop().await.unwrap();
}
