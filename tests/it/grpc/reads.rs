//! Reading events back: both directions, filters, pages; the end is always said.

use entente::proto::v1;
use tonic::Code;
use v1::read_events_response::Part;

use super::sample::{amount, deal, id, statement};
use crate::server::{NOON, TestServer, stamp};

/// Everything a read gives: the positions, and the end.
async fn read(server: &TestServer, request: v1::ReadEventsRequest) -> (Vec<u64>, v1::ReadEnd) {
    let mut stream = server.client.ledgers().read_events(request).await.unwrap().into_inner();
    let mut positions = Vec::new();
    let mut end = None;
    while let Some(part) = stream.message().await.unwrap() {
        assert!(end.is_none(), "nothing comes after the end");
        match part.part.unwrap() {
            Part::Batch(batch) => positions.extend(batch.events.iter().map(|event| event.position)),
            Part::End(said) => end = Some(said),
        }
    }
    (positions, end.expect("every read says how it ended"))
}

async fn full(events: u32) -> (TestServer, String) {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    for first in (0..events).step_by(500) {
        let batch = (first..events.min(first + 500)).map(|number| statement(&ledger, 1000 + number)).collect();
        server.append(&ledger, batch).await.unwrap();
    }
    (server, ledger)
}

fn forward(ledger: &str) -> v1::ReadEventsRequest {
    v1::ReadEventsRequest { ledger: ledger.to_owned(), ..v1::ReadEventsRequest::default() }
}

#[tokio::test]
async fn forward_and_backward_give_every_event_once_in_order() {
    let (server, ledger) = full(3000).await;
    let (positions, end) = read(&server, forward(&ledger)).await;
    assert_eq!(positions, (1..=3006).collect::<Vec<u64>>());
    assert_eq!(end, v1::ReadEnd { next: 3006, at_end: true, head: 3006 });
    let backward = v1::ReadEventsRequest { direction: v1::Direction::Backward.into(), ..forward(&ledger) };
    let (positions, end) = read(&server, backward).await;
    assert_eq!(positions, (1..=3006).rev().collect::<Vec<u64>>());
    assert!(end.at_end);
}

#[tokio::test]
async fn a_limited_read_goes_on_where_it_says() {
    let (server, ledger) = full(100).await;
    let (mut seen, mut after) = (Vec::new(), 0);
    loop {
        let (positions, end) = read(&server, v1::ReadEventsRequest { after, limit: 7, ..forward(&ledger) }).await;
        assert!(positions.len() <= 7);
        seen.extend(positions);
        after = end.next;
        if end.at_end {
            break;
        }
    }
    assert_eq!(seen, (1..=106).collect::<Vec<u64>>());
    let backward = |before| v1::ReadEventsRequest {
        direction: v1::Direction::Backward.into(),
        before,
        limit: 10,
        ..forward(&ledger)
    };
    let (last, end) = read(&server, backward(0)).await;
    assert_eq!(last, (97..=106).rev().collect::<Vec<u64>>());
    assert_eq!((end.next, end.at_end), (97, false));
    let (before_that, _) = read(&server, backward(end.next)).await;
    assert_eq!(before_that, (87..=96).rev().collect::<Vec<u64>>());
}

#[tokio::test]
async fn a_filter_that_matches_nothing_still_says_where_to_go_on() {
    let (server, ledger) = full(2500).await;
    let filter = v1::EventFilter { families: vec![v1::Family::Relief.into()], ..v1::EventFilter::default() };
    let (positions, end) = read(&server, v1::ReadEventsRequest { filter: Some(filter), ..forward(&ledger) }).await;
    assert!(positions.is_empty());
    assert_eq!(end, v1::ReadEnd { next: 2506, at_end: true, head: 2506 });
}

#[tokio::test]
async fn filters_pick_by_subject_family_kind_party_product_and_time() {
    let (server, ledger) = full(3).await;
    server.append(&ledger, vec![amount(&ledger, 20, "2026-01-01", "2026-01-31", "5")]).await.unwrap();
    server.clock.set(entente::domain::Instant::parse("2026-03-02T00:00:00Z").unwrap());
    server.append(&ledger, vec![statement(&ledger, 30)]).await.unwrap();
    // 2 signed, 3 measure, 4 suspension, 5 suspended, 6 pledge, 7 to 9 statements, 10 amount, 11 statement
    let empty = v1::EventFilter::default;
    let cases: Vec<(&str, v1::EventFilter, Vec<u64>)> = vec![
        ("subject", v1::EventFilter { subjects: vec![format!("{ledger}/measures/magnets")], ..empty() }, vec![3, 5]),
        ("family", v1::EventFilter { families: vec![v1::Family::Measures.into()], ..empty() }, vec![3, 5]),
        ("kind", v1::EventFilter { kinds: vec![v1::EventKind::AmountReported.into()], ..empty() }, vec![10]),
        ("party", v1::EventFilter { parties: vec!["US".to_owned()], ..empty() }, vec![2, 4, 6, 10]),
        // Soybeans: the pledge itself, and what is reported about it.
        ("product", v1::EventFilter { product_prefixes: vec!["120190".to_owned()], ..empty() }, vec![6, 10]),
        // Magnets: the measure, its suspension, and the commitment that is about it.
        ("product of a measure", v1::EventFilter { product_prefixes: vec!["85".to_owned()], ..empty() }, vec![3, 4, 5]),
        ("since", v1::EventFilter { recorded_from: Some(stamp("2026-03-02T00:00:00Z")), ..empty() }, vec![11]),
        (
            "until",
            v1::EventFilter {
                recorded_until: Some(stamp("2026-03-02T00:00:00Z")),
                kinds: vec![v1::EventKind::StatementMade.into()],
                ..empty()
            },
            vec![7, 8, 9],
        ),
    ];
    for (name, filter, expected) in cases {
        let (positions, _) = read(&server, v1::ReadEventsRequest { filter: Some(filter), ..forward(&ledger) }).await;
        assert_eq!(positions, expected, "by {name}");
    }
}

#[tokio::test]
async fn an_event_is_found_by_position_and_by_id_and_tells_what_became_of_it() {
    let (server, ledger) = full(0).await;
    server.append(&ledger, vec![amount(&ledger, 20, "2026-01-01", "2026-01-31", "5")]).await.unwrap();
    let corrected = v1::Submission { supersedes: id(20), ..amount(&ledger, 21, "2026-01-01", "2026-01-31", "6") };
    server.append(&ledger, vec![corrected]).await.unwrap();
    let get = async |name: String| server.client.ledgers().get_event(v1::GetEventRequest { name }).await;
    let by_position = get(format!("{ledger}/events/7")).await.unwrap().into_inner();
    let by_id = get(format!("{ledger}/events/{}", id(20))).await.unwrap().into_inner();
    assert_eq!(by_position, by_id);
    assert_eq!(by_id.superseded_by, id(21));
    let event = by_id.event.unwrap();
    assert_eq!(event.recorded_at, Some(stamp(NOON)));
    assert_eq!(event.recorded_by, "local");
    for missing in ["0", "9", &id(999)] {
        assert_eq!(get(format!("{ledger}/events/{missing}")).await.unwrap_err().code(), Code::NotFound);
    }
    assert_eq!(get(format!("{ledger}/events/last")).await.unwrap_err().code(), Code::InvalidArgument);
}

#[tokio::test]
async fn what_is_recorded_is_read_back_as_it_was_sent() {
    let (server, ledger) = full(0).await;
    let mut stream = server.client.ledgers().read_events(forward(&ledger)).await.unwrap().into_inner();
    let mut submissions = Vec::new();
    while let Some(part) = stream.message().await.unwrap() {
        if let Some(Part::Batch(batch)) = part.part {
            submissions.extend(batch.events.into_iter().skip(1).filter_map(|event| event.submission));
        }
    }
    // Sent again as it was read, every event is known, with the same content.
    let again = server.append(&ledger, submissions).await.unwrap();
    assert!(again.replayed);
}
