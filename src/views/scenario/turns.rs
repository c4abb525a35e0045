//! Turns: those that an answer takes from one instant to another with no new record.

use super::super::case::Case;
use super::super::readings::answer;
use super::facets::Facets;
use crate::domain::Instant;

/// What is told from an instant on, until the next turn.
#[derive(Debug)]
pub(super) struct Turn {
    /// From when.
    pub(super) at: Instant,
    /// What is told.
    pub(super) facets: Facets,
}

/// The first answer, and each later one that turns from the one before. Between one wake and the next nothing begins,
/// ends or runs out, so it is enough to ask again at each.
pub(super) fn turns(case: Option<&Case<'_>>, from: Instant, until: Instant) -> Vec<Turn> {
    let Some(case) = case else { return vec![Turn { at: from, facets: Facets::not_recorded() }] };
    let mut turns: Vec<Turn> = Vec::new();
    let mut wake = Some(from);
    while let Some(at) = wake.filter(|at| *at <= until) {
        let answer = answer(case, at);
        let facets = Facets::of(&answer);
        if turns.last().is_none_or(|last| last.facets != facets) {
            turns.push(Turn { at, facets });
        }
        wake = answer.outcome.wake.next();
    }
    turns
}
