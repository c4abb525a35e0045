//! A network that breaks: a proxy whose connections can be cut, go silent, or lead to another server.

use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// A proxy on port 0 of the loopback, which ends when dropped.
pub(crate) struct Proxy {
    /// `http://127.0.0.1:PORT`.
    pub(crate) address: String,
    route: Arc<Mutex<Route>>,
    accepting: tokio::task::JoinHandle<()>,
}

/// Where new connections lead, and what becomes of those that are open.
struct Route {
    target: SocketAddr,
    cut: CancellationToken,
    silent: watch::Sender<bool>,
}

impl Route {
    fn to(target: SocketAddr) -> Self {
        Route { target, cut: CancellationToken::new(), silent: watch::Sender::new(false) }
    }
}

fn socket(address: &str) -> SocketAddr {
    address.trim_start_matches("http://").parse().unwrap()
}

impl Proxy {
    /// A proxy before the server at an address.
    pub(crate) async fn before(address: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = listener.local_addr().unwrap();
        let route = Arc::new(Mutex::new(Route::to(socket(address))));
        let routes = Arc::clone(&route);
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (target, cut, silent) = {
                    let route = routes.lock();
                    (route.target, route.cut.clone(), route.silent.subscribe())
                };
                tokio::spawn(async move {
                    tokio::select! {
                        () = carry(client, target, silent) => {}
                        () = cut.cancelled() => {}
                    }
                });
            }
        });
        Proxy { address: format!("http://{own}"), route, accepting }
    }

    /// Cuts every open connection; new ones lead to the server at this address.
    pub(crate) fn lead_to(&self, address: &str) {
        let mut route = self.route.lock();
        route.cut.cancel();
        *route = Route::to(socket(address));
    }

    /// The connections that are open now carry nothing any more, and nobody is told. New ones work.
    pub(crate) fn go_silent(&self) {
        let mut route = self.route.lock();
        route.silent.send_replace(true);
        let target = route.target;
        // The open ones keep what they have; only the next are of this route.
        *route = Route::to(target);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.route.lock().cut.cancel();
    }
}

async fn carry(client: TcpStream, target: SocketAddr, silent: watch::Receiver<bool>) {
    // A server that is not there yet: the client finds the connection closed.
    let Ok(server) = TcpStream::connect(target).await else { return };
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        () = pass(from_client, to_server, silent.clone()) => {}
        () = pass(from_server, to_client, silent) => {}
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut silent: watch::Receiver<bool>) {
    let mut buffer = [0; 16 << 10];
    loop {
        tokio::select! {
            biased;
            () = until(&mut silent) => std::future::pending::<()>().await,
            read = from.read(&mut buffer) => match read {
                Ok(1..) if to.write_all(&buffer[..read.unwrap_or(0)]).await.is_ok() => {}
                _ => return,
            },
        }
    }
}

async fn until(silent: &mut watch::Receiver<bool>) {
    drop(silent.wait_for(|silent| *silent).await);
}
