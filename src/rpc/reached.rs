//! A limit that a request has reached: what is told, and that it is counted.

use std::time::Duration;

use super::status::Fault;
use crate::domain::BATCH_EVENTS_MAX;

/// When room that others take up may be free again.
pub(super) const WHEN_OTHERS_END: Duration = Duration::from_secs(1);

/// A limit that a request has reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reached {
    /// Its name.
    pub(super) limit: &'static str,
    /// What it is set to.
    pub(super) value: u64,
    /// The reason in ErrorInfo.
    pub(super) reason: &'static str,
    /// The sentence.
    pub(super) message: String,
    /// When the same may be tried again; none where it would be refused again.
    pub(super) retry_after: Option<Duration>,
}

impl Reached {
    /// The rate of one principal.
    pub(super) fn rate(value: u64, retry_after: Duration) -> Self {
        let message = format!("more than {value} requests a second from one principal; send it again a little later");
        Reached {
            limit: "principal_requests_per_second",
            value,
            reason: "RATE_EXCEEDED",
            message,
            retry_after: Some(retry_after),
        }
    }

    /// Too many of something under way.
    pub(super) fn at_once(limit: &'static str, value: u64, what: &str) -> Self {
        let message = format!("{value} {what} already; end one, or send it again once one has ended");
        Reached { limit, value, reason: "TOO_MANY_AT_ONCE", message, retry_after: Some(WHEN_OTHERS_END) }
    }

    /// Too many bytes of requests under way.
    pub(super) fn upload(kib: u64) -> Self {
        let message =
            format!("the requests that one principal has under way have more than {kib} KiB; send them one by one");
        Reached {
            limit: "principal_upload_kib_max",
            value: kib,
            reason: "TOO_MANY_AT_ONCE",
            message,
            retry_after: Some(WHEN_OTHERS_END),
        }
    }

    /// Refuses more events than this server takes in one append. Beyond what any server takes, the rules say no.
    pub(super) fn check_batch(events: usize, most: u64) -> Result<(), Fault> {
        if events as u64 <= most || events > BATCH_EVENTS_MAX {
            return Ok(());
        }
        let message = format!("{events} events in one append and at most {most} are taken; send them in several");
        let (limit, reason) = ("batch_events_max", "BATCH_TOO_LARGE");
        Err(Fault::Limit(Reached { limit, value: most, reason, message, retry_after: None }))
    }

    /// A named cursor more than a ledger keeps.
    pub(super) fn cursors(most: usize, message: String) -> Self {
        let value = most as u64;
        Reached { limit: "ledger_cursors_max", value, reason: "TOO_MANY_CURSORS", message, retry_after: None }
    }

    /// An answer that is too long to be sent.
    pub(super) fn response(bytes: &str, kib: u64) -> Self {
        let message = format!(
            "the answer has {bytes} bytes and at most {kib} KiB are sent; ask for less at once, by a smaller page, a \
             filter or a read mask"
        );
        Reached { limit: "response_kib_max", value: kib, reason: "RESPONSE_TOO_LARGE", message, retry_after: None }
    }

    /// Counts it, by the limit's name.
    pub(super) fn count(&self) {
        count(self.limit);
    }
}

/// Counts one refusal by a limit.
pub fn count(limit: &'static str) {
    metrics::counter!("entente_limit_refusals_total", "limit" => limit).increment(1);
}
