//! Connections as they come: plain, or behind TLS with whatever certificate the client has shown.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::server::TlsStream;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt as _};
use tonic::transport::server::Connected;

use super::accept;
use super::lingering::Lingering;
use super::tls::Tls;
use crate::auth::{Peer, PeerCertificate};

/// How long a client may take to agree on TLS.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);
/// How many may be about it at once; who comes beyond that waits in the system's queue.
const HANDSHAKES_MAX: usize = 512;

/// A connection.
pub(super) enum Connection {
    Plain(Lingering),
    Tls(Box<TlsStream<Lingering>>, Peer),
}

/// The connections that a listener gets. They end when nobody takes them any more.
pub(super) fn incoming(
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
) -> Pin<Box<dyn Stream<Item = io::Result<Connection>> + Send>> {
    let Some(tls) = tls else {
        return Box::pin(accept::connections(listener).map(|stream| {
            // A small answer is not to wait for a larger one.
            stream.set_nodelay(true)?;
            Ok(Connection::Plain(Lingering::new(stream)))
        }));
    };
    let (agreed, connections) = mpsc::channel(1);
    tokio::spawn(agree(listener, tls, agreed));
    Box::pin(ReceiverStream::new(connections))
}

/// Agrees on TLS with each client beside the others: one that says nothing holds up nobody.
async fn agree(listener: TcpListener, tls: Arc<Tls>, agreed: mpsc::Sender<io::Result<Connection>>) {
    let room = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    let mut accepted = std::pin::pin!(accept::connections(listener));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        let stream = tokio::select! {
            stream = accepted.next() => stream,
            () = agreed.closed() => return,
        };
        let Some(stream) = stream else { return };
        if let Err(error) = stream.set_nodelay(true) {
            // That client has gone away again.
            tracing::debug!(%error, "a connection is gone");
            continue;
        }
        let (tls, agreed) = (Arc::clone(&tls), agreed.clone());
        tokio::spawn(async move {
            let address = stream.peer_addr().ok();
            let handshake = tls.acceptor().accept(Lingering::new(stream));
            let stream = match tokio::time::timeout(HANDSHAKE_MAX, handshake).await {
                Ok(Ok(stream)) => stream,
                Ok(Err(error)) => return refused(address, &error.to_string()),
                Err(_) => return refused(address, "it took too long"),
            };
            drop(permit);
            let shown = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
            let certificate = shown.and_then(|der| PeerCertificate::read(der)).map(Arc::new);
            let peer = Peer { address, certificate };
            drop(agreed.send(Ok(Connection::Tls(Box::new(stream), peer))).await);
        });
    }
}

fn refused(address: Option<std::net::SocketAddr>, why: &str) {
    metrics::counter!("entente_tls_handshakes_failed_total").increment(1);
    tracing::debug!(?address, why, "a connection did not agree on TLS");
}

impl Connected for Connection {
    type ConnectInfo = Peer;

    fn connect_info(&self) -> Peer {
        match self {
            Connection::Plain(stream) => stream.connect_info(),
            Connection::Tls(_, peer) => peer.clone(),
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Connection::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Connection::Tls(stream, _) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Connection::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Connection::Tls(stream, _) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Connection::Plain(stream) => Pin::new(stream).poll_flush(context),
            Connection::Tls(stream, _) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Connection::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Connection::Tls(stream, _) => Pin::new(stream).poll_shutdown(context),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Connection::Plain(stream) => Pin::new(stream).poll_write_vectored(context, slices),
            Connection::Tls(stream, _) => Pin::new(stream).poll_write_vectored(context, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Connection::Plain(stream) => stream.is_write_vectored(),
            Connection::Tls(stream, _) => stream.is_write_vectored(),
        }
    }
}
