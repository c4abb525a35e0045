//! The public client: connects, sends batches again until it knows what became of them, walks pages, follows a ledger.
//!
//! Here: what every program that talks to entente would otherwise write for itself. Not here: printing (`cli`).

mod append;
mod batch;
mod follow;
mod pages;
mod stream;
mod successor;
mod verify;

pub use batch::Batch;
pub use follow::{Followed, Follower, Heard, Said, Subscribe};
pub use verify::{Told, VerifyFault};

use std::time::Duration;

use tonic::transport::{Channel, Endpoint};

use crate::proto::v1;
use v1::admin_service_client::AdminServiceClient;
use v1::change_service_client::ChangeServiceClient;
use v1::compliance_service_client::ComplianceServiceClient;
use v1::ledger_service_client::LedgerServiceClient;
use v1::proof_service_client::ProofServiceClient;

/// The largest answer a client takes; a page of the server stays far below it.
const ANSWER_BYTES_MAX: usize = 64 << 20;
/// How long a server may take to accept a connection.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);

/// How often a connection with a request under way is asked whether it lives.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// A connection to a server. Cheap to clone; clones share one HTTP/2 connection.
#[derive(Debug, Clone)]
pub struct Client {
    endpoint: Endpoint,
    channel: Channel,
}

/// Why a client has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address is not one.
    #[error("{0:?} is not the address of a server, such as http://127.0.0.1:7420 (https is not spoken yet)")]
    Address(String),
    /// Nothing answers there.
    #[error(
        "no server answers at {address}: {cause}; start one with `entente serve` or `entente demo`, or give --server"
    )]
    Unreachable {
        /// Where.
        address: String,
        /// What the network said.
        cause: String,
    },
    /// The server refused, or could not answer.
    #[error("{}", .0.message())]
    Status(#[from] Box<tonic::Status>),
}

impl From<tonic::Status> for ClientError {
    fn from(status: tonic::Status) -> Self {
        ClientError::Status(Box::new(status))
    }
}

impl Client {
    /// Connects to a server such as `http://127.0.0.1:7420`; without `http://` it is added. Each answer may take
    /// `patience` to begin.
    pub async fn connect(address: &str, patience: Duration) -> Result<Self, ClientError> {
        let uri = server_uri(address).ok_or_else(|| ClientError::Address(address.to_owned()))?;
        let endpoint = Endpoint::from(uri)
            .connect_timeout(CONNECT_PATIENCE)
            .timeout(patience)
            .tcp_nodelay(true)
            .http2_keep_alive_interval(KEEPALIVE);
        let channel = endpoint
            .connect()
            .await
            .map_err(|error| ClientError::Unreachable { address: address.to_owned(), cause: root_cause(&error) })?;
        Ok(Client { endpoint, channel })
    }

    /// The generated client of the LedgerService.
    pub fn ledgers(&self) -> LedgerServiceClient<Channel> {
        LedgerServiceClient::new(self.channel.clone()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    /// The generated client of the ChangeService; [`Client::subscribe_events`] reconnects and resumes by itself.
    pub fn changes(&self) -> ChangeServiceClient<Channel> {
        changes(self.channel.clone())
    }

    /// The generated client of the ComplianceService.
    pub fn compliance(&self) -> ComplianceServiceClient<Channel> {
        ComplianceServiceClient::new(self.channel.clone()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    /// The generated client of the AdminService.
    pub fn admin(&self) -> AdminServiceClient<Channel> {
        AdminServiceClient::new(self.channel.clone()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    /// The generated client of the ProofService.
    pub fn proofs(&self) -> ProofServiceClient<Channel> {
        ProofServiceClient::new(self.channel.clone()).max_decoding_message_size(ANSWER_BYTES_MAX)
    }

    /// Every line of the board that a request asks for, page after page, all at the clocks of the first page.
    pub async fn board(
        &self,
        mut request: v1::ListAssessmentsRequest,
    ) -> Result<(Vec<v1::BoardLine>, v1::ResolvedClocks), ClientError> {
        let mut lines = Vec::new();
        loop {
            let page = self.compliance().list_assessments(request.clone()).await?.into_inner();
            lines.extend(page.lines);
            if page.next_page_token.is_empty() {
                return Ok((lines, page.clocks.unwrap_or_default()));
            }
            request.page_token = page.next_page_token;
        }
    }

    /// Everything that would follow from a scenario, page after page, all at the clocks of the first page.
    pub async fn scenario(
        &self,
        mut request: v1::ProjectScenarioRequest,
    ) -> Result<v1::ProjectScenarioResponse, ClientError> {
        let mut effects = Vec::new();
        loop {
            let page = self.compliance().project_scenario(request.clone()).await?.into_inner();
            effects.extend(page.effects.clone());
            if page.next_page_token.is_empty() {
                return Ok(v1::ProjectScenarioResponse { effects, ..page });
            }
            request.page_token = page.next_page_token;
        }
    }
}

fn changes(channel: Channel) -> ChangeServiceClient<Channel> {
    ChangeServiceClient::new(channel).max_decoding_message_size(ANSWER_BYTES_MAX)
}

/// The address of a server; `None` where it is none, or of a scheme that is not spoken: what says https and is not
/// encrypted would be worse than no answer.
fn server_uri(address: &str) -> Option<http::Uri> {
    let with_scheme = match address.split_once("://") {
        None => format!("http://{address}"),
        Some(("http", _)) => address.to_owned(),
        Some(_) => return None,
    };
    let uri: http::Uri = with_scheme.parse().ok()?;
    let authority = uri.authority()?;
    // 99999 is no port, and must not silently become the default one.
    let port_is_one = authority.as_str().len() == authority.host().len() || authority.port_u16().is_some();
    (!authority.host().is_empty() && port_is_one).then_some(uri)
}

fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
