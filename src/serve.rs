//! The server as a function of a configuration, a listener and a shutdown: tests bind port 0 and stop it themselves.
//!
//! Here: the composition root, metrics, health, who is answered on the loopback. Not here: flags and files (`cli`), what a request means (`rpc`), what people read (`web`).

mod accept;
mod connection;
mod door;
mod forward;
mod front;
mod guard;
mod lingering;
mod metrics_page;
mod nowhere;
mod page_guard;
mod readiness;
mod reload;
mod security;
mod timed_disk;
mod tlog_pages;
mod tls;
mod transport;
mod watched;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::middleware::{from_fn, from_fn_with_state};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use self::front::Front;
pub use self::security::{Exposed, Security};
use self::timed_disk::TimedDisk;
use self::tls::Tls;
pub use self::tls::{TlsError, TlsFiles};
use crate::auth::{Access, AccessError};
use crate::clock::Clock;
pub use crate::deliver::{WebhookError, Webhooks};
use crate::ledger::{Keyring, LedgerError, Ledgers};
use crate::rpc::Gate;
pub use crate::rpc::{Limit, LimitError, Limits};
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
    /// What one client may take.
    pub limits: Limits,
    /// How long open requests may take to end when the server stops.
    pub shutdown_grace: Duration,
    /// The file of the keys that checkpoints are signed with; absent, they are kept with the store.
    pub key_file: Option<PathBuf>,
    /// Where events are posted as they are recorded.
    pub webhooks: Webhooks,
    /// Who is let in, and how connections are protected.
    pub security: Security,
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
    /// The address is open to the network, and nothing protects it.
    #[error(transparent)]
    Exposed(#[from] Exposed),
    /// Access cannot be controlled as the files say.
    #[error("access_file: {0}")]
    Access(#[from] AccessError),
    /// TLS cannot be spoken.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The transport failed.
    #[error(transparent)]
    Transport(#[from] tonic::transport::Error),
    /// The program is put together wrongly.
    #[error("{0}")]
    Internal(String),
}

/// How often it is told that the store is still being opened.
const OPENING_TOLD: Duration = Duration::from_secs(10);

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
    let address = listener.local_addr().map_err(|cause| ServeError::Listen { address: config.listen, cause })?;
    let (access, tls) = open_security(&config.security, address, &catalog, &clock).await?;
    let ledgers = blocking(move || open_ledgers(catalog, clock, key_file)).await??;
    ledgers.set_bounds(config.limits.of_ledgers());
    ledgers.limit_events(config.limits.events_max);
    if let Some(why) = ledgers.full() {
        tracing::warn!(why, "nothing can be recorded");
    }
    let stopping = CancellationToken::new();
    let (health, health_service) = tonic_health::server::health_reporter();
    let watch = tokio::spawn(readiness::report(ledgers.clone(), health, stopping.clone()));
    let delivering = tokio::spawn(deliver::deliver(config.webhooks, ledgers.clone(), stopping.clone()));
    let forwarding = tokio::spawn(forward::bring_forward(ledgers.clone(), stopping.clone()));
    let reloading = tokio::spawn(reload::watch(Arc::clone(&access), tls.clone(), stopping.clone()));
    let grpc = rpc::routes(&ledgers, &access, Routes::new(health_service), &config.limits, &stopping)
        .map_err(|error| ServeError::Internal(error.to_string()))?;
    let pages = metrics_page::router(metrics, ledgers.clone())
        .merge(readiness::router(ledgers.clone()))
        .merge(tlog_pages::router(ledgers.clone(), access.is_open()))
        .merge(web::router(ledgers.clone(), &access, &stopping, config.limits.live_pages_max))
        .route_layer(from_fn_with_state(Arc::clone(&access), page_guard::guard));
    // Whoever has to prove who they are cannot be made use of by a page under another name.
    let loopback_only = access.is_open() && address.ip().is_loopback();
    let front = Front { gate: Gate::new(&config.limits), access, loopback_only };
    let routes = grpc.layer(from_fn(nowhere::grpc_only)).merge(pages).layer(from_fn_with_state(front, front::front));
    tracing::info!(%address, data_dir = %config.data_dir.display(), "serving");
    let server = transport::server(&config.limits).add_routes(Routes::from(routes));
    let (begun, waited_for) = (stopping.clone(), ledgers.clone());
    let stop = async move {
        shutdown.await;
        tracing::info!("stopping: open requests may end, new ones are refused");
        begun.cancel();
        waited_for.stop_waiting();
    };
    let connections = connection::incoming(door::incoming(listener, &config.limits), tls, config.limits.handshake());
    let serving = server.serve_with_incoming_shutdown(connections, stop);
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
    drop(reloading.await);
    drop(forwarding.await);
    blocking(move || ledgers.close()).await?;
    tracing::info!("stopped");
    Ok(ended?)
}

async fn open_store(config: &Config) -> Result<Arc<dyn Catalog>, ServeError> {
    let (directory, cache_bytes) = (config.data_dir.clone(), config.cache_bytes);
    let mut opening = std::pin::pin!(blocking(move || -> Result<Arc<dyn Catalog>, StoreError> {
        let config = SledConfig { cache_bytes, disk: Arc::new(TimedDisk), ..SledConfig::new(directory) };
        Ok(Arc::new(SledCatalog::open(config)?))
    }));
    loop {
        match tokio::time::timeout(OPENING_TOLD, &mut opening).await {
            Ok(opened) => return Ok(opened??),
            // The engine says nothing by itself, however long it takes.
            Err(_) => tracing::warn!(data_dir = %config.data_dir.display(), "the store is still being opened"),
        }
    }
}

/// Reads who is let in, and with which certificate.
async fn open_security(
    security: &Security,
    address: SocketAddr,
    catalog: &Arc<dyn Catalog>,
    clock: &Clock,
) -> Result<(Arc<Access>, Option<Arc<Tls>>), ServeError> {
    let config = security.access_at(address)?;
    if config.is_required {
        tracing::info!(access_file = ?config.file, "nobody is answered without a credential");
    } else if !address.ip().is_loopback() {
        tracing::warn!(target: "entente::audit", act = "open_to_the_network", %address, "anyone on the network may do anything");
    }
    let (cells, clock, files) = (catalog.cells(), clock.clone(), security.tls.clone());
    blocking(move || {
        let access = Arc::new(Access::open(cells, clock, &config)?);
        let tls = files.map(Tls::open).transpose()?.map(Arc::new);
        Ok((access, tls))
    })
    .await?
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
