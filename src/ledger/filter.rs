//! Which events a reader wants.

use prost::Message as _;

use super::{FilterDigest, product_codes};
use crate::domain::event::CommitmentUndertaken;
use crate::domain::{Collection, Docket, Event, EventKind, Family, Instant, Party, Product, Slug, Subject};
use crate::proto::v1;
use crate::wire::{self, Word};

/// A field of a filter that cannot hold what it holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct FilterError {
    /// Which field, such as `parties[0]`.
    pub field: String,
    /// What is wrong, and what would be right.
    pub problem: String,
}

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
    /// Reads a filter that a client sends to a ledger.
    pub fn from_proto(asked: v1::EventFilter, ledger: &Slug) -> Result<Self, FilterError> {
        let stamp = |stamp: Option<prost_types::Timestamp>, field: &str| {
            let read = stamp.map(|stamp| wire::instant_from_proto(&stamp)).transpose();
            read.map_err(|error| FilterError { field: field.to_owned(), problem: error.to_string() })
        };
        Ok(EventFilter {
            subjects: each(&asked.subjects, "subjects", |name| {
                Subject::parse(name, ledger).map_err(|error| error.to_string())
            })?,
            families: each(&asked.families, "families", |number| {
                word::<Family>(*number).ok_or_else(|| format!("{number} is not a family"))
            })?,
            kinds: each(&asked.kinds, "kinds", |number| {
                word::<EventKind>(*number).ok_or_else(|| format!("{number} is not a kind of event"))
            })?,
            parties: each(&asked.parties, "parties", |code| Party::parse(code).map_err(|error| error.to_string()))?,
            product_prefixes: each(&asked.product_prefixes, "product_prefixes", |code| product_codes(code))?
                .into_iter()
                .flatten()
                .collect(),
            recorded_from: stamp(asked.recorded_from, "recorded_from")?,
            recorded_until: stamp(asked.recorded_until, "recorded_until")?,
        })
    }

    /// Whether it asks nothing.
    pub fn passes_all(&self) -> bool {
        *self == EventFilter::default()
    }

    /// What a cursor made with this filter remembers of it: the same for filters that ask the same in another order.
    pub fn digest(&self) -> FilterDigest {
        fn sorted<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
            let distinct: std::collections::BTreeSet<T> = values.collect();
            distinct.into_iter().collect()
        }
        let canonical = v1::EventFilter {
            subjects: sorted(self.subjects.iter().map(Subject::to_string)),
            families: sorted(self.families.iter().map(|family| family.number())),
            kinds: sorted(self.kinds.iter().map(|kind| kind.number())),
            parties: sorted(self.parties.iter().map(Party::to_string)),
            product_prefixes: sorted(self.product_prefixes.iter().cloned()),
            recorded_from: self.recorded_from.map(wire::instant_to_proto),
            recorded_until: self.recorded_until.map(wire::instant_to_proto),
        };
        FilterDigest::of(&canonical.encode_to_vec())
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

fn word<W: Word>(number: i32) -> Option<W> {
    W::Proto::try_from(number).ok().and_then(W::from_proto)
}

fn each<T, U>(values: &[T], field: &str, read: impl Fn(&T) -> Result<U, String>) -> Result<Vec<U>, FilterError> {
    let read_one =
        |(index, value)| read(value).map_err(|problem| FilterError { field: format!("{field}[{index}]"), problem });
    values.iter().enumerate().map(read_one).collect()
}

fn undertaking_of<'a>(subject: &Subject, docket: &'a Docket) -> Option<&'a CommitmentUndertaken> {
    match subject {
        Subject::Member(Collection::Commitments, commitment) => docket.dossier(commitment)?.first_undertaking(),
        _ => None,
    }
}
