//! The one place where a gRPC status is made: what the client sees, apart from what the log sees.

use std::collections::HashMap;
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use super::reached::{self, Reached};
use crate::auth::{Refused, Role};
use crate::domain::{Class, Position, Refusal};
use crate::ledger::{LedgerError, StoreError};
use crate::wire::WireError;

/// The domain of every ErrorInfo.
const DOMAIN: &str = "entente.v1";
/// Statuses travel as headers, of which common clients take 8 KiB. The violations are in the details, which Base64 makes a
/// third longer; the message is there once more, and in a header of its own, where what is not ASCII takes three bytes a
/// byte. A list of what would be right, such as that of the units, is to stay whole.
const VIOLATIONS_MAX: usize = 12;
const TEXT_CHARS_MAX: usize = 320;
const VIOLATIONS_BYTES_MAX: usize = 4400;
const MESSAGE_BYTES_MAX: usize = 1000;
/// When a client may try again after a passing fault.
const RETRY_DELAY: Duration = Duration::from_secs(1);
/// When a client may try again after the writer had too much before it; a group commit takes some milliseconds.
const QUEUE_DELAY: Duration = Duration::from_millis(100);

/// Why a request has no answer.
#[derive(Debug)]
pub(super) enum Fault {
    /// Fields that cannot hold what they hold: path and description.
    Fields(Vec<(String, String)>),
    /// A position that the ledger has not reached.
    AfterHead {
        /// The field that has it.
        field: &'static str,
        /// What it has.
        position: Position,
        /// The ledger's last one.
        head: Position,
    },
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
    /// The request is longer than the server takes.
    RequestTooLarge {
        /// Its length.
        bytes: usize,
        /// The longest one taken.
        max: usize,
    },
    /// A limit is reached.
    Limit(Reached),
    /// The server was called by a name, or from a page, that it does not answer.
    ForeignName(&'static str),
    /// Nobody is proved by the credential, or there is none.
    Unproved(Refused),
    /// The caller may not do this.
    NotGranted {
        /// The role that may.
        role: Role,
        /// Of what.
        place: String,
    },
    /// A stream whose credential is over.
    CredentialOver,
    /// No method that is answered.
    NoMethod,
    /// The server is stopping.
    Stopping,
    /// The client's deadline has passed.
    DeadlinePassed,
    /// A refusal that its maker words: code, stable reason, sentence, and what goes with it.
    Told {
        /// The code.
        code: Code,
        /// The reason in ErrorInfo.
        reason: &'static str,
        /// The sentence; that of INVALID_ARGUMENT begins with the field and a colon.
        message: String,
        /// What a client can go on with.
        metadata: Vec<(&'static str, String)>,
    },
    /// A stream ended where this cursor stands.
    At {
        /// Where to go on.
        cursor: String,
        /// Why it ended.
        fault: Box<Fault>,
    },
    /// A stream of appends ended with this batch.
    InBatch {
        /// Its number, from 1.
        number: u64,
        /// Why.
        fault: Box<Fault>,
    },
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
            LedgerError::Full { max, .. } => Fault::Limit(Reached {
                limit: "events_max",
                value: max,
                reason: "EVENTS_MAX",
                message: error.to_string(),
                retry_after: None,
            }),
            LedgerError::QueueFull { limit, value } => Fault::Limit(Reached {
                limit,
                value,
                reason: "APPEND_QUEUE_FULL",
                message: error.to_string(),
                retry_after: Some(QUEUE_DELAY),
            }),
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
            Fault::AfterHead { field, position, head } => after_head(field, position, head),
            Fault::Refused(refusal) => refused(&refusal),
            Fault::NotFound { what, name } => not_found(what, &name),
            Fault::Ledger(error) => ledger_failed(&error),
            Fault::RequestTooLarge { bytes, max } => request_too_large(bytes, max),
            Fault::Limit(reached) => limit_reached(reached),
            Fault::ForeignName(why) => {
                Status::with_error_details(Code::PermissionDenied, why, info("FOREIGN_NAME", HashMap::new()))
            }
            Fault::Unproved(refused) => {
                let message = clip_message(&refused.to_string());
                Status::with_error_details(Code::Unauthenticated, message, info(refused.reason(), HashMap::new()))
            }
            Fault::NotGranted { role, place } => not_granted(role, &place),
            Fault::CredentialOver => {
                let message = "the credential of this stream ran out or was revoked, or its grants were changed; \
                               open it again where it stood";
                Status::with_error_details(Code::Unavailable, message, info("CREDENTIAL_OVER", HashMap::new()))
            }
            Fault::NoMethod => {
                Status::new(Code::Unimplemented, "there is no such method; reflection lists all there are")
            }
            Fault::Stopping => stopping(),
            Fault::DeadlinePassed => {
                let message = "the deadline of the request has passed";
                Status::with_error_details(Code::DeadlineExceeded, message, info("DEADLINE_PASSED", HashMap::new()))
            }
            Fault::Told { code, reason, message, metadata } => {
                let metadata = metadata.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
                let mut details = info(reason, metadata);
                if let (Code::InvalidArgument, Some((field, why))) = (code, message.split_once(": ")) {
                    details.add_bad_request_violation(field, clip(why));
                }
                Status::with_error_details(code, clip_message(&message), details)
            }
            Fault::At { cursor, fault } => with_metadata("", *fault, "cursor", cursor),
            Fault::InBatch { number, fault } => {
                with_metadata(&format!("batch {number}: "), *fault, "batch", number.to_string())
            }
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
    let mut named: Vec<(String, String)> = Vec::new();
    let mut bytes = 0;
    let wrong = fields.len();
    for (field, description) in fields.into_iter().take(VIOLATIONS_MAX) {
        let violation = (clip(&field), clip(&description));
        bytes += violation.0.len() + violation.1.len();
        if bytes > VIOLATIONS_BYTES_MAX {
            break;
        }
        named.push(violation);
    }
    let metadata = match wrong - named.len() {
        0 => HashMap::new(),
        more => HashMap::from([("violations_not_named".to_owned(), more.to_string())]),
    };
    let first = named.first().map_or_else(String::new, |(field, description)| format!("{field}: {description}"));
    let mut details = info("INVALID_FIELD", metadata);
    for (field, description) in named {
        details.add_bad_request_violation(field, description);
    }
    Status::with_error_details(Code::InvalidArgument, clip_message(&first), details)
}

fn after_head(field: &str, position: Position, head: Position) -> Status {
    let why = format!("{position} is after the head, {head}");
    let mut details = info("INVALID_FIELD", HashMap::from([("head".to_owned(), head.to_string())]));
    details.add_bad_request_violation(field, why.clone());
    Status::with_error_details(Code::OutOfRange, format!("{field}: {why}"), details)
}

fn clip(text: &str) -> String {
    match text.char_indices().nth(TEXT_CHARS_MAX) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text.to_owned(),
    }
}

fn clip_message(text: &str) -> String {
    let mut sent = 0;
    let end = text.char_indices().find(|(_, c)| {
        sent += if c.is_ascii() { 1 } else { 3 * c.len_utf8() };
        sent > MESSAGE_BYTES_MAX
    });
    end.map_or_else(|| text.to_owned(), |(end, _)| format!("{} …", &text[..end]))
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
        LedgerError::EventTooLarge { index, .. } => return event_too_large(*index, error),
        LedgerError::Unreadable { .. } => (Code::DataLoss, "EVENT_UNREADABLE", false),
        LedgerError::Damaged { .. } | LedgerError::Store(StoreError::Damaged { .. } | StoreError::Corrupt { .. }) => {
            (Code::DataLoss, "LEDGER_DAMAGED", false)
        }
        LedgerError::Mismatch { .. } => (Code::DataLoss, "LEDGER_MISMATCH", false),
        LedgerError::NoProofs(_) => (Code::FailedPrecondition, "NO_PROOFS", false),
        LedgerError::OutsideTree { .. } => (Code::OutOfRange, "OUTSIDE_TREE", false),
        LedgerError::NotReached { .. } => (Code::Unavailable, "POSITION_NOT_REACHED", true),
        // The outcome of an append is open; the same ids again settle it.
        LedgerError::Store(_) => (Code::Unavailable, "STORE_UNAVAILABLE", true),
        LedgerError::Refused(_)
        | LedgerError::UnknownLedger(_)
        | LedgerError::Keys(_)
        | LedgerError::QueueFull { .. }
        | LedgerError::Full { .. }
        | LedgerError::Withdrawn
        | LedgerError::Closed => (Code::Internal, "INTERNAL", false),
    };
    // A position that nobody has recorded is the client's concern.
    if matches!(code, Code::DataLoss | Code::Unavailable | Code::Internal) && reason != "POSITION_NOT_REACHED" {
        tracing::error!(%error, "the ledger failed");
    }
    let mut details = info(reason, HashMap::new());
    if retry {
        details.set_retry_info(Some(RETRY_DELAY));
    }
    Status::with_error_details(code, error.to_string(), details)
}

fn limit_reached(reached: Reached) -> Status {
    reached.count();
    let metadata = [("limit", reached.limit.to_owned()), ("limit_value", reached.value.to_string())];
    let metadata = metadata.map(|(key, value)| (key.to_owned(), value));
    let mut details = info(reached.reason, HashMap::from(metadata));
    if reached.retry_after.is_some() {
        // Without a delay it would say that the same may be sent again at once.
        details.set_retry_info(reached.retry_after);
    }
    let message = format!("{} ({} is {})", reached.message, reached.limit, reached.value);
    Status::with_error_details(Code::ResourceExhausted, message, details)
}

fn event_too_large(index: usize, error: &LedgerError) -> Status {
    let field = format!("submissions[{index}]");
    let message = format!("{field}: {error}");
    let mut details = info("EVENT_TOO_LARGE", HashMap::new());
    details.add_bad_request_violation(field, error.to_string());
    Status::with_error_details(Code::InvalidArgument, message, details)
}

fn request_too_large(bytes: usize, max: usize) -> Status {
    reached::count("request_kib_max");
    let mut metadata = HashMap::from(
        [("bytes", bytes), ("bytes_max", max), ("limit_value", max >> 10)]
            .map(|(key, value)| (key.to_owned(), value.to_string())),
    );
    metadata.insert("limit".to_owned(), "request_kib_max".to_owned());
    let message = format!(
        "the request has {bytes} bytes and at most {max} are taken (request_kib_max is {}); send it in several requests",
        max >> 10
    );
    Status::with_error_details(Code::ResourceExhausted, message, info("REQUEST_TOO_LARGE", metadata))
}

fn with_metadata(prefix: &str, fault: Fault, key: &str, value: String) -> Status {
    let status = Status::from(fault);
    let mut details = status.get_error_details();
    if let Some(told) = details.error_info().cloned() {
        let metadata: HashMap<String, String> = told.metadata.into_iter().chain([(key.to_owned(), value)]).collect();
        details.set_error_info(told.reason, told.domain, metadata);
    }
    Status::with_error_details(status.code(), format!("{prefix}{}", status.message()), details)
}

/// The same sentence whether what the place names is there or not.
fn not_granted(role: Role, place: &str) -> Status {
    let metadata = [("role", role.word()), ("place", place)].map(|(key, value)| (key.to_owned(), value.to_owned()));
    let message = format!("this needs the role {} of {place}, which was not granted; ask the operator", role.word());
    Status::with_error_details(Code::PermissionDenied, clip_message(&message), info("NOT_GRANTED", metadata.into()))
}

fn stopping() -> Status {
    let mut details = info("SHUTTING_DOWN", HashMap::new());
    details.set_retry_info(Some(RETRY_DELAY));
    let message = "the server is shutting down; send the same request again to another or a restarted one";
    Status::with_error_details(Code::Unavailable, message, details)
}

/// The headers by which gRPC clients understand that they called by a name, or from a page, that is not answered.
pub fn foreign_name(why: &'static str) -> http::HeaderMap {
    headers(Fault::ForeignName(why))
}

/// A fault as headers or trailers.
pub(super) fn headers(fault: Fault) -> http::HeaderMap {
    let mut headers = http::HeaderMap::new();
    if Status::from(fault).add_header(&mut headers).is_err() {
        headers.clear();
    }
    headers
}

/// The refusal of a request that the transport could not read, where `status` is one: the transport says so as INTERNAL and
/// without details, which every status made here has.
pub(super) fn unreadable(status: &Status) -> Option<Status> {
    if status.code() != Code::Internal || !status.details().is_empty() {
        return None;
    }
    let field = unread_field(status.message()).unwrap_or_else(|| "request".to_owned());
    Some(Fault::field(field, format!("cannot be read: {}", status.message())).into())
}

/// The field at which the reading of a message ended. The decoder says so from the inside out, each step as
/// `Message.field: `.
fn unread_field(message: &str) -> Option<String> {
    let (_, told) = message.split_once("failed to decode Protobuf message: ")?;
    let steps = told.split(": ").map_while(|step| step.split_once('.').filter(|_| !step.contains(' ')));
    let mut path: Vec<&str> = steps.map(|(_, field)| field).collect();
    path.reverse();
    (!path.is_empty()).then(|| path.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_at_which_reading_ended_is_named_from_the_outside_in() {
        let told = "failed to decode Protobuf message: Clocks.known_at: GetCommitmentRequest.clocks: delimited length exceeded";
        assert_eq!(unread_field(told).as_deref(), Some("clocks.known_at"));
        assert_eq!(unread_field("failed to decode Protobuf message: invalid wire type value: 6"), None);
        assert_eq!(unread_field("Unexpected EOF decoding stream."), None);
    }

    #[test]
    fn what_is_invalid_names_its_field_whoever_words_it() {
        let other_filter = Fault::Told {
            code: Code::InvalidArgument,
            reason: "CURSOR_OF_OTHER_FILTER",
            message: "after.cursor: was made with another filter".to_owned(),
            metadata: Vec::new(),
        };
        let too_large = Fault::Ledger(LedgerError::EventTooLarge { index: 3, bytes: 9, max: 8 });
        for (fault, field) in [(other_filter, "after.cursor"), (too_large, "submissions[3]")] {
            let status = Status::from(fault);
            let violations = status.get_error_details().bad_request().map(|it| it.field_violations.clone());
            let fields: Vec<String> = violations.into_iter().flatten().map(|it| it.field).collect();
            assert_eq!((status.code(), fields), (Code::InvalidArgument, vec![field.to_owned()]), "{status:?}");
        }
    }

    #[test]
    fn what_a_service_says_itself_stands() {
        assert!(unreadable(&Fault::Internal("a bug".to_owned()).into()).is_none());
        assert!(unreadable(&Fault::Stopping.into()).is_none());
    }
}
