//! What one client may take: every limit is reached by a real client, told by its name, and holds for nobody else.

mod at_once;
mod connections;
mod queue;
mod rate;
mod sizes;
mod table;
mod transport;

use std::time::Duration;

use entente::client::Client;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::grpc::reason;
use crate::server::TestServer;

/// Holds a refusal against the limit that it is to be of.
#[track_caller]
fn assert_refused(status: &Status, expected: &str, limit: &str, value: u64) {
    let (found, metadata) = reason(status);
    assert_eq!((status.code(), found.as_str()), (Code::ResourceExhausted, expected), "{status:?}");
    assert_eq!((metadata["limit"].as_str(), metadata["limit_value"].as_str()), (limit, value.to_string().as_str()));
    assert!(status.message().contains(&format!("{limit} is {value}")), "{}", status.message());
}

/// When the refusal says that the same may be tried again.
fn retry_after(status: &Status) -> Duration {
    let told = status.get_error_details().retry_info().and_then(|info| info.retry_delay);
    told.expect("trying again helps, so it is told when")
}

/// Another client, on a connection of its own.
async fn another(server: &TestServer) -> Client {
    Client::connect(&server.address, Duration::from_secs(60)).await.unwrap()
}

/// A bare socket to the server.
async fn socket(server: &TestServer) -> tokio::net::TcpStream {
    tokio::net::TcpStream::connect(server.address.trim_start_matches("http://")).await.unwrap()
}

/// How often a limit has refused, by the page of counters.
async fn refusals(server: &TestServer, limit: &str) -> u64 {
    let page = crate::grpc::operations::get(server, "/metrics").await;
    let line =
        page.lines().find(|line| line.starts_with(&format!("entente_limit_refusals_total{{limit=\"{limit}\"}}")));
    line.map_or(0, |line| line.rsplit(' ').next().unwrap().parse().unwrap())
}
