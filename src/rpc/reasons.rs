//! The stable reasons of refusals, for whoever checks that each is explained.

use crate::domain::Reason;

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
        "POSITION_NOT_REACHED",
        "REQUEST_TOO_LARGE",
        "FOREIGN_NAME",
        "LEDGER_MISMATCH",
        "NO_PROOFS",
        "OUTSIDE_TREE",
        "CURSOR_OF_OTHER_LEDGER",
        "CURSOR_OF_OTHER_HISTORY",
        "CURSOR_BEYOND_HEAD",
        "CURSOR_OF_OTHER_FILTER",
        "CURSOR_MOVED",
        "CURSOR_GOES_BACK",
        "TOO_MANY_CURSORS",
        "DEADLINE_PASSED",
        "RATE_EXCEEDED",
        "TOO_MANY_AT_ONCE",
        "APPEND_QUEUE_FULL",
        "RESPONSE_TOO_LARGE",
        "CREDENTIAL_MISSING",
        "CREDENTIAL_REFUSED",
        "NOT_GRANTED",
        "CREDENTIAL_OVER",
        "TOO_MANY_TOKENS",
        "CURSOR_OF_OTHERS",
    ];
    Reason::ALL.iter().map(|reason| reason.as_str()).chain(of_the_service).collect()
}
