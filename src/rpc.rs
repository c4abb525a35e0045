//! The gRPC services: requests in, answers and statuses out.
//!
//! Here: names, clocks and pages of requests; the one file that makes a [`tonic::Status`]. Not here: what may be recorded
//! (`domain`), what an answer is (`views`), sockets and shutdown (`serve`).

mod admin;
mod admin_service;
mod admission;
mod agenda;
mod append_stream;
mod ask;
mod caller;
mod change;
mod clocks;
mod commitment;
mod compare;
mod compliance_service;
mod deadline;
mod deadlines;
mod exposure;
mod expression;
mod filter;
mod front;
mod gate;
mod guard;
mod instrument;
mod kept;
mod ledger_service;
mod limits;
mod list;
mod measure;
mod meeting;
mod method;
mod name;
mod observe;
mod order;
mod pace;
mod page;
mod product_code;
mod proof_service;
mod question;
mod reached;
mod reading;
mod reasons;
mod rule;
mod scenario;
mod scorecard;
mod share;
mod size;
mod status;
mod transitions;
mod unreadable;
mod year;

pub use caller::{CallerKey, Connection, network};
pub use gate::Gate;
pub use guard::{Proved, prove};
pub use limits::{Limit, LimitError, Limits};
pub use reached::count as count_refusal;
pub use reasons::reasons;
pub use rule::{Need, RULES, Rule};
pub use status::foreign_name;

use std::sync::Arc;

use axum::middleware::from_fn_with_state;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use crate::auth::Access;
use crate::ledger::Ledgers;
use crate::proto::{self, stored, v1};
use stored::services::change_service_server::ChangeServiceServer;
use stored::services::ledger_service_server::LedgerServiceServer;
use v1::admin_service_server::AdminServiceServer;
use v1::compliance_service_server::ComplianceServiceServer;
use v1::proof_service_server::ProofServiceServer;

/// The full name of the LedgerService.
pub const LEDGER_SERVICE: &str = "entente.v1.LedgerService";

/// The services' full names, for health.
pub const SERVICES: [&str; 5] = [
    LEDGER_SERVICE,
    "entente.v1.ComplianceService",
    "entente.v1.ChangeService",
    "entente.v1.ProofService",
    "entente.v1.AdminService",
];

/// How many times the longest request is still read, so that whoever sends too much is told in the service's own words.
const READ_FACTOR: usize = 4;

/// Every gRPC route, guarded and observed, in gRPC and gRPC-Web. Requests and answers that are longer than the limits are
/// refused. Streams end with UNAVAILABLE when `stopping` is cancelled.
pub fn routes(
    ledgers: &Ledgers,
    access: &Arc<Access>,
    health: Routes,
    limits: &Limits,
    stopping: &CancellationToken,
) -> Result<axum::Router, tonic_reflection::server::Error> {
    let (request_bytes_max, sent_bytes_max) = (limits.request_bytes_max(), limits.response_bytes_max());
    let read_bytes_max = request_bytes_max.saturating_mul(READ_FACTOR);
    let ledger_service = ledger_service::LedgerApi::new(ledgers.clone(), limits, stopping.clone());
    let compliance_service = compliance_service::ComplianceApi::new(ledgers.clone());
    let change_service = change::ChangeApi::new(ledgers.clone());
    let proof_service = proof_service::ProofApi::new(ledgers.clone(), stopping.clone());
    let admin_service = admin_service::AdminApi::new(ledgers, Arc::clone(access), limits.clone(), stopping.clone());
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(proto::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    // The generated servers have these methods each for itself.
    macro_rules! sized {
        ($server:expr) => {
            $server.max_decoding_message_size(read_bytes_max).max_encoding_message_size(sent_bytes_max)
        };
    }
    let sizes = size::Sizes { request_bytes_max, response_kib_max: limits.response_kib_max };
    let router = health
        .add_service(sized!(LedgerServiceServer::new(ledger_service)))
        .add_service(sized!(ComplianceServiceServer::new(compliance_service)))
        .add_service(sized!(ChangeServiceServer::new(change_service)))
        .add_service(sized!(ProofServiceServer::new(proof_service)))
        .add_service(sized!(AdminServiceServer::new(admin_service)))
        .add_service(reflection().build_v1()?)
        .add_service(reflection().build_v1alpha()?)
        .into_axum_router();
    let front = front::Front { access: Arc::clone(access), sizes };
    // Inside gRPC-Web trailers are still trailers.
    Ok(router.layer(from_fn_with_state(front, front::front)).layer(tonic_web::GrpcWebLayer::new()))
}
