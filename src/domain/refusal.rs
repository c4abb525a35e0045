//! Refusals: the rules' no, with what it collides with and what would be right.

mod reason;

pub use reason::{Class, Reason};

use std::collections::BTreeMap;
use std::fmt;

use super::{EventId, Instant, Position, Subject, Window};

/// Why a batch was not recorded. One refusal is enough: nothing of the batch is recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    reason: Reason,
    index: Option<usize>,
    field: String,
    facts: Vec<Fact>,
    message: String,
}

impl Refusal {
    /// A refusal for this reason; the message says what is wrong and what would be right.
    pub(super) fn new(reason: Reason, field: impl Into<String>, message: impl Into<String>) -> Self {
        Refusal { reason, index: None, field: field.into(), facts: Vec::new(), message: message.into() }
    }

    /// The same, with a fact it rests on.
    pub(super) fn with(mut self, fact: Fact) -> Self {
        self.facts.push(fact);
        self
    }

    /// The same, with the field path seen from further out: `until` under `commitment_amended.set`.
    pub(super) fn under(mut self, path: &str) -> Self {
        self.field = if self.field.is_empty() { path.to_owned() } else { format!("{path}.{}", self.field) };
        self
    }

    /// The same, at an index of the batch.
    pub(super) fn at(mut self, index: usize) -> Self {
        self.index = Some(index);
        self
    }

    /// The stable word for it.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// What kind of refusal it is.
    pub fn class(&self) -> Class {
        self.reason.class()
    }

    /// Whether asking again can succeed: as a rule no, unless what is known changes first.
    pub fn retry_helps(&self) -> bool {
        self.reason.retry_helps()
    }

    /// Which event of the batch, counted from 0; none where it is about the batch or its preconditions.
    pub fn index(&self) -> Option<usize> {
        self.index
    }

    /// The field within the submission (or, without an index, within the request), as the wire spells it, such as
    /// `amount_reported.from`.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What it collides with.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// The facts as words; facts of one kind are joined by ", ".
    pub fn metadata(&self) -> BTreeMap<&'static str, String> {
        let mut words: BTreeMap<&'static str, String> = BTreeMap::new();
        for (key, value) in self.facts.iter().flat_map(Fact::words) {
            let entry = words.entry(key).or_default();
            if !entry.is_empty() {
                entry.push_str(", ");
            }
            entry.push_str(&value);
        }
        words
    }
}

/// One thing that a refusal rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// An event that is recorded, or stands earlier in the batch, and where it stands or would stand.
    Event {
        /// Which.
        id: EventId,
        /// Its place.
        position: Position,
    },
    /// An event id that is not recorded.
    UnknownEvent(EventId),
    /// The event that corrects another.
    SupersededBy(EventId),
    /// The event that takes another back.
    RetractedBy(EventId),
    /// The days an event speaks for.
    Window(Window),
    /// A thing of the ledger.
    Subject(Subject),
    /// The position of the ledger's last event.
    Head(Position),
    /// The position of the event that came in between.
    Conflict(Position),
    /// The position that the client expected.
    Expected(Position),
    /// The earliest record time that is still possible.
    Earliest(Instant),
    /// What would be right, where it is one of a few.
    Choices(Vec<String>),
}

impl Fact {
    fn words(&self) -> Vec<(&'static str, String)> {
        match self {
            Fact::Event { id, position } => vec![("event_id", id.to_string()), ("position", position.to_string())],
            Fact::UnknownEvent(id) => vec![("unknown_event_id", id.to_string())],
            Fact::SupersededBy(id) => vec![("superseded_by", id.to_string())],
            Fact::RetractedBy(id) => vec![("retracted_by", id.to_string())],
            Fact::Window(window) => vec![("window", window.to_string())],
            Fact::Subject(subject) => vec![("subject", subject.to_string())],
            Fact::Head(head) => vec![("head", head.to_string())],
            Fact::Conflict(position) => vec![("conflicting_position", position.to_string())],
            Fact::Expected(position) => vec![("expected_position", position.to_string())],
            Fact::Earliest(instant) => vec![("earliest_recorded_at", instant.to_string())],
            Fact::Choices(choices) if choices.is_empty() => Vec::new(),
            Fact::Choices(choices) => vec![("choices", choices.join(", "))],
        }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.words().into_iter().map(|(key, value)| format!("{key}={value}")).collect();
        f.write_str(&words.join(" "))
    }
}
