//! Connections as they come, as long as there are descriptors for them.
//!
//! Some descriptors are kept back for the store, which opens files when it recovers and looks at a directory with each commit:
//! whoever opens connections and says nothing must not keep others from recording. A connection beyond that is closed at once,
//! so that its client can tell, and does not wait in a queue that nobody looks at.
//!
//! Where the system gives no connection at all, the server waits a moment and tries again: the error comes back at once as long
//! as its cause lasts, and whoever asks again at once does nothing else.

use std::io::{self, ErrorKind};
use std::os::fd::{AsRawFd as _, RawFd};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio_stream::Stream;

/// How long to wait after the system gave no connection.
const PAUSE: Duration = Duration::from_millis(100);
/// How many descriptors are kept back; a store that recovers has a dozen open at once, webhooks a few.
const KEPT_BACK: RawFd = 32;

/// The connections that a listener gets, without end.
pub(super) fn connections(listener: TcpListener) -> impl Stream<Item = TcpStream> {
    let kept_back_from = descriptors_max().map(|max| max - KEPT_BACK.min(max / 3));
    futures_util::stream::unfold(listener, move |listener| async move {
        let mut is_told = false;
        loop {
            let (error, pause) = match listener.accept().await {
                // The lowest free descriptor is given, so a high one means that the others are in use.
                Ok((stream, _)) if kept_back_from.is_some_and(|from| stream.as_raw_fd() >= from) => (
                    io::Error::other("the open connections have all the descriptors that are for them"),
                    Duration::ZERO,
                ),
                Ok((stream, _)) => {
                    if is_told {
                        tracing::info!("connections are accepted again");
                    }
                    return Some((stream, listener));
                }
                // That client alone has gone away again.
                Err(error) if is_of_client(error.kind()) => continue,
                Err(error) => (error, PAUSE),
            };
            metrics::counter!("entente_connections_refused_total").increment(1);
            if !std::mem::replace(&mut is_told, true) {
                tracing::warn!(%error, "no further connection is accepted; those that are open are served");
            }
            tokio::time::sleep(pause).await;
        }
    })
}

fn is_of_client(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::Interrupted)
}

/// How many descriptors this process may have, where the system says so.
fn descriptors_max() -> Option<RawFd> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}
