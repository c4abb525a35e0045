//! Starts a server in this process, on port 0 of the loopback, and stops it when dropped.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use entente::client::Client;
use entente::clock::{Clock, ClockHand};
use entente::domain::Instant;
use entente::proto::v1;
use entente::serve::{self, Config};
use entente::store::{Catalog, MemoryCatalog, SledCatalog, SledConfig};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A running server.
pub(crate) struct TestServer {
    pub(crate) address: String,
    pub(crate) client: Client,
    /// Moves the server's clock.
    pub(crate) clock: ClockHand,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<Result<(), serve::ServeError>>,
}

/// The time on a test server's clock when it starts.
pub(crate) const NOON: &str = "2026-03-01T12:00:00Z";

impl TestServer {
    /// A server over a store in memory.
    pub(crate) async fn in_memory() -> Self {
        Self::over(Arc::new(MemoryCatalog::default())).await
    }

    /// A server over a store on disk.
    pub(crate) async fn on_disk(directory: &std::path::Path) -> Self {
        Self::over(Arc::new(SledCatalog::open(SledConfig::new(directory)).unwrap())).await
    }

    /// A server over any store.
    pub(crate) async fn over(catalog: Arc<dyn Catalog>) -> Self {
        Self::posting(catalog, serve::Webhooks::default()).await
    }

    /// A server over any store that posts events.
    pub(crate) async fn posting(catalog: Arc<dyn Catalog>, webhooks: serve::Webhooks) -> Self {
        Self::started(catalog, webhooks, 1_000_000).await
    }

    /// A server in memory that holds so many events at most.
    pub(crate) async fn holding(events_max: u64) -> Self {
        Self::started(Arc::new(entente::store::MemoryCatalog::new()), serve::Webhooks::default(), events_max).await
    }

    async fn started(catalog: Arc<dyn Catalog>, webhooks: serve::Webhooks, events_max: u64) -> Self {
        let (clock, hand) = Clock::by_hand(Instant::parse(NOON).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let listen = listener.local_addr().unwrap();
        let config = Config {
            listen,
            data_dir: PathBuf::new(),
            cache_bytes: 8 << 20,
            events_max,
            request_bytes_max: 4 << 20,
            shutdown_grace: Duration::from_secs(5),
            key_file: None,
            webhooks,
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move { drop(stopped.await) };
        let running = tokio::spawn(serve::run_on(catalog, clock, config, listener, shutdown));
        let address = format!("http://{listen}");
        let client = Client::connect(&address, Duration::from_secs(60)).await.unwrap();
        TestServer { address, client, clock: hand, stop: Some(stop), running }
    }

    /// Creates a ledger and gives its resource name.
    pub(crate) async fn create(&self, id: &str, kind: v1::LedgerKind) -> String {
        let ledger = v1::Ledger { kind: kind.into(), title: format!("test ledger {id}"), ..v1::Ledger::default() };
        // A replayed history may begin long before it is replayed.
        let recorded_at = (kind == v1::LedgerKind::Replay).then(|| stamp("2020-01-01T00:00:00Z"));
        let request = v1::CreateLedgerRequest { ledger_id: id.to_owned(), ledger: Some(ledger), recorded_at };
        self.client.ledgers().create_ledger(request).await.unwrap().into_inner().ledger.unwrap().name
    }

    /// Appends events with nothing else said.
    pub(crate) async fn append(
        &self,
        ledger: &str,
        submissions: Vec<v1::Submission>,
    ) -> Result<v1::AppendEventsResponse, tonic::Status> {
        let request =
            v1::AppendEventsRequest { ledger: ledger.to_owned(), submissions, ..v1::AppendEventsRequest::default() };
        self.client.ledgers().append_events(request).await.map(tonic::Response::into_inner)
    }

    /// Asks the server to stop, and says how it ended.
    pub(crate) async fn stop(mut self) -> Result<(), serve::ServeError> {
        self.begin_stop();
        let running = std::mem::replace(&mut self.running, tokio::spawn(async { Ok(()) }));
        running.await.unwrap()
    }

    /// Asks the server to stop.
    pub(crate) fn begin_stop(&mut self) {
        drop(self.stop.take());
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// A timestamp from RFC 3339.
pub(crate) fn stamp(text: &str) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: Instant::parse(text).unwrap().unix_seconds(), nanos: 0 }
}
