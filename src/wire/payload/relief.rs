//! Relief.

use crate::domain::event::{ExcuseAccepted, ExcuseClaimed, SuspensionExercised, WaiverGranted};
use crate::domain::{EventId, Role};
use crate::proto::v1;

use super::super::at::{At, every};
use super::super::list::PARTS_MAX;
use super::super::spell::{Spelled, Speller, or_empty, texts};
use super::super::value::optional_instant_to_proto;

impl Spelled for WaiverGranted {
    type Proto = v1::WaiverGranted;

    fn spell(&self, to: &Speller<'_>) -> v1::WaiverGranted {
        v1::WaiverGranted {
            by: self.by.to_string(),
            target: or_empty(self.target.as_ref()),
            covers_from: optional_instant_to_proto(self.covers_from),
            until: optional_instant_to_proto(self.until),
            effective_at: Some(self.effective_at.spell(to)),
            conditional_on: texts(&self.conditional_on),
        }
    }

    fn read(message: &v1::WaiverGranted, here: &At<'_>) -> Option<Self> {
        let event = every!(WaiverGranted {
            by: here.field("by").party(&message.by),
            target: here.field("target").optional_slug(&message.target),
            covers_from: here.field("covers_from").optional_instant(message.covers_from.as_ref()),
            until: here.field("until").optional_instant(message.until.as_ref()),
            effective_at: here.field("effective_at").message(message.effective_at.as_ref()),
            conditional_on: here.field("conditional_on").event_ids(&message.conditional_on),
        })?;
        here.field("until").ends_after(event.covers_from.unwrap_or(event.effective_at.at), event.until);
        Some(event)
    }
}

impl Spelled for ExcuseClaimed {
    type Proto = v1::ExcuseClaimed;

    fn spell(&self, to: &Speller<'_>) -> v1::ExcuseClaimed {
        v1::ExcuseClaimed {
            ground: self.ground.to_string(),
            from: Some(to.moment(&self.from)),
            until: to.optional_moment(self.until.as_ref()),
        }
    }

    fn read(message: &v1::ExcuseClaimed, here: &At<'_>) -> Option<Self> {
        let event = every!(ExcuseClaimed {
            ground: here.field("ground").text(&message.ground),
            from: here.field("from").moment(message.from.as_ref(), Role::Start),
            until: here.field("until").optional_moment(message.until.as_ref(), Role::End),
        })?;
        let until = event.until.as_ref().map(|until| until.instant());
        here.field("until").ends_after(event.from.instant(), until);
        Some(event)
    }
}

impl Spelled for ExcuseAccepted {
    type Proto = v1::ExcuseAccepted;

    fn spell(&self, _: &Speller<'_>) -> v1::ExcuseAccepted {
        v1::ExcuseAccepted { claim: self.claim.to_string(), by: self.by.to_string() }
    }

    fn read(message: &v1::ExcuseAccepted, here: &At<'_>) -> Option<Self> {
        every!(ExcuseAccepted {
            claim: here.field("claim").event_id(&message.claim),
            by: here.field("by").party(&message.by),
        })
    }
}

impl Spelled for SuspensionExercised {
    type Proto = v1::SuspensionExercised;

    fn spell(&self, to: &Speller<'_>) -> v1::SuspensionExercised {
        v1::SuspensionExercised {
            effective_at: Some(self.effective_at.spell(to)),
            until: optional_instant_to_proto(self.until),
        }
    }

    fn read(message: &v1::SuspensionExercised, here: &At<'_>) -> Option<Self> {
        let event = every!(SuspensionExercised {
            effective_at: here.field("effective_at").message(message.effective_at.as_ref()),
            until: here.field("until").optional_instant(message.until.as_ref()),
        })?;
        here.field("until").ends_after(event.effective_at.at, event.until);
        Some(event)
    }
}

impl At<'_> {
    fn event_ids(&self, texts: &[String]) -> Option<Vec<EventId>> {
        let ids = self.some(texts, 0..=PARTS_MAX, |here, text| here.event_id(text))?;
        self.once(&ids, None, |id| *id);
        Some(ids)
    }
}
