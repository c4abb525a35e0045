//! What still stands of what is known (specification, K1), and what a docket says of products.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Collection, Docket, Event, EventId, Payload, Position, Product, Subject};

/// The events known at a position that no other known event supersedes or retracts. What supersedes or retracts the
/// superseder does not revive what it superseded.
pub fn live(events: &[Arc<Event>], known: Position) -> Vec<&Event> {
    let known_count = events.partition_point(|event| event.position <= known);
    let known = &events[..known_count];
    let dead: HashSet<EventId> = known.iter().flat_map(|event| ends(event)).collect();
    known.iter().map(Arc::as_ref).filter(|event| !dead.contains(&event.submission.event_id)).collect()
}

/// The events that an event supersedes or retracts.
pub(super) fn ends(event: &Event) -> impl Iterator<Item = EventId> {
    let retracted = match &event.submission.payload {
        Payload::EventRetracted(retracted) => Some(retracted.event),
        _ => None,
    };
    event.submission.supersedes.into_iter().chain(retracted)
}

impl Docket {
    /// The products a subject is about, as known at a position: its own, and for a commitment those of its measures.
    pub fn products_of(&self, subject: &Subject, known: Position) -> Vec<&Product> {
        let mut products = Vec::new();
        // Only what opens a subject names products.
        for event in self.openings(subject, known) {
            products.extend(event.submission.payload.products());
            if let Payload::CommitmentUndertaken(undertaken) = &event.submission.payload {
                for measure in &undertaken.measures {
                    let measure = Subject::Member(Collection::Measures, measure.clone());
                    products.extend(self.products_of(&measure, known));
                }
            }
        }
        products
    }
}
