//! The two clocks of a question: resolved, echoed, and refused where they cannot be.

use entente::proto::v1;
use tonic::Code;

use super::appends::reason;
use super::sample::{amount, deal, id, suspension};
use crate::server::{NOON, TestServer, stamp};

async fn ask(
    server: &TestServer,
    name: &str,
    clocks: v1::Clocks,
) -> Result<v1::AssessCommitmentResponse, tonic::Status> {
    let request = v1::AssessCommitmentRequest { name: name.to_owned(), clocks: Some(clocks), read_mask: None };
    server.client.compliance().assess_commitment(request).await.map(tonic::Response::into_inner)
}

fn as_of(text: &str) -> v1::Clocks {
    v1::Clocks { as_of: Some(stamp(text)), ..v1::Clocks::default() }
}

#[tokio::test]
async fn an_answer_says_what_its_clocks_resolved_to_and_can_be_had_again() {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    let name = format!("{ledger}/commitments/soybeans");
    let now = ask(&server, &name, v1::Clocks::default()).await.unwrap();
    let clocks = now.clocks.clone().unwrap();
    assert_eq!(clocks.as_of, Some(stamp(NOON)));
    assert_eq!(clocks.known_position, 6);
    assert_eq!(clocks.ledger_kind(), v1::LedgerKind::Live);

    server.append(&ledger, vec![amount(&ledger, 10, "2026-01-01", "2026-02-28", "9000000")]).await.unwrap();
    let after = ask(&server, &name, v1::Clocks::default()).await.unwrap();
    assert_ne!(after.assessment, now.assessment, "the report changed the answer");
    let again = v1::Clocks { known_position: Some(6), ..as_of(NOON) };
    assert_eq!(ask(&server, &name, again).await.unwrap(), now, "the first answer is still there");
}

#[tokio::test]
async fn a_lapse_needs_no_event() {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    let name = format!("{ledger}/commitments/suspension");
    let running = ask(&server, &name, as_of("2026-11-10T15:59:59Z")).await.unwrap().assessment.unwrap();
    assert_eq!((running.lifecycle(), running.status()), (v1::Lifecycle::InForce, v1::Status::OnTrack));
    assert_eq!(running.next_change_at, Some(stamp("2026-11-10T16:00:00Z")));
    let lapsed = ask(&server, &name, as_of("2026-11-10T16:00:00Z")).await.unwrap().assessment.unwrap();
    assert_eq!((lapsed.lifecycle(), lapsed.status()), (v1::Lifecycle::Lapsed, v1::Status::Met));
    assert_eq!(lapsed.row, "M12");
}

#[tokio::test]
async fn before_it_was_recorded_a_commitment_is_not_recorded() {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    let name = format!("{ledger}/commitments/suspension");
    let clocks = v1::Clocks { known_position: Some(3), ..v1::Clocks::default() };
    let assessment = ask(&server, &name, clocks).await.unwrap().assessment.unwrap();
    assert_eq!(assessment.status(), v1::Status::NotRecorded);
    let request = v1::GetCommitmentRequest {
        name,
        clocks: Some(v1::Clocks { known_position: Some(3), ..v1::Clocks::default() }),
        read_mask: None,
    };
    let status = server.client.compliance().get_commitment(request).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
}

#[tokio::test]
async fn clocks_that_cannot_be_are_refused() {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    let name = format!("{ledger}/commitments/suspension");
    let in_9999 = prost_types::Timestamp { seconds: 253_402_300_799, nanos: 0 };
    let known_at = |text: &str| Some(stamp(text));
    let cases = [
        (v1::Clocks { known_at: known_at("2026-03-01T12:00:01Z"), ..v1::Clocks::default() }, "in the future"),
        (v1::Clocks { as_of: Some(in_9999), ..v1::Clocks::default() }, "outside the supported span"),
        (
            v1::Clocks { as_of: Some(prost_types::Timestamp { seconds: 0, nanos: 1 }), ..v1::Clocks::default() },
            "whole seconds",
        ),
        (v1::Clocks { known_position: Some(7), ..v1::Clocks::default() }, "after the head"),
        (v1::Clocks { known_position: Some(1), known_at: known_at(NOON), ..v1::Clocks::default() }, "give one of them"),
    ];
    for (clocks, words) in cases {
        let status = ask(&server, &name, clocks).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{clocks:?}");
        assert_eq!(reason(&status).0, "INVALID_FIELD");
        assert!(status.message().contains(words), "{}", status.message());
    }
}

#[tokio::test]
async fn known_at_of_a_replayed_ledger_is_its_own_time() {
    let server = TestServer::in_memory().await;
    let ledger = server.create("replay", v1::LedgerKind::Replay).await;
    let mut events = deal(&ledger);
    for event in &mut events {
        event.recorded_at = Some(stamp("2025-11-07T12:00:00Z"));
    }
    server.append(&ledger, events).await.unwrap();
    let name = format!("{ledger}/commitments/suspension");
    let known = |text: &str| v1::Clocks { known_at: Some(stamp(text)), ..as_of("2026-01-01T00:00:00Z") };
    let before = ask(&server, &name, known("2025-11-07T11:59:59Z")).await.unwrap();
    assert_eq!(before.assessment.unwrap().status(), v1::Status::NotRecorded);
    let after = ask(&server, &name, known("2027-01-01T00:00:00Z")).await.unwrap();
    assert_eq!(after.assessment.unwrap().status(), v1::Status::OnTrack);
    assert_eq!(after.clocks.unwrap().ledger_kind(), v1::LedgerKind::Replay);
}

#[tokio::test]
async fn min_position_waits_for_a_write_and_for_no_longer_than_the_deadline() {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    let name = format!("{ledger}/commitments/suspension");
    let waiting = v1::Clocks { min_position: 7, ..v1::Clocks::default() };
    let mut request = tonic::Request::new(v1::AssessCommitmentRequest { name, clocks: Some(waiting), read_mask: None });
    let compliance = server.client.compliance();
    let asked = tokio::spawn({
        let (mut compliance, request) = (compliance.clone(), v1::AssessCommitmentRequest::clone(request.get_ref()));
        async move { compliance.assess_commitment(request).await }
    });
    let retitled = v1::Submission { event_id: id(10), supersedes: id(3), ..suspension(&ledger) };
    server.append(&ledger, vec![retitled]).await.unwrap();
    let answer = asked.await.unwrap().unwrap().into_inner();
    assert!(answer.clocks.unwrap().known_position >= 7);

    request.get_mut().clocks = Some(v1::Clocks { min_position: 1_000_000, ..v1::Clocks::default() });
    request.set_timeout(std::time::Duration::from_millis(50));
    let status = compliance.clone().assess_commitment(request).await.unwrap_err();
    assert!(matches!(status.code(), Code::DeadlineExceeded | Code::Cancelled), "{status:?}");
}
