//! Compare: what differs between two answers about one commitment, and why. The way from then to now is gone in two
//! legs: first knowledge moves while the world stands still, then time moves while knowledge stands still. So what became
//! known is told apart from what happened.

mod change;
mod happened;
mod learned;

pub use change::{AssessmentField, ChangeKind};
pub use happened::{Fact, JudgementChange};
pub use learned::{EffectTiming, Learned};

use std::collections::BTreeSet;

use super::assess::{not_recorded, open};
use super::readings::answer;
use super::{Assessment, Judgement, assess};
use crate::domain::{Docket, Instant, Position, Slug};

/// A moment of the world and what was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coordinate {
    /// The moment of the world.
    pub as_of: Instant,
    /// Events through this position.
    pub known: Position,
}

/// How the answer about one commitment at one coordinate differs from that at an earlier one, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Which commitment.
    pub commitment: Slug,
    /// What became of it.
    pub change: ChangeKind,
    /// What differs between `then` and `now`.
    pub fields: BTreeSet<AssessmentField>,
    /// The answer at the earlier coordinate.
    pub then: Assessment,
    /// The answer about the earlier moment, with what is known now.
    pub in_hindsight: Assessment,
    /// The answer at the later coordinate.
    pub now: Assessment,
    /// What differs because of what became known: between `then` and `in_hindsight`.
    pub by_knowledge: BTreeSet<AssessmentField>,
    /// The events recorded in between that bear on the commitment, in order.
    pub learned: Vec<Learned>,
    /// What differs because of what happened: between `in_hindsight` and `now`.
    pub by_time: BTreeSet<AssessmentField>,
    /// The instants in between at which lifecycle or status changed, in order.
    pub transitions: Vec<JudgementChange>,
    /// The records that took effect in between, in order.
    pub facts: Vec<Fact>,
}

/// What became of a commitment between two answers, without why.
pub fn change_between(then: &Assessment, now: &Assessment) -> ChangeKind {
    change::kind(then, now)
}

/// Compares the answers about a commitment at two coordinates. Neither moment nor knowledge of `now` may lie before that
/// of `then`; where one does, that leg is empty.
pub fn compare(docket: &Docket, commitment: &Slug, then: Coordinate, now: Coordinate) -> Comparison {
    compare_answers(docket, commitment, then, now, |at| assess(docket, commitment, at.as_of, at.known))
}

/// What is said of a commitment at one moment, and every change of lifecycle or status after it and by another, as known
/// at one position.
pub fn trail(
    docket: &Docket,
    commitment: &Slug,
    from: Instant,
    until: Instant,
    known: Position,
) -> (Judgement, Vec<JudgementChange>) {
    let Some(case) = docket.dossier(commitment).and_then(|dossier| open(dossier, docket, known)) else {
        return (not_recorded(commitment, from, known).judgement, Vec::new());
    };
    let at = |as_of| Coordinate { as_of, known };
    (answer(&case, from).outcome.judgement, happened::transitions(&case, at(from), at(until)))
}

/// As [`compare`], where somebody can say what [`assess`] says at a coordinate.
pub fn compare_answers(
    docket: &Docket,
    commitment: &Slug,
    then: Coordinate,
    now: Coordinate,
    answer: impl Fn(Coordinate) -> Assessment,
) -> Comparison {
    let mut comparison = between(answer(then), answer(Coordinate { known: now.known, ..then }), answer(now));
    let Some(dossier) = docket.dossier(commitment) else { return comparison };
    let case = open(dossier, docket, now.known);
    let dependence = case.as_ref().and_then(|case| case.dependence());
    let depended = dependence.and_then(|it| docket.dossier(&it.commitment));
    comparison.learned = learned::learned(dossier, depended, case.as_ref(), &comparison, then, now);
    if let Some(case) = &case {
        comparison.transitions = happened::transitions(case, then, now);
        comparison.facts = happened::facts(case, then, now);
    }
    comparison
}

fn between(then: Assessment, in_hindsight: Assessment, now: Assessment) -> Comparison {
    Comparison {
        commitment: now.commitment.clone(),
        change: change::kind(&then, &now),
        fields: change::fields(&then, &now),
        by_knowledge: change::fields(&then, &in_hindsight),
        by_time: change::fields(&in_hindsight, &now),
        learned: Vec::new(),
        transitions: Vec::new(),
        facts: Vec::new(),
        then,
        in_hindsight,
        now,
    }
}
