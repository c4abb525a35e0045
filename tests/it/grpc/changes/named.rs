//! Cursors kept under a name: durable, compared before they are set, never moved backwards by accident.

use entente::proto::v1;
use tonic::Code;
use v1::subscribe_events_request::After;

use super::{Follower, append_statements, from, full, reason, refusal};
use crate::grpc::sample::deal;
use crate::server::{TestServer, stamp};

/// The cursor behind an event of a ledger.
async fn place_at(server: &TestServer, ledger: &str, position: u64) -> v1::CursorPlace {
    let (_, started) = Follower::start(server, from(ledger, Some(After::Position(position)))).await;
    v1::CursorPlace { cursor: started.cursor, position: 0 }
}

async fn commit(server: &TestServer, request: v1::CommitCursorRequest) -> Result<v1::Cursor, tonic::Status> {
    Ok(server.client.changes().commit_cursor(request).await?.into_inner().cursor.unwrap())
}

async fn get(server: &TestServer, name: &str) -> Result<v1::Cursor, tonic::Status> {
    let request = v1::GetCursorRequest { name: name.to_owned() };
    Ok(server.client.changes().get_cursor(request).await?.into_inner().cursor.unwrap())
}

fn to(name: &str, place: v1::CursorPlace) -> v1::CommitCursorRequest {
    v1::CommitCursorRequest { name: name.to_owned(), place: Some(place), ..v1::CommitCursorRequest::default() }
}

#[tokio::test]
async fn a_named_cursor_survives_a_restart_and_a_stream_goes_on_from_it() {
    let directory = tempfile::tempdir().unwrap();
    let server = TestServer::on_disk(directory.path()).await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    let name = format!("{ledger}/cursors/desk");
    let named = || from(&ledger, Some(After::NamedCursor(name.clone())));
    assert_eq!(refusal(&server, named()).await.code(), Code::NotFound);
    commit(&server, to(&name, place_at(&server, &ledger, 4).await)).await.unwrap();
    server.stop().await.unwrap();

    let server = TestServer::on_disk(directory.path()).await;
    let (mut follower, started) = Follower::start(&server, named()).await;
    assert_eq!(started.position, 4);
    assert_eq!(follower.caught_up().await.0, vec![5, 6]);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_commit_in_the_middle_of_a_batch_is_a_place_of_its_own() {
    let (server, ledger, head) = full(4).await;
    let name = format!("{ledger}/cursors/desk");
    let whole = place_at(&server, &ledger, head).await;
    let kept = commit(&server, to(&name, v1::CursorPlace { position: 7, ..whole })).await.unwrap();
    assert_eq!((kept.position, kept.lag_events), (7, head - 7));
    let (mut follower, _) = Follower::start(&server, from(&ledger, Some(After::NamedCursor(name)))).await;
    assert_eq!(follower.caught_up().await.0, (8..=head).collect::<Vec<u64>>());
}

#[tokio::test]
async fn a_commit_never_goes_backwards_unless_forced() {
    let (server, ledger, _) = full(4).await;
    let name = format!("{ledger}/cursors/desk");
    commit(&server, to(&name, place_at(&server, &ledger, 8).await)).await.unwrap();
    let back = to(&name, place_at(&server, &ledger, 7).await);
    let status = commit(&server, back.clone()).await.unwrap_err();
    assert_eq!(status.code(), Code::FailedPrecondition, "{status:?}");
    let (word, metadata) = reason(&status);
    assert_eq!((word.as_str(), metadata["kept_position"].as_str()), ("CURSOR_GOES_BACK", "8"));
    assert_eq!(get(&server, &name).await.unwrap().position, 8, "nothing was changed");
    let forced = commit(&server, v1::CommitCursorRequest { force: true, ..back }).await.unwrap();
    assert_eq!(forced.position, 7);
    // Another stream's place cannot be compared with this one's.
    let filter = v1::EventFilter { parties: vec!["US".to_owned()], ..v1::EventFilter::default() };
    let request = v1::SubscribeEventsRequest { filter: Some(filter), ..from(&ledger, Some(After::Head(true))) };
    let (_, started) = Follower::start(&server, request).await;
    let other = to(&name, v1::CursorPlace { cursor: started.cursor, position: 0 });
    let status = commit(&server, other.clone()).await.unwrap_err();
    assert_eq!(reason(&status).0, "CURSOR_GOES_BACK");
    commit(&server, v1::CommitCursorRequest { force: true, ..other }).await.unwrap();
}

#[tokio::test]
async fn of_two_consumers_under_one_name_one_is_told() {
    let (server, ledger, _) = full(4).await;
    let name = format!("{ledger}/cursors/desk");
    let expecting = |place, expected: &str| v1::CommitCursorRequest {
        expected_cursor: Some(expected.to_owned()),
        ..to(&name, place)
    };
    let fifth = place_at(&server, &ledger, 5).await;
    let first = commit(&server, expecting(fifth.clone(), "")).await.unwrap();
    let status = commit(&server, expecting(fifth, "")).await.unwrap_err();
    assert_eq!(status.code(), Code::Aborted, "{status:?}");
    let (word, metadata) = reason(&status);
    assert_eq!((word.as_str(), &metadata["kept_cursor"]), ("CURSOR_MOVED", &first.cursor));
    let second = commit(&server, expecting(place_at(&server, &ledger, 6).await, &first.cursor)).await.unwrap();
    let late = commit(&server, expecting(place_at(&server, &ledger, 7).await, &first.cursor)).await.unwrap_err();
    assert_eq!(late.code(), Code::Aborted);
    assert_eq!(get(&server, &name).await.unwrap().cursor, second.cursor);
}

#[tokio::test]
async fn lag_is_told_in_events_and_in_time() {
    let (server, ledger, head) = full(0).await;
    let name = format!("{ledger}/cursors/desk");
    let kept = commit(&server, to(&name, place_at(&server, &ledger, head).await)).await.unwrap();
    assert_eq!((kept.lag_events, kept.lag.unwrap().seconds), (0, 0));
    assert_eq!(kept.committed_at, Some(stamp(crate::server::NOON)));
    append_statements(&server, &ledger, 0..3).await;
    server.clock.set(entente::domain::Instant::parse("2026-03-01T12:05:00Z").unwrap());
    append_statements(&server, &ledger, 3..5).await;
    let late = get(&server, &name).await.unwrap();
    assert_eq!((late.lag_events, late.lag.unwrap().seconds), (5, 300));
    assert_eq!(late.stream(), v1::ChangeStream::Events);
    assert_eq!(late.broken_reason, "");
}

#[tokio::test]
async fn cursors_are_listed_by_name_in_pages_and_forgotten() {
    let (server, ledger, head) = full(0).await;
    let place = place_at(&server, &ledger, head).await;
    for id in ["b", "a", "d", "c", "e"] {
        commit(&server, to(&format!("{ledger}/cursors/{id}"), place.clone())).await.unwrap();
    }
    // A ledger whose name begins with this one's has cursors of its own.
    let longer = server.create("deal-2", v1::LedgerKind::Live).await;
    commit(&server, to(&format!("{longer}/cursors/a"), place_at(&server, &longer, 1).await)).await.unwrap();
    let mut names = Vec::new();
    let mut request =
        v1::ListCursorsRequest { parent: ledger.clone(), page_size: 2, ..v1::ListCursorsRequest::default() };
    loop {
        let page = server.client.changes().list_cursors(request.clone()).await.unwrap().into_inner();
        names.extend(page.cursors.into_iter().map(|cursor| cursor.name));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(names, ["a", "b", "c", "d", "e"].map(|id| format!("{ledger}/cursors/{id}")));
    let delete = async |id: &str| {
        let request = v1::DeleteCursorRequest { name: format!("{ledger}/cursors/{id}") };
        server.client.changes().delete_cursor(request).await
    };
    delete("c").await.unwrap();
    assert_eq!(delete("c").await.unwrap_err().code(), Code::NotFound);
    assert_eq!(get(&server, &format!("{ledger}/cursors/c")).await.unwrap_err().code(), Code::NotFound);
    commit(&server, to(&format!("{ledger}/cursors/c"), place)).await.unwrap();
}

#[tokio::test]
async fn a_name_that_is_none_and_a_place_that_is_none_are_refused() {
    let (server, ledger, head) = full(0).await;
    let place = place_at(&server, &ledger, head).await;
    let other = server.create("other", v1::LedgerKind::Live).await;
    let cases = [
        (to(&format!("{ledger}/cursors/Desk"), place.clone()), "name"),
        (to(&ledger, place.clone()), "name"),
        (to(&format!("{ledger}/cursors/a/b"), place.clone()), "name"),
        (
            v1::CommitCursorRequest { place: None, ..to(&format!("{ledger}/cursors/desk"), place.clone()) },
            "place.cursor",
        ),
        (
            to(&format!("{ledger}/cursors/desk"), v1::CursorPlace { position: head + 1, ..place.clone() }),
            "place.position",
        ),
    ];
    for (request, field) in cases {
        let status = commit(&server, request).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
        assert!(status.message().starts_with(&format!("{field}: ")), "{field}: {status:?}");
    }
    let status = commit(&server, to(&format!("{other}/cursors/desk"), place)).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).0.as_str()), (Code::OutOfRange, "CURSOR_OF_OTHER_LEDGER"));
}
