//! A connection under watch: one that asks nothing, takes nothing, or stays past its time is ended.
//!
//! The transport asks a connection to end when it is old, and asks a silent one of HTTP/2 whether it lives. What it cannot do is
//! here: a client that connects and sends no request, or its headers byte by byte, has `first_request_seconds`; one that reads
//! nothing of what is sent to it has as long as a silent one has to answer; one that was asked to end and does not has
//! `connection_age_grace_seconds`.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant as Timer, Sleep, sleep, sleep_until};
use tonic::transport::server::Connected;

use super::door::Held;
use super::lingering::Lingering;
use crate::rpc::{self, Connection, Limits};

/// A connection under watch.
pub(super) struct Watched {
    stream: Lingering,
    connection: Connection,
    _held: Held,
    /// Set until the first request has come.
    first_request: Option<Pin<Box<Sleep>>>,
    /// Whether it did not come in time; nothing is read any more then.
    was_silent: bool,
    /// When it is over, whatever is under way; none for never.
    over: Option<Pin<Box<Sleep>>>,
    /// How long the client may take nothing.
    stall_max: Duration,
    /// Set while something waits to be taken.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Watched {
    pub(super) fn new(stream: Lingering, from: SocketAddr, held: Held, limits: &Limits) -> Self {
        let seconds = Duration::from_secs;
        let grace = seconds(limits.connection_age_grace_seconds);
        let over = limits.connection_age().map(|age| Box::pin(sleep_until(Timer::now() + age + grace)));
        Watched {
            stream,
            connection: Connection::from(from),
            _held: held,
            first_request: Some(Box::pin(sleep(seconds(limits.first_request_seconds)))),
            was_silent: false,
            over,
            stall_max: seconds(limits.keepalive_seconds + limits.keepalive_timeout_seconds),
            stalled: None,
        }
    }

    /// Whether it has been silent for too long.
    fn poll_silent(&mut self, context: &mut Context<'_>) -> bool {
        let Some(first_request) = &mut self.first_request else { return self.was_silent };
        if self.connection.has_been_heard() {
            self.first_request = None;
        } else if first_request.as_mut().poll(context).is_ready() {
            rpc::count_refusal("first_request_seconds");
            self.first_request = None;
            self.was_silent = true;
        }
        self.was_silent
    }

    fn poll_over(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        let is_over = self.over.as_mut().is_some_and(|over| over.as_mut().poll(context).is_ready());
        if is_over { Err(ended("connection_age_grace_seconds")) } else { Ok(()) }
    }

    /// Watches over what is to be taken: `done` says whether some of it was.
    fn poll_taken<T>(&mut self, context: &mut Context<'_>, done: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if done.is_ready() {
            self.stalled = None;
            return done;
        }
        self.poll_over(context)?;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(self.stall_max)));
        if stalled.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(ended("keepalive_timeout_seconds")));
        }
        Poll::Pending
    }
}

fn ended(limit: &'static str) -> io::Error {
    rpc::count_refusal(limit);
    io::Error::new(io::ErrorKind::TimedOut, limit)
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.poll_silent(context) {
            // To the transport the client has hung up: it has nothing under way.
            return Poll::Ready(Ok(()));
        }
        self.poll_over(context)?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.poll_taken(context, done)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.poll_taken(context, done)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

impl Connected for Watched {
    type ConnectInfo = Connection;

    fn connect_info(&self) -> Connection {
        self.connection.clone()
    }
}
