//! Terms of the duties that are kept by not doing something.

use crate::domain::terms::{Cure, Dependence, Maintenance, RateCeilingTerms};
use crate::domain::{Collection, Role};
use crate::proto::v1;

use super::super::at::{At, every};
use super::super::spell::{Spelled, Speller};
use super::super::word::Word;

impl Spelled for Maintenance {
    type Proto = v1::Maintenance;

    fn spell(&self, to: &Speller<'_>) -> v1::Maintenance {
        v1::Maintenance {
            effective_from: Some(to.moment(&self.effective_from)),
            until: to.optional_moment(self.until.as_ref()),
            implement_by: to.optional_moment(self.implement_by.as_ref()),
            cure: self.cure.map(|cure| cure.spell(to)),
            tolerance_hours: self.tolerance_hours,
            snapback_notice_days: self.snapback_notice_days,
            depends_on: self.depends_on.as_ref().map(|dependence| dependence.spell(to)),
            on_end: self.on_end.number(),
        }
    }

    fn read(message: &v1::Maintenance, here: &At<'_>) -> Option<Self> {
        let terms = every!(Maintenance {
            effective_from: here.field("effective_from").moment(message.effective_from.as_ref(), Role::Start),
            until: here.field("until").optional_moment(message.until.as_ref(), Role::End),
            implement_by: here.field("implement_by").optional_moment(message.implement_by.as_ref(), Role::End),
            cure: here.field("cure").optional_message(message.cure.as_ref()),
            tolerance_hours: here.field("tolerance_hours").hours(message.tolerance_hours),
            snapback_notice_days: here.field("snapback_notice_days").optional(message.snapback_notice_days, At::days),
            depends_on: here.field("depends_on").optional_message(message.depends_on.as_ref()),
            on_end: here.field("on_end").word(message.on_end),
        })?;
        let until = terms.until.as_ref().map(|until| until.instant());
        here.field("until").ends_after(terms.effective_from.instant(), until);
        Some(terms)
    }
}

impl Spelled for Cure {
    type Proto = v1::Cure;

    fn spell(&self, _: &Speller<'_>) -> v1::Cure {
        v1::Cure { days: self.days, from: self.from.number(), breaches_max: self.breaches_max }
    }

    fn read(message: &v1::Cure, here: &At<'_>) -> Option<Self> {
        every!(Cure {
            days: here.field("days").days(message.days),
            from: here.field("from").word(message.from),
            breaches_max: Some(message.breaches_max),
        })
    }
}

impl Spelled for Dependence {
    type Proto = v1::Dependence;

    fn spell(&self, to: &Speller<'_>) -> v1::Dependence {
        v1::Dependence {
            commitment: to.name(Collection::Commitments, &self.commitment),
            triggers: self.triggers.iter().map(|status| status.number()).collect(),
            effect: self.effect.number(),
        }
    }

    fn read(message: &v1::Dependence, here: &At<'_>) -> Option<Self> {
        every!(Dependence {
            commitment: here.field("commitment").reference(Collection::Commitments, &message.commitment),
            triggers: here.field("triggers").words(&message.triggers),
            effect: here.field("effect").word(message.effect),
        })
    }
}

impl Spelled for RateCeilingTerms {
    type Proto = v1::RateCeilingTerms;

    fn spell(&self, to: &Speller<'_>) -> v1::RateCeilingTerms {
        v1::RateCeilingTerms { maintenance: Some(self.maintenance.spell(to)), limit: self.limit.to_string() }
    }

    fn read(message: &v1::RateCeilingTerms, here: &At<'_>) -> Option<Self> {
        every!(RateCeilingTerms {
            maintenance: here.field("maintenance").message(message.maintenance.as_ref()),
            limit: here.field("limit").amount(&message.limit),
        })
    }
}
