//! Measures.

use crate::domain::event::{
    MeasureAnnounced, MeasureImplemented, MeasureReinstated, MeasureSuspended, MeasureVoided, RateSet,
};
use crate::proto::v1;

use super::super::at::{At, every};
use super::super::spell::{Spelled, Speller, or_empty};
use super::super::word::Word;

impl Spelled for MeasureAnnounced {
    type Proto = v1::MeasureAnnounced;

    fn spell(&self, to: &Speller<'_>) -> v1::MeasureAnnounced {
        v1::MeasureAnnounced {
            title: self.title.to_string(),
            kind: self.kind.number(),
            by: self.by.to_string(),
            against: self.against.to_string(),
            reference: or_empty(self.reference.as_ref()),
            announced_at: Some(self.announced_at.spell(to)),
            products: to.list(&self.products),
        }
    }

    fn read(message: &v1::MeasureAnnounced, here: &At<'_>) -> Option<Self> {
        every!(MeasureAnnounced {
            title: here.field("title").text(&message.title),
            kind: here.field("kind").word(message.kind),
            by: here.field("by").party(&message.by),
            against: here.field("against").party(&message.against),
            reference: here.field("reference").optional_text(&message.reference),
            announced_at: here.field("announced_at").message(message.announced_at.as_ref()),
            products: here.field("products").products(&message.products),
        })
    }
}

impl Spelled for MeasureImplemented {
    type Proto = v1::MeasureImplemented;

    fn spell(&self, to: &Speller<'_>) -> v1::MeasureImplemented {
        v1::MeasureImplemented {
            effective_at: Some(self.effective_at.spell(to)),
            reference: or_empty(self.reference.as_ref()),
        }
    }

    fn read(message: &v1::MeasureImplemented, here: &At<'_>) -> Option<Self> {
        every!(MeasureImplemented {
            effective_at: here.field("effective_at").message(message.effective_at.as_ref()),
            reference: here.field("reference").optional_text(&message.reference),
        })
    }
}

impl Spelled for MeasureSuspended {
    type Proto = v1::MeasureSuspended;

    fn spell(&self, to: &Speller<'_>) -> v1::MeasureSuspended {
        v1::MeasureSuspended {
            effective_at: Some(self.effective_at.spell(to)),
            reference: or_empty(self.reference.as_ref()),
        }
    }

    fn read(message: &v1::MeasureSuspended, here: &At<'_>) -> Option<Self> {
        every!(MeasureSuspended {
            effective_at: here.field("effective_at").message(message.effective_at.as_ref()),
            reference: here.field("reference").optional_text(&message.reference),
        })
    }
}

impl Spelled for MeasureReinstated {
    type Proto = v1::MeasureReinstated;

    fn spell(&self, to: &Speller<'_>) -> v1::MeasureReinstated {
        v1::MeasureReinstated {
            effective_at: Some(self.effective_at.spell(to)),
            by: self.by.to_string(),
            reference: or_empty(self.reference.as_ref()),
        }
    }

    fn read(message: &v1::MeasureReinstated, here: &At<'_>) -> Option<Self> {
        every!(MeasureReinstated {
            effective_at: here.field("effective_at").message(message.effective_at.as_ref()),
            by: here.field("by").party(&message.by),
            reference: here.field("reference").optional_text(&message.reference),
        })
    }
}

impl Spelled for MeasureVoided {
    type Proto = v1::MeasureVoided;

    fn spell(&self, to: &Speller<'_>) -> v1::MeasureVoided {
        v1::MeasureVoided {
            effective_at: Some(self.effective_at.spell(to)),
            court: self.court.to_string(),
            reference: or_empty(self.reference.as_ref()),
        }
    }

    fn read(message: &v1::MeasureVoided, here: &At<'_>) -> Option<Self> {
        every!(MeasureVoided {
            effective_at: here.field("effective_at").message(message.effective_at.as_ref()),
            court: here.field("court").text(&message.court),
            reference: here.field("reference").optional_text(&message.reference),
        })
    }
}

impl Spelled for RateSet {
    type Proto = v1::RateSet;

    fn spell(&self, to: &Speller<'_>) -> v1::RateSet {
        v1::RateSet {
            component: self.component.to_string(),
            rate: self.rate.map(|value| value.to_string()),
            effective_at: Some(self.effective_at.spell(to)),
            reference: or_empty(self.reference.as_ref()),
        }
    }

    fn read(message: &v1::RateSet, here: &At<'_>) -> Option<Self> {
        every!(RateSet {
            component: here.field("component").slug(&message.component),
            rate: here.field("rate").optional(message.rate.as_deref(), At::decimal),
            effective_at: here.field("effective_at").message(message.effective_at.as_ref()),
            reference: here.field("reference").optional_text(&message.reference),
        })
    }
}
