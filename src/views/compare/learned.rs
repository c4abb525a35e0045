//! Learned: the events that were recorded between two positions and bear on a commitment.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::super::case::Case;
use super::super::effects::{bears, effects};
use super::{Comparison, Coordinate};
use crate::domain::{Dossier, Event, EventId, EventKind, Instant, Kind, Payload, Position, Subject, words};

words! {
    /// When a newly known fact took effect in the world, beside the two moments compared.
    EffectTiming {
        /// By the earlier moment: news about what had been so already.
        ByThen = "BY_THEN",
        /// After the earlier moment and by the later one.
        InBetween = "IN_BETWEEN",
        /// After the later moment.
        AfterNow = "AFTER_NOW",
    }
}

/// One event that became known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learned {
    /// Where it stands.
    pub position: Position,
    /// Its id.
    pub event: EventId,
    /// What kind it is.
    pub kind: EventKind,
    /// What it is about: the commitment, its instrument, one of its measures, or the counterpart it depends on.
    pub subject: Subject,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// When what it says took effect; none where it counts as soon as it is known.
    pub effective_at: Option<Instant>,
    /// When that was beside the two moments; what counts at once was so by then.
    pub timing: EffectTiming,
    /// The earlier event that it corrects or takes back.
    pub corrects: Option<Position>,
    /// It was corrected or taken back itself, by now.
    pub is_corrected: bool,
    /// Whether one of the two later answers rests on it.
    pub is_relied_on: bool,
}

/// The events recorded after `then` and by `now` that bear on the commitment, or on the one that it depends on.
pub(super) fn learned(
    dossier: &Dossier,
    depended: Option<&Dossier>,
    case: Option<&Case<'_>>,
    comparison: &Comparison,
    then: Coordinate,
    now: Coordinate,
) -> Vec<Learned> {
    let began: BTreeMap<Position, Instant> = case
        .map(|case| effects(case))
        .into_iter()
        .flatten()
        .filter(|it| !it.ends && then.known < it.position)
        .map(|it| (it.position, it.at))
        .collect();
    let dossiers = [Some(dossier), depended];
    let known = || dossiers.into_iter().flatten().flat_map(|it| it.known(now.known));
    let is_new = |event: &&Arc<Event>| then.known < event.position;
    let new: BTreeMap<Position, &Event> = known().filter(is_new).map(|it| (it.position, it.as_ref())).collect();
    // Few events correct others, so only these are looked up.
    let corrected: HashSet<EventId> = known().filter_map(|event| corrects(event)).collect();
    let sought: HashSet<EventId> = new.values().filter_map(|event| corrects(event)).collect();
    let mut positions: HashMap<EventId, Position> = HashMap::new();
    if !sought.is_empty() {
        let found = known().filter(|event| sought.contains(&event.submission.event_id));
        positions.extend(found.map(|event| (event.submission.event_id, event.position)));
    }
    let bears =
        |dossier: &Dossier, event: &Event| kind_of(dossier).is_none_or(|on| bears(event.submission.payload.kind(), on));
    let bearing = |event: &Event| dossiers.into_iter().flatten().any(|it| holds(it, event) && bears(it, event));
    let learned = new.values().filter(|event| bearing(event)).map(|event| {
        let effective_at = began.get(&event.position).copied();
        Learned {
            position: event.position,
            event: event.submission.event_id,
            kind: event.submission.payload.kind(),
            subject: event.submission.subject.clone(),
            recorded_at: event.recorded_at,
            effective_at,
            timing: match effective_at {
                Some(at) if now.as_of < at => EffectTiming::AfterNow,
                Some(at) if then.as_of < at => EffectTiming::InBetween,
                _ => EffectTiming::ByThen,
            },
            corrects: corrects(event).and_then(|id| positions.get(&id).copied()),
            is_corrected: corrected.contains(&event.submission.event_id),
            is_relied_on: [&comparison.in_hindsight, &comparison.now]
                .iter()
                .any(|it| it.because.contains(&event.position)),
        }
    });
    learned.collect()
}

fn kind_of(dossier: &Dossier) -> Option<Kind> {
    dossier.first_undertaking().map(|undertaken| undertaken.terms.kind())
}

fn holds(dossier: &Dossier, event: &Event) -> bool {
    dossier.events().binary_search_by_key(&event.position, |filed| filed.position).is_ok()
}

/// The event that this one corrects or takes back.
fn corrects(event: &Event) -> Option<EventId> {
    match &event.submission.payload {
        Payload::EventRetracted(retracted) => Some(retracted.event),
        _ => event.submission.supersedes,
    }
}
