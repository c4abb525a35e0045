//! The order of a list (AIP-132).

use super::status::Fault;
use crate::domain::Instant;
use crate::domain::event::CommitmentUndertaken;
use crate::views::Assessment;

/// By what a board is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    by: By,
    descending: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Name,
    Status,
    Obligor,
    NextChange,
}

/// What a line is sorted by; equal keys stay in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Text(String),
    TextFromTheEnd(std::cmp::Reverse<String>),
    Time(Instant),
    TimeFromTheEnd(std::cmp::Reverse<Instant>),
    /// What has no time comes last in both directions.
    Never,
}

impl Order {
    /// Reads `field` or `field desc`.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let (field, descending) = match text.trim().split_once(char::is_whitespace) {
            None => (text.trim(), false),
            Some((field, direction)) if direction.trim() == "desc" => (field, true),
            Some((field, direction)) if direction.trim() == "asc" => (field, false),
            Some(_) => return Err(refuse(text)),
        };
        let by = match field {
            "" | "name" => By::Name,
            "status" => By::Status,
            "obligor" => By::Obligor,
            "next_change_at" => By::NextChange,
            _ => return Err(refuse(text)),
        };
        Ok(Order { by, descending })
    }

    /// Whether lines come as the ledger keeps them.
    pub(super) fn is_by_name(self) -> bool {
        self.by == By::Name && !self.descending
    }

    /// The key of a line.
    pub(super) fn key(self, undertaken: &CommitmentUndertaken, assessment: &Assessment) -> Key {
        let text = |text: String| match self.descending {
            false => Key::Text(text),
            true => Key::TextFromTheEnd(std::cmp::Reverse(text)),
        };
        match self.by {
            By::Name => text(assessment.commitment.to_string()),
            By::Status => text(assessment.judgement.status.to_string()),
            By::Obligor => text(undertaken.obligor.to_string()),
            By::NextChange => match (assessment.next_change_at, self.descending) {
                (None, _) => Key::Never,
                (Some(at), false) => Key::Time(at),
                (Some(at), true) => Key::TimeFromTheEnd(std::cmp::Reverse(at)),
            },
        }
    }
}

fn refuse(text: &str) -> Fault {
    let expected = "name, status, obligor or next_change_at, each optionally with desc";
    Fault::field("order_by", format!("{text:?} is not an order; it is one of {expected}"))
}
