//! The attacks: each goes on until it is told to stop, and begins anew whatever the server ends.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use entente::proto::v1;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tonic::transport::Channel;
use v1::change_service_client::ChangeServiceClient;
use v1::ledger_service_client::LedgerServiceClient;

use super::setup::{LEDGER, statement};
use super::{Fault, Tally};

/// What an attacker does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Attack {
    /// Nothing.
    Quiet,
    /// As many requests as it can, 256 at once.
    Requests,
    /// As many appends of one event as it can, 64 at once.
    Appends,
    /// As many subscriptions as it gets.
    Streams,
    /// As many connections as it gets, on which nothing is said.
    Silent,
    /// Requests that are taken back as they are sent.
    RapidReset,
    /// The whole ledger again and again, and nothing of it is read.
    SlowReaders,
    /// Requests with headers as long as they may be, and longer.
    Headers,
}

impl Attack {
    pub(crate) const ALL: [Attack; 8] = [
        Attack::Quiet,
        Attack::Requests,
        Attack::Appends,
        Attack::Streams,
        Attack::Silent,
        Attack::RapidReset,
        Attack::SlowReaders,
        Attack::Headers,
    ];

    pub(crate) fn words(self) -> &'static str {
        match self {
            Attack::Quiet => "nothing (quiet)",
            Attack::Requests => "requests, 256 at once",
            Attack::Appends => "appends, 64 at once",
            Attack::Streams => "subscriptions",
            Attack::Silent => "silent connections",
            Attack::RapidReset => "rapid reset",
            Attack::SlowReaders => "readers that do not read",
            Attack::Headers => "long headers",
        }
    }

    /// How many do it side by side.
    fn width(self) -> usize {
        match self {
            Attack::Quiet => 0,
            Attack::Requests => 256,
            Attack::Appends => 64,
            Attack::Streams | Attack::SlowReaders => 16,
            Attack::Silent | Attack::RapidReset | Attack::Headers => 4,
        }
    }
}

/// Attacks until the tally says stop.
pub(crate) async fn run(attack: Attack, server: SocketAddr, tally: Arc<Tally>) {
    for _ in 0..attack.width() {
        let tally = Arc::clone(&tally);
        tokio::spawn(async move {
            while tally.goes_on() {
                if once(attack, server, &tally).await.is_err() {
                    tally.count(false);
                    tokio::task::yield_now().await;
                }
            }
        });
    }
}

/// One connection's worth of an attack.
async fn once(attack: Attack, server: SocketAddr, tally: &Tally) -> Result<(), Fault> {
    match attack {
        Attack::Quiet => Ok(()),
        Attack::Requests => requests(server, tally).await,
        Attack::Appends => appends(server, tally).await,
        Attack::Streams => streams(server, tally).await,
        Attack::Silent => silent(server, tally).await,
        Attack::RapidReset => rapid_reset(server, tally).await,
        Attack::SlowReaders => slow_readers(server, tally).await,
        Attack::Headers => headers(server, tally).await,
    }
}

async fn channel(server: SocketAddr) -> Result<Channel, Fault> {
    Ok(Channel::from_shared(format!("http://{server}"))?.connect().await?)
}

async fn requests(server: SocketAddr, tally: &Tally) -> Result<(), Fault> {
    let mut ledgers = LedgerServiceClient::new(channel(server).await?);
    while tally.goes_on() {
        tally.count(ledgers.list_ledgers(v1::ListLedgersRequest::default()).await.is_ok());
    }
    Ok(())
}

async fn appends(server: SocketAddr, tally: &Tally) -> Result<(), Fault> {
    let mut ledgers = LedgerServiceClient::new(channel(server).await?);
    while tally.goes_on() {
        let submissions = vec![statement()];
        let request = v1::AppendEventsRequest { ledger: LEDGER.to_owned(), submissions, ..Default::default() };
        tally.count(ledgers.append_events(request).await.is_ok());
    }
    Ok(())
}

async fn streams(server: SocketAddr, tally: &Tally) -> Result<(), Fault> {
    let mut changes = ChangeServiceClient::new(channel(server).await?);
    let mut held = Vec::new();
    while tally.goes_on() {
        let request = v1::SubscribeEventsRequest { ledger: LEDGER.to_owned(), ..Default::default() };
        let stream = changes.subscribe_events(request).await;
        tally.count(stream.is_ok());
        held.extend(stream.ok());
    }
    Ok(())
}

async fn silent(server: SocketAddr, tally: &Tally) -> Result<(), Fault> {
    let mut held = Vec::new();
    while tally.goes_on() {
        let mut socket = TcpStream::connect(server).await?;
        // A connection too many is closed at once.
        let closed = tokio::time::timeout(Duration::from_millis(1), socket.read_u8()).await.is_ok();
        tally.count(!closed);
        if !closed {
            held.push(socket);
        }
    }
    Ok(())
}

async fn rapid_reset(server: SocketAddr, tally: &Tally) -> Result<(), Fault> {
    let (mut client, connection) = h2::client::handshake(TcpStream::connect(server).await?).await?;
    let connection = tokio::spawn(connection);
    while tally.goes_on() {
        client = client.ready().await?;
        for _ in 0..64 {
            let Ok((_, mut stream)) = client.send_request(call(server, 0)?, false) else { break };
            stream.send_reset(h2::Reason::CANCEL);
            tally.count(true);
        }
        tokio::task::yield_now().await;
    }
    connection.abort();
    Ok(())
}

async fn slow_readers(server: SocketAddr, tally: &Tally) -> Result<(), Fault> {
    let mut ledgers = LedgerServiceClient::new(channel(server).await?);
    let mut held = Vec::new();
    while tally.goes_on() {
        let request = v1::ReadEventsRequest { ledger: LEDGER.to_owned(), ..Default::default() };
        let stream = ledgers.read_events(request).await;
        tally.count(stream.is_ok());
        held.extend(stream.ok());
        let mut deaf = TcpStream::connect(server).await?;
        let page = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(500);
        drop(tokio::time::timeout(Duration::from_millis(50), deaf.write_all(&page)).await);
    }
    Ok(())
}

async fn headers(server: SocketAddr, tally: &Tally) -> Result<(), Fault> {
    let (mut client, connection) = h2::client::handshake(TcpStream::connect(server).await?).await?;
    tokio::spawn(connection);
    let mut long = 0;
    while tally.goes_on() {
        client = client.ready().await?;
        long = (long + 1) % 20;
        let (answer, _) = client.send_request(call(server, 5 + long)?, true)?;
        let status = answer.await?.status();
        tally.count(status == 200);
    }
    Ok(())
}

/// A request with so many KiB of headers.
fn call(server: SocketAddr, kib: usize) -> Result<http::Request<()>, Fault> {
    let uri = format!("http://{server}/entente.v1.LedgerService/ListLedgers");
    let mut request = http::Request::post(uri).header("content-type", "application/grpc").body(())?;
    for number in 0..kib {
        let name = http::HeaderName::try_from(format!("x-{number}"))?;
        request.headers_mut().insert(name, "x".repeat(1000).parse()?);
    }
    Ok(request)
}
