//! Happened: what time brought about between two moments, with all that is known at one position.

use super::super::case::Case;
use super::super::deadlines::{self, Deadline, changes};
use super::super::effects::effects;
use super::super::readings::answer;
use super::super::{Judgement, Row};
use super::Coordinate;
use crate::domain::{Instant, Position};

/// One instant at which lifecycle or status changed.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgementChange {
    /// When.
    pub at: Instant,
    /// What was said just before.
    pub before: Judgement,
    /// What is said from then on.
    pub after: Judgement,
    /// The row that decides from then on; none where several readings or tranches decide together.
    pub row: Option<Row>,
    /// The clocks that ran out then, and the records that took effect.
    pub deadlines: Vec<Deadline>,
}

/// A record that took effect between the two moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    /// Where it stands.
    pub position: Position,
    /// When it took effect.
    pub effective_at: Instant,
    /// Whether it was known then already; otherwise it became known in between as well.
    pub was_known: bool,
}

/// The changes of lifecycle and status after one moment and by the other, as known at the later position.
pub(super) fn transitions(case: &Case<'_>, then: Coordinate, now: Coordinate) -> Vec<JudgementChange> {
    let (after, through) = (then.as_of.plus_seconds(1), now.as_of.plus_seconds(1));
    let steps = changes(case, after, through);
    let transitions = steps.iter().map(|step| JudgementChange {
        at: step.at,
        before: step.before,
        after: step.after,
        row: answer(case, step.at).outcome.row,
        deadlines: deadlines::described(case, step),
    });
    transitions.collect()
}

/// The records that took effect after one moment and by the other, in order of time.
pub(super) fn facts(case: &Case<'_>, then: Coordinate, now: Coordinate) -> Vec<Fact> {
    let begun = effects(case).into_iter().filter(|it| !it.ends && then.as_of < it.at && it.at <= now.as_of);
    let fact = |it: super::super::effects::Effect| Fact {
        position: it.position,
        effective_at: it.at,
        was_known: it.position <= then.known,
    };
    let mut facts: Vec<Fact> = begun.map(fact).collect();
    facts.sort_by_key(|fact| (fact.effective_at, fact.position));
    facts
}
