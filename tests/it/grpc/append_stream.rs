//! AppendEventStream: batches one behind another, answered in order; the first refusal ends it and nothing follows.

use std::collections::HashSet;

use entente::proto::v1;
use tonic::{Code, Status};

use super::appends::{head, reason};
use super::sample::{deal, id, statement};
use crate::server::TestServer;

async fn live() -> (TestServer, String) {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    (server, ledger)
}

fn batch(ledger: &str, submissions: Vec<v1::Submission>) -> v1::AppendEventStreamRequest {
    v1::AppendEventStreamRequest { ledger: ledger.to_owned(), submissions, ..Default::default() }
}

/// Batches of one statement each, with these numbers.
fn statements(ledger: &str, numbers: impl Iterator<Item = u32>) -> Vec<v1::AppendEventStreamRequest> {
    numbers.map(|number| batch(ledger, vec![statement(ledger, number)])).collect()
}

/// Sends all batches without waiting, and hears all answers, and how the stream ended.
async fn send(
    server: &TestServer,
    batches: Vec<v1::AppendEventStreamRequest>,
) -> (Vec<v1::AppendEventStreamResponse>, Option<Status>) {
    let sent = tokio_stream::iter(batches);
    let mut stream = match server.client.ledgers().append_event_stream(sent).await {
        Ok(stream) => stream.into_inner(),
        Err(status) => return (Vec::new(), Some(status)),
    };
    let mut answers = Vec::new();
    loop {
        match stream.message().await {
            Ok(Some(answer)) => answers.push(answer),
            Ok(None) => return (answers, None),
            Err(status) => return (answers, Some(status)),
        }
    }
}

#[tokio::test]
async fn every_batch_is_answered_in_its_order() {
    let (server, ledger) = live().await;
    let mut batches = statements(&ledger, 10..310);
    for later in &mut batches[1..] {
        later.ledger.clear();
    }
    let (answers, ended) = send(&server, batches).await;
    assert!(ended.is_none(), "{ended:?}");
    let numbers: Vec<u64> = answers.iter().map(|answer| answer.batch).collect();
    assert_eq!(numbers, (1..=300).collect::<Vec<u64>>());
    let positions: Vec<u64> = answers.iter().map(|answer| answer.events[0].position).collect();
    assert_eq!(positions, (7..307).collect::<Vec<u64>>(), "recorded in the order they were sent");
    assert_eq!(answers[0].events[0].event_id, id(10));
    assert!(answers.iter().all(|answer| !answer.replayed && answer.head >= answer.events[0].position));
    assert_eq!(head(&server, &ledger).await, 306);
}

#[tokio::test]
async fn what_was_recorded_is_answered_again_and_the_rest_recorded() {
    let (server, ledger) = live().await;
    send(&server, statements(&ledger, 10..20)).await;
    let (answers, ended) = send(&server, statements(&ledger, 10..30)).await;
    assert!(ended.is_none(), "{ended:?}");
    let replayed: Vec<bool> = answers.iter().map(|answer| answer.replayed).collect();
    assert_eq!(replayed, [[true; 10], [false; 10]].concat());
    assert_eq!(head(&server, &ledger).await, 26);
}

#[tokio::test]
async fn a_batch_that_the_rules_refuse_ends_the_stream_and_nothing_behind_it_is_recorded() {
    let (server, ledger) = live().await;
    let mut batches = statements(&ledger, 10..110);
    batches[40].submissions[0].subject = format!("{ledger}/instruments/nobody-knows-it");
    let (answers, ended) = send(&server, batches).await;
    let status = ended.expect("the stream ends with the refusal");
    assert_eq!(status.code(), Code::FailedPrecondition, "{status:?}");
    assert!(status.message().starts_with("batch 41: submissions[0].subject: "), "{}", status.message());
    assert_eq!(reason(&status).1["batch"], "41");
    assert_eq!(answers.len(), 40, "all before it are answered");
    assert_eq!(head(&server, &ledger).await, 46, "none behind it is recorded");
}

#[tokio::test]
async fn a_batch_that_cannot_be_read_ends_the_stream_behind_those_before_it() {
    let (server, ledger) = live().await;
    let mut batches = statements(&ledger, 10..20);
    batches[3].submissions[0].event_id = "not an id".to_owned();
    let (answers, ended) = send(&server, batches).await;
    let status = ended.unwrap();
    assert_eq!((status.code(), reason(&status).1["batch"].as_str()), (Code::InvalidArgument, "4"));
    assert_eq!((answers.len(), head(&server, &ledger).await), (3, 9));
}

#[tokio::test]
async fn preconditions_are_judged_batch_by_batch() {
    let (server, ledger) = live().await;
    let mut batches = statements(&ledger, 10..60);
    for (batch, expected) in batches.iter_mut().zip(6..) {
        // The last one expects what was so before the one ahead of it.
        let expected = if expected == 55 { 54 } else { expected };
        batch.preconditions = Some(v1::Preconditions { ledger_head: Some(expected), subject_revisions: Vec::new() });
    }
    let (answers, ended) = send(&server, batches).await;
    let status = ended.unwrap();
    assert_eq!((status.code(), reason(&status).1["batch"].as_str()), (Code::Aborted, "50"));
    assert_eq!((answers.len(), head(&server, &ledger).await), (49, 55));
}

#[tokio::test]
async fn a_stream_is_of_one_ledger_and_says_so() {
    let (server, ledger) = live().await;
    let (_, ended) = send(&server, vec![batch("", vec![statement(&ledger, 10)])]).await;
    assert_eq!(ended.unwrap().code(), Code::InvalidArgument);
    let other = server.create("other", v1::LedgerKind::Live).await;
    let batches = vec![batch(&ledger, vec![statement(&ledger, 10)]), batch(&other, vec![statement(&other, 11)])];
    let (answers, ended) = send(&server, batches).await;
    let status = ended.unwrap();
    assert_eq!((answers.len(), status.code()), (1, Code::InvalidArgument));
    assert!(status.message().contains("open a stream for each"), "{}", status.message());
    let (answers, ended) = send(&server, Vec::new()).await;
    assert!(answers.is_empty() && ended.is_none(), "a stream of nothing ends well");
}

#[tokio::test]
async fn a_server_that_stops_answers_what_it_took_up_and_says_from_where_to_send_again() {
    let (mut server, ledger) = live().await;
    let (batches, sent) = tokio::sync::mpsc::channel(4);
    let sent = tokio_stream::wrappers::ReceiverStream::new(sent);
    for batch in statements(&ledger, 10..13) {
        batches.send(batch).await.unwrap();
    }
    let mut stream = server.client.ledgers().append_event_stream(sent).await.unwrap().into_inner();
    let mut seen = HashSet::new();
    for _ in 0..3 {
        seen.insert(stream.message().await.unwrap().unwrap().events[0].position);
    }
    server.begin_stop();
    let status = stream.message().await.unwrap_err();
    let (reason, metadata) = reason(&status);
    assert_eq!((status.code(), reason.as_str(), metadata["batch"].as_str()), (Code::Unavailable, "SHUTTING_DOWN", "4"));
    assert_eq!(seen.len(), 3);
    server.stop().await.unwrap();
}
