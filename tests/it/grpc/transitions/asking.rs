//! What can be asked of the stream of transitions, and what is refused.

use entente::proto::v1;
use tonic::Code;
use v1::subscribe_transitions_request::After;

use super::{Follower, cursor, from, live, reason, set, told};
use crate::grpc::sample::{deal, statement};
use crate::server::{TestServer, stamp};

async fn refusal(server: &TestServer, request: v1::SubscribeTransitionsRequest) -> tonic::Status {
    server.client.changes().subscribe_transitions(request).await.map(drop).expect_err("refused")
}

fn days(days: i64) -> prost_types::Duration {
    prost_types::Duration { seconds: days * 86_400, nanos: 0 }
}

#[tokio::test]
async fn a_filter_tells_of_what_it_lets_through() {
    let (server, ledger) = live().await;
    let by = |filter| v1::SubscribeTransitionsRequest { filter: Some(filter), ..from(&ledger, None) };
    let kinds = v1::CommitmentFilter { kinds: vec![v1::Kind::PurchasePledge.into()], ..Default::default() };
    let words = v1::CommitmentFilter { expression: "title:\"soy\" AND party = US".to_owned(), ..Default::default() };
    let named = v1::SubscribeTransitionsRequest {
        commitments: vec![format!("{ledger}/commitments/soybeans")],
        ..from(&ledger, None)
    };
    for request in [by(kinds), by(words), named] {
        let (mut follower, _) = Follower::start(&server, request).await;
        let heard = told(&follower.caught_up().await);
        assert_eq!(heard, ["2026-03-01T12:00:00Z soybeans: NOT_RECORDED to UNVERIFIED by [6]"]);
    }
    let nobody = v1::CommitmentFilter { obligors: vec!["US".to_owned()], ..Default::default() };
    let (mut follower, _) = Follower::start(&server, by(nobody)).await;
    assert_eq!(told(&follower.caught_up().await), Vec::<String>::new());
    // Nothing is told, and all of it has been looked at.
    set(&server, "2027-01-01T00:00:00Z");
    follower.quiet_through("2027-01-01T00:00:00Z").await;
}

#[tokio::test]
async fn a_replay_ledger_moves_with_its_records_and_not_with_the_clock() {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Replay).await;
    let when = |submission: v1::Submission, at| v1::Submission { recorded_at: Some(stamp(at)), ..submission };
    let deal = deal(&ledger).into_iter().map(|it| when(it, "2025-11-10T00:00:00Z")).collect();
    server.append(&ledger, deal).await.unwrap();
    let (mut follower, started) = Follower::start(&server, from(&ledger, None)).await;
    assert_eq!(started.ledger_kind(), v1::LedgerKind::Replay);
    let heard = told(&follower.caught_up().await);
    assert_eq!(
        heard,
        [
            "2025-11-10T00:00:00Z soybeans: NOT_RECORDED to PENDING by [6]",
            "2025-11-10T00:00:00Z suspension: NOT_RECORDED to ON_TRACK by [3, 4, 5]"
        ]
    );
    // By the clock a tranche has begun and silence has lasted too long, but no record says that it is so late.
    let v1::subscribe_transitions_response::Message::Progress(progress) = follower.next().await else {
        panic!("nothing is recorded")
    };
    assert_eq!(progress.through, Some(stamp("2025-11-10T00:00:00Z")));
    let later = vec![when(statement(&ledger, 10), "2026-01-10T00:00:00Z")];
    server.append(&ledger, later).await.unwrap();
    assert_eq!(told(&follower.news(1).await), ["2025-12-31T16:00:00Z soybeans: PENDING to OPEN by BEGINS"]);
    // From now on is from the last record on.
    let (_, started) = Follower::start(&server, from(&ledger, Some(After::Head(true)))).await;
    assert_eq!(started.at, Some(stamp("2026-01-10T00:00:00Z")));
}

#[tokio::test]
async fn what_is_no_question_is_refused_by_its_field() {
    let (server, ledger) = live().await;
    let asked = || from(&ledger, None);
    let leads = |leads| v1::SubscribeTransitionsRequest { leads, ..asked() };
    let statuses = v1::CommitmentFilter { statuses: vec![v1::Status::Met.into()], ..Default::default() };
    let fraction = prost_types::Duration { seconds: 1, nanos: 5 };
    let cases = [
        ("leads: has 9", leads((1..=9).map(days).collect())),
        ("leads[1]: 0 s", leads(vec![days(1), days(0)])),
        ("leads[0]: 1 s and 5 ns", leads(vec![fraction])),
        ("leads[0]: -86400 s", leads(vec![days(-1)])),
        ("leads[0]: 316310400 s", leads(vec![days(3661)])),
        ("filter.statuses: ", v1::SubscribeTransitionsRequest { filter: Some(statuses), ..asked() }),
        ("commitments[0]: ", v1::SubscribeTransitionsRequest { commitments: vec![ledger.clone()], ..asked() }),
        ("cursor.cursor: ", from(&ledger, cursor("nonsense"))),
        ("head: ", from(&ledger, Some(After::Head(false)))),
        ("progress_period: ", v1::SubscribeTransitionsRequest { progress_period: Some(days(1)), ..asked() }),
    ];
    for (begins, request) in cases {
        let status = refusal(&server, request).await;
        assert_eq!(status.code(), Code::InvalidArgument, "{begins}: {status:?}");
        assert!(status.message().starts_with(begins), "{begins}: {status:?}");
    }
}

#[tokio::test]
async fn a_cursor_goes_on_with_the_filter_and_the_leads_it_was_made_with() {
    let (server, ledger) = live().await;
    let filter = |parties: [&str; 2]| v1::CommitmentFilter {
        parties: parties.map(str::to_owned).to_vec(),
        ..v1::CommitmentFilter::default()
    };
    let request = |parties, leads: &[i64], after| v1::SubscribeTransitionsRequest {
        filter: Some(filter(parties)),
        leads: leads.iter().copied().map(days).collect(),
        ..from(&ledger, after)
    };
    let (mut follower, _) = Follower::start(&server, request(["CN", "US"], &[7, 30], None)).await;
    assert_eq!(follower.caught_up().await.len(), 2);
    let place = || cursor(&follower.cursor);
    // The same in another order is the same.
    let (mut same, _) = Follower::start(&server, request(["US", "CN"], &[30, 7, 7], place())).await;
    assert_eq!(same.caught_up().await.len(), 0);
    for other in [request(["CN", "US"], &[7], place()), request(["CN", "EU"], &[7, 30], place())] {
        let status = refusal(&server, other).await;
        assert_eq!((status.code(), reason(&status).0.as_str()), (Code::InvalidArgument, "CURSOR_OF_OTHER_FILTER"));
    }
    let events = v1::SubscribeEventsRequest {
        ledger: ledger.clone(),
        after: Some(v1::subscribe_events_request::After::Cursor(v1::CursorPlace {
            cursor: follower.cursor.clone(),
            position: 0,
        })),
        ..v1::SubscribeEventsRequest::default()
    };
    let status = server.client.changes().subscribe_events(events).await.map(drop).unwrap_err();
    assert_eq!(reason(&status).0, "CURSOR_OF_OTHER_FILTER");
    let other_ledger = server.create("other", v1::LedgerKind::Live).await;
    let status = refusal(&server, from(&other_ledger, place())).await;
    assert_eq!((status.code(), reason(&status).0.as_str()), (Code::OutOfRange, "CURSOR_OF_OTHER_LEDGER"));
}

#[tokio::test]
async fn a_named_cursor_keeps_a_place_among_transitions_and_never_goes_back() {
    let (server, ledger) = live().await;
    let (mut follower, _) = Follower::start(&server, from(&ledger, None)).await;
    let heard = follower.caught_up().await;
    let name = format!("{ledger}/cursors/desk");
    let commit = |cursor: &str| v1::CommitCursorRequest {
        name: name.clone(),
        place: Some(v1::CursorPlace { cursor: cursor.to_owned(), position: 0 }),
        ..v1::CommitCursorRequest::default()
    };
    // Both news are of one append: a place lies between them.
    server.client.changes().commit_cursor(commit(&heard[0].cursor)).await.unwrap();
    let (mut resumed, _) = Follower::start(&server, from(&ledger, Some(After::NamedCursor(name.clone())))).await;
    assert_eq!(resumed.caught_up().await, heard[1..]);
    let kept = server.client.changes().commit_cursor(commit(&heard[1].cursor)).await.unwrap().into_inner();
    assert_eq!(kept.cursor.unwrap().stream(), v1::ChangeStream::Transitions);
    let status = server.client.changes().commit_cursor(commit(&heard[0].cursor)).await.unwrap_err();
    assert_eq!(reason(&status).0, "CURSOR_GOES_BACK");
}
