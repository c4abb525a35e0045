//! Link: through what an answer changes when events are supposed.

use super::super::assess::open;
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
    links.extend(counterpart(hypothesis, commitment, supposed, &Facets::of(&there), at));
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

fn counterpart(
    hypothesis: &Hypothesis,
    commitment: &Slug,
    supposed: &Case<'_>,
    there: &Facets,
    at: Instant,
) -> Option<Link> {
    let dependence = supposed.dependence()?;
    let (before, after) = (hypothesis.before(), hypothesis.after());
    let with_counterpart_as_recorded = open(after.dossier(commitment)?, before, after.known())?;
    let otherwise = Facets::of(&answer(&with_counterpart_as_recorded, at));
    (otherwise != *there).then(|| Link::Reciprocity(dependence.commitment.clone()))
}
