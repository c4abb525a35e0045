//! Outcome: what one reading of the terms says at one instant, and when it has to be asked again.

use std::collections::BTreeSet;

use super::intervals::Span;
use super::{Judgement, Numbers, Row};
use crate::domain::{Evidence, Flag, Instant, Lifecycle, Position, Status};

/// What one reading of the terms says at one instant.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    /// Lifecycle and status.
    pub(super) judgement: Judgement,
    /// The row that decided.
    pub(super) row: Option<Row>,
    /// How much evidence there is.
    pub(super) evidence: Evidence,
    /// Marks.
    pub(super) flags: BTreeSet<Flag>,
    /// The records it rests on.
    pub(super) because: BTreeSet<Position>,
    /// The kind's numbers.
    pub(super) numbers: Numbers,
    /// The next instant at which anything here can differ.
    pub(super) wake: Wake,
}

impl Outcome {
    /// What a row of a table says, before evidence and numbers; a row without a name has none in the answer.
    pub(super) fn of(row: &'static str, lifecycle: Lifecycle, status: Status, wake: Wake) -> Self {
        Outcome {
            judgement: Judgement { lifecycle, status },
            row: (!row.is_empty()).then_some(Row(row)),
            evidence: Evidence::None,
            flags: BTreeSet::new(),
            because: BTreeSet::new(),
            numbers: Numbers::None,
            wake,
        }
    }
}

/// The earliest instant after the one asked about at which the answer has to be computed anew. Between the two nothing
/// that the answer depends on begins, ends or runs out, so it is the same.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wake {
    as_of: Instant,
    next: Option<Instant>,
    stirs: bool,
}

impl Wake {
    /// Nothing known yet that would change the answer given for `as_of`.
    pub(super) fn after(as_of: Instant) -> Self {
        Wake { as_of, next: None, stirs: false }
    }

    /// Something begins, ends or runs out at this instant; nothing does at an end that never comes.
    pub(super) fn at(&mut self, instant: Instant) {
        self.stirs |= instant == self.as_of;
        if instant > self.as_of && instant < Span::UNENDING && self.next.is_none_or(|next| instant < next) {
            self.next = Some(instant);
        }
    }

    /// So it does at each of these.
    pub(super) fn at_each(&mut self, instants: impl IntoIterator<Item = Instant>) {
        instants.into_iter().for_each(|instant| self.at(instant));
    }

    /// So it does wherever another outcome for the same instant has to be computed anew.
    pub(super) fn join(&mut self, other: Wake) {
        self.at_each(other.next);
        self.stirs |= other.stirs;
    }

    /// Whether something begins, ends or runs out at the very instant asked about.
    pub(super) fn stirs(&self) -> bool {
        self.stirs
    }

    /// The earliest of them.
    pub(super) fn next(&self) -> Option<Instant> {
        self.next
    }
}

/// Raises a flag where it applies.
pub(super) fn raise(flags: &mut BTreeSet<Flag>, flag: Flag, applies: bool) {
    if applies {
        flags.insert(flag);
    }
}
