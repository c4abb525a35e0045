//! The wire room: what goes out comes back the same, and what is wrong is named by its field.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod arbitrary;
mod assessment;
mod bad_input;
mod field_paths;
mod json;
mod round_trip;
mod stored;
mod transcript;

use entente::domain::{EventId, Slug, Submission};
use entente::proto::v1;
use entente::wire::{self, WireError};

fn ledger() -> Slug {
    Slug::parse("us-china").unwrap()
}

/// The id that the server makes where a client brings none.
fn made_id() -> EventId {
    EventId::from_bytes([7; 16])
}

fn read(message: &v1::Submission) -> Result<Submission, WireError> {
    wire::submission_from_proto(message, &ledger(), made_id)
}
