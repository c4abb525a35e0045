//! Who is let in, and how connections are protected: what must be given before an address off this machine is listened on.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::tls::TlsFiles;
use crate::auth::AccessConfig;

/// Who is let in, and how connections are protected. By default anybody on the loopback, as they are.
#[derive(Debug, Clone, Default)]
pub struct Security {
    /// What certificates grant, and whose JWTs are taken. Where it is given, nobody is answered without a credential.
    pub access_file: Option<PathBuf>,
    /// Nobody is answered without a credential on the loopback either; off it nobody ever is.
    pub require_credentials: bool,
    /// TLS, where it is spoken.
    pub tls: Option<TlsFiles>,
    /// Lifts what holds off the loopback: TLS, and where there is no access file and none are required, credentials.
    pub allow_anyone_on_the_network: bool,
}

/// An address that would be open to the network.
#[derive(Debug, thiserror::Error)]
#[error(
    "listen: {0} is not a loopback address, and without TLS everybody on the way reads and changes what is sent; give \
     tls_certificate_file and tls_key_file, or listen on 127.0.0.1 or [::1]"
)]
pub struct Exposed(SocketAddr);

impl Security {
    /// How access is controlled at an address; off the loopback never without TLS and credentials, unless the flag says so.
    pub fn access_at(&self, address: SocketAddr) -> Result<AccessConfig, Exposed> {
        let is_exposed = !address.ip().is_loopback() && !self.allow_anyone_on_the_network;
        if is_exposed && self.tls.is_none() {
            return Err(Exposed(address));
        }
        let is_required = is_exposed || self.require_credentials || self.access_file.is_some();
        Ok(AccessConfig { is_required, file: self.access_file.clone(), is_encrypted: self.tls.is_some() })
    }
}
