//! A server that is asked to stop stops, whatever its clients are waiting for.

use std::time::Duration;

use entente::proto::v1;
use tonic::Code;

use super::appends::reason;
use super::sample::deal;
use crate::server::TestServer;

/// The grace of a test server, and what closing may take on top.
const STOPPED_WITHIN: Duration = Duration::from_secs(5 + 2);

#[tokio::test]
async fn a_request_that_waits_for_a_position_does_not_hold_the_server() {
    let mut server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    let held = server.client.clone();
    let assess = {
        let clocks = Some(v1::Clocks { min_position: 1_000_000, ..v1::Clocks::default() });
        let name = format!("{ledger}/commitments/suspension");
        let mut compliance = held.compliance();
        let request = v1::AssessCommitmentRequest { name, clocks, ..v1::AssessCommitmentRequest::default() };
        tokio::spawn(async move { compliance.assess_commitment(request).await.map(drop) })
    };
    let read = {
        let request = v1::ReadEventsRequest {
            ledger: ledger.clone(),
            min_position: 1_000_000,
            ..v1::ReadEventsRequest::default()
        };
        let mut ledgers = held.ledgers();
        tokio::spawn(async move { ledgers.read_events(request).await.map(drop) })
    };
    // Both are with the server once it has answered what was sent after them on the same connection.
    tokio::task::yield_now().await;
    super::appends::head(&server, &ledger).await;

    server.begin_stop();
    let stopped = tokio::time::timeout(STOPPED_WITHIN, server.stop()).await;
    stopped.expect("the server stops although requests wait and a client is held").unwrap();
    for waiting in [assess, read] {
        let status = waiting.await.unwrap().unwrap_err();
        assert_eq!(status.code(), Code::Unavailable, "{status:?}");
        assert_eq!(reason(&status).0, "SHUTTING_DOWN");
    }
    drop(held);
}
