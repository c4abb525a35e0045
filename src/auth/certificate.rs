//! The certificate of a client, which TLS has verified: whom it names, and until when.

use std::net::SocketAddr;
use std::sync::Arc;

use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::domain::Instant;

/// The longest name that is taken from a certificate, in bytes.
const IDENTITY_BYTES_MAX: usize = 256;

/// The other end of a connection.
#[derive(Debug, Clone, Default)]
pub struct Peer {
    /// Its address.
    pub address: Option<SocketAddr>,
    /// Its certificate, where it gave one and TLS verified it.
    pub certificate: Option<Arc<PeerCertificate>>,
}

/// What a verified certificate says of its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerCertificate {
    /// The SPIFFE URI among its alternative names; without one, the common name of its subject.
    pub identity: String,
    /// When it runs out.
    pub until: Instant,
}

impl PeerCertificate {
    /// Reads a certificate (DER). `None` where it names nobody, or more than one by SPIFFE, which forbids that.
    pub fn read(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let until = Instant::from_unix_seconds(certificate.validity().not_after.timestamp()).unwrap_or(Instant::MAX);
        let names = certificate.subject_alternative_name().ok()?;
        let spiffe: Vec<&str> = names
            .iter()
            .flat_map(|extension| &extension.value.general_names)
            .filter_map(|name| match name {
                GeneralName::URI(uri) if uri.starts_with("spiffe://") => Some(*uri),
                _ => None,
            })
            .collect();
        let identity = match spiffe.as_slice() {
            [] => certificate.subject().iter_common_name().next()?.as_str().ok()?,
            [one] => one,
            _ => return None,
        };
        let is_name = !identity.trim().is_empty() && identity.len() <= IDENTITY_BYTES_MAX;
        is_name.then(|| PeerCertificate { identity: identity.to_owned(), until })
    }
}
