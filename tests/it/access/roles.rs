//! What each role may record and keep, and whose name it bears.

use entente::proto::v1;
use tonic::{Code, Status};
use v1::submission::Payload;

use super::world::World;
use crate::grpc::{reason, sample};

fn finding(number: u32) -> v1::Submission {
    let finding = v1::FindingIssued {
        by: "a panel".to_owned(),
        verdict: v1::Verdict::Breach.into(),
        from: Some(crate::server::stamp("2026-01-01T00:00:00Z")),
        until: None,
        effective_at: sample::dated("2026-02-01T00:00:00Z"),
    };
    sample::submission("ledgers/deal", number, "commitments/suspension", Payload::FindingIssued(finding))
}

fn adopted(number: u32) -> v1::Submission {
    let adopted =
        v1::ReadingAdopted { reading: "base".to_owned(), effective_at: sample::dated("2026-02-01T00:00:00Z") };
    sample::submission("ledgers/deal", number, "commitments/suspension", Payload::ReadingAdopted(adopted))
}

fn retracted(number: u32, event: u32) -> v1::Submission {
    let retracted = v1::EventRetracted {
        event: sample::id(event),
        by: v1::Retractor::Recorder.into(),
        reason: "recorded by mistake".to_owned(),
    };
    sample::submission("ledgers/deal", number, "instruments/truce", Payload::EventRetracted(retracted))
}

async fn append(
    world: &World,
    grant: &str,
    submissions: Vec<v1::Submission>,
) -> Result<v1::AppendEventsResponse, Status> {
    let request = v1::AppendEventsRequest {
        ledger: "ledgers/deal".to_owned(),
        submissions,
        ..v1::AppendEventsRequest::default()
    };
    let client = world.client(world.secret(grant)).await;
    client.ledgers().append_events(request).await.map(tonic::Response::into_inner)
}

fn is_denied(answer: &Result<v1::AppendEventsResponse, Status>, role: &str) -> bool {
    let Err(status) = answer else { return false };
    status.code() == Code::PermissionDenied && reason(status).0 == "NOT_GRANTED" && status.message().contains(role)
}

#[tokio::test]
async fn recorders_record_and_assessors_assess_and_neither_does_the_others_part() {
    let world = World::plain().await;
    append(&world, "recorder@deal", sample::deal("ledgers/deal")).await.unwrap();
    append(&world, "recorder@deal", vec![sample::statement("ledgers/deal", 10)]).await.unwrap();
    for submission in [finding(20), adopted(21), retracted(22, 10)] {
        let answer = append(&world, "recorder@deal", vec![submission.clone()]).await;
        assert!(is_denied(&answer, "assessor"), "{answer:?}");
        // Nor behind something that a recorder may.
        let mixed = vec![sample::statement("ledgers/deal", 30), submission.clone()];
        assert!(is_denied(&append(&world, "recorder@deal", mixed).await, "assessor"));
        assert!(is_denied(&append(&world, "operator@*", vec![submission.clone()]).await, "recorder"));
        append(&world, "assessor@deal", vec![submission]).await.unwrap();
    }
    let answer = append(&world, "assessor@deal", vec![sample::statement("ledgers/deal", 40)]).await;
    assert!(is_denied(&answer, "recorder"), "{answer:?}");
    // Asking whether it would be recorded is no way around.
    let client = world.client(world.secret("recorder@deal")).await;
    let asked = v1::AppendEventsRequest {
        ledger: "ledgers/deal".to_owned(),
        submissions: vec![finding(50)],
        validate_only: true,
        ..v1::AppendEventsRequest::default()
    };
    assert_eq!(client.ledgers().append_events(asked).await.unwrap_err().code(), Code::PermissionDenied);
}

#[tokio::test]
async fn an_event_bears_the_name_of_whoever_proved_who_they_are() {
    let world = World::plain().await;
    append(&world, "recorder@deal", sample::deal("ledgers/deal")).await.unwrap();
    let jwt = world.eddsa.jwt(&super::issued::claims(&["recorder@deal"]));
    let request = v1::AppendEventsRequest {
        ledger: "ledgers/deal".to_owned(),
        submissions: vec![sample::statement("ledgers/deal", 10)],
        ..v1::AppendEventsRequest::default()
    };
    world.client(&jwt).await.ledgers().append_events(request).await.unwrap();
    let reader = world.client(world.secret("reader@deal")).await;
    for (position, by) in [(2, "token:recorder"), (7, "jwt:desk:anna")] {
        let request = v1::GetEventRequest { name: format!("ledgers/deal/events/{position}") };
        let event = reader.ledgers().get_event(request).await.unwrap().into_inner().event.unwrap();
        assert_eq!(event.recorded_by, by);
    }
}

#[tokio::test]
async fn a_ledger_that_is_not_granted_is_told_like_one_that_is_not_there() {
    let world = World::plain().await;
    let reader = world.client(world.secret("reader@deal")).await;
    let mut told = Vec::new();
    for ledger in ["other", "ghost"] {
        let request = v1::GetHeadRequest { ledger: format!("ledgers/{ledger}") };
        let status = reader.ledgers().get_head(request).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).0.as_str()), (Code::PermissionDenied, "NOT_GRANTED"));
        told.push(status.message().replace(ledger, "X"));
    }
    assert_eq!(told[0], told[1]);
    // Whoever may read all is told that it is not there.
    let all = world.client(world.secret("reader@*")).await;
    let status = all.ledgers().get_head(v1::GetHeadRequest { ledger: "ledgers/ghost".to_owned() }).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    let names = |answer: v1::ListLedgersResponse| answer.ledgers.into_iter().map(|it| it.name).collect::<Vec<_>>();
    let list = v1::ListLedgersRequest::default();
    assert_eq!(names(reader.ledgers().list_ledgers(list.clone()).await.unwrap().into_inner()), ["ledgers/deal"]);
    let both = names(all.ledgers().list_ledgers(list).await.unwrap().into_inner());
    assert_eq!(both, ["ledgers/deal", "ledgers/other"]);
}

#[tokio::test]
async fn a_cursor_is_kept_by_whoever_committed_it_first_and_the_operator() {
    let world = World::plain().await;
    let (reader, recorder) =
        (world.client(world.secret("reader@deal")).await, world.client(world.secret("recorder@deal")).await);
    let operator = world.client(world.secret("operator@deal")).await;
    let name = "ledgers/deal/cursors/desk".to_owned();
    let place = || async {
        let request =
            v1::SubscribeEventsRequest { ledger: "ledgers/deal".to_owned(), ..v1::SubscribeEventsRequest::default() };
        let mut stream = reader.changes().subscribe_events(request).await.unwrap().into_inner();
        match stream.message().await.unwrap().unwrap().message.unwrap() {
            v1::subscribe_events_response::Message::Started(it) => v1::CursorPlace { cursor: it.cursor, position: 0 },
            other => panic!("{other:?}"),
        }
    };
    let commit =
        v1::CommitCursorRequest { name: name.clone(), place: Some(place().await), expected_cursor: None, force: true };
    let kept = reader.changes().commit_cursor(commit.clone()).await.unwrap().into_inner().cursor.unwrap();
    assert_eq!(kept.owner, "token:reader");
    let status = recorder.changes().commit_cursor(commit.clone()).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).0.as_str()), (Code::PermissionDenied, "CURSOR_OF_OTHERS"));
    let delete = v1::DeleteCursorRequest { name: name.clone() };
    let status = recorder.changes().delete_cursor(delete.clone()).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).0.as_str()), (Code::PermissionDenied, "CURSOR_OF_OTHERS"));
    // Others see where it stands, and an operator who moves it does not take it away.
    let got = recorder.changes().get_cursor(v1::GetCursorRequest { name }).await.unwrap().into_inner().cursor.unwrap();
    assert_eq!(got.owner, "token:reader");
    let moved = operator.changes().commit_cursor(commit).await.unwrap().into_inner().cursor.unwrap();
    assert_eq!(moved.owner, "token:reader");
    operator.changes().delete_cursor(delete).await.unwrap();
}
