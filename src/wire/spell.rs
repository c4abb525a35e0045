//! Spelling a domain value as a message.

use std::fmt::Display;

use crate::domain::{Collection, Instant, Slug, Subject, ValueError};

use super::at::At;

/// A value of the domain that is a message on the wire.
pub(super) trait Spelled: Sized {
    /// The generated message.
    type Proto;

    /// The message of this value.
    fn spell(&self, to: &Speller<'_>) -> Self::Proto;

    /// The value of a message; nothing where violations were noted.
    fn read(message: &Self::Proto, here: &At<'_>) -> Option<Self>;
}

/// How names and moments are spelled.
pub(super) struct Speller<'a> {
    ledger: &'a Slug,
    /// Whether a moment carries the instant it was resolved to, which the server adds.
    pub(super) with_resolved: bool,
}

impl<'a> Speller<'a> {
    /// Names are full resource names in `ledger`.
    pub(super) fn new(ledger: &'a Slug, with_resolved: bool) -> Self {
        Speller { ledger, with_resolved }
    }

    /// The full resource name of the ledger or of something in it.
    pub(super) fn subject(&self, subject: &Subject) -> String {
        subject.name_in(self.ledger)
    }

    /// The full resource name of a member of the ledger.
    pub(super) fn name(&self, collection: Collection, id: &Slug) -> String {
        self.subject(&Subject::Member(collection, id.clone()))
    }

    /// The full resource name, or nothing.
    pub(super) fn optional_name(&self, collection: Collection, id: Option<&Slug>) -> String {
        id.map(|id| self.name(collection, id)).unwrap_or_default()
    }

    pub(super) fn names(&self, collection: Collection, ids: &[Slug]) -> Vec<String> {
        ids.iter().map(|id| self.name(collection, id)).collect()
    }

    pub(super) fn list<T: Spelled>(&self, values: &[T]) -> Vec<T::Proto> {
        values.iter().map(|value| value.spell(self)).collect()
    }
}

/// The text of a value; empty where there is none.
pub(super) fn or_empty<T: Display>(value: Option<&T>) -> String {
    value.map(T::to_string).unwrap_or_default()
}

/// The texts of several values.
pub(super) fn texts<T: Display>(values: &[T]) -> Vec<String> {
    values.iter().map(T::to_string).collect()
}

/// An instant as a timestamp.
pub fn instant_to_proto(instant: Instant) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: instant.unix_seconds(), nanos: 0 }
}

/// A timestamp as an instant; refused outside the supported span, or with fractions of a second.
pub fn instant_from_proto(timestamp: &prost_types::Timestamp) -> Result<Instant, ValueError> {
    if timestamp.nanos != 0 {
        return Err(ValueError::Fraction(timestamp.to_string()));
    }
    Instant::from_unix_seconds(timestamp.seconds)
}
