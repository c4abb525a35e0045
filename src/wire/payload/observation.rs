//! Observations.

use crate::domain::event::{
    ActPerformed, ActReversed, AmountReported, CohortReported, MeasureObserved, MetricReported, PriceReported,
};
use crate::proto::v1;

use super::super::at::{At, every};
use super::super::spell::{Spelled, Speller, instant_to_proto, or_empty};
use super::super::value::optional_instant_to_proto;
use super::super::violation::Reason;
use super::super::word::Word;

impl Spelled for MeasureObserved {
    type Proto = v1::MeasureObserved;

    fn spell(&self, _: &Speller<'_>) -> v1::MeasureObserved {
        v1::MeasureObserved {
            state: self.state.number(),
            from: Some(instant_to_proto(self.from)),
            until: optional_instant_to_proto(self.until),
        }
    }

    fn read(message: &v1::MeasureObserved, here: &At<'_>) -> Option<Self> {
        let event = every!(MeasureObserved {
            state: here.field("state").word(message.state),
            from: here.field("from").instant(message.from.as_ref()),
            until: here.field("until").optional_instant(message.until.as_ref()),
        })?;
        here.field("until").ends_after(event.from, event.until);
        Some(event)
    }
}

impl Spelled for AmountReported {
    type Proto = v1::AmountReported;

    fn spell(&self, _: &Speller<'_>) -> v1::AmountReported {
        v1::AmountReported {
            series: self.series.to_string(),
            basis: self.basis.number(),
            from: or_empty(self.from.as_ref()),
            through: self.through.to_string(),
            value: self.value.to_string(),
            unit: self.unit.to_string(),
            covers: self.covers,
            bound: self.bound.number(),
            running_since: or_empty(self.running_since.as_ref()),
        }
    }

    fn read(message: &v1::AmountReported, here: &At<'_>) -> Option<Self> {
        let event = every!(AmountReported {
            series: here.field("series").slug(&message.series),
            basis: here.field("basis").word(message.basis),
            from: here.field("from").optional_day(&message.from),
            through: here.field("through").day(&message.through),
            value: here.field("value").decimal(&message.value),
            unit: here.field("unit").unit(&message.unit),
            covers: Some(message.covers),
            bound: here.field("bound").word(message.bound),
            running_since: here.field("running_since").optional_day(&message.running_since),
        })?;
        for start in [event.from, event.running_since].into_iter().flatten() {
            here.field("through").not_before(start, event.through);
        }
        here.field("from").rule(event.from.is_some() || event.running_since.is_some(), Reason::Required, || {
            "required and not given: the first day of the period; only a running total, with running_since, has none".to_owned()
        });
        here.field("covers").rule(event.from.is_some() || !event.covers, Reason::Disagrees, || {
            "a figure with no period cannot be the whole of one".to_owned()
        });
        Some(event)
    }
}

impl Spelled for MetricReported {
    type Proto = v1::MetricReported;

    fn spell(&self, to: &Speller<'_>) -> v1::MetricReported {
        v1::MetricReported {
            series: self.series.to_string(),
            period: or_empty(self.period.as_ref()),
            window: self.window.map(|window| window.spell(to)),
            item: or_empty(self.item.as_ref()),
            numerator: self.numerator.to_string(),
            denominator: self.denominator.to_string(),
            unit: or_empty(self.unit.as_ref()),
            bound: self.bound.number(),
        }
    }

    fn read(message: &v1::MetricReported, here: &At<'_>) -> Option<Self> {
        let event = every!(MetricReported {
            series: here.field("series").slug(&message.series),
            period: here.field("period").optional_slug(&message.period),
            window: here.field("window").optional_message(message.window.as_ref()),
            item: here.field("item").optional_text(&message.item),
            numerator: here.field("numerator").decimal(&message.numerator),
            denominator: here.field("denominator").amount(&message.denominator),
            unit: here.field("unit").optional_unit(&message.unit),
            bound: here.field("bound").word(message.bound),
        })?;
        here.field("period").rule(event.period.is_some() || event.window.is_some(), Reason::Required, || {
            "required and not given: a period by name, or else a window".to_owned()
        });
        Some(event)
    }
}

impl Spelled for CohortReported {
    type Proto = v1::CohortReported;

    fn spell(&self, _: &Speller<'_>) -> v1::CohortReported {
        v1::CohortReported {
            period: self.period.to_string(),
            snapshot_through: self.snapshot_through.to_string(),
            submitted: self.submitted,
            withdrawn: self.withdrawn,
            on_time: self.on_time,
            late: self.late,
            pending: self.pending,
        }
    }

    fn read(message: &v1::CohortReported, here: &At<'_>) -> Option<Self> {
        let event = every!(CohortReported {
            period: here.field("period").slug(&message.period),
            snapshot_through: here.field("snapshot_through").day(&message.snapshot_through),
            submitted: Some(message.submitted),
            withdrawn: Some(message.withdrawn),
            on_time: Some(message.on_time),
            late: Some(message.late),
            pending: Some(message.pending),
        })?;
        let parts = [event.withdrawn, event.on_time, event.late, event.pending];
        let sum = parts.iter().fold(0_u64, |sum, part| sum.saturating_add(*part));
        here.field("submitted").rule(sum <= event.submitted, Reason::Disagrees, || {
            format!("{} submitted, but withdrawn, on_time, late and pending add up to {sum}", event.submitted)
        });
        Some(event)
    }
}

impl Spelled for ActPerformed {
    type Proto = v1::ActPerformed;

    fn spell(&self, to: &Speller<'_>) -> v1::ActPerformed {
        v1::ActPerformed {
            performed_at: Some(self.performed_at.spell(to)),
            stage: self.stage.number(),
            count: self.count,
            reference: or_empty(self.reference.as_ref()),
        }
    }

    fn read(message: &v1::ActPerformed, here: &At<'_>) -> Option<Self> {
        every!(ActPerformed {
            performed_at: here.field("performed_at").message(message.performed_at.as_ref()),
            stage: here.field("stage").word(message.stage),
            count: here.field("count").count(message.count),
            reference: here.field("reference").optional_text(&message.reference),
        })
    }
}

impl Spelled for ActReversed {
    type Proto = v1::ActReversed;

    fn spell(&self, to: &Speller<'_>) -> v1::ActReversed {
        v1::ActReversed { performed_at: Some(self.performed_at.spell(to)), count: self.count }
    }

    fn read(message: &v1::ActReversed, here: &At<'_>) -> Option<Self> {
        every!(ActReversed {
            performed_at: here.field("performed_at").message(message.performed_at.as_ref()),
            count: here.field("count").count(message.count),
        })
    }
}

impl Spelled for PriceReported {
    type Proto = v1::PriceReported;

    fn spell(&self, _: &Speller<'_>) -> v1::PriceReported {
        v1::PriceReported {
            item: self.item.to_string(),
            value: self.value.to_string(),
            unit: self.unit.to_string(),
            on: self.on.to_string(),
            bound: self.bound.number(),
        }
    }

    fn read(message: &v1::PriceReported, here: &At<'_>) -> Option<Self> {
        every!(PriceReported {
            item: here.field("item").text(&message.item),
            value: here.field("value").decimal(&message.value),
            unit: here.field("unit").unit(&message.unit),
            on: here.field("on").day(&message.on),
            bound: here.field("bound").word(message.bound),
        })
    }
}
