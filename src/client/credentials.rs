//! What a client proves itself with, and whom it trusts.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::transport::{Certificate, ClientTlsConfig, Identity};
use tonic::{Request, Status};

use super::ClientError;

/// What a client proves itself with, and whom it trusts. Its `Debug` form hides the secrets.
#[derive(Clone, Default)]
pub struct Credentials {
    /// A token or a JWT.
    pub token: Option<String>,
    /// The authorities that the server's certificate may be of, in PEM. For `https://` they are required.
    pub ca_certificates: Option<Vec<u8>>,
    /// The client's own certificate and its key, in PEM.
    pub identity: Option<(Vec<u8>, Vec<u8>)>,
}

impl Credentials {
    /// The header that goes with every request to an address. A token never goes unencrypted over a network.
    pub(super) fn bearer(&self, uri: &http::Uri) -> Result<Bearer, ClientError> {
        let Some(token) = &self.token else { return Ok(Bearer(None)) };
        if uri.scheme_str() != Some("https") && !uri.host().is_some_and(is_loopback) {
            return Err(ClientError::InTheClear(uri.to_string()));
        }
        let value: Result<MetadataValue<Ascii>, _> = format!("Bearer {}", token.trim()).parse();
        let mut value = value.map_err(|_| ClientError::Credential("the token holds characters that no token has"))?;
        value.set_sensitive(true);
        Ok(Bearer(Some(value)))
    }

    /// TLS for an address; none where it is not spoken.
    pub(super) fn tls(&self, uri: &http::Uri) -> Result<Option<ClientTlsConfig>, ClientError> {
        if uri.scheme_str() != Some("https") {
            return match self.identity {
                None => Ok(None),
                Some(_) => Err(ClientError::Credential("a client certificate needs an https:// address")),
            };
        }
        let Some(authorities) = &self.ca_certificates else {
            let why = "an https:// address needs the certificates of the authority that the server's is of (--ca-file)";
            return Err(ClientError::Credential(why));
        };
        let config = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(authorities));
        Ok(Some(match &self.identity {
            None => config,
            Some((certificate, key)) => config.identity(Identity::from_pem(certificate, key)),
        }))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let has = |is_there: bool| if is_there { "given" } else { "none" };
        f.debug_struct("Credentials")
            .field("token", &has(self.token.is_some()))
            .field("ca_certificates", &has(self.ca_certificates.is_some()))
            .field("identity", &has(self.identity.is_some()))
            .finish()
    }
}

/// Puts the token on every request.
#[derive(Debug, Clone, Default)]
pub struct Bearer(Option<MetadataValue<Ascii>>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(value) = &self.0 {
            request.metadata_mut().insert("authorization", value.clone());
        }
        Ok(request)
    }
}

/// localhost, 127.0.0.0/8 or `[::1]`.
fn is_loopback(host: &str) -> bool {
    let v6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || v6.is_some_and(|host| host.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback()))
}
