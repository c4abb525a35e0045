//! Who a request is counted for, and the connection it came over.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use http::Extensions;
use tonic::transport::server::TlsConnectInfo;

/// Whom a request is counted for: what a limit "of one principal" is kept by.
///
/// This is the seam for whoever knows better than the address: a layer around the gate that proves who calls puts a
/// `CallerKey::Principal` among the extensions of the request, and every limit holds for that name from there on.
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
        let by_address = || Connection::of(extensions)?.0.address.map(|address| CallerKey::Address(network(address)));
        known.or_else(by_address).unwrap_or(CallerKey::Unknown)
    }
}

/// A connection, as its requests and its socket both see it. Clones are the same connection.
#[derive(Debug, Clone, Default)]
pub struct Connection(Arc<Seen>);

/// What is known of a connection.
#[derive(Debug, Default)]
struct Seen {
    address: Option<IpAddr>,
    heard: AtomicBool,
    streams: AtomicU32,
}

impl Connection {
    /// A connection from an address that has sent nothing yet.
    pub fn from(address: IpAddr) -> Self {
        Connection(Arc::new(Seen { address: Some(address), ..Seen::default() }))
    }

    /// Whether a request has come over it.
    pub fn has_been_heard(&self) -> bool {
        self.0.heard.load(Ordering::Relaxed)
    }

    /// The connection of a request. The transport puts it among the extensions, under TLS inside what TLS adds.
    pub(super) fn of(extensions: &Extensions) -> Option<&Self> {
        let under_tls = || extensions.get::<TlsConnectInfo<Connection>>().map(TlsConnectInfo::get_ref);
        extensions.get::<Connection>().or_else(under_tls)
    }

    pub(super) fn hear(&self) {
        self.0.heard.store(true, Ordering::Relaxed);
    }

    /// Counts one more stream, unless there are `most` already.
    pub(super) fn open_stream(&self, most: u64) -> bool {
        let one_more = |streams: u32| (u64::from(streams) < most).then_some(streams + 1);
        self.0.streams.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_ok()
    }

    pub(super) fn close_stream(&self) {
        self.0.streams.fetch_sub(1, Ordering::Relaxed);
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
