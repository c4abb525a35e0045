//! Connections as they come: plain, or behind TLS with whatever certificate the client has shown.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::server::TlsStream;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt as _};
use tonic::transport::server::Connected;

use super::tls::Tls;
use super::watched::Watched;
use crate::auth::PeerCertificate;
use crate::rpc;

/// How many may be about it at once; who comes beyond that waits in the system's queue.
const HANDSHAKES_MAX: usize = 512;
/// A connection.
pub(super) enum Connection {
    Plain(Watched),
    Tls(Box<TlsStream<Watched>>, rpc::Connection),
}

/// The connections of a listener that were let in, under TLS where there is one. They end when nobody takes them any more.
pub(super) fn incoming(
    let_in: impl Stream<Item = io::Result<Watched>> + Send + 'static,
    tls: Option<Arc<Tls>>,
    handshake_max: Duration,
) -> Pin<Box<dyn Stream<Item = io::Result<Connection>> + Send>> {
    let Some(tls) = tls else { return Box::pin(let_in.map(|watched| watched.map(Connection::Plain))) };
    let (agreed, connections) = mpsc::channel(1);
    tokio::spawn(agree(let_in, tls, handshake_max, agreed));
    Box::pin(ReceiverStream::new(connections))
}

/// Agrees on TLS with each client beside the others: one that says nothing holds up nobody.
async fn agree(
    let_in: impl Stream<Item = io::Result<Watched>>,
    tls: Arc<Tls>,
    handshake_max: Duration,
    agreed: mpsc::Sender<io::Result<Connection>>,
) {
    let room = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    let mut let_in = std::pin::pin!(let_in);
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        let next = tokio::select! {
            next = let_in.next() => next,
            () = agreed.closed() => return,
        };
        let Some(Ok(watched)) = next else { return };
        let (tls, agreed) = (Arc::clone(&tls), agreed.clone());
        tokio::spawn(async move {
            let connection = watched.connect_info();
            let handshake = tls.acceptor().accept(watched);
            let stream = match tokio::time::timeout(handshake_max, handshake).await {
                Ok(Ok(stream)) => stream,
                Ok(Err(error)) => return refused(&connection, &error.to_string()),
                Err(_) => {
                    rpc::count_refusal("handshake_seconds");
                    return refused(&connection, "it took too long");
                }
            };
            drop(permit);
            let shown = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
            let certificate = shown.and_then(|der| PeerCertificate::read(der)).map(Arc::new);
            let connection = connection.certified(certificate);
            drop(agreed.send(Ok(Connection::Tls(Box::new(stream), connection))).await);
        });
    }
}

fn refused(connection: &rpc::Connection, why: &str) {
    metrics::counter!("entente_tls_handshakes_failed_total").increment(1);
    tracing::debug!(?connection, why, "a connection did not agree on TLS");
}

impl Connected for Connection {
    type ConnectInfo = rpc::Connection;

    fn connect_info(&self) -> rpc::Connection {
        match self {
            Connection::Plain(stream) => stream.connect_info(),
            Connection::Tls(_, connection) => connection.clone(),
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
