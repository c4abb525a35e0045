//! TLS: the server's certificate and the authority of its clients', from files that are read again when they change.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

/// What a connection may go on to speak.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Files of PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The server's certificate, and those up to its authority.
    pub certificate: PathBuf,
    /// The key of the certificate.
    pub key: PathBuf,
    /// The authorities whose client certificates are taken; without them none is asked for.
    pub client_ca: Option<PathBuf>,
}

/// Why TLS cannot be spoken.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file that does not hold what it should.
    #[error("{setting}: {}: {problem}", path.display())]
    File {
        /// The setting that names it.
        setting: &'static str,
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// What the files hold does not belong together.
    #[error("tls_key_file: {0}")]
    Pair(String),
    /// The authorities of clients cannot be used.
    #[error("tls_client_ca_file: {0}")]
    ClientAuthority(String),
}

/// The present state of the files.
pub(super) struct Tls {
    files: TlsFiles,
    config: ArcSwap<ServerConfig>,
    seen: Mutex<Vec<Option<(SystemTime, u64)>>>,
}

impl Tls {
    /// Reads the files. Blocks.
    pub(super) fn open(files: TlsFiles) -> Result<Self, TlsError> {
        let seen = Mutex::new(files.stamps());
        let config = ArcSwap::from_pointee(read(&files)?);
        Ok(Tls { files, config, seen })
    }

    /// What accepts the next connection; those before keep what they were accepted with.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.config.load_full())
    }

    /// Reads the files again where one is another than before, or `anyway`. On an error what held before goes on. Blocks.
    pub(super) fn reload(&self, anyway: bool) -> Result<bool, TlsError> {
        let now = self.files.stamps();
        if std::mem::replace(&mut *self.seen.lock(), now.clone()) == now && !anyway {
            return Ok(false);
        }
        self.config.store(Arc::new(read(&self.files)?));
        Ok(true)
    }
}

impl TlsFiles {
    fn stamps(&self) -> Vec<Option<(SystemTime, u64)>> {
        let files = [Some(&self.certificate), Some(&self.key), self.client_ca.as_ref()];
        let stamp = |file: &PathBuf| {
            let metadata = std::fs::metadata(file).ok()?;
            Some((metadata.modified().ok()?, metadata.len()))
        };
        files.into_iter().flatten().map(stamp).collect()
    }
}

fn read(files: &TlsFiles) -> Result<ServerConfig, TlsError> {
    let chain = certificates("tls_certificate_file", &files.certificate)?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| wrong("tls_key_file", &files.key, &error))?;
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsError::Pair(error.to_string()))?;
    let builder = match &files.client_ca {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let mut roots = RootCertStore::empty();
            for certificate in certificates("tls_client_ca_file", path)? {
                roots.add(certificate).map_err(|error| TlsError::ClientAuthority(error.to_string()))?;
            }
            // A client may come without one and bring a token.
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                .allow_unauthenticated()
                .build()
                .map_err(|error| TlsError::ClientAuthority(error.to_string()))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let mut config = builder.with_single_cert(chain, key).map_err(|error| TlsError::Pair(error.to_string()))?;
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    Ok(config)
}

fn certificates(setting: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain: Vec<CertificateDer<'static>> = read.map_err(|error| wrong(setting, path, &error))?;
    if chain.is_empty() {
        return Err(wrong(setting, path, &pem::Error::NoItemsFound));
    }
    Ok(chain)
}

fn wrong(setting: &'static str, path: &Path, error: &pem::Error) -> TlsError {
    let problem = match error {
        pem::Error::NoItemsFound => "holds no PEM of the kind that is needed".to_owned(),
        pem::Error::Io(error) => error.to_string(),
        // What the parser says may quote the file, and one of them is a secret.
        _ => "is not PEM".to_owned(),
    };
    TlsError::File { setting, path: path.to_owned(), problem }
}
