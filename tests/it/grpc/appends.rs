//! Appending: atomic, idempotent for ever, with preconditions, validated on request.

use entente::proto::v1;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::sample::{deal, id, signed, statement};
use crate::server::TestServer;

/// The reason in a status's ErrorInfo, and its metadata.
pub(crate) fn reason(status: &tonic::Status) -> (String, std::collections::HashMap<String, String>) {
    let info = status.get_error_details().error_info().cloned().expect("every refusal carries an ErrorInfo");
    assert_eq!(info.domain, "entente.v1");
    (info.reason, info.metadata)
}

async fn live() -> (TestServer, String) {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    (server, ledger)
}

#[tokio::test]
async fn an_append_says_where_each_event_stands() {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    let response = server.append(&ledger, deal(&ledger)).await.unwrap();
    let positions: Vec<u64> = response.events.iter().map(|event| event.position).collect();
    assert_eq!(positions, [2, 3, 4, 5, 6], "dense, after the ledger's own first event");
    assert_eq!(response.head, 6);
    assert!(!response.replayed);
    assert_eq!(response.events[0].event_id, id(1));
}

#[tokio::test]
async fn the_same_ids_with_the_same_content_give_the_original_result_whatever_the_preconditions() {
    let (server, ledger) = live().await;
    let first = server.append(&ledger, vec![statement(&ledger, 10)]).await.unwrap();
    server.append(&ledger, vec![statement(&ledger, 11)]).await.unwrap();
    let request = v1::AppendEventsRequest {
        ledger: ledger.clone(),
        submissions: vec![statement(&ledger, 10)],
        preconditions: Some(v1::Preconditions { ledger_head: Some(1), subject_revisions: Vec::new() }),
        ..v1::AppendEventsRequest::default()
    };
    let again = server.client.ledgers().append_events(request).await.unwrap().into_inner();
    assert!(again.replayed);
    assert_eq!(again.events, first.events);
    assert_eq!(again.head, 8, "the head as it is now");
}

#[tokio::test]
async fn an_id_with_other_content_is_refused_and_named() {
    let (server, ledger) = live().await;
    server.append(&ledger, vec![statement(&ledger, 10)]).await.unwrap();
    let mut other = statement(&ledger, 10);
    other.note = "not what it was".to_owned();
    let status = server.append(&ledger, vec![other]).await.unwrap_err();
    assert_eq!(status.code(), Code::AlreadyExists);
    let (reason, metadata) = reason(&status);
    assert_eq!(reason, "ID_REUSED");
    assert_eq!(metadata["event_id"], id(10));
}

#[tokio::test]
async fn a_batch_of_which_some_ids_are_known_records_nothing() {
    let (server, ledger) = live().await;
    server.append(&ledger, vec![statement(&ledger, 10)]).await.unwrap();
    let status = server.append(&ledger, vec![statement(&ledger, 10), statement(&ledger, 11)]).await.unwrap_err();
    assert_eq!(status.code(), Code::AlreadyExists);
    assert_eq!(reason(&status).0, "ID_KNOWN");
    let status = server.append(&ledger, vec![statement(&ledger, 12), statement(&ledger, 12)]).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(reason(&status).0, "ID_TWICE");
    assert_eq!(head(&server, &ledger).await, 7);
}

#[tokio::test]
async fn one_refused_event_refuses_the_batch() {
    let (server, ledger) = live().await;
    let mut unknown = statement(&ledger, 11);
    unknown.subject = format!("{ledger}/instruments/unheard-of");
    let status = server.append(&ledger, vec![statement(&ledger, 10), unknown]).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition);
    let (reason, metadata) = reason(&status);
    assert_eq!(reason, "UNKNOWN_SUBJECT");
    assert_eq!(metadata["index"], "1");
    assert!(status.message().starts_with("submissions[1].subject: "), "{}", status.message());
    assert_eq!(head(&server, &ledger).await, 6);
}

#[tokio::test]
async fn a_stale_precondition_aborts_and_says_what_came_between() {
    let (server, ledger) = live().await;
    let request = |preconditions| v1::AppendEventsRequest {
        ledger: ledger.clone(),
        submissions: vec![statement(&ledger, 10)],
        preconditions: Some(preconditions),
        ..v1::AppendEventsRequest::default()
    };
    let stale_head = v1::Preconditions { ledger_head: Some(5), subject_revisions: Vec::new() };
    let status = server.client.ledgers().append_events(request(stale_head)).await.unwrap_err();
    assert_eq!(status.code(), Code::Aborted);
    let (stale, metadata) = reason(&status);
    assert_eq!((stale.as_str(), metadata["head"].as_str()), ("STALE_HEAD", "6"));

    let subject = format!("{ledger}/measures/magnets");
    let stale_subject = v1::Preconditions {
        ledger_head: Some(6),
        subject_revisions: vec![v1::SubjectRevision { subject: subject.clone(), revision: 3 }],
    };
    let status = server.client.ledgers().append_events(request(stale_subject)).await.unwrap_err();
    assert_eq!(status.code(), Code::Aborted);
    let (stale, metadata) = reason(&status);
    assert_eq!((stale.as_str(), metadata["conflicting_position"].as_str()), ("STALE_SUBJECT", "5"));

    let future = v1::Preconditions { ledger_head: Some(7), subject_revisions: Vec::new() };
    let status = server.client.ledgers().append_events(request(future)).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).0.as_str()), (Code::InvalidArgument, "FUTURE_POSITION"));

    let fresh = v1::Preconditions {
        ledger_head: Some(6),
        subject_revisions: vec![v1::SubjectRevision { subject, revision: 5 }],
    };
    let response = server.client.ledgers().append_events(request(fresh)).await.unwrap().into_inner();
    assert_eq!(response.head, 7);
}

#[tokio::test]
async fn validate_only_says_what_would_happen_and_records_nothing() {
    let (server, ledger) = live().await;
    let request = |submissions| v1::AppendEventsRequest {
        ledger: ledger.clone(),
        submissions,
        validate_only: true,
        ..v1::AppendEventsRequest::default()
    };
    let asked = request(vec![statement(&ledger, 10)]);
    let response = server.client.ledgers().append_events(asked).await.unwrap().into_inner();
    assert!(response.validate_only);
    assert_eq!(response.events[0].position, 7);
    assert_eq!(head(&server, &ledger).await, 6);
    let status = server.client.ledgers().append_events(request(vec![signed(&ledger), statement(&ledger, 11)])).await;
    assert_eq!(status.unwrap_err().code(), Code::AlreadyExists);
}

#[tokio::test]
async fn an_event_without_an_id_gets_one() {
    let (server, ledger) = live().await;
    let mut nameless = statement(&ledger, 10);
    nameless.event_id.clear();
    let response = server.append(&ledger, vec![nameless]).await.unwrap();
    let made = &response.events[0].event_id;
    let request = v1::GetEventRequest { name: format!("{ledger}/events/{made}") };
    let event = server.client.ledgers().get_event(request).await.unwrap().into_inner().event.unwrap();
    assert_eq!(event.position, 7);
}

#[tokio::test]
async fn record_times_never_go_back_even_when_the_clock_does() {
    let (server, ledger) = live().await;
    server.clock.set(entente::domain::Instant::parse("2026-02-28T16:00:00Z").unwrap());
    let response = server.append(&ledger, vec![statement(&ledger, 10)]).await.unwrap();
    let recorded_at = response.events[0].recorded_at.unwrap();
    assert_eq!(recorded_at, crate::server::stamp(crate::server::NOON), "20 hours earlier on the clock");
}

#[tokio::test]
async fn two_writers_at_once_lose_nothing_and_repeat_nothing() {
    let (server, ledger) = live().await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8_u32 {
        let (client, ledger) = (server.client.clone(), ledger.clone());
        writers.spawn(async move {
            for number in 0..25 {
                let submissions = vec![statement(&ledger, 100 + writer * 25 + number)];
                let request = v1::AppendEventsRequest { ledger: ledger.clone(), submissions, ..Default::default() };
                client.append_settled(request).await.unwrap();
            }
        });
    }
    while let Some(ended) = writers.join_next().await {
        ended.unwrap();
    }
    assert_eq!(head(&server, &ledger).await, 6 + 200);
}

pub(crate) async fn head(server: &TestServer, ledger: &str) -> u64 {
    let request = v1::GetHeadRequest { ledger: ledger.to_owned() };
    server.client.ledgers().get_head(request).await.unwrap().into_inner().head
}

#[tokio::test]
async fn an_append_can_repeat_several_and_keeps_their_boundaries() {
    let server = TestServer::in_memory().await;
    let ledger = server.create("again", v1::LedgerKind::Replay).await;
    let append = |numbers: std::ops::Range<u32>, append_sizes: Vec<u32>| v1::AppendEventsRequest {
        ledger: ledger.clone(),
        submissions: numbers.map(|number| statement(&ledger, number)).collect(),
        append_sizes,
        ..v1::AppendEventsRequest::default()
    };
    server.append(&ledger, deal(&ledger)).await.unwrap();
    server.client.ledgers().append_events(append(10..16, vec![2, 1, 3])).await.unwrap();
    server.client.ledgers().append_events(append(16..18, Vec::new())).await.unwrap();
    let mut through = Vec::new();
    for position in 1..=14 {
        let name = format!("{ledger}/events/{position}");
        let event = server.client.ledgers().get_event(v1::GetEventRequest { name }).await.unwrap().into_inner().event;
        through.push(event.unwrap().append_through);
    }
    assert_eq!(through, [1, 6, 6, 6, 6, 6, 8, 8, 9, 12, 12, 12, 14, 14]);

    let live = server.create("live", v1::LedgerKind::Live).await;
    let cases = [
        ("append_sizes[1]: is 0", append(20..22, vec![2, 0])),
        ("append_sizes: add up to 3, and there are 2", append(20..22, vec![2, 1])),
        (
            "append_sizes: is for REPLAY",
            v1::AppendEventsRequest {
                ledger: live.clone(),
                submissions: vec![statement(&live, 20)],
                ..append(0..0, vec![1])
            },
        ),
    ];
    for (begins, request) in cases {
        let status = server.client.ledgers().append_events(request).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert!(status.message().starts_with(begins), "{status:?}");
    }
}
