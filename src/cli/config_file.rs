//! What a server is told: flags over environment over file over defaults, checked once.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;

use crate::serve::{Config, WebhookError, Webhooks};

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConfigError {
    /// The file cannot be read.
    #[error("config file {}: {cause}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// The file is not the TOML that is expected.
    #[error("config file {}: {cause}", path.display())]
    Form {
        /// Which.
        path: PathBuf,
        /// What the parser said.
        cause: String,
    },
    /// The webhook file cannot be used.
    #[error("webhook_file: {0}")]
    Webhooks(#[from] WebhookError),
    /// A listen address off the loopback.
    #[error(
        "listen: {0} is not a loopback address; without access control a server listens on 127.0.0.1 or [::1] only"
    )]
    NotLoopback(SocketAddr),
    /// A number out of its range.
    #[error("{field}: {value} is out of range; {expected}")]
    Range {
        /// Which setting.
        field: &'static str,
        /// What was given.
        value: u64,
        /// What would be right.
        expected: &'static str,
    },
}

/// How many events a server holds where nothing is said: at about 500 bytes each they take 10 GB.
const EVENTS_MAX: u64 = 20_000_000;
/// The most that can be asked for.
const EVENTS_MAX_MAX: u64 = 1_000_000_000;

/// Settings of a server; each may come from a flag, the environment, or the config file.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// Address to listen on, loopback only [default: 127.0.0.1:7420]
    #[arg(long, env = "ENTENTE_LISTEN", value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Directory of the store [default: entente-data]
    #[arg(long, env = "ENTENTE_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Memory for the store's page cache, in MiB [default: 64]
    #[arg(long, env = "ENTENTE_CACHE_MIB", value_name = "MIB")]
    cache_mib: Option<u64>,
    /// Most events that all ledgers together may hold, about 500 bytes of memory each [default: 20000000]
    #[arg(long, env = "ENTENTE_EVENTS_MAX", value_name = "EVENTS")]
    events_max: Option<u64>,
    /// Longest request a client may send, in KiB [default: 4096]
    #[arg(long, env = "ENTENTE_REQUEST_KIB_MAX", value_name = "KIB")]
    request_kib_max: Option<u64>,
    /// Seconds that open requests get to end when the server stops [default: 10]
    #[arg(long, env = "ENTENTE_SHUTDOWN_GRACE_SECONDS", value_name = "SECONDS")]
    shutdown_grace_seconds: Option<u64>,
    /// File of the keys that checkpoints are signed with [default: kept with the store, made at the first start]
    #[arg(long, env = "ENTENTE_KEY_FILE", value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// File of webhooks (TOML): where events are posted as they are recorded
    #[arg(long, env = "ENTENTE_WEBHOOK_FILE", value_name = "FILE")]
    webhook_file: Option<PathBuf>,
    /// What is logged to standard error, such as info or entente=debug,warn [default: info]
    #[arg(long, env = "ENTENTE_LOG", value_name = "FILTER")]
    log: Option<String>,
    /// How log lines look [default: text]
    #[arg(long, env = "ENTENTE_LOG_FORMAT", value_enum)]
    log_format: Option<LogFormat>,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub(super) struct Logging {
    pub(super) filter: String,
    pub(super) format: LogFormat,
}

impl Settings {
    /// Reads a config file.
    pub(super) fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|cause| ConfigError::Read { path: path.to_owned(), cause })?;
        toml::from_str(&text).map_err(|error| ConfigError::Form { path: path.to_owned(), cause: error.to_string() })
    }

    /// These settings, and where they say nothing, `other`'s.
    pub(super) fn or(self, other: Settings) -> Settings {
        Settings {
            listen: self.listen.or(other.listen),
            data_dir: self.data_dir.or(other.data_dir),
            cache_mib: self.cache_mib.or(other.cache_mib),
            events_max: self.events_max.or(other.events_max),
            request_kib_max: self.request_kib_max.or(other.request_kib_max),
            shutdown_grace_seconds: self.shutdown_grace_seconds.or(other.shutdown_grace_seconds),
            key_file: self.key_file.or(other.key_file),
            webhook_file: self.webhook_file.or(other.webhook_file),
            log: self.log.or(other.log),
            log_format: self.log_format.or(other.log_format),
        }
    }

    /// Whether they say where the store is.
    pub(super) fn names_data_dir(&self) -> bool {
        self.data_dir.is_some()
    }

    /// The checked configuration. `data_dir` is used where no setting names one.
    pub(super) fn config(&self, data_dir: &Path) -> Result<Config, ConfigError> {
        let listen = self.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 7420)));
        if !listen.ip().is_loopback() {
            return Err(ConfigError::NotLoopback(listen));
        }
        let cache_mib = within("cache_mib", self.cache_mib, 64, 1..=65_536, "1 to 65,536")?;
        let events_max = within("events_max", self.events_max, EVENTS_MAX, 1..=EVENTS_MAX_MAX, "1 to 1,000,000,000")?;
        let request_kib_max = within("request_kib_max", self.request_kib_max, 4096, 64..=65_536, "64 to 65,536")?;
        let grace = within("shutdown_grace_seconds", self.shutdown_grace_seconds, 10, 0..=3600, "0 to 3,600")?;
        let read = |file: &PathBuf| Webhooks::read(file, |name| std::env::var(name).ok());
        let webhooks = self.webhook_file.as_ref().map(read).transpose()?.unwrap_or_default();
        Ok(Config {
            webhooks,
            listen,
            data_dir: self.data_dir.clone().unwrap_or_else(|| data_dir.to_owned()),
            cache_bytes: cache_mib << 20,
            events_max,
            request_bytes_max: usize::try_from(request_kib_max << 10).unwrap_or(usize::MAX),
            shutdown_grace: std::time::Duration::from_secs(grace),
            key_file: self.key_file.clone(),
        })
    }

    /// What is logged, and how; `quiet` is the filter where no setting names one.
    pub(super) fn logging(&self, quiet: &str) -> Logging {
        Logging {
            filter: self.log.clone().unwrap_or_else(|| quiet.to_owned()),
            format: self.log_format.unwrap_or(LogFormat::Text),
        }
    }
}

fn within(
    field: &'static str,
    given: Option<u64>,
    default: u64,
    range: std::ops::RangeInclusive<u64>,
    expected: &'static str,
) -> Result<u64, ConfigError> {
    let value = given.unwrap_or(default);
    if range.contains(&value) { Ok(value) } else { Err(ConfigError::Range { field, value, expected }) }
}
