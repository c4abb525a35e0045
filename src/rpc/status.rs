//! The one place where a gRPC status is made: what the client sees, apart from what the log sees.

use std::collections::HashMap;
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::domain::{Class, Reason, Refusal};
use crate::ledger::{LedgerError, StoreError};
use crate::wire::WireError;

/// The domain of every ErrorInfo.
const DOMAIN: &str = "entente.v1";
/// Statuses travel as headers, of which common clients take 8 KiB: 16 violations of a path and 200 characters stay below.
const VIOLATIONS_MAX: usize = 16;
const TEXT_CHARS_MAX: usize = 200;
/// When a client may try again after a passing fault.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// Why a request has no answer.
#[derive(Debug)]
pub(super) enum Fault {
    /// Fields that cannot hold what they hold: path and description.
    Fields(Vec<(String, String)>),
    /// The rules say no.
    Refused(Box<Refusal>),
    /// The thing named is not there.
    NotFound {
        /// What kind of thing.
        what: &'static str,
        /// Its resource name.
        name: String,
    },
    /// A ledger failed.
    Ledger(LedgerError),
    /// The server is stopping.
    Stopping,
    /// The service broke a promise of its own.
    Internal(String),
}

impl Fault {
    /// One field that cannot hold what it holds.
    pub(super) fn field(field: impl Into<String>, description: impl Into<String>) -> Self {
        Fault::Fields(vec![(field.into(), description.into())])
    }

    /// The same, with its fields under another name than `field`.
    pub(super) fn under(self, field: &str, name: &str) -> Self {
        let rename = |path: String| match path.strip_prefix(field) {
            Some(rest) if rest.is_empty() || rest.starts_with('.') => format!("{name}{rest}"),
            _ => path,
        };
        match self {
            Fault::Fields(fields) => Fault::Fields(fields.into_iter().map(|(path, why)| (rename(path), why)).collect()),
            other => other,
        }
    }

    /// The thing named is not there.
    pub(super) fn not_found(what: &'static str, name: impl Into<String>) -> Self {
        Fault::NotFound { what, name: name.into() }
    }
}

impl From<LedgerError> for Fault {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Refused(refusal) => Fault::Refused(refusal),
            LedgerError::Closed => Fault::Stopping,
            LedgerError::UnknownLedger(name) => Fault::not_found("ledger", format!("ledgers/{name}")),
            other => Fault::Ledger(other),
        }
    }
}

impl From<WireError> for Fault {
    fn from(error: WireError) -> Self {
        Fault::Fields(error.violations.into_iter().map(|it| (it.field, it.description)).collect())
    }
}

impl From<Fault> for Status {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Fields(fields) => bad_fields(fields),
            Fault::Refused(refusal) => refused(&refusal),
            Fault::NotFound { what, name } => not_found(what, &name),
            Fault::Ledger(error) => ledger_failed(&error),
            Fault::Stopping => stopping(),
            Fault::Internal(cause) => {
                tracing::error!(%cause, "a request failed inside");
                let message = "the server failed; its log has the cause under the request id";
                Status::with_error_details(Code::Internal, message, info("INTERNAL", HashMap::new()))
            }
        }
    }
}

fn info(reason: &str, metadata: HashMap<String, String>) -> ErrorDetails {
    ErrorDetails::with_error_info(reason, DOMAIN, metadata)
}

fn bad_fields(fields: Vec<(String, String)>) -> Status {
    let named = fields.len().min(VIOLATIONS_MAX);
    let metadata = match fields.len() - named {
        0 => HashMap::new(),
        more => HashMap::from([("violations_not_named".to_owned(), more.to_string())]),
    };
    let mut details = info("INVALID_FIELD", metadata);
    let mut message = String::new();
    for (field, description) in fields.into_iter().take(named) {
        let (field, description) = (clip(&field), clip(&description));
        if message.is_empty() {
            message = format!("{field}: {description}");
        }
        details.add_bad_request_violation(field, description);
    }
    Status::with_error_details(Code::InvalidArgument, message, details)
}

fn clip(text: &str) -> String {
    match text.char_indices().nth(TEXT_CHARS_MAX) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text.to_owned(),
    }
}

fn refused(refusal: &Refusal) -> Status {
    let mut metadata: HashMap<String, String> =
        refusal.metadata().into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let field = match refusal.index() {
        Some(index) => {
            metadata.insert("index".to_owned(), index.to_string());
            format!("submissions[{index}].{}", refusal.field())
        }
        None => refusal.field().to_owned(),
    };
    let field = field.trim_end_matches('.').to_owned();
    let mut details = info(refusal.reason().as_str(), metadata);
    let code = match refusal.class() {
        Class::InvalidArgument => Code::InvalidArgument,
        Class::FailedPrecondition => Code::FailedPrecondition,
        Class::AlreadyExists => Code::AlreadyExists,
        Class::Aborted => Code::Aborted,
    };
    match code {
        Code::InvalidArgument => {
            details.add_bad_request_violation(field.clone(), refusal.to_string());
        }
        _ => {
            details.add_precondition_failure_violation(refusal.reason().as_str(), field.clone(), refusal.to_string());
        }
    }
    if refusal.retry_helps() {
        details.set_retry_info(Some(Duration::ZERO));
    }
    let message = if field.is_empty() { refusal.to_string() } else { format!("{field}: {refusal}") };
    Status::with_error_details(code, message, details)
}

fn not_found(what: &str, name: &str) -> Status {
    let mut details = info("NOT_FOUND", HashMap::from([("name".to_owned(), name.to_owned())]));
    details.set_resource_info(what, name, "", "");
    Status::with_error_details(Code::NotFound, format!("there is no {what} {name}"), details)
}

fn ledger_failed(error: &LedgerError) -> Status {
    let (code, reason, retry) = match error {
        LedgerError::LedgerExists(_) => (Code::AlreadyExists, "LEDGER_EXISTS", false),
        LedgerError::EventTooLarge { .. } => (Code::InvalidArgument, "EVENT_TOO_LARGE", false),
        LedgerError::Unreadable { .. } => (Code::DataLoss, "EVENT_UNREADABLE", false),
        LedgerError::Store(StoreError::Damaged { .. } | StoreError::Corrupt { .. }) => {
            (Code::DataLoss, "LEDGER_DAMAGED", false)
        }
        // The outcome of an append is open; the same ids again settle it.
        LedgerError::Store(_) => (Code::Unavailable, "STORE_UNAVAILABLE", true),
        LedgerError::Refused(_) | LedgerError::UnknownLedger(_) | LedgerError::Closed => {
            (Code::Internal, "INTERNAL", false)
        }
    };
    if matches!(code, Code::DataLoss | Code::Unavailable | Code::Internal) {
        tracing::error!(%error, "the ledger failed");
    }
    let mut details = info(reason, HashMap::new());
    if retry {
        details.set_retry_info(Some(RETRY_DELAY));
    }
    Status::with_error_details(code, error.to_string(), details)
}

fn stopping() -> Status {
    let mut details = info("SHUTTING_DOWN", HashMap::new());
    details.set_retry_info(Some(RETRY_DELAY));
    let message = "the server is shutting down; send the same request again to another or a restarted one";
    Status::with_error_details(Code::Unavailable, message, details)
}

/// Every reason that can stand in an ErrorInfo: those of the rules, and those of the service.
pub fn reasons() -> Vec<&'static str> {
    let of_the_service = [
        "INVALID_FIELD",
        "NOT_FOUND",
        "LEDGER_EXISTS",
        "EVENT_TOO_LARGE",
        "EVENT_UNREADABLE",
        "LEDGER_DAMAGED",
        "STORE_UNAVAILABLE",
        "SHUTTING_DOWN",
        "INTERNAL",
    ];
    Reason::ALL.iter().map(|reason| reason.as_str()).chain(of_the_service).collect()
}
