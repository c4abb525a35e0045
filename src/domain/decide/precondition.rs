//! Preconditions: what a client saw when it made up its mind, and wants to be still so.

use crate::domain::refusal::{Fact, Reason, Refusal};
use crate::domain::register::Records;
use crate::domain::{Position, Subject};

/// What must still be so when a batch is recorded. By default nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preconditions {
    /// The position of the ledger's last event.
    pub ledger_head: Option<Position>,
    /// The position of the last event about each of these subjects; the origin where there must be none.
    pub subject_revisions: Vec<(Subject, Position)>,
}

impl Preconditions {
    /// Compares with the head and with the last events about the subjects.
    pub(super) fn check(&self, head: Position, records: &Records<'_>) -> Result<(), Refusal> {
        if let Some(expected) = self.ledger_head {
            not_in_future(expected, head, "preconditions.ledger_head")?;
            if expected < head {
                let message = format!("the head is {head}, no longer {expected}; read from there on and decide anew");
                let refusal = Refusal::new(Reason::StaleHead, "preconditions.ledger_head", message);
                return Err(stale(refusal, expected, expected.next(), head));
            }
        }
        for (index, (subject, expected)) in self.subject_revisions.iter().enumerate() {
            let field = format!("preconditions.subject_revisions[{index}].revision");
            not_in_future(*expected, head, &field)?;
            let last = records.revision(subject);
            if last != *expected {
                let message =
                    format!("the last event about {subject} is {last}, not {expected}; read it and decide anew");
                let refusal = Refusal::new(Reason::StaleSubject, field, message).with(Fact::Subject(subject.clone()));
                return Err(stale(refusal, *expected, last, head));
            }
        }
        Ok(())
    }
}

fn stale(refusal: Refusal, expected: Position, conflict: Position, head: Position) -> Refusal {
    refusal.with(Fact::Expected(expected)).with(Fact::Conflict(conflict)).with(Fact::Head(head))
}

fn not_in_future(expected: Position, head: Position, field: &str) -> Result<(), Refusal> {
    if expected <= head {
        return Ok(());
    }
    let message =
        format!("position {expected} lies beyond the head, {head}; take positions from answers of this ledger");
    Err(Refusal::new(Reason::FuturePosition, field, message).with(Fact::Expected(expected)).with(Fact::Head(head)))
}
