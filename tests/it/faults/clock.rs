//! A wall clock that is set: 20 hours back, ten years forward, and right again. The system's own is never touched.

use entente::domain::Instant;
use entente::proto::v1;

use crate::grpc::sample::{deal, statement};
use crate::server::{NOON, TestServer, stamp};

async fn recorded_at(server: &TestServer, ledger: &str, number: u32) -> i64 {
    let answer = server.append(ledger, vec![statement(ledger, number)]).await.unwrap();
    answer.events[0].recorded_at.unwrap().seconds
}

async fn status_now(server: &TestServer, ledger: &str) -> v1::Status {
    let name = format!("{ledger}/commitments/suspension");
    let request = v1::AssessCommitmentRequest { name, ..v1::AssessCommitmentRequest::default() };
    let answer = server.client.compliance().assess_commitment(request).await.unwrap().into_inner();
    answer.assessment.unwrap().status()
}

fn set(server: &TestServer, text: &str) {
    server.clock.set(Instant::parse(text).unwrap());
}

/// Promised: record times never go back, over a restart too; positions, and not clocks, order what is known; appends go on
/// whatever the clock shows.
#[tokio::test]
async fn a_clock_set_back_20_hours_and_forward_10_years_misleads_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let server = TestServer::on_disk(directory.path()).await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    let noon = stamp(NOON).seconds;
    assert_eq!(recorded_at(&server, &ledger, 10).await, noon);

    set(&server, "2026-02-28T16:00:00Z");
    assert_eq!(recorded_at(&server, &ledger, 11).await, noon, "20 hours back: no record time goes back");
    set(&server, "2036-03-01T12:00:00Z");
    let far = stamp("2036-03-01T12:00:00Z").seconds;
    assert_eq!(recorded_at(&server, &ledger, 12).await, far);
    assert_eq!(status_now(&server, &ledger).await, v1::Status::Met, "by then the suspension has run its course");
    server.stop().await.unwrap();

    // Right again, in a new process: the clock shows noon.
    let server = TestServer::on_disk(directory.path()).await;
    assert_eq!(recorded_at(&server, &ledger, 13).await, far, "what was stamped is never undercut");
    assert_eq!(status_now(&server, &ledger).await, v1::Status::OnTrack, "a question asked now is about now");
    let request = v1::ReadEventsRequest { ledger: ledger.clone(), ..v1::ReadEventsRequest::default() };
    let mut parts = server.client.ledgers().read_events(request).await.unwrap().into_inner();
    let mut last = (0, i64::MIN);
    while let Some(part) = parts.message().await.unwrap() {
        let Some(v1::read_events_response::Part::Batch(batch)) = part.part else { continue };
        for event in batch.events {
            let place = (event.position, event.recorded_at.unwrap().seconds);
            assert!(place.0 == last.0 + 1 && place.1 >= last.1, "{place:?} after {last:?}");
            last = place;
        }
    }
    assert_eq!(last, (10, far));
    server.stop().await.unwrap();
}
