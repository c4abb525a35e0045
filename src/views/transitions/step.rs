//! Step: what was recorded at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::effects::bears;
use super::Shelf;
use crate::domain::event::CommitmentUndertaken;
use crate::domain::{Collection, Dossier, Event, Extract, Instant, Payload, Position, Slug, Subject};

/// What one append recorded at one instant. In a REPLAY ledger one append may bring events of several record times: they
/// were known one after the other, and each record time is a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When it was recorded.
    pub at: Instant,
    /// The position of its last event.
    pub through: Position,
    /// What its events are about, each once.
    pub subjects: BTreeSet<Subject>,
}

impl Step {
    /// The first step among events that follow each other; none where the last of them does not end it, because more of
    /// the same append and record time may follow.
    pub fn first<'e>(events: impl IntoIterator<Item = &'e Event>) -> Option<Step> {
        let mut step: Option<(Step, Position)> = None;
        for event in events {
            match &mut step {
                Some((step, append)) if event.recorded_at != step.at || event.append_through != *append => {
                    return Some(step.clone());
                }
                Some((step, _)) => {
                    step.through = event.position;
                    step.subjects.insert(event.submission.subject.clone());
                }
                None => {
                    let subjects = BTreeSet::from([event.submission.subject.clone()]);
                    step =
                        Some((Step { at: event.recorded_at, through: event.position, subjects }, event.append_through));
                }
            }
        }
        step.filter(|(step, append)| step.through >= *append).map(|(step, _)| step)
    }

    /// The commitments that it may bear on: those that follow one of its subjects, and those whose duty depends on one of
    /// them; by name.
    pub(super) fn reached(&self, shelf: &impl Shelf) -> BTreeSet<Slug> {
        shelf.read(|docket| {
            let followers: BTreeSet<&Slug> =
                self.subjects.iter().flat_map(|subject| docket.followers(subject)).collect();
            let dependents = followers.iter().flat_map(|commitment| docket.dependents(commitment));
            followers.iter().copied().chain(dependents).cloned().collect()
        })
    }
}

/// The events after a position that bear on a commitment, or on one that its duty depends on.
pub(super) fn bearing(extract: &Extract, commitment: &Slug, after: Position) -> Vec<Position> {
    let Some(dossier) = extract.dossier(commitment) else { return Vec::new() };
    let depended = dossier.counterparts().filter_map(|counterpart| extract.dossier(counterpart));
    let new = [dossier].into_iter().chain(depended).flat_map(|dossier| {
        let kinds: Vec<_> = undertakings(dossier).map(|undertaken| undertaken.terms.kind()).collect();
        let new = filed(dossier).filter(move |event| after < event.position);
        new.filter(move |event| kinds.iter().any(|on| bears(event.submission.payload.kind(), *on)))
    });
    let positions: BTreeSet<Position> = new.map(|event| event.position).collect();
    positions.into_iter().collect()
}

/// The last record time among the events that an answer about a commitment can rest on.
pub(super) fn last_recorded_at(extract: &Extract, commitment: &Slug) -> Instant {
    let dossier = extract.dossier(commitment).into_iter();
    let depended = dossier.clone().flat_map(Dossier::counterparts).filter_map(|it| extract.dossier(it));
    let last = dossier.chain(depended).flat_map(filed).map(|event| event.recorded_at).max();
    last.unwrap_or(Instant::MIN)
}

/// The events of a dossier that it would hold had nothing been recorded since: a later undertaking can file earlier
/// events of one more measure.
fn filed(dossier: &Dossier) -> impl Iterator<Item = &Arc<Event>> {
    dossier.events().iter().filter(|event| match &event.submission.subject {
        Subject::Member(Collection::Measures, measure) => undertakings(dossier).any(|it| it.measures.contains(measure)),
        Subject::Member(Collection::Instruments, instrument) => {
            undertakings(dossier).any(|it| it.instrument == *instrument)
        }
        _ => true,
    })
}

fn undertakings(dossier: &Dossier) -> impl Iterator<Item = &CommitmentUndertaken> {
    dossier.events().iter().filter_map(|event| match &event.submission.payload {
        Payload::CommitmentUndertaken(undertaken) => Some(undertaken.as_ref()),
        _ => None,
    })
}
