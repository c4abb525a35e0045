//! The terms of a commitment.

mod maintenance;
mod patch;
mod periodic;
mod purchase;

use crate::domain::Role;
use crate::domain::Terms;
use crate::domain::terms::{ActTerms, LicensingTerms, Maintenance, PeriodicTerms, PurchaseTerms, RateCeilingTerms};
use crate::proto::v1;
use crate::proto::v1::terms::Promise;

use super::at::{At, every};
use super::spell::{Spelled, Speller, or_empty};
use super::word::Word;

impl Spelled for Terms {
    type Proto = v1::Terms;

    fn spell(&self, to: &Speller<'_>) -> v1::Terms {
        let promise = match self {
            Terms::MeasureSuspension(terms) => Promise::MeasureSuspension(terms.spell(to)),
            Terms::RateCeiling(terms) => Promise::RateCeiling(terms.spell(to)),
            Terms::PurchasePledge(terms) => Promise::PurchasePledge(terms.spell(to)),
            Terms::PeriodicCeiling(terms) => Promise::PeriodicCeiling(terms.spell(to)),
            Terms::OneOffAct(terms) => Promise::OneOffAct(terms.spell(to)),
            Terms::LicensingFlow(terms) => Promise::LicensingFlow(terms.spell(to)),
        };
        v1::Terms { promise: Some(promise) }
    }

    fn read(message: &v1::Terms, here: &At<'_>) -> Option<Self> {
        match &message.promise {
            None => here.missing(
                "one of measure_suspension, rate_ceiling, purchase_pledge, periodic_ceiling, one_off_act, licensing_flow",
            ),
            Some(Promise::MeasureSuspension(terms)) => {
                Maintenance::read(terms, &here.field("measure_suspension")).map(Terms::MeasureSuspension)
            }
            Some(Promise::RateCeiling(terms)) => {
                RateCeilingTerms::read(terms, &here.field("rate_ceiling")).map(Terms::RateCeiling)
            }
            Some(Promise::PurchasePledge(terms)) => {
                PurchaseTerms::read(terms, &here.field("purchase_pledge")).map(Terms::PurchasePledge)
            }
            Some(Promise::PeriodicCeiling(terms)) => {
                PeriodicTerms::read(terms, &here.field("periodic_ceiling")).map(Terms::PeriodicCeiling)
            }
            Some(Promise::OneOffAct(terms)) => ActTerms::read(terms, &here.field("one_off_act")).map(Terms::OneOffAct),
            Some(Promise::LicensingFlow(terms)) => {
                LicensingTerms::read(terms, &here.field("licensing_flow")).map(Terms::LicensingFlow)
            }
        }
    }
}

impl Spelled for ActTerms {
    type Proto = v1::ActTerms;

    fn spell(&self, to: &Speller<'_>) -> v1::ActTerms {
        v1::ActTerms {
            effective_from: Some(to.moment(&self.effective_from)),
            through: self.through.to_string(),
            count: self.count,
            cure_days: self.cure_days,
            reporting_lag_days: self.reporting_lag_days,
            on_missing: self.on_missing.number(),
            persist_through: or_empty(self.persist_through.as_ref()),
        }
    }

    fn read(message: &v1::ActTerms, here: &At<'_>) -> Option<Self> {
        let terms = every!(ActTerms {
            effective_from: here.field("effective_from").moment(message.effective_from.as_ref(), Role::Start),
            through: here.field("through").day(&message.through),
            count: here.field("count").count(message.count),
            cure_days: here.field("cure_days").days(message.cure_days),
            reporting_lag_days: here.field("reporting_lag_days").days(message.reporting_lag_days),
            on_missing: here.field("on_missing").word(message.on_missing),
            persist_through: here.field("persist_through").optional_day(&message.persist_through),
        })?;
        if let Some(persist_through) = terms.persist_through {
            here.field("persist_through").not_before(terms.through, persist_through);
        }
        Some(terms)
    }
}
