//! Why a page is not shown, as a page: what is wrong, in which field, and what would be right.

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::asset;
use super::party::capital;
use super::respond::html;
use crate::domain::Slug;
use crate::ledger::LedgerError;

/// Why a page is not shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    /// A field of the address cannot hold what it holds.
    #[error("{wrong}")]
    Field {
        /// Which.
        field: String,
        /// What is wrong, and what would be right.
        wrong: String,
    },
    /// Nothing of that name is known at the clocks of the address.
    #[error("there is no {what} {name}")]
    NotFound {
        /// What was looked for.
        what: &'static str,
        /// By which name.
        name: String,
    },
    /// The caller may not read the ledger, whether it is there or not.
    #[error("the ledger {0} is open to its readers only, and that was not granted; ask the operator")]
    NotGranted(Slug),
    /// The ledger is closing, or cannot be read.
    #[error("{0}")]
    Unavailable(String),
    /// More than one answer gives.
    #[error("{0}")]
    TooMuch(String),
    /// Too many pages are kept current at once.
    #[error("{0} pages are kept current already; this one stays as it is until it is loaded again")]
    Busy(u64),
    /// The program is put together wrongly.
    #[error("{0}")]
    Internal(String),
}

impl Fault {
    pub(super) fn field(field: impl Into<String>, wrong: impl Into<String>) -> Self {
        Fault::Field { field: field.into(), wrong: wrong.into() }
    }

    pub(super) fn not_found(what: &'static str, name: impl Into<String>) -> Self {
        Fault::NotFound { what, name: name.into() }
    }

    fn status(&self) -> StatusCode {
        match self {
            Fault::Field { .. } => StatusCode::BAD_REQUEST,
            Fault::NotFound { .. } => StatusCode::NOT_FOUND,
            Fault::NotGranted(_) => StatusCode::FORBIDDEN,
            Fault::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Fault::TooMuch(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Fault::Busy(_) => StatusCode::TOO_MANY_REQUESTS,
            Fault::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<LedgerError> for Fault {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::UnknownLedger(name) => Fault::not_found("ledger", name),
            other => Fault::Unavailable(other.to_string()),
        }
    }
}

impl From<askama::Error> for Fault {
    fn from(error: askama::Error) -> Self {
        Fault::Internal(error.to_string())
    }
}

#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage<'a> {
    stylesheet: &'a str,
    icon: &'a str,
    headline: &'a str,
    field: Option<&'a str>,
    sentence: String,
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let status = self.status();
        if matches!(self, Fault::Busy(_)) {
            metrics::counter!("entente_limit_refusals_total", "limit" => "live_pages_max").increment(1);
        }
        if status.is_server_error() {
            tracing::error!(error = %self, "a page of the console is not shown");
        }
        let (headline, field) = match &self {
            Fault::Field { field, .. } => ("The address cannot be read", Some(field.as_str())),
            Fault::NotFound { .. } => ("Not found", None),
            Fault::NotGranted(_) => ("Not granted", None),
            Fault::Unavailable(_) => ("The ledger does not answer now", None),
            Fault::TooMuch(_) => ("Too much for one file", None),
            Fault::Busy(_) => ("Too many open pages", None),
            Fault::Internal(_) => ("The console failed", None),
        };
        // What is broken inside is for the log; nobody who reads a page can mend it.
        let sentence = match &self {
            Fault::Internal(_) => "the page could not be put together; the server's log has the cause".to_owned(),
            told => told.to_string(),
        };
        let sentence = if field.is_some() { sentence } else { capital(&sentence) };
        let (stylesheet, icon) = (asset::STYLE.path(), asset::ICON.path());
        let page = FaultPage { stylesheet, icon, headline, field, sentence };
        match page.render() {
            Ok(text) => (status, html(text)).into_response(),
            Err(_) => status.into_response(),
        }
    }
}

/// An address below a ledger that no page has.
pub(super) async fn no_such_page(uri: http::Uri) -> Response {
    Fault::not_found("page", uri.path()).into_response()
}
