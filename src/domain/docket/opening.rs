//! Opening: the events that bring a subject into the ledger, found without reading all that was said of it since.

use std::sync::Arc;

use super::Docket;
use crate::domain::map::Map;
use crate::domain::register::Seat;
use crate::domain::{Event, EventId, Payload, Position, Slug, Subject, event::CommitmentUndertaken, live};

/// What opens one subject, and what was corrected of all that is about it.
#[derive(Debug, Clone, Default)]
pub(super) struct Opening {
    /// The events that open it, in order of position.
    events: Vec<Arc<Event>>,
    /// Where an event was first superseded or retracted, by an event about the same subject.
    ended: Map<EventId, Position>,
}

impl Opening {
    /// Takes in the next event about the subject.
    pub(super) fn note(&mut self, event: &Arc<Event>) {
        for ended in live::ends(event) {
            self.ended.entry(ended).or_insert(event.position);
        }
        if Seat::of(&event.submission.payload).is_some_and(|seat| seat.creates()) {
            self.events.push(Arc::clone(event));
        }
    }

    /// The events that open it and still stand at a position, as [`live`](live::live) says.
    fn standing(&self, known: Position) -> impl Iterator<Item = &Arc<Event>> {
        let count = self.events.partition_point(|event| event.position <= known);
        self.events[..count].iter().filter(move |event| {
            let ended = self.ended.get(&event.submission.event_id);
            ended.is_none_or(|position| *position > known)
        })
    }
}

impl Docket {
    /// The events that open a subject and still stand at a position: what signs, undertakes, announces, tables or
    /// schedules it. Costs the same however much was recorded of the subject since.
    pub fn openings(&self, subject: &Subject, known: Position) -> impl Iterator<Item = &Arc<Event>> {
        self.folders.get(subject).into_iter().flat_map(move |folder| folder.opening.standing(known))
    }

    /// The first of the events that open a subject and still stand, of those picked.
    pub fn opening(&self, subject: &Subject, known: Position, picks: impl Fn(&Payload) -> bool) -> Option<&Arc<Event>> {
        self.openings(subject, known).find(|event| picks(&event.submission.payload))
    }

    /// The event that undertook a commitment, as it stands at a position.
    pub fn undertaking(&self, commitment: &Slug, known: Position) -> Option<(&Event, &CommitmentUndertaken)> {
        self.openings(&Subject::commitment(commitment.clone()), known).find_map(|event| {
            match &event.submission.payload {
                Payload::CommitmentUndertaken(undertaken) => Some((event.as_ref(), undertaken.as_ref())),
                _ => None,
            }
        })
    }
}
