//! Claims.

use crate::domain::event::{BreachAlleged, BreachNotified, ClaimResolved, FindingIssued, NonComplianceNotified};
use crate::proto::v1;

use super::super::at::{At, every};
use super::super::spell::{Spelled, Speller, instant_to_proto};
use super::super::value::optional_instant_to_proto;
use super::super::word::Word;

impl Spelled for BreachAlleged {
    type Proto = v1::BreachAlleged;

    fn spell(&self, to: &Speller<'_>) -> v1::BreachAlleged {
        v1::BreachAlleged { by: self.by.to_string(), effective_at: Some(self.effective_at.spell(to)) }
    }

    fn read(message: &v1::BreachAlleged, here: &At<'_>) -> Option<Self> {
        every!(BreachAlleged {
            by: here.field("by").text(&message.by),
            effective_at: here.field("effective_at").message(message.effective_at.as_ref()),
        })
    }
}

impl Spelled for BreachNotified {
    type Proto = v1::BreachNotified;

    fn spell(&self, to: &Speller<'_>) -> v1::BreachNotified {
        v1::BreachNotified { by: self.by.to_string(), effective_at: Some(self.effective_at.spell(to)) }
    }

    fn read(message: &v1::BreachNotified, here: &At<'_>) -> Option<Self> {
        every!(BreachNotified {
            by: here.field("by").party(&message.by),
            effective_at: here.field("effective_at").message(message.effective_at.as_ref()),
        })
    }
}

impl Spelled for NonComplianceNotified {
    type Proto = v1::NonComplianceNotified;

    fn spell(&self, to: &Speller<'_>) -> v1::NonComplianceNotified {
        v1::NonComplianceNotified { by: self.by.to_string(), effective_at: Some(self.effective_at.spell(to)) }
    }

    fn read(message: &v1::NonComplianceNotified, here: &At<'_>) -> Option<Self> {
        every!(NonComplianceNotified {
            by: here.field("by").party(&message.by),
            effective_at: here.field("effective_at").message(message.effective_at.as_ref()),
        })
    }
}

impl Spelled for ClaimResolved {
    type Proto = v1::ClaimResolved;

    fn spell(&self, to: &Speller<'_>) -> v1::ClaimResolved {
        v1::ClaimResolved { claim: self.claim.to_string(), effective_at: Some(self.effective_at.spell(to)) }
    }

    fn read(message: &v1::ClaimResolved, here: &At<'_>) -> Option<Self> {
        every!(ClaimResolved {
            claim: here.field("claim").event_id(&message.claim),
            effective_at: here.field("effective_at").message(message.effective_at.as_ref()),
        })
    }
}

impl Spelled for FindingIssued {
    type Proto = v1::FindingIssued;

    fn spell(&self, to: &Speller<'_>) -> v1::FindingIssued {
        v1::FindingIssued {
            by: self.by.to_string(),
            verdict: self.verdict.number(),
            from: Some(instant_to_proto(self.from)),
            until: optional_instant_to_proto(self.until),
            effective_at: Some(self.effective_at.spell(to)),
        }
    }

    fn read(message: &v1::FindingIssued, here: &At<'_>) -> Option<Self> {
        let event = every!(FindingIssued {
            by: here.field("by").text(&message.by),
            verdict: here.field("verdict").word(message.verdict),
            from: here.field("from").instant(message.from.as_ref()),
            until: here.field("until").optional_instant(message.until.as_ref()),
            effective_at: here.field("effective_at").message(message.effective_at.as_ref()),
        })?;
        here.field("until").ends_after(event.from, event.until);
        Some(event)
    }
}
