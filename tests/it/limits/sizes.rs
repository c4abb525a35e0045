//! How long a request, an answer and a batch may be, and how many cursors a ledger keeps.

use entente::proto::v1;
use entente::serve::Limits;
use v1::submission::Payload;

use super::assert_refused;
use crate::grpc::sample::{deal, signed, statement, submission};
use crate::server::TestServer;

#[tokio::test]
async fn requests_of_any_length_are_refused_in_the_same_words() {
    let server = TestServer::limited(Limits { request_kib_max: 64, ..Limits::default() }).await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    let long = |number| v1::Submission { note: "x".repeat(4000), ..statement(&ledger, number) };
    // A little too long is read and refused; far too long is not even read.
    for events in [20, 200] {
        let status = server.append(&ledger, (0..events).map(|number| long(100 + number)).collect()).await.unwrap_err();
        assert_eq!(status.code(), tonic::Code::ResourceExhausted, "{status:?}");
        let (reason, metadata) = crate::grpc::reason(&status);
        assert_eq!((reason.as_str(), metadata["limit"].as_str()), ("REQUEST_TOO_LARGE", "request_kib_max"));
        assert_eq!((metadata["limit_value"].as_str(), metadata["bytes_max"].as_str()), ("64", "65536"));
        assert!(metadata["bytes"].parse::<u64>().unwrap() > 65_536, "{metadata:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_too_long_says_what_to_do() {
    let server = TestServer::limited(Limits { response_kib_max: 4096, ..Limits::default() }).await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    let named = |number: u32| {
        let Some(Payload::InstrumentSigned(signed)) = signed(&ledger).payload else { panic!("no instrument") };
        let signed = v1::InstrumentSigned { title: "t".repeat(4090), place: "p".repeat(4090), ..signed };
        submission(&ledger, number, &format!("instruments/deal-{number}"), Payload::InstrumentSigned(signed))
    };
    for first in [1, 301] {
        server.append(&ledger, (first..first + 300).map(named).collect()).await.unwrap();
    }
    let list = |page_size| {
        let request = v1::ListInstrumentsRequest { parent: ledger.clone(), page_size, ..Default::default() };
        let client = server.client.clone();
        async move { client.compliance().list_instruments(request).await }
    };
    let status = list(600).await.unwrap_err();
    assert_refused(&status, "RESPONSE_TOO_LARGE", "response_kib_max", 4096);
    assert!(status.message().contains("smaller page"), "{}", status.message());
    assert_eq!(list(100).await.unwrap().into_inner().instruments.len(), 100);
}

#[tokio::test]
async fn an_operator_may_take_smaller_batches() {
    let server = TestServer::limited(Limits { batch_events_max: 5, ..Limits::default() }).await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.expect("five are not too many");
    let six = (10..16).map(|number| statement(&ledger, number)).collect();
    assert_refused(&server.append(&ledger, six).await.unwrap_err(), "BATCH_TOO_LARGE", "batch_events_max", 5);
}

#[tokio::test]
async fn named_cursors_of_one_ledger() {
    let server = TestServer::limited(Limits { ledger_cursors_max: 2, ..Limits::default() }).await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    let request = v1::SubscribeEventsRequest { ledger: ledger.clone(), ..Default::default() };
    let mut stream = server.client.changes().subscribe_events(request).await.unwrap().into_inner();
    let Some(v1::subscribe_events_response::Message::Started(started)) =
        stream.message().await.unwrap().and_then(|message| message.message)
    else {
        panic!("a stream begins by saying where");
    };
    let commit = |id: &str| {
        let request = v1::CommitCursorRequest {
            name: format!("{ledger}/cursors/{id}"),
            place: Some(v1::CursorPlace { cursor: started.cursor.clone(), position: 0 }),
            ..Default::default()
        };
        let client = server.client.clone();
        async move { client.changes().commit_cursor(request).await }
    };
    commit("one").await.unwrap();
    commit("two").await.unwrap();
    assert_refused(&commit("three").await.unwrap_err(), "TOO_MANY_CURSORS", "ledger_cursors_max", 2);
    commit("two").await.expect("one that is kept moves");
}
