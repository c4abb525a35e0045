//! The gRPC services: requests in, answers and statuses out.
//!
//! Here: names, clocks and pages of requests; the one file that makes a [`tonic::Status`]. Not here: what may be recorded
//! (`domain`), what an answer is (`views`), sockets and shutdown (`serve`).

mod admin;
mod admin_service;
mod agenda;
mod append_stream;
mod ask;
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
mod instrument;
mod kept;
mod ledger_service;
mod list;
mod measure;
mod meeting;
mod name;
mod observe;
mod order;
mod pace;
mod page;
mod product_code;
mod proof_service;
mod question;
mod reading;
mod scenario;
mod scorecard;
mod share;
mod status;
mod transitions;
mod unreadable;
mod year;

pub use status::{foreign_name, reasons};

use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

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

/// Every gRPC route, observed, in gRPC and gRPC-Web. An append of more than `request_bytes_max` is refused. Streams end with UNAVAILABLE when `stopping` is cancelled.
pub fn routes(
    ledgers: &Ledgers,
    health: Routes,
    request_bytes_max: usize,
    stopping: &CancellationToken,
) -> Result<axum::Router, tonic_reflection::server::Error> {
    let read_bytes_max = request_bytes_max.saturating_mul(READ_FACTOR);
    let ledger_service = ledger_service::LedgerApi::new(ledgers.clone(), request_bytes_max, stopping.clone());
    let compliance_service = compliance_service::ComplianceApi::new(ledgers.clone());
    let change_service = change::ChangeApi::new(ledgers.clone());
    let proof_service = proof_service::ProofApi::new(ledgers.clone(), stopping.clone());
    let admin_service = admin_service::AdminApi::new(ledgers, stopping.clone());
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(proto::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let router = health
        .add_service(LedgerServiceServer::new(ledger_service).max_decoding_message_size(read_bytes_max))
        .add_service(ComplianceServiceServer::new(compliance_service).max_decoding_message_size(read_bytes_max))
        .add_service(ChangeServiceServer::new(change_service).max_decoding_message_size(read_bytes_max))
        .add_service(ProofServiceServer::new(proof_service).max_decoding_message_size(read_bytes_max))
        .add_service(AdminServiceServer::new(admin_service).max_decoding_message_size(read_bytes_max))
        .add_service(reflection().build_v1()?)
        .add_service(reflection().build_v1alpha()?)
        .into_axum_router();
    // Observed inside gRPC-Web, where trailers are still trailers.
    let told = router.layer(axum::middleware::from_fn(unreadable::refuse));
    Ok(told.layer(axum::middleware::from_fn(observe::observe)).layer(tonic_web::GrpcWebLayer::new()))
}
