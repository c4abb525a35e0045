//! The door: who may connect, and how many. A connection too many is closed at once: before a request nobody is there to
//! be told, and a client takes it for UNAVAILABLE and comes again.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream};
use tokio_stream::{Stream, StreamExt as _};

use super::accept;
use super::lingering::Lingering;
use super::watched::Watched;
use crate::rpc::{self, Limits};

/// The connections that are let in, each watched. TLS goes around one of them: a [`Watched`] reads and writes as a socket does,
/// and its patience for the first request covers a handshake too.
pub(super) fn incoming(listener: TcpListener, limits: &Limits) -> impl Stream<Item = io::Result<Watched>> + use<> {
    let door = Door { limits: limits.clone(), open: Arc::default() };
    // A connection that is refused, or gone already, is dropped here.
    accept::connections(listener).filter_map(move |(stream, from)| door.let_in(stream, from).map(Ok))
}

/// Who is in.
struct Door {
    limits: Limits,
    open: Arc<Mutex<Open>>,
}

/// How many connections are open, in all and from each client that has any.
#[derive(Default)]
struct Open {
    all: u64,
    by_client: HashMap<IpAddr, u64>,
}

impl Door {
    fn let_in(&self, stream: TcpStream, from: SocketAddr) -> Option<Watched> {
        let held = match Held::take(&self.open, &self.limits, rpc::network(from.ip())) {
            Ok(held) => held,
            Err(limit) => {
                rpc::count_refusal(limit);
                tracing::debug!(%from, limit, "a connection too many is closed");
                return None;
            }
        };
        // A small answer is not to wait for a larger one.
        stream.set_nodelay(true).ok()?;
        Some(Watched::new(Lingering::new(stream), from, held, &self.limits))
    }
}

/// The place of one open connection. It is given up when this is dropped.
pub(super) struct Held {
    client: IpAddr,
    open: Arc<Mutex<Open>>,
}

impl Held {
    /// Takes a place, or says which limit is reached.
    fn take(open: &Arc<Mutex<Open>>, limits: &Limits, client: IpAddr) -> Result<Self, &'static str> {
        let mut counts = open.lock();
        if counts.all >= limits.connections_max {
            return Err("connections_max");
        }
        if counts.by_client.get(&client).is_some_and(|count| *count >= limits.address_connections_max) {
            return Err("address_connections_max");
        }
        counts.all += 1;
        *counts.by_client.entry(client).or_default() += 1;
        metrics::gauge!("entente_connections").set(counts.all as f64);
        Ok(Held { client, open: Arc::clone(open) })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut counts = self.open.lock();
        counts.all -= 1;
        metrics::gauge!("entente_connections").set(counts.all as f64);
        let Some(count) = counts.by_client.get_mut(&self.client) else { return };
        *count -= 1;
        if *count == 0 {
            counts.by_client.remove(&self.client);
        }
    }
}
