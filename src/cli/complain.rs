//! Says on standard error what went wrong, and gives the exit code for it.

use std::process::ExitCode;

use tonic_types::StatusExt as _;

use super::config_file::ConfigError;
use super::import::LinesRejected;
use super::verify::NotIntact;
use crate::client::ClientError;

const FAILED: u8 = 1;
const LINES_REJECTED: u8 = 3;
const BAD_CONFIG: u8 = 64;
const NO_SERVER: u8 = 69;

/// Prints an error: what happened, every field that is wrong, and the request id for the server's log.
pub(super) fn complain(error: &anyhow::Error) -> ExitCode {
    let status = error.downcast_ref::<tonic::Status>().or_else(|| match error.downcast_ref::<ClientError>() {
        Some(ClientError::Status(status)) => Some(status),
        _ => None,
    });
    match status {
        Some(status) => {
            eprintln!("entente: {}", status.message());
            explain_status(status);
        }
        None => eprintln!("entente: {error:#}"),
    }
    ExitCode::from(code_of(error))
}

fn explain_status(status: &tonic::Status) {
    let details = status.get_error_details();
    let violations = details.bad_request().map(|request| request.field_violations.as_slice()).unwrap_or_default();
    // One violation is the message itself.
    for violation in violations.iter().skip(1) {
        eprintln!("  {}: {}", violation.field, violation.description);
    }
    if let Some(info) = details.error_info() {
        eprintln!("  reason: {}", info.reason);
        for (key, value) in &info.metadata {
            eprintln!("  {key}: {value}");
        }
    }
    if let Some(id) = status.metadata().get("x-request-id").and_then(|id| id.to_str().ok()) {
        eprintln!("  request: {id}");
    }
}

fn code_of(error: &anyhow::Error) -> u8 {
    if error.is::<ConfigError>() {
        return BAD_CONFIG;
    }
    if error.is::<LinesRejected>() {
        return LINES_REJECTED;
    }
    if let Some(not_intact) = error.downcast_ref::<NotIntact>() {
        return not_intact.code();
    }
    match error.downcast_ref::<ClientError>() {
        Some(ClientError::Unreachable { .. } | ClientError::Address(_)) => NO_SERVER,
        _ => FAILED,
    }
}
