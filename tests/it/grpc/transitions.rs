//! Following the changes of a ledger's statuses: what a subscriber hears, when, and where it goes on.

mod asking;

use std::time::Duration;

use entente::domain::Instant;
use entente::proto::v1;
use tonic::{Code, Streaming};
use v1::status_news::News;
use v1::subscribe_transitions_request::After;
use v1::subscribe_transitions_response::Message;

use super::appends::reason;
use super::sample::{amount, deal, statement};
use crate::server::{NOON, TestServer, stamp};

/// Far longer than anything here takes, so that what hangs fails.
const LONG: Duration = Duration::from_secs(20);
/// When the suspension of the sample deal lapses.
const LAPSE: &str = "2026-11-10T16:00:00Z";

/// A subscriber and what it has heard.
struct Follower {
    stream: Streaming<v1::SubscribeTransitionsResponse>,
    cursor: String,
    through: Option<prost_types::Timestamp>,
}

fn from(ledger: &str, after: Option<After>) -> v1::SubscribeTransitionsRequest {
    let period = prost_types::Duration { seconds: 0, nanos: 100_000_000 };
    v1::SubscribeTransitionsRequest {
        ledger: ledger.to_owned(),
        after,
        progress_period: Some(period),
        ..v1::SubscribeTransitionsRequest::default()
    }
}

fn cursor(cursor: &str) -> Option<After> {
    Some(After::Cursor(v1::CursorPlace { cursor: cursor.to_owned(), position: 0 }))
}

impl Follower {
    async fn start(server: &TestServer, request: v1::SubscribeTransitionsRequest) -> (Self, v1::TransitionsStarted) {
        let stream = server.client.changes().subscribe_transitions(request).await.unwrap().into_inner();
        let mut follower = Follower { stream, cursor: String::new(), through: None };
        let Message::Started(started) = follower.next().await else { panic!("the first message is started") };
        (follower, started)
    }

    async fn hear(&mut self) -> Result<Option<v1::SubscribeTransitionsResponse>, tonic::Status> {
        tokio::time::timeout(LONG, self.stream.message()).await.expect("a subscriber hears something")
    }

    async fn next(&mut self) -> Message {
        let message = self.hear().await.unwrap().expect("a subscription never ends by itself").message.unwrap();
        (self.cursor, self.through) = match &message {
            Message::Started(it) => (it.cursor.clone(), it.at),
            Message::Transitions(it) => (it.cursor.clone(), self.through),
            Message::Progress(it) => (it.cursor.clone(), it.through),
            Message::CaughtUp(it) => (it.cursor.clone(), it.through),
        };
        message
    }

    /// All news up to where it has caught up.
    async fn caught_up(&mut self) -> Vec<v1::StatusNews> {
        let mut heard = Vec::new();
        loop {
            match self.next().await {
                Message::Transitions(batch) => heard.extend(batch.news),
                Message::CaughtUp(_) => return heard,
                _ => {}
            }
        }
    }

    /// So many news, whatever else is said in between.
    async fn news(&mut self, count: usize) -> Vec<v1::StatusNews> {
        let mut heard = Vec::new();
        let begun = std::time::Instant::now();
        while heard.len() < count {
            assert!(begun.elapsed() < LONG, "{count} news were to come: {:#?}", told(&heard));
            if let Message::Transitions(batch) = self.next().await {
                heard.extend(batch.news);
            }
        }
        heard
    }

    /// Hears progress through an instant, and no news.
    async fn quiet_through(&mut self, instant: &str) {
        let begun = std::time::Instant::now();
        loop {
            assert!(begun.elapsed() < LONG, "looked through {:?} only", self.through);
            match self.next().await {
                Message::Transitions(batch) => panic!("news: {:?}", told(&batch.news)),
                Message::Progress(it) if it.through.is_some_and(|at| at.seconds >= stamp(instant).seconds) => return,
                _ => {}
            }
        }
    }
}

/// News in short: when, what, from what, to what, why.
fn told(news: &[v1::StatusNews]) -> Vec<String> {
    let short = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    let when = |at: Option<prost_types::Timestamp>| Instant::from_unix_seconds(at.unwrap().seconds).unwrap();
    let status = |it: Option<v1::Judgement>| it.unwrap().status().as_str_name().replace("STATUS_", "");
    let one = |news: &v1::StatusNews| match news.news.as_ref().unwrap() {
        News::Transition(it) => {
            let cause = match it.cause.as_ref().unwrap() {
                v1::transition::Cause::Events(events) => format!("{:?}", events.positions),
                v1::transition::Cause::Time(time) => {
                    let kinds: Vec<&str> = time.deadlines.iter().map(|it| it.kind().as_str_name()).collect();
                    kinds.join(" ").replace("DEADLINE_KIND_", "")
                }
            };
            let (before, after) = (status(it.before), status(it.after));
            format!("{} {}: {before} to {after} by {cause}", when(it.at), short(&it.commitment))
        }
        News::Revision(it) => {
            let (before, after) = (status(it.before), status(it.after));
            format!("{} {}: {before} is {after} since {}", when(it.at), short(&it.commitment), when(it.since))
        }
        News::DeadlineApproaching(it) => {
            let deadline = it.deadline.as_ref().unwrap();
            let days = it.lead.unwrap().seconds / 86_400;
            format!("{} {}: {} in {days} days", when(it.at), short(&deadline.commitment), when(deadline.at))
        }
    };
    news.iter().map(one).collect()
}

/// A server with the sample deal in a LIVE ledger.
async fn live() -> (TestServer, String) {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    (server, ledger)
}

fn set(server: &TestServer, instant: &str) {
    server.clock.set(Instant::parse(instant).unwrap());
}

async fn recorded_at(server: &TestServer, ledger: &str, number: u32) -> i64 {
    let appended = server.append(ledger, vec![statement(ledger, number)]).await.unwrap();
    appended.events[0].recorded_at.unwrap().seconds
}

#[tokio::test]
async fn what_is_recorded_and_what_time_brings_are_heard_as_they_come() {
    let (server, ledger) = live().await;
    let (mut follower, started) = Follower::start(&server, from(&ledger, None)).await;
    assert_eq!((started.position, started.head, started.at), (0, 6, None));
    assert_eq!(started.ledger_kind(), v1::LedgerKind::Live);
    assert_eq!(
        told(&follower.caught_up().await),
        [
            "2026-03-01T12:00:00Z soybeans: NOT_RECORDED to UNVERIFIED by [6]",
            "2026-03-01T12:00:00Z suspension: NOT_RECORDED to ON_TRACK by [3, 4, 5]"
        ]
    );
    // A second before the lapse nothing is heard; at the lapse the clock alone brings it.
    set(&server, "2026-11-10T15:59:59Z");
    follower.quiet_through("2026-11-10T15:59:59Z").await;
    set(&server, LAPSE);
    let lapse = follower.news(1).await;
    assert_eq!(told(&lapse), ["2026-11-10T16:00:00Z suspension: ON_TRACK to MET by LAPSE"]);
    let Some(News::Transition(lapse)) = &lapse[0].news else { panic!("a transition") };
    assert_eq!((lapse.row.as_str(), lapse.known_position), ("M12", 6));
    assert_eq!((lapse.title.as_str(), lapse.obligor.as_str()), ("Suspend the control", "CN"));
    server.append(&ledger, vec![amount(&ledger, 20, "2026-01-01", "2026-10-31", "25000000")]).await.unwrap();
    assert_eq!(
        told(&follower.news(2).await),
        [
            "2026-11-10T16:00:00Z soybeans: UNVERIFIED to MET by [7]",
            "2026-11-10T16:00:00Z soybeans: UNVERIFIED is MET since 2026-10-31T16:00:00Z"
        ]
    );
}

#[tokio::test]
async fn what_was_told_of_time_stays_true_when_the_clock_steps_back() {
    let directory = tempfile::tempdir().unwrap();
    let server = TestServer::on_disk(directory.path()).await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    let (mut follower, _) = Follower::start(&server, from(&ledger, None)).await;
    let mut heard = follower.caught_up().await;
    set(&server, "2026-11-12T00:00:00Z");
    heard.extend(follower.news(1).await);
    set(&server, NOON);
    let lapse = stamp(LAPSE).seconds;
    assert_eq!(recorded_at(&server, &ledger, 10).await, lapse, "nothing is recorded before what was told");
    server.stop().await.unwrap();

    // So it is after a restart, whose clock is as wrong.
    let server = TestServer::on_disk(directory.path()).await;
    assert_eq!(recorded_at(&server, &ledger, 11).await, lapse);
    let (mut other, _) = Follower::start(&server, from(&ledger, None)).await;
    let again = other.caught_up().await;
    assert_eq!(told(&again), told(&heard));
    assert_eq!(ids(&again), ids(&heard));
    server.stop().await.unwrap();
}

fn ids(news: &[v1::StatusNews]) -> Vec<&str> {
    news.iter().map(|news| news.id.as_str()).collect()
}

#[tokio::test]
async fn whoever_was_away_hears_what_time_brought_and_whoever_stayed_heard() {
    let (server, ledger) = live().await;
    let leads = [30, 7, 1].map(|days| prost_types::Duration { seconds: days * 86_400, nanos: 0 });
    let request = |after| v1::SubscribeTransitionsRequest { leads: leads.to_vec(), ..from(&ledger, after) };
    let (mut stayed, started) = Follower::start(&server, request(None)).await;
    let mut heard = stayed.caught_up().await;
    for (day, number) in [("2026-10-20", 30), ("2026-11-09", 31), ("2026-12-05", 32), ("2027-03-01", 33)] {
        set(&server, &format!("{day}T00:00:00Z"));
        recorded_at(&server, &ledger, number).await;
    }
    // 30 days, 7 days and 1 day before the lapse and the due date, the lapse, and what comes after the due date.
    heard.extend(stayed.news(8).await);
    let shown = told(&heard);
    assert_eq!(shown.len(), 10, "{shown:#?}");
    assert_eq!(shown[2], "2026-10-11T16:00:00Z suspension: 2026-11-10T16:00:00Z in 30 days");
    assert_eq!(shown[5], "2026-11-10T16:00:00Z suspension: ON_TRACK to MET by LAPSE");
    let (mut anew, _) = Follower::start(&server, request(None)).await;
    assert_eq!(anew.caught_up().await, heard);
    let mut places = vec![started.cursor];
    places.extend(heard.iter().map(|news| news.cursor.clone()));
    for (index, place) in places.iter().enumerate() {
        let (mut away, _) = Follower::start(&server, request(cursor(place))).await;
        assert_eq!(away.caught_up().await, heard[index..], "behind {index} news");
    }
}

#[tokio::test]
async fn from_now_on_nothing_old_is_heard_and_nothing_slips_in_before() {
    let (server, ledger) = live().await;
    set(&server, "2026-11-11T00:00:00Z");
    let (mut follower, started) = Follower::start(&server, from(&ledger, Some(After::Head(true)))).await;
    assert_eq!((started.position, started.at), (6, Some(stamp("2026-11-11T00:00:00Z"))));
    assert_eq!(told(&follower.caught_up().await), Vec::<String>::new());
    set(&server, NOON);
    assert_eq!(recorded_at(&server, &ledger, 10).await, stamp("2026-11-11T00:00:00Z").seconds);
    set(&server, "2027-01-01T00:00:00Z");
    let due = "2026-12-31T16:00:00Z";
    let heard = told(&follower.news(1).await);
    assert!(heard[0].starts_with(due), "{heard:?}");
}

#[tokio::test]
async fn many_who_wait_for_one_instant_cost_one_floor_and_each_hears_it() {
    let (server, ledger) = live().await;
    let mut followers = Vec::new();
    for _ in 0..20 {
        let (mut follower, _) = Follower::start(&server, from(&ledger, None)).await;
        follower.caught_up().await;
        followers.push(follower);
    }
    set(&server, LAPSE);
    for follower in &mut followers {
        assert_eq!(told(&follower.news(1).await), ["2026-11-10T16:00:00Z suspension: ON_TRACK to MET by LAPSE"]);
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
    set(&server, LAPSE);
    let (mut resumed, started) = Follower::start(&server, from(&ledger, cursor(&metadata["cursor"]))).await;
    assert_eq!(started.position, 6);
    assert_eq!(told(&resumed.caught_up().await), ["2026-11-10T16:00:00Z suspension: ON_TRACK to MET by LAPSE"]);
    server.stop().await.unwrap();
}
