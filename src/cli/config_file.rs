//! What a server is told: flags over environment over file over defaults, checked once.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;

use super::limit_settings::LimitSettings;
use crate::serve::{Config, Exposed, LimitError, Security, TlsFiles, WebhookError, Webhooks};

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
    /// A listen address off the loopback that nothing protects.
    #[error(transparent)]
    Exposed(#[from] Exposed),
    /// One of two files that belong together.
    #[error("{missing}: is required beside {given}")]
    HalfAPair {
        /// The setting that is given.
        given: &'static str,
        /// The setting that is not.
        missing: &'static str,
    },
    /// Access control for the demo.
    #[error(
        "listen: the demo is for this machine alone and asks nobody for a credential, so a listen address that is not a \
         loopback address, an access file and TLS are for `entente serve`"
    )]
    Demo,
    /// A limit that cannot be what it is set to.
    #[error(transparent)]
    Limit(#[from] LimitError),
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

/// Settings of a server; each may come from a flag, the environment, or the config file.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// Address to listen on; off the loopback TLS is needed, and everybody a credential [default: 127.0.0.1:7420]
    #[arg(long, env = "ENTENTE_LISTEN", value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Directory of the store [default: entente-data]
    #[arg(long, env = "ENTENTE_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Memory for the store's page cache, in MiB [default: 64]
    #[arg(long, env = "ENTENTE_CACHE_MIB", value_name = "MIB")]
    cache_mib: Option<u64>,
    /// Seconds that open requests get to end when the server stops [default: 10]
    #[arg(long, env = "ENTENTE_SHUTDOWN_GRACE_SECONDS", value_name = "SECONDS")]
    shutdown_grace_seconds: Option<u64>,
    /// File of the keys that checkpoints are signed with [default: kept with the store, made at the first start]
    #[arg(long, env = "ENTENTE_KEY_FILE", value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// File of webhooks (TOML): where events are posted as they are recorded
    #[arg(long, env = "ENTENTE_WEBHOOK_FILE", value_name = "FILE")]
    webhook_file: Option<PathBuf>,
    /// File of access (TOML): what client certificates grant, and whose JWTs are taken. With it nobody is answered without a
    /// credential; read again when it changes, and on SIGHUP
    #[arg(long, env = "ENTENTE_ACCESS_FILE", value_name = "FILE")]
    access_file: Option<PathBuf>,
    /// Answer nobody without a credential on the loopback either [default: false]
    #[arg(long, env = "ENTENTE_REQUIRE_CREDENTIALS", value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    require_credentials: Option<bool>,
    /// File of the server's certificate (PEM) and those up to its authority: TLS is spoken, and read again when it changes
    #[arg(long, env = "ENTENTE_TLS_CERTIFICATE_FILE", value_name = "FILE")]
    tls_certificate_file: Option<PathBuf>,
    /// File of the key (PEM) of the server's certificate
    #[arg(long, env = "ENTENTE_TLS_KEY_FILE", value_name = "FILE")]
    tls_key_file: Option<PathBuf>,
    /// File of the authorities (PEM) whose client certificates are taken
    #[arg(long, env = "ENTENTE_TLS_CLIENT_CA_FILE", value_name = "FILE")]
    tls_client_ca_file: Option<PathBuf>,
    /// Listen off the loopback without TLS, and without credentials where none are required: anyone who reaches the address may
    /// read and change everything [default: false]
    #[arg(long, env = "ENTENTE_INSECURE_ALLOW_ANYONE_ON_THE_NETWORK", value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    insecure_allow_anyone_on_the_network: Option<bool>,
    /// What is logged to standard error, such as info or entente=debug,warn [default: info]
    #[arg(long, env = "ENTENTE_LOG", value_name = "FILTER")]
    log: Option<String>,
    /// How log lines look [default: text]
    #[arg(long, env = "ENTENTE_LOG_FORMAT", value_enum)]
    log_format: Option<LogFormat>,
    /// A limit that stood here before there were others; `[limits]` is its place now.
    #[arg(skip)]
    request_kib_max: Option<u64>,
    #[command(flatten)]
    #[serde(default)]
    limits: LimitSettings,
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
            shutdown_grace_seconds: self.shutdown_grace_seconds.or(other.shutdown_grace_seconds),
            key_file: self.key_file.or(other.key_file),
            webhook_file: self.webhook_file.or(other.webhook_file),
            access_file: self.access_file.or(other.access_file),
            require_credentials: self.require_credentials.or(other.require_credentials),
            tls_certificate_file: self.tls_certificate_file.or(other.tls_certificate_file),
            tls_key_file: self.tls_key_file.or(other.tls_key_file),
            tls_client_ca_file: self.tls_client_ca_file.or(other.tls_client_ca_file),
            insecure_allow_anyone_on_the_network: self
                .insecure_allow_anyone_on_the_network
                .or(other.insecure_allow_anyone_on_the_network),
            log: self.log.or(other.log),
            log_format: self.log_format.or(other.log_format),
            request_kib_max: self.request_kib_max.or(other.request_kib_max),
            limits: self.limits.or(other.limits),
        }
    }

    /// Whether they say where the store is.
    pub(super) fn names_data_dir(&self) -> bool {
        self.data_dir.is_some()
    }

    /// The checked configuration. `data_dir` is used where no setting names one.
    pub(super) fn config(&self, data_dir: &Path) -> Result<Config, ConfigError> {
        let limits = self.limits.clone().or_one("request_kib_max", self.request_kib_max).limits()?;
        let listen = self.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 7420)));
        let security = self.security()?;
        security.access_at(listen)?;
        let cache_mib = within("cache_mib", self.cache_mib, 64, 1..=65_536, "1 to 65,536")?;
        let grace = within("shutdown_grace_seconds", self.shutdown_grace_seconds, 10, 0..=3600, "0 to 3,600")?;
        let read = |file: &PathBuf| Webhooks::read(file, |name| std::env::var(name).ok());
        let webhooks = self.webhook_file.as_ref().map(read).transpose()?.unwrap_or_default();
        Ok(Config {
            security,
            webhooks,
            listen,
            data_dir: self.data_dir.clone().unwrap_or_else(|| data_dir.to_owned()),
            cache_bytes: cache_mib << 20,
            limits,
            shutdown_grace: std::time::Duration::from_secs(grace),
            key_file: self.key_file.clone(),
        })
    }

    /// Whether they ask for what the demo does not do: its own client has no credential.
    pub(super) fn refuse_for_demo(&self) -> Result<(), ConfigError> {
        let security = self.security()?;
        let is_plain = security.access_file.is_none()
            && security.tls.is_none()
            && !security.require_credentials
            && self.listen.is_none_or(|listen| listen.ip().is_loopback());
        if is_plain { Ok(()) } else { Err(ConfigError::Demo) }
    }

    fn security(&self) -> Result<Security, ConfigError> {
        let pair = |given, missing| Err(ConfigError::HalfAPair { given, missing });
        let tls = match (&self.tls_certificate_file, &self.tls_key_file) {
            (Some(certificate), Some(key)) => {
                let client_ca = self.tls_client_ca_file.clone();
                Some(TlsFiles { certificate: certificate.clone(), key: key.clone(), client_ca })
            }
            (Some(_), None) => return pair("tls_certificate_file", "tls_key_file"),
            (None, Some(_)) => return pair("tls_key_file", "tls_certificate_file"),
            (None, None) if self.tls_client_ca_file.is_some() => {
                return pair("tls_client_ca_file", "tls_certificate_file");
            }
            (None, None) => None,
        };
        Ok(Security {
            access_file: self.access_file.clone(),
            require_credentials: self.require_credentials.unwrap_or(false),
            tls,
            allow_anyone_on_the_network: self.insecure_allow_anyone_on_the_network.unwrap_or(false),
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
