//! A docket that is told events one by one, as a ledger would hand them over.

use std::sync::Arc;

use entente::domain::event::{CommitmentUndertaken, MeasureAnnounced, MeasureKind};
use entente::domain::terms::{Maintenance, OnEnd};
use entente::domain::{
    Collection, Dated, Docket, Event, EventId, Instant, Moment, Nomenclature, Party, Payload, Product, Slug, Sources,
    Subject, Submission, Terms, Text, Zone,
};
use entente::views::{Catalogue, Item, MatchKind};

pub(super) fn slug(id: &str) -> Slug {
    Slug::parse(id).unwrap()
}

pub(super) fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub(super) fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

pub(super) fn product(nomenclature: Nomenclature, code: &str) -> Product {
    Product::new(nomenclature, code).unwrap()
}

/// A docket that is told events one by one.
#[derive(Default)]
pub(super) struct Told {
    pub(super) docket: Docket,
}

impl Told {
    pub(super) fn tell(&mut self, subject: Subject, payload: Payload) -> EventId {
        self.tell_with(subject, payload, None, None)
    }

    pub(super) fn tell_with(
        &mut self,
        subject: Subject,
        payload: Payload,
        note: Option<&str>,
        supersedes: Option<EventId>,
    ) -> EventId {
        let position = self.docket.head().next();
        let event_id =
            EventId::from_bytes([&[1_u8; 8][..], &position.get().to_be_bytes()].concat().try_into().unwrap());
        let submission = Submission {
            event_id,
            subject,
            sources: Sources::default(),
            supersedes,
            note: note.map(text),
            confidence: None,
            recorded_at: None,
            recorded_basis: None,
            payload,
        };
        let recorded_at = at("2026-01-01T00:00:00Z").plus_seconds(i64::try_from(position.get()).unwrap());
        let recorded_by = text("a test");
        let event = Event { position, recorded_at, recorded_by, append_through: position, submission };
        self.docket.fold(Arc::new(event));
        event_id
    }

    pub(super) fn measure(&mut self, id: &str, title: &str, products: Vec<Product>) -> EventId {
        self.tell(measure(id), announced(title, products))
    }

    pub(super) fn suspension(&mut self, id: &str, measures: &[&str], until: &str, products: Vec<Product>) {
        let terms = Maintenance {
            effective_from: Moment::at(at("2026-01-01T00:00:00Z")),
            until: Some(Moment::at(at(until))),
            implement_by: None,
            cure: None,
            tolerance_hours: 0,
            snapback_notice_days: None,
            depends_on: None,
            on_end: OnEnd::Revive,
        };
        let undertaken = CommitmentUndertaken {
            title: text("A promise"),
            instrument: slug("truce"),
            obligor: Party::parse("CN").unwrap(),
            obligee: Party::parse("US").unwrap(),
            stated_by: vec![Party::JOINT],
            zone: Zone::utc(),
            measures: measures.iter().map(|id| slug(id)).collect(),
            products,
            admissible: Vec::new(),
            terms: Terms::MeasureSuspension(terms),
        };
        self.tell(Subject::commitment(slug(id)), Payload::CommitmentUndertaken(Box::new(undertaken)));
    }

    /// What touches an item: kind and name, and through what.
    pub(super) fn touching(&self, item: &Item) -> Vec<(MatchKind, String)> {
        let catalogue = Catalogue::of(&self.docket, self.docket.head());
        let (_, matches) = catalogue.touching(item);
        matches.iter().map(|it| (it.kind(), Subject::from(&it.touched).to_string())).collect()
    }
}

pub(super) fn measure(id: &str) -> Subject {
    Subject::Member(Collection::Measures, slug(id))
}

pub(super) fn announced(title: &str, products: Vec<Product>) -> Payload {
    Payload::MeasureAnnounced(Box::new(MeasureAnnounced {
        title: text(title),
        kind: MeasureKind::ExportControl,
        by: Party::parse("CN").unwrap(),
        against: Party::ALL,
        reference: None,
        announced_at: Dated::exact(at("2025-10-09T00:00:00Z")),
        products,
    }))
}
