//! Servers for the bench, and the events it sends.

use std::path::PathBuf;
use std::time::Duration;

use entente::proto::v1;
use entente::serve::{self, Config};
use tokio::sync::oneshot;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::{Channel, Server};
use v1::ledger_service_client::LedgerServiceClient;

use super::echo::Echo;

type Fault = Box<dyn std::error::Error>;

/// Eight connections, whatever the number of clients: what a user's pool would hold.
const CONNECTIONS: usize = 8;

/// A server that stops when dropped.
pub(crate) struct Running {
    pub(crate) channels: Vec<Channel>,
    _stop: oneshot::Sender<()>,
    _directory: Option<tempfile::TempDir>,
}

/// entente on a new data directory, with one ledger that holds one instrument.
pub(crate) async fn entente() -> Result<Running, Fault> {
    let directory = tempfile::Builder::new().prefix("entente-bench-").tempdir_in(bench_directory())?;
    let config = Config {
        listen: ([127, 0, 0, 1], 0).into(),
        data_dir: directory.path().join("data"),
        cache_bytes: 64 << 20,
        events_max: u64::MAX,
        request_bytes_max: 4 << 20,
        shutdown_grace: Duration::from_secs(1),
        key_file: None,
        webhooks: serve::Webhooks::default(),
    };
    let listener = serve::bind(&config).await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel();
    tokio::spawn(serve::run(config, listener, async move { drop(stopped.await) }));
    let channels = connect(address).await?;
    let mut ledgers = LedgerServiceClient::new(channels[0].clone());
    let ledger = v1::Ledger { kind: v1::LedgerKind::Live.into(), title: "bench".to_owned(), ..Default::default() };
    let request = v1::CreateLedgerRequest { ledger_id: "bench".to_owned(), ledger: Some(ledger), recorded_at: None };
    ledgers.create_ledger(request).await?;
    ledgers.append_events(append(vec![signed()])).await?;
    Ok(Running { channels, _stop: stop, _directory: Some(directory) })
}

/// The bare echo.
pub(crate) async fn echo() -> Result<Running, Fault> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let server = Server::builder().tcp_nodelay(true).add_service(Echo);
    let incoming = TcpListenerStream::new(listener);
    tokio::spawn(server.serve_with_incoming_shutdown(incoming, async move { drop(stopped.await) }));
    Ok(Running { channels: connect(address).await?, _stop: stop, _directory: None })
}

/// Where data directories go: beside the build, on a real disk and not in a memory file system.
pub(crate) fn bench_directory() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

async fn connect(address: std::net::SocketAddr) -> Result<Vec<Channel>, Fault> {
    let mut channels = Vec::new();
    for _ in 0..CONNECTIONS {
        channels.push(Channel::from_shared(format!("http://{address}"))?.connect().await?);
    }
    Ok(channels)
}

/// One append of some events.
pub(crate) fn append(submissions: Vec<v1::Submission>) -> v1::AppendEventsRequest {
    v1::AppendEventsRequest { ledger: "ledgers/bench".to_owned(), submissions, ..Default::default() }
}

fn signed() -> v1::Submission {
    let signed = v1::InstrumentSigned {
        title: "A deal".to_owned(),
        parties: vec!["CN".to_owned(), "US".to_owned()],
        signed_at: dated(),
        place: String::new(),
    };
    v1::Submission {
        subject: "ledgers/bench/instruments/deal".to_owned(),
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
        subject: "ledgers/bench/instruments/deal".to_owned(),
        sources: vec![v1::Source { publisher: "a gazette of record".to_owned(), ..Default::default() }],
        payload: Some(v1::submission::Payload::StatementMade(made)),
        ..Default::default()
    }
}

fn dated() -> Option<v1::Dated> {
    let at = Some(prost_types::Timestamp { seconds: 1_761_782_400, nanos: 0 });
    Some(v1::Dated { at, precision: v1::Precision::Second.into() })
}
