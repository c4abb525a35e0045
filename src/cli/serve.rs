//! `entente serve`: a server on a data directory.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use tracing_subscriber::EnvFilter;

use super::config_file::{LogFormat, Logging, Settings};
use super::output;
use crate::serve;

/// A server.
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Config file (TOML); flags and environment variables win over it
    #[arg(long, env = "ENTENTE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

pub(super) fn run(args: ServeArgs) -> anyhow::Result<()> {
    let from_file = args.config.as_deref().map(Settings::read).transpose()?.unwrap_or_default();
    let settings = args.settings.or(from_file);
    let config = settings.config(Path::new("entente-data"))?;
    start_logging(&settings.logging("info"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let interrupt = Interrupt::listen()?;
        let listener = serve::bind(&config).await?;
        // Port 0 is any free one: whoever started the server reads here which.
        let scheme = if config.security.tls.is_some() { "https" } else { "http" };
        output::line(&format!("serving {scheme}://{}", listener.local_addr()?))?;
        serve::run(config, listener, interrupt.heard()).await.context("the server stopped")
    })
}

/// That the process is asked to stop: SIGINT or SIGTERM. From [`Interrupt::listen`] on neither ends it by itself.
pub(super) struct Interrupt {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
}

impl Interrupt {
    pub(super) fn listen() -> std::io::Result<Self> {
        #[cfg(unix)]
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Interrupt {
            #[cfg(unix)]
            signals: [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?],
        })
    }

    /// Resolves when the process is asked.
    pub(super) async fn heard(mut self) {
        self.hear().await;
    }

    /// The same, for one who waits for other things between.
    pub(super) async fn hear(&mut self) {
        #[cfg(unix)]
        {
            let [interrupt, terminate] = &mut self.signals;
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
        #[cfg(not(unix))]
        drop(tokio::signal::ctrl_c().await);
    }
}

/// Sends log lines to standard error. A second call in one process changes nothing.
pub(super) fn start_logging(logging: &Logging) {
    let filter = EnvFilter::try_new(&logging.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let installed = match logging.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    drop(installed);
}
