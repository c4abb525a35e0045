//! Which events a reader wants.

use crate::domain::event::CommitmentUndertaken;
use crate::domain::{Collection, Docket, Event, EventKind, Family, Instant, Party, Product, Subject};

/// Which events. Fields are joined by "and", the entries of one field by "or"; an empty field asks nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Subjects.
    pub subjects: Vec<Subject>,
    /// Families.
    pub families: Vec<Family>,
    /// Kinds.
    pub kinds: Vec<EventKind>,
    /// Parties that the event names.
    pub parties: Vec<Party>,
    /// Product codes, of the event or of its subject.
    pub product_prefixes: Vec<String>,
    /// Recorded at or after.
    pub recorded_from: Option<Instant>,
    /// Recorded before.
    pub recorded_until: Option<Instant>,
}

impl EventFilter {
    /// Whether it asks nothing.
    pub fn passes_all(&self) -> bool {
        *self == EventFilter::default()
    }

    /// Whether an event is wanted. The docket tells the products of the event's subject.
    pub fn matches(&self, event: &Event, docket: &Docket) -> bool {
        let submission = &event.submission;
        let kind = submission.payload.kind();
        // Each question is asked only where the filter asks it: the last ones look through all of the subject's events.
        (self.subjects.is_empty() || self.subjects.contains(&submission.subject))
            && (self.families.is_empty() || self.families.contains(&kind.family()))
            && (self.kinds.is_empty() || self.kinds.contains(&kind))
            && self.recorded_from.is_none_or(|from| event.recorded_at >= from)
            && self.recorded_until.is_none_or(|until| event.recorded_at < until)
            && (self.parties.is_empty() || self.names_a_party(event, docket))
            && (self.product_prefixes.is_empty() || self.touches_a_product(event, docket))
    }

    fn names_a_party(&self, event: &Event, docket: &Docket) -> bool {
        let wanted = |party: Party| self.parties.contains(&party);
        event.submission.payload.parties().into_iter().any(wanted)
            || undertaking_of(&event.submission.subject, docket)
                .is_some_and(|undertaken| wanted(undertaken.obligor) || wanted(undertaken.obligee))
    }

    fn touches_a_product(&self, event: &Event, docket: &Docket) -> bool {
        let touched = |product: &Product| self.product_prefixes.iter().any(|prefix| product.touches(prefix));
        event.submission.payload.products().iter().any(touched)
            || docket.products_of(&event.submission.subject, event.position).into_iter().any(touched)
    }
}

fn undertaking_of<'a>(subject: &Subject, docket: &'a Docket) -> Option<&'a CommitmentUndertaken> {
    match subject {
        Subject::Member(Collection::Commitments, commitment) => docket.dossier(commitment)?.first_undertaking(),
        _ => None,
    }
}
