//! Webhooks: every event posted in order until it is taken, signed, under a stable id; one endpoint never delays another.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::routing::post;
use bytes::Bytes;
use entente::proto::v1;
use entente::serve::Webhooks;
use entente::store::{Catalog, MemoryCatalog};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, StatusCode};
use parking_lot::Mutex;
use tokio::sync::watch;

use crate::grpc::sample::{deal, id, statement};
use crate::server::{NOON, TestServer};

const SECRET: &str = "a secret of more than 24 bytes";
/// Far longer than anything here takes, so that what hangs fails.
const LONG: Duration = Duration::from_secs(30);

/// One post that a receiver took.
#[derive(Debug, Clone)]
struct Post {
    headers: HeaderMap,
    body: Bytes,
}

impl Post {
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    fn event(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn position(&self) -> u64 {
        self.event()["sequence"].as_str().unwrap().parse().unwrap()
    }

    fn is_signed_with(&self, secret: &str) -> bool {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{}.{}.", self.header("webhook-id"), self.header("webhook-timestamp")).as_bytes());
        mac.update(&self.body);
        use base64::Engine as _;
        let expected = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
        self.header("webhook-signature") == format!("v1,{expected}")
    }
}

/// A server that takes posts.
struct Receiver {
    url: String,
    taken: watch::Receiver<Vec<Post>>,
    behaviour: Arc<Behaviour>,
    _serving: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
struct Behaviour {
    /// So many posts are answered 503 before the next is taken.
    refusals: AtomicU64,
    /// Never answers.
    hangs: std::sync::atomic::AtomicBool,
    refused: Mutex<Vec<String>>,
}

type Shared = (Arc<watch::Sender<Vec<Post>>>, Arc<Behaviour>);

async fn take(State((taken, behaviour)): State<Shared>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if behaviour.hangs.load(Ordering::SeqCst) {
        std::future::pending::<()>().await;
    }
    let left = behaviour.refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    if left.is_ok() {
        behaviour.refused.lock().push(headers["webhook-id"].to_str().unwrap().to_owned());
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    taken.send_modify(|posts| posts.push(Post { headers, body }));
    StatusCode::NO_CONTENT
}

impl Receiver {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/entente", listener.local_addr().unwrap());
        let (sender, taken) = watch::channel(Vec::new());
        let behaviour = Arc::new(Behaviour::default());
        let state: Shared = (Arc::new(sender), Arc::clone(&behaviour));
        let router = axum::Router::new().route("/entente", post(take)).with_state(state);
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Receiver { url, taken, behaviour, _serving: serving }
    }

    /// What it has taken once it has taken so much.
    async fn posts(&self, count: usize) -> Vec<Post> {
        let mut taken = self.taken.clone();
        let enough = tokio::time::timeout(LONG, taken.wait_for(|posts| posts.len() >= count)).await;
        enough.expect("posted in time").unwrap().clone()
    }
}

fn read(folder: &Path, text: &str) -> Result<Webhooks, String> {
    let file = folder.join("webhooks.toml");
    std::fs::write(&file, text).unwrap();
    Webhooks::read(&file, |name| (name == "SECRET").then(|| SECRET.to_owned())).map_err(|error| error.to_string())
}

fn webhooks(text: &str) -> Webhooks {
    read(tempfile::tempdir().unwrap().path(), text).unwrap()
}

fn entry(name: &str, url: &str, more: &str) -> String {
    format!("[[webhook]]\nname = \"{name}\"\nurl = \"{url}\"\nledger = \"deal\"\nsecret_env = \"SECRET\"\n{more}\n")
}

async fn with_deal(catalog: Arc<dyn Catalog>, webhooks: Webhooks) -> (TestServer, String) {
    let server = TestServer::posting(catalog, webhooks).await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    (server, ledger)
}

fn positions(posts: &[Post]) -> Vec<u64> {
    posts.iter().map(Post::position).collect()
}

#[tokio::test]
async fn every_event_is_posted_in_order_signed_and_as_a_cloud_event() {
    let receiver = Receiver::start().await;
    let all = webhooks(&entry("all", &receiver.url, "after = \"start\""));
    let (server, ledger) = with_deal(Arc::new(MemoryCatalog::new()), all).await;
    server.append(&ledger, vec![statement(&ledger, 50)]).await.unwrap();
    let posts = receiver.posts(7).await;
    assert_eq!(positions(&posts), vec![1, 2, 3, 4, 5, 6, 7]);
    for post in &posts {
        assert!(post.is_signed_with(SECRET) && !post.is_signed_with("another secret of 24 bytes"));
        assert_eq!(post.header("content-type"), "application/cloudevents+json; charset=utf-8");
        assert_eq!(post.header("webhook-id"), post.event()["id"].as_str().unwrap());
    }
    let last = posts.last().unwrap();
    assert_eq!(last.header("webhook-id"), id(50));
    assert_eq!(last.header("webhook-timestamp"), stamp_of(NOON).to_string(), "by the server's clock");
    assert_eq!(last.event()["type"], "entente.v1.StatementMade");
    assert_eq!(last.event()["source"], "ledgers/deal");
}

/// Waits until the one cursor of a ledger is kept behind a position: an answer that the server has not seen yet would be
/// asked for again.
async fn kept(server: &TestServer, ledger: &str, position: u64) {
    let kept = async {
        while server.client.cursors(ledger).await.unwrap().first().is_none_or(|cursor| cursor.position < position) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LONG, kept).await.expect("kept");
}

fn stamp_of(text: &str) -> i64 {
    crate::server::stamp(text).seconds
}

#[tokio::test]
async fn a_filter_in_the_file_chooses_events() {
    let receiver = Receiver::start().await;
    let more = "after = \"start\"\nfilter = { families = [\"FAMILY_MEASURES\"], parties = [] }";
    let (_server, _) =
        with_deal(Arc::new(MemoryCatalog::new()), webhooks(&entry("measures", &receiver.url, more))).await;
    assert_eq!(positions(&receiver.posts(2).await), vec![3, 5]);
}

#[tokio::test]
async fn what_is_not_taken_is_posted_again_under_its_id_before_anything_later() {
    let receiver = Receiver::start().await;
    receiver.behaviour.refusals.store(3, Ordering::SeqCst);
    let all = webhooks(&entry("all", &receiver.url, "after = \"start\""));
    let (_server, _) = with_deal(Arc::new(MemoryCatalog::new()), all).await;
    let posts = receiver.posts(6).await;
    assert_eq!(positions(&posts), vec![1, 2, 3, 4, 5, 6]);
    let refused = receiver.behaviour.refused.lock().clone();
    let first = posts[0].header("webhook-id");
    assert_eq!(refused, vec![first; 3], "the first was posted until it was taken, and nothing else meanwhile");
}

#[tokio::test]
async fn one_endpoint_that_hangs_delays_no_other_and_does_not_hold_the_server() {
    let (stuck, well) = (Receiver::start().await, Receiver::start().await);
    stuck.behaviour.hangs.store(true, Ordering::SeqCst);
    let both = entry("stuck", &stuck.url, "after = \"start\"\ntimeout_seconds = 300")
        + &entry("well", &well.url, "after = \"start\"");
    let (server, ledger) = with_deal(Arc::new(MemoryCatalog::new()), webhooks(&both)).await;
    for number in 0..20 {
        server.append(&ledger, vec![statement(&ledger, 100 + number)]).await.unwrap();
    }
    assert_eq!(positions(&well.posts(26).await), (1..=26).collect::<Vec<u64>>());
    assert!(stuck.taken.borrow().is_empty());
    tokio::time::timeout(Duration::from_secs(10), server.stop()).await.expect("the server stops").unwrap();
}

#[tokio::test]
async fn a_restart_goes_on_where_it_was_and_the_cursor_tells_the_lag() {
    let directory = tempfile::tempdir().unwrap();
    let receiver = Receiver::start().await;
    let open = || -> Arc<dyn Catalog> {
        Arc::new(entente::store::SledCatalog::open(entente::store::SledConfig::new(directory.path())).unwrap())
    };
    let file = webhooks(&entry("all", &receiver.url, "after = \"start\""));
    let (server, ledger) = with_deal(open(), file.clone()).await;
    receiver.posts(6).await;
    kept(&server, &ledger, 6).await;
    server.stop().await.unwrap();
    let away = TestServer::on_disk(directory.path()).await;
    away.append(&ledger, vec![statement(&ledger, 51), statement(&ledger, 52)]).await.unwrap();
    let cursors = away.client.cursors(&ledger).await.unwrap();
    assert_eq!(cursors.len(), 1);
    assert_eq!((cursors[0].name.as_str(), cursors[0].lag_events), ("ledgers/deal/cursors/webhook-all", 2));
    away.stop().await.unwrap();
    // Another filter in the file goes on at the same place.
    let other = webhooks(&entry(
        "all",
        &receiver.url,
        "after = \"start\"\nfilter = { kinds = [\"EVENT_KIND_STATEMENT_MADE\"] }",
    ));
    let _server = TestServer::posting(open(), other).await;
    assert_eq!(positions(&receiver.posts(8).await), vec![1, 2, 3, 4, 5, 6, 7, 8]);
}

#[tokio::test]
async fn from_now_on_is_from_the_first_start_on() {
    let receiver = Receiver::start().await;
    let catalog = Arc::new(MemoryCatalog::new());
    let (server, ledger) = with_deal(catalog.clone(), Webhooks::default()).await;
    server.stop().await.unwrap();
    let file = webhooks(&entry("new", &receiver.url, ""));
    let server = TestServer::posting(catalog, file).await;
    // The place is kept before anything is posted.
    kept(&server, &ledger, 6).await;
    server.append(&ledger, vec![statement(&ledger, 9)]).await.unwrap();
    assert_eq!(positions(&receiver.posts(1).await), vec![7]);
}

#[tokio::test]
async fn changes_of_statuses_are_posted_each_once_also_over_a_restart() {
    let receiver = Receiver::start().await;
    let catalog = Arc::new(MemoryCatalog::new());
    let more = "after = \"start\"\n[webhook.transitions]\ncommitments = [\"suspension\"]\nlead_days = [3660]";
    let file = webhooks(&entry("statuses", &receiver.url, more));
    let (server, ledger) = with_deal(catalog.clone(), file.clone()).await;
    let posts = receiver.posts(2).await;
    let told = |posts: &[Post]| -> Vec<String> {
        posts.iter().map(|post| post.event()["type"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(told(&posts[..2]), ["entente.v1.Transition", "entente.v1.DeadlineApproaching"]);
    let first = &posts[0];
    assert!(first.is_signed_with(SECRET));
    assert_eq!(first.header("webhook-id"), first.event()["id"].as_str().unwrap());
    let event = first.event();
    assert_eq!(
        (&event["source"], &event["subject"]),
        (&"ledgers/deal".into(), &format!("{ledger}/commitments/suspension").into())
    );
    assert_eq!(event["data"]["before"]["lifecycle"], "LIFECYCLE_NOT_RECORDED");
    let head = server.append(&ledger, vec![statement(&ledger, 60)]).await.unwrap().head;
    kept(&server, &ledger, head).await;
    server.stop().await.unwrap();

    let server = TestServer::posting(catalog, file).await;
    let head = server.append(&ledger, vec![statement(&ledger, 61)]).await.unwrap().head;
    kept(&server, &ledger, head).await;
    let after: Vec<Post> = receiver.taken.borrow().clone();
    let ids: std::collections::BTreeSet<&str> = after.iter().map(|post| post.header("webhook-id")).collect();
    assert_eq!(ids.len(), after.len(), "nothing is told twice");
}

#[test]
fn what_is_wrong_in_the_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let url = "http://127.0.0.1:9/";
    std::fs::write(folder.path().join("short"), "abc").unwrap();
    let with = |field: &str, other: &str| entry("desk", url, "").replace(field, other);
    let cases = [
        (with("name = \"desk\"", "name = \"De sk\""), "webhook De sk: name: "),
        (with(url, "https://example.com/"), "webhook desk: url: https is not spoken yet"),
        (with(url, "127.0.0.1:9"), "webhook desk: url: "),
        (with(url, "http://user:word@host/"), "has a user name in it"),
        (with("ledger = \"deal\"", "ledger = \"De al\""), "webhook desk: ledger: "),
        (with("secret_env = \"SECRET\"", "secret_env = \"NONE\""), "the environment has no variable NONE"),
        (with("secret_env = \"SECRET\"", "secret_file = \"none\""), "none: "),
        (with("secret_env = \"SECRET\"", "secret_file = \"short\""), "secret_file: holds 3 bytes"),
        (with("secret_env = \"SECRET\"", ""), "give either secret_file or secret_env"),
        (entry("desk", url, "timeout_seconds = 0"), "timeout_seconds: 0 is out of range"),
        (entry("desk", url, "filter = { parties = [\"XX1\"] }"), "webhook desk: filter: parties[0]: "),
        (entry("desk", url, "filter = { colours = [] }"), "webhook desk: filter: "),
        (entry("desk", url, "colour = 1"), "colour"),
        (entry("desk", url, "[webhook.transitions]\nparties = [\"XX1\"]"), "webhook desk: transitions.parties: "),
        (entry("desk", url, "[webhook.transitions]\ncommitments = [\"A b\"]"), "transitions.commitments: "),
        (entry("desk", url, "[webhook.transitions]\nlead_days = [0]"), "transitions.lead_days: 0 is out of range"),
        (entry("desk", url, "filter = {}\n[webhook.transitions]"), "webhook desk: filter: is of events"),
        (entry("desk", url, "") + &entry("desk", url, ""), "stands twice"),
    ];
    for (text, expected) in cases {
        let error = read(folder.path(), &text).err().unwrap_or_else(|| panic!("taken: {text}"));
        assert!(error.contains(expected), "{expected:?} is not in {error:?}");
        assert!(!error.contains(SECRET) && !error.contains("abc"), "no secret is told: {error}");
    }
    assert!(read(folder.path(), "").unwrap().endpoints.is_empty());
}
