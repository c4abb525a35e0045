//! Promise: who promised what to whom, in the few words of an overview.

use super::case::Case;
use crate::domain::event::CommitmentUndertaken;
use crate::domain::{Kind, Party, Position, Slug, Text};

/// Who promised what to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// What it is, for people.
    pub title: Text,
    /// Who owes.
    pub obligor: Party,
    /// To whom.
    pub obligee: Party,
    /// The instrument it stands in.
    pub instrument: Slug,
    /// Its kind.
    pub kind: Kind,
    /// The event that undertook it.
    pub position: Position,
}

impl Promise {
    /// The promise of a case.
    pub(super) fn of(case: &Case<'_>) -> Self {
        Promise::undertaken(case.undertaking.body, case.undertaking.position())
    }

    /// The promise of the event that undertook it.
    pub fn undertaken(undertaken: &CommitmentUndertaken, position: Position) -> Self {
        Promise {
            title: undertaken.title.clone(),
            obligor: undertaken.obligor,
            obligee: undertaken.obligee,
            instrument: undertaken.instrument.clone(),
            kind: undertaken.terms.kind(),
            position,
        }
    }
}
