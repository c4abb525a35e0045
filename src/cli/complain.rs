//! Says on standard error what went wrong, and gives the exit code for it.

use std::process::ExitCode;

use tonic_types::StatusExt as _;

use super::config_file::ConfigError;
use super::exposure::ItemsUnread;
use super::import::LinesRejected;
use super::output::ReaderGone;
use super::suggest::Meant;
use super::verify::NotIntact;
use crate::client::ClientError;
use crate::exchange::encoding::escape;
use crate::serve::ServeError;

const FAILED: u8 = 1;
/// Everything else is done; some lines could not be.
const LINES_REJECTED: u8 = 3;
const BAD_CONFIG: u8 = 64;
const NO_SERVER: u8 = 69;

/// Prints an error: what happened, every field that is wrong, and the request id for the server's log.
pub(super) fn complain(error: &anyhow::Error) -> ExitCode {
    if error.is::<ReaderGone>() {
        return ExitCode::SUCCESS;
    }
    let status = error.downcast_ref::<tonic::Status>().or_else(|| match error.downcast_ref::<ClientError>() {
        Some(ClientError::Status(status)) => Some(status),
        _ => None,
    });
    match status {
        Some(status) => {
            say(&format!("entente: {}", status.message()));
            if let Some(meant) = error.downcast_ref::<Meant>() {
                say(&format!("  {meant}"));
            }
            explain_status(status);
        }
        None => say(&format!("entente: {error:#}")),
    }
    ExitCode::from(code_of(error))
}

fn explain_status(status: &tonic::Status) {
    let details = status.get_error_details();
    let violations = details.bad_request().map(|request| request.field_violations.as_slice()).unwrap_or_default();
    // One violation is the message itself.
    for violation in violations.iter().skip(1) {
        say(&format!("  {}: {}", violation.field, violation.description));
    }
    if let Some(info) = details.error_info() {
        eprintln!("  reason: {}", info.reason);
        for (key, value) in &info.metadata {
            say(&format!("  {key}: {value}"));
        }
    }
    if let Some(id) = status.metadata().get("x-request-id").and_then(|id| id.to_str().ok()) {
        eprintln!("  request: {id}");
    }
}

/// What is quoted may be anything that a file holds; it must not command the terminal.
fn say(text: &str) {
    eprintln!("{}", escape(text));
}

fn code_of(error: &anyhow::Error) -> u8 {
    let is_of_settings = |error: &ServeError| {
        use ServeError::{Access, Exposed, KeyFile, Tls};
        matches!(error, Access(_) | Exposed(_) | KeyFile { .. } | Tls(_))
    };
    if error.is::<ConfigError>() || error.downcast_ref::<ServeError>().is_some_and(is_of_settings) {
        return BAD_CONFIG;
    }
    if error.is::<LinesRejected>() || error.is::<ItemsUnread>() {
        return LINES_REJECTED;
    }
    if let Some(not_intact) = error.downcast_ref::<NotIntact>() {
        return not_intact.code();
    }
    match error.downcast_ref::<ClientError>() {
        Some(
            ClientError::Unreachable { .. }
            | ClientError::Address(_)
            | ClientError::InTheClear(_)
            | ClientError::Credential(_),
        ) => NO_SERVER,
        _ => FAILED,
    }
}
