//! Servers for the bench, their connections, and the events they carry.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use entente::clock::Clock;
use entente::proto::v1;
use entente::serve::{self, Config};
use entente::store::{SledCatalog, SledConfig};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use v1::change_service_client::ChangeServiceClient;
use v1::ledger_service_client::LedgerServiceClient;

use super::Fault;
use super::bare::Bare;
use super::timed::{Durable, TimedCatalog};

/// Eight connections, whatever the number of subscribers.
const CONNECTIONS: usize = 8;
pub(crate) const LEDGER: &str = "ledgers/bench";

/// A server that stops when dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) channels: Vec<Channel>,
    /// When its events became durable.
    pub(crate) durable: Durable,
    _stop: oneshot::Sender<()>,
    _directory: Option<tempfile::TempDir>,
}

/// entente on a new data directory, with one ledger that holds one instrument.
pub(crate) async fn entente() -> Result<Running, Fault> {
    let beside_the_build = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let directory = tempfile::Builder::new().prefix("entente-bench-").tempdir_in(beside_the_build)?;
    let durable = Durable::default();
    let inner = Arc::new(SledCatalog::open(SledConfig::new(directory.path().join("data")))?);
    let catalog = Arc::new(TimedCatalog { inner, durable: durable.clone() });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let config = Config {
        key_file: None,
        listen: address,
        data_dir: directory.path().to_owned(),
        cache_bytes: 64 << 20,
        events_max: u64::MAX,
        request_bytes_max: 4 << 20,
        shutdown_grace: Duration::from_secs(1),
        webhooks: serve::Webhooks::default(),
    };
    let (stop, stopped) = oneshot::channel();
    tokio::spawn(serve::run_on(catalog, Clock::system(), config, listener, async move { drop(stopped.await) }));
    let channels = connect(address).await?;
    let mut ledgers = LedgerServiceClient::new(channels[0].clone());
    let ledger = v1::Ledger { kind: v1::LedgerKind::Live.into(), title: "bench".to_owned(), ..Default::default() };
    let request = v1::CreateLedgerRequest { ledger_id: "bench".to_owned(), ledger: Some(ledger), recorded_at: None };
    ledgers.create_ledger(request).await?;
    ledgers.append_events(append(vec![signed()])).await?;
    Ok(Running { address, channels, durable, _stop: stop, _directory: Some(directory) })
}

/// The bare stream.
pub(crate) async fn bare(service: Bare) -> Result<Running, Fault> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let server = Server::builder().add_service(service);
    // What the builder says of it holds only for listeners of its own.
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    tokio::spawn(server.serve_with_incoming_shutdown(incoming, async move { drop(stopped.await) }));
    let channels = connect(address).await?;
    Ok(Running { address, channels, durable: Durable::default(), _stop: stop, _directory: None })
}

async fn connect(address: SocketAddr) -> Result<Vec<Channel>, Fault> {
    let mut channels = Vec::new();
    for _ in 0..CONNECTIONS {
        channels.push(endpoint(address)?.connect().await?);
    }
    Ok(channels)
}

/// How clients connect.
pub(crate) fn endpoint(address: SocketAddr) -> Result<Endpoint, Fault> {
    Ok(Endpoint::from_shared(format!("http://{address}"))?.tcp_nodelay(true))
}

/// Follows the ledger of the bench.
pub(crate) async fn subscribe(
    channel: &Channel,
    after: v1::subscribe_events_request::After,
) -> Result<tonic::Streaming<v1::SubscribeEventsResponse>, tonic::Status> {
    let mut changes = ChangeServiceClient::new(channel.clone()).max_decoding_message_size(64 << 20);
    let request = v1::SubscribeEventsRequest { ledger: LEDGER.to_owned(), after: Some(after), ..Default::default() };
    Ok(changes.subscribe_events(request).await?.into_inner())
}

/// One append of some events.
pub(crate) fn append(submissions: Vec<v1::Submission>) -> v1::AppendEventsRequest {
    v1::AppendEventsRequest { ledger: LEDGER.to_owned(), submissions, ..Default::default() }
}

fn signed() -> v1::Submission {
    let signed = v1::InstrumentSigned {
        title: "A deal".to_owned(),
        parties: vec!["CN".to_owned(), "US".to_owned()],
        signed_at: dated(),
        place: String::new(),
    };
    v1::Submission {
        subject: format!("{LEDGER}/instruments/deal"),
        payload: Some(v1::submission::Payload::InstrumentSigned(signed)),
        ..Default::default()
    }
}

/// A typed event of about 256 bytes, with an id of its own.
pub(crate) fn event() -> v1::Submission {
    let made = v1::StatementMade {
        by: "a spokesman of the ministry".to_owned(),
        made_at: dated(),
        summary: "Both sides said that the talks were candid and constructive, and that they will go on.".to_owned(),
    };
    v1::Submission {
        event_id: uuid::Uuid::now_v7().to_string(),
        subject: format!("{LEDGER}/instruments/deal"),
        sources: vec![v1::Source { publisher: "a gazette of record".to_owned(), ..Default::default() }],
        payload: Some(v1::submission::Payload::StatementMade(made)),
        ..Default::default()
    }
}

fn dated() -> Option<v1::Dated> {
    let at = Some(prost_types::Timestamp { seconds: 1_761_782_400, nanos: 0 });
    Some(v1::Dated { at, precision: v1::Precision::Second.into() })
}
