//! What keeps an open page current.

use std::time::Duration;

use entente::domain::Instant;
use entente::proto::v1;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{PATIENCE, connect};
use crate::grpc::sample::{deal, statement};
use crate::server::{NOON, TestServer};

/// An open stream of events.
struct Live {
    stream: TcpStream,
    read: String,
}

impl Live {
    async fn open(server: &TestServer, path: &str) -> Self {
        let mut stream = connect(server).await;
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        Live { stream, read: String::new() }
    }

    /// The data of the next event.
    async fn next(&mut self) -> serde_json::Value {
        let data = tokio::time::timeout(PATIENCE, async {
            loop {
                if let Some((before, after)) = self.read.split_once("\n\n") {
                    let data = before.lines().find_map(|line| line.strip_prefix("data: ")).map(str::to_owned);
                    self.read = after.to_owned();
                    if let Some(data) = data {
                        return data;
                    }
                    continue;
                }
                assert!(self.more().await, "the stream ended");
            }
        });
        serde_json::from_str(&data.await.expect("an event in time")).unwrap()
    }

    async fn more(&mut self) -> bool {
        let mut bytes = [0; 4096];
        let count = self.stream.read(&mut bytes).await.unwrap();
        self.read.push_str(&String::from_utf8_lossy(&bytes[..count]));
        count > 0
    }
}

async fn server_with_a_deal() -> (TestServer, String) {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    (server, ledger)
}

#[tokio::test]
async fn a_recorded_event_is_told_with_its_position() {
    let (server, ledger) = server_with_a_deal().await;
    let mut live = Live::open(&server, "/ledgers/deal/live").await;
    let first = live.next().await;
    assert_eq!(first["as_of"], NOON);
    let head = first["position"].as_u64().unwrap();
    server.append(&ledger, vec![statement(&ledger, 900)]).await.unwrap();
    assert_eq!(live.next().await["position"], head + 1);
}

#[tokio::test]
async fn a_lapse_is_told_when_the_clock_reaches_it_and_not_before() {
    let (server, _) = server_with_a_deal().await;
    let request = v1::AssessCommitmentRequest {
        name: "ledgers/deal/commitments/suspension".to_owned(),
        ..v1::AssessCommitmentRequest::default()
    };
    let assessed =
        server.client.compliance().assess_commitment(request).await.unwrap().into_inner().assessment.unwrap();
    let lapse = Instant::from_unix_seconds(assessed.next_change_at.unwrap().seconds).unwrap();
    let mut live = Live::open(&server, "/ledgers/deal/live?commitment=suspension").await;
    live.next().await;
    server.clock.set(lapse.plus_seconds(-1));
    let early = tokio::time::timeout(Duration::from_millis(1_500), live.next()).await;
    assert!(early.is_err(), "nothing changed yet: {early:?}");
    server.clock.set(lapse);
    assert_eq!(live.next().await["as_of"], lapse.to_string());
}

#[tokio::test]
async fn an_open_page_does_not_hold_a_server_that_stops() {
    let (mut server, _) = server_with_a_deal().await;
    let mut live = Live::open(&server, "/ledgers/deal/live").await;
    live.next().await;
    server.begin_stop();
    // Less than the grace that an open request has: the stream ends by itself.
    let ended = tokio::time::timeout(Duration::from_secs(4), async { while live.more().await {} });
    ended.await.expect("the stream ends when the server stops");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_page_that_is_not_about_now_is_not_followed() {
    let (server, _) = server_with_a_deal().await;
    let now = super::get(&server, "/ledgers/deal").await;
    assert!(now.body.contains("data-live=\"/ledgers/deal/live\""), "{}", now.body);
    for fixed in ["?as_of=2026-01-01", "?known_at=3"] {
        let page = super::get(&server, &format!("/ledgers/deal{fixed}")).await;
        assert!(!page.body.contains("data-live"), "{fixed}");
    }
}
