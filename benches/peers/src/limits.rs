//! The limits of the machine: a bare tonic echo, and a file that is synced.

use std::convert::Infallible;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use entente::proto::v1::{AppendEventsRequest, AppendEventsResponse};
use futures_util::stream::BoxStream;
use http::uri::PathAndQuery;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic_prost::ProstCodec;
use uuid::Uuid;

use crate::connection::{Answer, Connection, cannot};
use crate::entente::request;
use crate::event::{Contents, Event};
use crate::process::{Process, free_port, until_ready};
use crate::store::CONNECTIONS;

const PATH: &str = "/bench.Echo/Echo";

/// How often in a second 256 bytes can be appended to a file and synced, one after another.
pub(crate) fn fdatasync(slice: Duration) -> anyhow::Result<f64> {
    let mut file = tempfile::tempfile_in(crate::store::place()?)?;
    let begun = Instant::now();
    let mut writes = 0_u64;
    while begun.elapsed() < slice {
        file.write_all(&[7; 256])?;
        file.sync_data()?;
        writes += 1;
    }
    Ok(writes as f64 / begun.elapsed().as_secs_f64())
}

pub(crate) fn launch(directory: &Path) -> anyhow::Result<(Process, String)> {
    let address = format!("127.0.0.1:{}", free_port()?);
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("echo").arg(&address);
    Ok((Process::start(&mut command, &directory.join("log"))?, format!("http://{address}")))
}

/// Serves the echo on the address that is the second argument.
pub(crate) fn serve_echo() -> anyhow::Result<()> {
    let address: std::net::SocketAddr = std::env::args().nth(2).unwrap_or_default().parse()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let incoming = TcpIncoming::bind(address)?.with_nodelay(Some(true));
        Server::builder().add_service(Echo).serve_with_incoming(incoming).await?;
        Ok(())
    })
}

pub(crate) async fn connect(address: &str) -> anyhow::Result<Vec<Box<dyn Connection>>> {
    let mut connections: Vec<Box<dyn Connection>> = Vec::new();
    for _ in 0..CONNECTIONS {
        let channel = until_ready(|| async { Ok(Channel::from_shared(address.to_owned())?.connect().await?) }).await?;
        connections.push(Box::new(EchoConnection { channel }));
    }
    Ok(connections)
}

struct EchoConnection {
    channel: Channel,
}

impl Connection for EchoConnection {
    fn append<'a>(&'a self, events: &'a [Event]) -> Answer<'a, ()> {
        Box::pin(async move {
            let mut client = tonic::client::Grpc::new(self.channel.clone());
            client.ready().await?;
            let codec = ProstCodec::<AppendEventsRequest, AppendEventsResponse>::default();
            let request = tonic::Request::new(request(events));
            client.unary(request, PathAndQuery::from_static(PATH), codec).await?;
            Ok(())
        })
    }

    fn append_if<'a>(&'a self, _: &'a Event, _: u64) -> Answer<'a, u64> {
        cannot("an echo has no revisions")
    }

    fn read(&self) -> Answer<'_, Contents> {
        cannot("an echo keeps nothing")
    }

    fn follow(&self) -> Answer<'_, BoxStream<'static, anyhow::Result<Uuid>>> {
        cannot("an echo keeps nothing")
    }
}

/// Answers every append with an empty response, and does nothing else.
#[derive(Clone)]
struct Echo;

impl NamedService for Echo {
    const NAME: &'static str = "bench.Echo";
}

impl tower::Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async move {
            let codec = ProstCodec::<AppendEventsResponse, AppendEventsRequest>::default();
            Ok(tonic::server::Grpc::new(codec).unary(EmptyAnswer, request).await)
        })
    }
}

struct EmptyAnswer;

impl tonic::server::UnaryService<AppendEventsRequest> for EmptyAnswer {
    type Response = AppendEventsResponse;
    type Future = std::future::Ready<Result<tonic::Response<AppendEventsResponse>, tonic::Status>>;

    fn call(&mut self, _: tonic::Request<AppendEventsRequest>) -> Self::Future {
        std::future::ready(Ok(tonic::Response::new(AppendEventsResponse::default())))
    }
}
