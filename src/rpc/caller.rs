//! Who a request is counted for, and the connection it came over.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use http::Extensions;

use crate::auth::{Peer, PeerCertificate};

/// Whom a request is counted for: what a limit "of one principal" is kept by.
///
/// The layer around the gate that finds out who calls puts a `CallerKey::Principal` among the extensions of the request, and
/// every limit holds for that name from there on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CallerKey {
    /// A principal, by name.
    Principal(Arc<str>),
    /// Nobody has said who it is: where it comes from.
    Address(IpAddr),
    /// Not even that is known, as of a server without sockets.
    Unknown,
}

impl CallerKey {
    /// Whom a request is counted for.
    pub(super) fn of(extensions: &Extensions) -> Self {
        let known = extensions.get::<CallerKey>().cloned();
        let by_address = || Some(CallerKey::Address(network(Connection::of(extensions)?.peer.address?.ip())));
        known.or_else(by_address).unwrap_or(CallerKey::Unknown)
    }
}

/// A connection, as its requests and its socket both see it. Clones are the same connection.
#[derive(Debug, Clone, Default)]
pub struct Connection {
    seen: Arc<Seen>,
    peer: Peer,
}

/// What is known of a connection.
#[derive(Debug, Default)]
struct Seen {
    heard: AtomicBool,
    streams: AtomicU32,
}

impl Connection {
    /// A connection from an address that has sent nothing yet.
    pub fn from(address: SocketAddr) -> Self {
        Connection { seen: Arc::default(), peer: Peer { address: Some(address), certificate: None } }
    }

    /// The same connection, under TLS with the certificate that its client has shown.
    pub fn certified(self, certificate: Option<Arc<PeerCertificate>>) -> Self {
        Connection { peer: Peer { certificate, ..self.peer }, ..self }
    }

    /// The other end of the connection of a request.
    pub fn peer(extensions: &Extensions) -> Peer {
        Connection::of(extensions).map(|connection| connection.peer.clone()).unwrap_or_default()
    }

    /// Whether a request has come over it.
    pub fn has_been_heard(&self) -> bool {
        self.seen.heard.load(Ordering::Relaxed)
    }

    /// The connection of a request. The transport puts it among the extensions.
    pub(super) fn of(extensions: &Extensions) -> Option<&Self> {
        extensions.get::<Connection>()
    }

    pub(super) fn hear(&self) {
        self.seen.heard.store(true, Ordering::Relaxed);
    }

    /// Counts one more stream, unless there are `most` already.
    pub(super) fn open_stream(&self, most: u64) -> bool {
        let one_more = |streams: u32| (u64::from(streams) < most).then_some(streams + 1);
        self.seen.streams.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_ok()
    }

    pub(super) fn close_stream(&self) {
        self.seen.streams.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The part of an address that stands for one client. Of IPv6 that is the network: whoever has one address of it has all.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_is_one_client() {
        let network = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(network("192.0.2.1"), "192.0.2.1");
        assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1", "the same client over a socket of both kinds");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
    }
}
