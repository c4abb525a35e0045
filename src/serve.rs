//! The server as a function of a configuration, a listener and a shutdown: tests bind port 0 and stop it themselves.
//!
//! Here: the composition root, metrics, health, who is answered on the loopback. Not here: flags and files (`cli`), what a request means (`rpc`), what people read (`web`).

mod guard;
mod lingering;
mod metrics_page;
mod nowhere;
mod readiness;
mod timed_disk;
mod tlog_pages;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn;
use tokio::net::TcpListener;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::transport::Server;

use self::lingering::Lingering;
use self::timed_disk::TimedDisk;
use crate::clock::Clock;
pub use crate::deliver::{WebhookError, Webhooks};
use crate::ledger::{Keyring, LedgerError, Ledgers};
use crate::store::{Catalog, SledCatalog, SledConfig, StoreError};
use crate::{deliver, rpc, web};

/// What a server is told. Every field is checked before it gets here.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Directory of the store; made where it is not there.
    pub data_dir: PathBuf,
    /// Memory for the store's page cache.
    pub cache_bytes: u64,
    /// The most events that all ledgers together may hold in memory.
    pub events_max: u64,
    /// The longest request a client may send.
    pub request_bytes_max: usize,
    /// How long open requests may take to end when the server stops.
    pub shutdown_grace: Duration,
    /// The file of the keys that checkpoints are signed with; absent, they are kept with the store.
    pub key_file: Option<PathBuf>,
    /// Where events are posted as they are recorded.
    pub webhooks: Webhooks,
}

/// Why a server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken, or not ours.
    #[error("cannot listen on {address}: {cause}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A ledger cannot be opened.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The file of keys cannot be used.
    #[error("key_file {}: {cause}", path.display())]
    KeyFile {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// The transport failed.
    #[error(transparent)]
    Transport(#[from] tonic::transport::Error),
    /// The program is put together wrongly.
    #[error("{0}")]
    Internal(String),
}

/// How many requests one connection may have open.
const STREAMS_PER_CONNECTION_MAX: u32 = 256;
/// How often a silent connection is asked whether it lives, and how long it may take to say so.
const KEEPALIVE: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(10));
/// The longest list of headers.
const HEADER_BYTES_MAX: u32 = 16 << 10;

/// Binds the address of a configuration.
pub async fn bind(config: &Config) -> Result<TcpListener, ServeError> {
    let address = config.listen;
    TcpListener::bind(address).await.map_err(|cause| ServeError::Listen { address, cause })
}

/// Serves the store in the data directory until `shutdown` resolves and open requests have ended.
pub async fn run(
    config: Config,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let catalog = open_store(&config).await?;
    run_on(catalog, Clock::system(), config, listener, shutdown).await
}

/// Serves any store by any clock: for tests and for embedding.
pub async fn run_on(
    catalog: Arc<dyn Catalog>,
    clock: Clock,
    config: Config,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let metrics = metrics_page::install();
    let key_file = config.key_file.clone();
    let ledgers = blocking(move || open_ledgers(catalog, clock, key_file)).await??;
    ledgers.limit_events(config.events_max);
    let stopping = CancellationToken::new();
    let (health, health_service) = tonic_health::server::health_reporter();
    let watch = tokio::spawn(readiness::report(ledgers.clone(), health, stopping.clone()));
    let delivering = tokio::spawn(deliver::deliver(config.webhooks, ledgers.clone(), stopping.clone()));
    let grpc = rpc::routes(&ledgers, Routes::new(health_service), config.request_bytes_max, &stopping)
        .map_err(|error| ServeError::Internal(error.to_string()))?;
    let pages = metrics_page::router(metrics, ledgers.clone())
        .merge(readiness::router(ledgers.clone()))
        .merge(tlog_pages::router(ledgers.clone()))
        .merge(web::router(ledgers.clone(), &stopping));
    let address = listener.local_addr().map_err(|cause| ServeError::Listen { address: config.listen, cause })?;
    let routes = routes(grpc, pages, address);
    tracing::info!(%address, data_dir = %config.data_dir.display(), "serving");
    let server = Server::builder()
        .accept_http1(true)
        .max_concurrent_streams(STREAMS_PER_CONNECTION_MAX)
        .http2_keepalive_interval(Some(KEEPALIVE.0))
        .http2_keepalive_timeout(Some(KEEPALIVE.1))
        .http2_max_header_list_size(HEADER_BYTES_MAX)
        .add_routes(routes);
    let (begun, waited_for) = (stopping.clone(), ledgers.clone());
    let stop = async move {
        shutdown.await;
        tracing::info!("stopping: open requests may end, new ones are refused");
        begun.cancel();
        waited_for.stop_waiting();
    };
    let incoming = TcpListenerStream::new(listener).map(|stream| {
        let stream = stream?;
        // A small answer is not to wait for a larger one.
        stream.set_nodelay(true)?;
        Ok::<_, std::io::Error>(Lingering::new(stream))
    });
    let serving = server.serve_with_incoming_shutdown(incoming, stop);
    let ended = tokio::select! {
        ended = serving => ended,
        // A client that holds a connection open cannot hold the server.
        () = grace_over(&stopping, config.shutdown_grace) => {
            tracing::warn!("the grace period is over; what is still open is cut");
            Ok(())
        }
    };
    stopping.cancel();
    drop(watch.await);
    drop(delivering.await);
    blocking(move || ledgers.close()).await?;
    tracing::info!("stopped");
    Ok(ended?)
}

/// Everything that is answered at an address.
fn routes(grpc: Router, pages: Router, address: SocketAddr) -> Routes {
    let all = grpc.layer(from_fn(nowhere::grpc_only)).merge(pages);
    Routes::from(if address.ip().is_loopback() { all.layer(from_fn(guard::loopback_only)) } else { all })
}

async fn open_store(config: &Config) -> Result<Arc<dyn Catalog>, ServeError> {
    let (directory, cache_bytes) = (config.data_dir.clone(), config.cache_bytes);
    blocking(move || -> Result<Arc<dyn Catalog>, StoreError> {
        let config = SledConfig { cache_bytes, disk: Arc::new(TimedDisk), ..SledConfig::new(directory) };
        Ok(Arc::new(SledCatalog::open(config)?))
    })
    .await?
    .map_err(ServeError::from)
}

fn open_ledgers(catalog: Arc<dyn Catalog>, clock: Clock, key_file: Option<PathBuf>) -> Result<Ledgers, ServeError> {
    let Some(path) = key_file else { return Ok(Ledgers::open(catalog, clock)?) };
    let text = std::fs::read_to_string(&path).map_err(|error| error.to_string());
    let keyring = text.and_then(|text| Keyring::parse(&text).map_err(|error| error.to_string()));
    let keyring = keyring.map_err(|cause| ServeError::KeyFile { path, cause })?;
    Ok(Ledgers::open_with_keys(catalog, clock, keyring)?)
}

async fn grace_over(stopping: &CancellationToken, grace: Duration) {
    stopping.cancelled().await;
    tokio::time::sleep(grace).await;
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ServeError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| ServeError::Internal(error.to_string()))
}
