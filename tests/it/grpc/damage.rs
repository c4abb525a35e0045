//! A ledger of which a part cannot be read: every answer says so, nothing is recorded behind the hole, and operators see
//! it.

use entente::proto::v1;
use tonic::Code;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::appends::reason;
use super::operations::get;
use super::sample::{deal, id, statement};
use crate::server::TestServer;
use crate::store::flip_in_block;

/// A server over a store with two ledgers: `torn`, of whose ten events the one at `position` cannot be read, and `whole`.
async fn damaged_at(position: u64) -> (TestServer, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let server = TestServer::on_disk(directory.path()).await;
    for name in ["torn", "whole"] {
        let ledger = server.create(name, v1::LedgerKind::Live).await;
        server.append(&ledger, deal(&ledger)).await.unwrap();
        for number in 10..14 {
            // One append is one block, so that only one position is lost.
            server.append(&ledger, vec![statement(&ledger, number)]).await.unwrap();
        }
    }
    server.stop().await.unwrap();
    flip_in_block(directory.path(), position);
    (TestServer::on_disk(directory.path()).await, directory)
}

const TORN: &str = "ledgers/torn";

fn parent() -> String {
    TORN.to_owned()
}

/// What the clocks of every kind of answer resolved to.
async fn clocks_of_every_answer(server: &TestServer) -> Vec<(&'static str, v1::ResolvedClocks)> {
    let compliance = server.client.compliance();
    let name = |member: &str| format!("{TORN}/{member}");
    macro_rules! ask {
        ($method:ident, $request:ident { $field:ident: $value:expr }) => {{
            let request = v1::$request { $field: $value, ..v1::$request::default() };
            let answer = compliance.clone().$method(request).await.unwrap().into_inner();
            (stringify!($method), answer.clocks.unwrap())
        }};
    }
    vec![
        ask!(get_commitment, GetCommitmentRequest { name: name("commitments/suspension") }),
        ask!(list_commitments, ListCommitmentsRequest { parent: parent() }),
        ask!(get_instrument, GetInstrumentRequest { name: name("instruments/truce") }),
        ask!(list_instruments, ListInstrumentsRequest { parent: parent() }),
        ask!(get_measure, GetMeasureRequest { name: name("measures/magnets") }),
        ask!(list_measures, ListMeasuresRequest { parent: parent() }),
        ask!(assess_commitment, AssessCommitmentRequest { name: name("commitments/suspension") }),
        ask!(list_assessments, ListAssessmentsRequest { parent: parent() }),
    ]
}

#[tokio::test]
async fn every_answer_says_that_it_rests_on_a_part() {
    let (server, _directory) = damaged_at(8).await;
    let mut compliance = server.client.compliance();
    for (method, clocks) in clocks_of_every_answer(&server).await {
        assert!(clocks.incomplete_reason.contains("position 8"), "{method}: {clocks:?}");
        assert_eq!(clocks.known_position, 7, "{method}: what could be read ends before the hole");
    }
    let sound = v1::AssessCommitmentRequest {
        name: "ledgers/whole/commitments/suspension".to_owned(),
        ..v1::AssessCommitmentRequest::default()
    };
    let clocks = compliance.assess_commitment(sound).await.unwrap().into_inner().clocks.unwrap();
    assert_eq!((clocks.incomplete_reason.as_str(), clocks.known_position), ("", 10), "the other ledger is whole");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn what_may_stand_in_the_hole_is_not_denied() {
    let (server, _directory) = damaged_at(8).await;
    let lost = |status: tonic::Status, what: &str| {
        assert_eq!((status.code(), reason(&status).0.as_str()), (Code::DataLoss, "LEDGER_DAMAGED"), "{what}");
        assert!(status.message().contains('8'), "{what}: {}", status.message());
    };
    let ask = async |name: &str, clocks: v1::Clocks| {
        let request = v1::AssessCommitmentRequest {
            name: format!("{TORN}/commitments/{name}"),
            clocks: Some(clocks),
            ..v1::AssessCommitmentRequest::default()
        };
        server.client.compliance().assess_commitment(request).await
    };
    lost(ask("unheard-of", v1::Clocks::default()).await.unwrap_err(), "a commitment that may be recorded there");
    let known = v1::Clocks { known_position: Some(9), ..v1::Clocks::default() };
    lost(ask("suspension", known).await.unwrap_err(), "a position that was given out");
    let waiting = v1::Clocks { min_position: 9, ..v1::Clocks::default() };
    lost(ask("suspension", waiting).await.unwrap_err(), "a position that will not come");
    let before = v1::Clocks { known_position: Some(6), ..v1::Clocks::default() };
    let status = ask("unheard-of", before).await.unwrap_err();
    assert_eq!(status.code(), Code::DataLoss, "the name may have been heard of since");

    let event = async |name: &str| {
        let request = v1::GetEventRequest { name: format!("{TORN}/events/{name}") };
        server.client.ledgers().get_event(request).await
    };
    lost(event("8").await.unwrap_err(), "the event itself");
    lost(event(&id(11)).await.unwrap_err(), "the event itself, by id");
    assert_eq!(event("9").await.unwrap().into_inner().event.unwrap().position, 9, "what follows it can be read");
    assert_eq!(event("11").await.unwrap_err().code(), Code::NotFound, "nothing was ever recorded there");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn nothing_is_recorded_behind_a_hole() {
    // Of a ledger whose very first event is lost not even the kind is known.
    for position in [1, 8] {
        let (server, _directory) = damaged_at(position).await;
        let mut unknown = statement(TORN, 30);
        unknown.subject = format!("{TORN}/instruments/unheard-of");
        for (what, submission) in [("sound", statement(TORN, 20)), ("known", statement(TORN, 10)), ("unknown", unknown)]
        {
            let status = server.append(TORN, vec![submission]).await.unwrap_err();
            let found = (status.code(), reason(&status).0);
            assert_eq!(found, (Code::DataLoss, "LEDGER_DAMAGED".to_owned()), "{what}: {status:?}");
            assert!(status.message().contains(&format!("position {position} ")), "{}", status.message());
            assert!(status.message().contains("entente restore"), "what to do: {}", status.message());
        }
        let request = v1::GetLedgerRequest { name: TORN.to_owned() };
        let torn = server.client.ledgers().get_ledger(request).await.unwrap().into_inner().ledger.unwrap();
        assert_eq!(torn.kind() == v1::LedgerKind::Unspecified, position == 1, "not LIVE where that is not known");
        assert!(torn.read_only_reason.contains(&format!("position {position} ")), "{torn:?}");
        let sound = server.append("ledgers/whole", vec![statement("ledgers/whole", 20)]).await.unwrap();
        assert_eq!(sound.head, 11, "the other ledger goes on");
        server.stop().await.unwrap();
    }
}

#[tokio::test]
async fn operators_see_damage_in_health_and_metrics() {
    let (server, _directory) = damaged_at(8).await;
    let page = get(&server, "/healthz").await;
    assert!(page.starts_with("HTTP/1.1 503"), "{page}");
    assert!(page.contains("ledger torn") && page.contains("position 8"), "{page}");

    let channel = tonic::transport::Channel::from_shared(server.address.clone()).unwrap().connect().await.unwrap();
    let mut health = HealthClient::new(channel);
    for (service, expected) in [
        ("", ServingStatus::Serving),
        ("entente.v1.ComplianceService", ServingStatus::Serving),
        ("entente.v1.LedgerService", ServingStatus::NotServing),
    ] {
        let request = tonic_health::pb::HealthCheckRequest { service: service.to_owned() };
        assert_eq!(health.check(request).await.unwrap().into_inner().status(), expected, "{service:?}");
    }

    let page = get(&server, "/metrics").await;
    for line in ["entente_damaged_positions{ledger=\"torn\"} 1", "entente_damaged_positions{ledger=\"whole\"} 0"] {
        assert!(page.lines().any(|it| it == line), "{line} is not in\n{page}");
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_subscriber_is_told_of_the_hole_and_where_it_stood() {
    let (server, _directory) = damaged_at(8).await;
    let request = v1::SubscribeEventsRequest { ledger: parent(), ..v1::SubscribeEventsRequest::default() };
    let mut stream = server.client.changes().subscribe_events(request).await.unwrap().into_inner();
    let mut positions = Vec::new();
    let status = loop {
        match stream.message().await {
            Ok(Some(part)) => match part.message.unwrap() {
                v1::subscribe_events_response::Message::Events(batch) => {
                    positions.extend(batch.events.iter().map(|event| event.position));
                }
                v1::subscribe_events_response::Message::CaughtUp(_) => panic!("nobody catches up with a hole"),
                _ => {}
            },
            Ok(None) => panic!("a stream that cannot go on does not look like one that has ended"),
            Err(status) => break status,
        }
    };
    assert_eq!(positions, (1..=7).collect::<Vec<u64>>());
    assert_eq!(status.code(), Code::DataLoss, "{status:?}");
    let (word, metadata) = reason(&status);
    assert_eq!(word, "LEDGER_DAMAGED");
    assert!(status.message().contains("position 8"), "{status:?}");
    assert!(!metadata["cursor"].is_empty());
}
