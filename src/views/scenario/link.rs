//! Link: through what an answer changes when events are supposed.

use std::collections::BTreeSet;

use super::super::assess::{Counterpart as _, open};
use super::super::case::Case;
use super::super::readings::answer;
use super::facets::Facets;
use crate::domain::{Collection, Event, Hypothesis, Instant, Payload, Position, Slug, Subject};

/// Through what an answer changes. A position is that of the event supposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// An event about the commitment itself.
    Event(Position),
    /// A reading of its text, recorded or adopted.
    Reading(Position, Slug),
    /// An event about one of its measures.
    Measure(Position, Slug),
    /// An event about its instrument, such as a termination.
    Instrument(Position, Slug),
    /// The conduct of the counterpart that its duty depends on.
    Reciprocity(Slug),
    /// Time alone.
    Time,
}

/// Through what the supposed answer at an instant differs from the recorded one: the events in the commitment's dossier
/// that the answer rests on, and the counterpart where the answer would be another with the counterpart as recorded.
pub(super) fn links(hypothesis: &Hypothesis, commitment: &Slug, supposed: Option<&Case<'_>>, at: Instant) -> Vec<Link> {
    let Some(supposed) = supposed else { return Vec::new() };
    let there = answer(supposed, at);
    let filed = hypothesis.filed(commitment);
    let rests_on = filed.iter().filter(|event| there.outcome.because.contains(&event.position));
    let mut links: Vec<Link> = rests_on.map(|event| link(event)).collect();
    links.extend(counterparts(hypothesis, commitment, &Facets::of(&there), at));
    if links.is_empty() {
        // An event that takes something away is nothing that an answer rests on.
        links.extend(filed.iter().map(|event| link(event)));
    }
    links
}

fn link(event: &Event) -> Link {
    match (&event.submission.subject, &event.submission.payload) {
        (_, Payload::ReadingRecorded(it)) => Link::Reading(event.position, it.reading.clone()),
        (_, Payload::ReadingAdopted(it)) => Link::Reading(event.position, it.reading.clone()),
        (Subject::Member(Collection::Measures, id), _) => Link::Measure(event.position, id.clone()),
        (Subject::Member(Collection::Instruments, id), _) => Link::Instrument(event.position, id.clone()),
        _ => Link::Event(event.position),
    }
}

/// The counterparts that would be in another status, where the answer would be another with them as they are recorded.
fn counterparts(hypothesis: &Hypothesis, commitment: &Slug, there: &Facets, at: Instant) -> Vec<Link> {
    let (before, after) = (hypothesis.before(), hypothesis.after());
    let Some(dossier) = after.dossier(commitment) else { return Vec::new() };
    let differs = |it: &&Slug| before.history(it, before.known()) != after.history(it, after.known());
    let differing: BTreeSet<&Slug> = dossier.counterparts().filter(differs).collect();
    let as_recorded = open(dossier, before, after.known()).filter(|_| !differing.is_empty());
    let otherwise = as_recorded.map(|case| Facets::of(&answer(&case, at)));
    if otherwise.is_none_or(|otherwise| otherwise == *there) {
        return Vec::new();
    }
    differing.into_iter().cloned().map(Link::Reciprocity).collect()
}
