//! The server under test and the bare echo, both on one address, and one connection to them.

use std::sync::Arc;

use entente::auth::{Access, AccessConfig};
use entente::clock::Clock;
use entente::domain::event::LedgerKind;
use entente::domain::{Slug, Text};
use entente::ledger::{Ledger, Ledgers, NewLedger};
use entente::rpc;
use entente::store::{Catalog as _, MemoryCatalog};
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::transport::{Channel, Server};

use super::echo::Echo;
use super::world::{self, LEDGER};

type Fault = Box<dyn std::error::Error>;

/// An empty ledger in memory.
pub(crate) fn ledger() -> Result<(Ledgers, Ledger), Fault> {
    let (clock, _) = Clock::by_hand(world::now());
    let ledgers = Ledgers::open(Arc::new(MemoryCatalog::new()), clock)?;
    let ledger = ledgers.create(NewLedger {
        name: Slug::parse(LEDGER)?,
        kind: LedgerKind::Replay,
        title: Text::new("a large ledger")?,
        recorded_at: Some(world::midnight(world::week(0))),
        created_by: Text::new("the bench")?,
    })?;
    Ok((ledgers, ledger))
}

/// Serves them until the process ends.
pub(crate) async fn serve(ledgers: &Ledgers) -> Result<Channel, Fault> {
    let stopping = CancellationToken::new();
    let cells = MemoryCatalog::new().cells();
    let access = Arc::new(Access::open(cells, ledgers.clock().clone(), &AccessConfig::default())?);
    let limits = rpc::Limits { request_kib_max: 16 << 10, response_kib_max: 64 << 10, ..rpc::Limits::default() };
    let routes = rpc::routes(ledgers, &access, Routes::builder().routes(), &limits, &stopping)?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = Server::builder().add_routes(Routes::from(routes).add_service(Echo));
    let incoming = TcpListenerStream::new(listener).map(|stream| {
        let stream = stream?;
        stream.set_nodelay(true)?;
        Ok::<_, std::io::Error>(stream)
    });
    tokio::spawn(server.serve_with_incoming(incoming));
    Ok(Channel::from_shared(format!("http://{address}"))?.connect().await?)
}
