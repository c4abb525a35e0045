//! ListMeetings and ListAsks over gRPC: states, moves, trades, filters, and pages that stay right.

use entente::proto::v1;
use tonic::Code;
use v1::submission::Payload;

use super::appends::reason;
use super::sample::{dated, deal, submission};
use crate::server::{TestServer, stamp};

fn window(start: &str, through: &str) -> Option<v1::Window> {
    Some(v1::Window { start: start.to_owned(), through: through.to_owned() })
}

fn scheduled(ledger: &str, number: u32, meeting: &str, level: v1::MeetingLevel, days: (&str, &str)) -> v1::Submission {
    let scheduled = v1::MeetingScheduled {
        title: format!("Meeting {meeting}"),
        parties: vec!["US".to_owned(), if number.is_multiple_of(2) { "CN" } else { "FR" }.to_owned()],
        level: level.into(),
        place: String::new(),
        window: window(days.0, days.1),
    };
    submission(ledger, number, &format!("meetings/{meeting}"), Payload::MeetingScheduled(scheduled))
}

fn moved(ledger: &str, number: u32, meeting: &str, to: Option<v1::Window>) -> v1::Submission {
    let moved = v1::MeetingMoved { window: to, reason: "a war".to_owned() };
    submission(ledger, number, &format!("meetings/{meeting}"), Payload::MeetingMoved(moved))
}

fn held(ledger: &str, number: u32, meeting: &str, days: (&str, &str)) -> v1::Submission {
    let held = v1::MeetingHeld {
        title: format!("Meeting {meeting}"),
        parties: vec!["US".to_owned(), "CN".to_owned()],
        level: v1::MeetingLevel::Leader.into(),
        place: "Beijing".to_owned(),
        window: window(days.0, days.1),
        outcome: "no communique".to_owned(),
        days_unknown: false,
    };
    submission(ledger, number, &format!("meetings/{meeting}"), Payload::MeetingHeld(held))
}

fn tabled(ledger: &str, number: u32, ask: &str, at: &str, exchange: &str) -> v1::Submission {
    let tabled = v1::AskTabled {
        title: format!("Ask {ask}"),
        by: if exchange.is_empty() { "US" } else { "CN" }.to_owned(),
        of: if exchange.is_empty() { "CN" } else { "US" }.to_owned(),
        tabled_at: dated(at),
        in_exchange_for: if exchange.is_empty() { String::new() } else { format!("{ledger}/asks/{exchange}") },
        ..v1::AskTabled::default()
    };
    submission(ledger, number, &format!("asks/{ask}"), Payload::AskTabled(tabled))
}

async fn with_deal() -> (TestServer, String) {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    (server, ledger)
}

fn at(as_of: &str, known_position: Option<u64>) -> Option<v1::Clocks> {
    Some(v1::Clocks { as_of: Some(stamp(as_of)), known_position, ..v1::Clocks::default() })
}

async fn meetings(server: &TestServer, request: v1::ListMeetingsRequest) -> v1::ListMeetingsResponse {
    server.client.compliance().list_meetings(request).await.unwrap().into_inner()
}

fn id(name: &str) -> &str {
    name.rsplit('/').next().unwrap()
}

#[tokio::test]
async fn a_meeting_is_planned_moved_held_or_without_word() {
    let (server, ledger) = with_deal().await;
    let leader = v1::MeetingLevel::Leader;
    let events = vec![
        scheduled(&ledger, 10, "summit", leader, ("2026-03-31", "2026-04-02")), // position 7
        moved(&ledger, 11, "summit", None),                                     // 8
        moved(&ledger, 12, "summit", window("2026-05-14", "2026-05-15")),       // 9
        held(&ledger, 13, "summit", ("2026-05-13", "2026-05-15")),              // 10
    ];
    server.append(&ledger, events).await.unwrap();
    use v1::MeetingState::{Held, Moved, Planned, Unreported};
    let cases = [
        (7, "2026-03-20T00:00:00Z", Planned, "2026-03-31", ""),
        (7, "2026-04-02T23:59:59Z", Planned, "2026-03-31", ""),
        (7, "2026-04-03T00:00:00Z", Unreported, "2026-03-31", ""),
        (8, "2026-03-20T00:00:00Z", Moved, "2026-03-31", ""),
        (9, "2026-03-20T00:00:00Z", Planned, "2026-05-14", ""),
        (10, "2026-06-01T00:00:00Z", Held, "2026-05-13", "no communique"),
        (10, "2026-05-13T00:00:00Z", Held, "2026-05-13", "no communique"),
        (10, "2026-05-12T23:59:59Z", Planned, "2026-05-13", ""),
    ];
    for (known, as_of, state, start, outcome) in cases {
        let request = v1::ListMeetingsRequest {
            parent: ledger.clone(),
            clocks: at(as_of, Some(known)),
            ..v1::ListMeetingsRequest::default()
        };
        let answer = meetings(&server, request).await;
        let [meeting] = answer.meetings.as_slice() else { panic!("one meeting") };
        let said = (meeting.state(), meeting.window.as_ref().unwrap().start.as_str(), meeting.outcome.as_str());
        assert_eq!(said, (state, start, outcome), "known at {known}, as of {as_of}");
        let year = &answer.leader_years[0];
        let counted = (year.year, year.held.len(), year.planned.len(), year.unreported.len());
        let expected = (
            2026,
            usize::from(state == Held),
            usize::from(matches!(state, Planned | Moved)),
            usize::from(state == Unreported),
        );
        assert_eq!(counted, expected, "known at {known}, as of {as_of}");
    }
    let request = v1::ListMeetingsRequest { parent: ledger.clone(), ..v1::ListMeetingsRequest::default() };
    let moves = meetings(&server, request).await.meetings.remove(0).moves;
    let days = |window: &Option<v1::Window>| window.as_ref().map(|window| window.start.clone());
    let said: Vec<_> = moves.iter().map(|it| (days(&it.from), days(&it.to), it.position)).collect();
    let day = |text: &str| Some(text.to_owned());
    assert_eq!(said, [(day("2026-03-31"), None, 8), (None, day("2026-05-14"), 9)]);
}

#[tokio::test]
async fn meetings_are_filtered_and_paged_by_day() {
    let (server, ledger) = with_deal().await;
    let official = v1::MeetingLevel::Official;
    let events = vec![
        scheduled(&ledger, 20, "c", official, ("2026-04-01", "2026-04-02")),
        scheduled(&ledger, 21, "a", official, ("2026-04-01", "2026-04-03")),
        scheduled(&ledger, 22, "b", v1::MeetingLevel::Leader, ("2027-01-01", "2027-01-01")),
        scheduled(&ledger, 23, "d", v1::MeetingLevel::Leader, ("2026-01-01", "2026-01-01")),
    ];
    server.append(&ledger, events).await.unwrap();
    let all = || v1::ListMeetingsRequest { parent: ledger.clone(), page_size: 2, ..v1::ListMeetingsRequest::default() };
    let ids = |answer: &v1::ListMeetingsResponse| {
        answer.meetings.iter().map(|it| id(&it.name).to_owned()).collect::<Vec<_>>()
    };
    let first = meetings(&server, all()).await;
    assert_eq!(ids(&first), ["d", "c"]);
    // What arrives later belongs to no page of this list.
    server.append(&ledger, vec![scheduled(&ledger, 24, "e", official, ("2026-04-02", "2026-04-02"))]).await.unwrap();
    let second =
        meetings(&server, v1::ListMeetingsRequest { page_token: first.next_page_token.clone(), ..all() }).await;
    assert_eq!((ids(&second), second.next_page_token.as_str()), (vec!["a".to_owned(), "b".to_owned()], ""));
    assert_eq!((&second.clocks, &second.leader_years), (&first.clocks, &first.leader_years), "of the whole list");
    assert_eq!(first.leader_years.iter().map(|it| it.year).collect::<Vec<_>>(), [2026, 2027]);

    let france = v1::ListMeetingsRequest { parties: vec!["FR".to_owned()], years: vec![2026], ..all() };
    assert_eq!(ids(&meetings(&server, france).await), ["d", "a"]);
    let leaders = v1::ListMeetingsRequest { levels: vec![v1::MeetingLevel::Leader.into()], years: vec![2027], ..all() };
    assert_eq!(ids(&meetings(&server, leaders).await), ["b"]);
    let wrong = [
        ("years[0]", v1::ListMeetingsRequest { years: vec![1899], ..all() }),
        ("levels[0]", v1::ListMeetingsRequest { levels: vec![0], ..all() }),
        ("parties[0]", v1::ListMeetingsRequest { parties: vec!["XX".to_owned()], ..all() }),
        (
            "page_token",
            v1::ListMeetingsRequest { page_token: first.next_page_token, page_size: 3, years: vec![2026], ..all() },
        ),
    ];
    for (field, request) in wrong {
        let status = server.client.compliance().list_meetings(request).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).0.as_str()), (Code::InvalidArgument, "INVALID_FIELD"), "{field}");
        assert!(status.message().starts_with(field), "{field}: {}", status.message());
    }
}

#[tokio::test]
async fn asks_are_linked_with_what_they_are_traded_for_and_what_came_of_them() {
    let (server, ledger) = with_deal().await;
    let answered = v1::AskAnswered {
        answer: v1::AskAnswer::Accepted.into(),
        by: "CN".to_owned(),
        answered_at: dated("2026-02-10T00:00:00Z"),
        commitment: format!("{ledger}/commitments/suspension"),
    };
    let events = vec![
        tabled(&ledger, 30, "magnets", "2026-02-02T00:00:00Z", ""),
        tabled(&ledger, 31, "chips", "2026-02-03T00:00:00Z", "magnets"),
        tabled(&ledger, 32, "ships", "2025-12-31T00:00:00Z", "magnets"),
        submission(&ledger, 33, "asks/magnets", Payload::AskAnswered(answered)),
    ];
    server.append(&ledger, events).await.unwrap();
    let list = async |change: &dyn Fn(&mut v1::ListAsksRequest)| {
        let mut request = v1::ListAsksRequest { parent: ledger.clone(), ..v1::ListAsksRequest::default() };
        change(&mut request);
        server.client.compliance().list_asks(request).await.unwrap().into_inner()
    };
    let ids = |answer: &v1::ListAsksResponse| answer.asks.iter().map(|it| id(&it.name).to_owned()).collect::<Vec<_>>();
    let all = list(&|_| {}).await;
    assert_eq!(ids(&all), ["ships", "magnets", "chips"], "by the time they were tabled");
    let magnets = &all.asks[1];
    assert_eq!(magnets.offered_for_it, [format!("{ledger}/asks/chips"), format!("{ledger}/asks/ships")]);
    assert_eq!(all.asks[0].tabled.as_ref().unwrap().in_exchange_for, magnets.name);
    assert_eq!(magnets.answered.as_ref().unwrap().answer(), v1::AskAnswer::Accepted);
    let came_of_it = magnets.commitment.as_ref().unwrap();
    assert_eq!((id(&came_of_it.commitment), came_of_it.status()), ("suspension", v1::Status::OnTrack));
    assert_eq!((magnets.position, magnets.answered_position, magnets.revision), (7, 10, 10));

    let before = list(&|request| request.clocks = at("2026-02-09T00:00:00Z", None)).await;
    assert!(before.asks[1].answered.is_none() && before.asks[1].commitment.is_none(), "open until it was answered");
    let earlier = list(&|request| request.clocks = at("2026-01-15T00:00:00Z", None)).await;
    assert_eq!(ids(&earlier), ["ships"], "what was not asked yet is left out");
    assert_eq!(ids(&list(&|request| request.years = vec![2025]).await), ["ships"]);
    assert_eq!(ids(&list(&|request| request.parties = vec!["FR".to_owned()]).await), [""; 0]);
    let first = list(&|request| request.page_size = 2).await;
    let rest = list(&|request| (request.page_size, request.page_token) = (2, first.next_page_token.clone())).await;
    assert_eq!((ids(&first).len(), ids(&rest)), (2, vec!["chips".to_owned()]));
}
