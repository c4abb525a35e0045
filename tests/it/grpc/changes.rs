//! Following a ledger: what a subscriber hears, and where it goes on.

mod cursors;
mod following;
mod named;
mod racing;
mod slow;

use std::time::Duration;

use entente::proto::v1;
use tonic::{Code, Streaming};
use v1::subscribe_events_request::After;
use v1::subscribe_events_response::Message;

use super::appends::reason;
use super::sample::{deal, statement};
use crate::server::TestServer;

/// Far longer than anything here takes, so that what hangs fails.
const LONG: Duration = Duration::from_secs(20);

/// What a subscriber has heard.
struct Follower {
    stream: Streaming<v1::SubscribeEventsResponse>,
    /// The place behind all that was heard.
    cursor: String,
}

fn from(ledger: &str, after: Option<After>) -> v1::SubscribeEventsRequest {
    v1::SubscribeEventsRequest { ledger: ledger.to_owned(), after, ..v1::SubscribeEventsRequest::default() }
}

fn cursor(cursor: &str) -> Option<After> {
    Some(After::Cursor(v1::CursorPlace { cursor: cursor.to_owned(), position: 0 }))
}

impl Follower {
    async fn start(server: &TestServer, request: v1::SubscribeEventsRequest) -> (Self, v1::StreamStarted) {
        let stream = server.client.changes().subscribe_events(request).await.unwrap().into_inner();
        let mut follower = Follower { stream, cursor: String::new() };
        let Message::Started(started) = follower.next().await else { panic!("the first message is started") };
        (follower, started)
    }

    async fn hear(&mut self) -> Result<Option<v1::SubscribeEventsResponse>, tonic::Status> {
        tokio::time::timeout(LONG, self.stream.message()).await.expect("a subscriber hears something")
    }

    async fn next(&mut self) -> Message {
        let message = self.hear().await.unwrap().expect("a subscription never ends by itself").message.unwrap();
        self.cursor = match &message {
            Message::Started(it) => it.cursor.clone(),
            Message::Events(it) => it.cursor.clone(),
            Message::Progress(it) => it.cursor.clone(),
            Message::CaughtUp(it) => it.cursor.clone(),
            Message::FellBehind(it) => it.cursor.clone(),
        };
        message
    }

    /// The positions of all events up to this one, whatever else is said in between.
    async fn through(&mut self, last: u64) -> Vec<u64> {
        let mut positions: Vec<u64> = Vec::new();
        while positions.last().is_none_or(|position| *position < last) {
            if let Message::Events(batch) = self.next().await {
                positions.extend(batch.events.iter().map(|event| event.position));
            }
        }
        positions
    }

    /// The positions of all events up to where it has caught up.
    async fn caught_up(&mut self) -> (Vec<u64>, v1::StreamCaughtUp) {
        let mut positions: Vec<u64> = Vec::new();
        loop {
            match self.next().await {
                Message::Events(batch) => positions.extend(batch.events.iter().map(|event| event.position)),
                Message::CaughtUp(said) => return (positions, said),
                _ => {}
            }
        }
    }
}

async fn refusal(server: &TestServer, request: v1::SubscribeEventsRequest) -> tonic::Status {
    server.client.changes().subscribe_events(request).await.map(drop).expect_err("refused")
}

/// A server with the small deal and some statements: its ledger, and the head.
async fn full(statements: u32) -> (TestServer, String, u64) {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    append_statements(&server, &ledger, 0..statements).await;
    (server, ledger, 6 + u64::from(statements))
}

async fn append_statements(server: &TestServer, ledger: &str, numbers: std::ops::Range<u32>) {
    for first in numbers.clone().step_by(500) {
        let batch = (first..numbers.end.min(first + 500)).map(|number| statement(ledger, 1000 + number)).collect();
        server.append(ledger, batch).await.unwrap();
    }
}

#[tokio::test]
async fn what_was_recorded_comes_first_and_then_what_is_being_recorded() {
    let (server, ledger, head) = full(3000).await;
    let (mut follower, started) = Follower::start(&server, from(&ledger, None)).await;
    assert_eq!((started.position, started.head), (0, head));
    assert_eq!(started.progress_period.unwrap().seconds, 10, "the contract is told");
    let (positions, caught_up) = follower.caught_up().await;
    assert_eq!(positions, (1..=head).collect::<Vec<u64>>());
    assert_eq!(caught_up.position, head);
    assert!(caught_up.caught_up_at.is_some());
    for number in 0..5 {
        server.append(&ledger, vec![statement(&ledger, 9000 + number)]).await.unwrap();
        let position = head + 1 + u64::from(number);
        assert_eq!(follower.through(position).await, vec![position]);
    }
}

#[tokio::test]
async fn events_are_the_ones_that_a_read_gives() {
    let (server, ledger, head) = full(10).await;
    let (mut follower, _) = Follower::start(&server, from(&ledger, None)).await;
    let mut heard = Vec::new();
    while heard.len() < usize::try_from(head).unwrap() {
        if let Message::Events(batch) = follower.next().await {
            heard.extend(batch.events);
        }
    }
    for event in heard {
        let name = event.name.clone();
        let read = server.client.ledgers().get_event(v1::GetEventRequest { name }).await.unwrap().into_inner();
        assert_eq!(read.event, Some(event));
    }
}

#[tokio::test]
async fn from_now_on_nothing_old_is_heard() {
    let (server, ledger, head) = full(20).await;
    let (mut follower, started) = Follower::start(&server, from(&ledger, Some(After::Head(true)))).await;
    assert_eq!(started.position, head);
    assert_eq!(follower.caught_up().await.0, Vec::<u64>::new());
    append_statements(&server, &ledger, 100..103).await;
    assert_eq!(follower.through(head + 3).await, vec![head + 1, head + 2, head + 3]);
}

#[tokio::test]
async fn after_is_exclusive_for_positions_and_cursors() {
    let (server, ledger, head) = full(20).await;
    let (mut follower, _) = Follower::start(&server, from(&ledger, Some(After::Position(7)))).await;
    assert_eq!(follower.caught_up().await.0, (8..=head).collect::<Vec<u64>>());
    append_statements(&server, &ledger, 100..101).await;
    let (mut resumed, started) = Follower::start(&server, from(&ledger, cursor(&follower.cursor))).await;
    assert_eq!(started.position, head);
    assert_eq!(resumed.caught_up().await.0, vec![head + 1]);
}

#[tokio::test]
async fn a_consumer_goes_on_in_the_middle_of_a_batch() {
    let (server, ledger, head) = full(20).await;
    let (mut follower, _) = Follower::start(&server, from(&ledger, None)).await;
    follower.caught_up().await;
    let middle = v1::CursorPlace { cursor: follower.cursor.clone(), position: 9 };
    let (mut resumed, _) = Follower::start(&server, from(&ledger, Some(After::Cursor(middle)))).await;
    assert_eq!(resumed.caught_up().await.0, (10..=head).collect::<Vec<u64>>());
    let beyond = v1::CursorPlace { cursor: follower.cursor.clone(), position: head + 1 };
    let status = refusal(&server, from(&ledger, Some(After::Cursor(beyond)))).await;
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(status.message().contains("cursor.position"), "{status:?}");
}

#[tokio::test]
async fn a_filter_without_a_match_still_makes_progress_and_catches_up() {
    let (server, ledger, head) = full(2500).await;
    let filter = v1::EventFilter { families: vec![v1::Family::Relief.into()], ..v1::EventFilter::default() };
    let request = v1::SubscribeEventsRequest {
        filter: Some(filter),
        progress_period: Some(prost_types::Duration { seconds: 0, nanos: 100_000_000 }),
        ..from(&ledger, None)
    };
    let (mut follower, _) = Follower::start(&server, request.clone()).await;
    let (positions, caught_up) = follower.caught_up().await;
    assert!(positions.is_empty());
    assert_eq!(caught_up.position, head);
    append_statements(&server, &ledger, 5000..5003).await;
    loop {
        let Message::Progress(progress) = follower.next().await else { panic!("nothing matches") };
        if progress.position == head + 3 {
            break;
        }
    }
    // The place of progress is one to go on from, although no event was ever given.
    let resumed = v1::SubscribeEventsRequest { after: cursor(&follower.cursor), ..request };
    let (_, started) = Follower::start(&server, resumed).await;
    assert_eq!(started.position, head + 3);
}

#[tokio::test]
async fn a_filter_gives_what_it_asks_for_old_and_new() {
    let (server, ledger, head) = full(50).await;
    let filter = v1::EventFilter { subjects: vec![format!("{ledger}/measures/magnets")], ..v1::EventFilter::default() };
    let request = v1::SubscribeEventsRequest { filter: Some(filter), ..from(&ledger, None) };
    let (mut follower, _) = Follower::start(&server, request).await;
    let (positions, caught_up) = follower.caught_up().await;
    assert_eq!(positions, vec![3, 5]);
    assert_eq!(caught_up.position, head);
    append_statements(&server, &ledger, 100..110).await;
    let again = v1::Submission { event_id: super::sample::id(77), ..super::sample::suspended(&ledger) };
    server.append(&ledger, vec![again]).await.unwrap();
    assert_eq!(follower.through(head + 11).await, vec![head + 11]);
}

#[tokio::test]
async fn silence_never_lasts_longer_than_was_told() {
    let (server, ledger, head) = full(1).await;
    let period = prost_types::Duration { seconds: 0, nanos: 100_000_000 };
    let request = v1::SubscribeEventsRequest { progress_period: Some(period), ..from(&ledger, None) };
    let (mut follower, started) = Follower::start(&server, request.clone()).await;
    assert_eq!(started.progress_period, Some(period));
    follower.caught_up().await;
    for _ in 0..3 {
        let Message::Progress(progress) = follower.next().await else { panic!("nothing happens") };
        assert_eq!((progress.position, progress.head), (head, head));
    }
    for (seconds, nanos) in [(0, 1), (11, 0), (-1, 0), (i64::MAX, 0), (i64::MIN, 0), (0, i32::MIN)] {
        let period = Some(prost_types::Duration { seconds, nanos });
        let status = refusal(&server, v1::SubscribeEventsRequest { progress_period: period, ..request.clone() }).await;
        assert_eq!(status.code(), Code::InvalidArgument);
        assert!(status.message().starts_with("progress_period: "), "{status:?}");
    }
}

#[tokio::test]
async fn shutdown_ends_every_subscription_with_its_cursor() {
    let directory = tempfile::tempdir().unwrap();
    let mut server = TestServer::on_disk(directory.path()).await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    let (mut follower, _) = Follower::start(&server, from(&ledger, None)).await;
    follower.caught_up().await;
    server.begin_stop();
    let status = loop {
        match follower.hear().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("a cut stream does not look like one that has ended"),
            Err(status) => break status,
        }
    };
    assert_eq!(status.code(), Code::Unavailable, "{status:?}");
    let (word, metadata) = reason(&status);
    assert_eq!(word, "SHUTTING_DOWN");
    tokio::time::timeout(LONG, server.stop()).await.expect("open streams do not hold the server").unwrap();

    let server = TestServer::on_disk(directory.path()).await;
    append_statements(&server, &ledger, 0..3).await;
    let (mut resumed, started) = Follower::start(&server, from(&ledger, cursor(&metadata["cursor"]))).await;
    assert_eq!(started.position, 6);
    assert_eq!(resumed.caught_up().await.0, vec![7, 8, 9]);
}
