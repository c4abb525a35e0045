//! How a duty in time was judged, to the wire.

use crate::domain::Collection;
use crate::proto::v1;
use crate::views::{BreachExplained, CounterpartExplained, MaintenanceDerivation, RateExplained, TracedSpan, exact};

use super::super::spell::Speller;
use super::super::value::optional_instant_to_proto;
use super::super::word::Word;
use super::{instant, interval, intervals, or_zero, positions};

pub(super) fn maintenance(it: &MaintenanceDerivation, to: &Speller<'_>) -> v1::MaintenanceDerivation {
    v1::MaintenanceDerivation {
        starts_at: instant(it.starts_at),
        ends_at: optional_instant_to_proto(it.ends_at),
        end_ground: it.end_ground.number(),
        ended_by: or_zero(it.ended_by),
        term: intervals(&it.term),
        applied: it.applied.iter().map(traced).collect(),
        reductions: it.reductions.iter().map(traced).collect(),
        applied_in_term: intervals(&it.applied_in_term),
        breach_time: intervals(&it.breach_time),
        contested_time: intervals(&it.contested_time),
        breaches: it.breaches.iter().map(breach).collect(),
        tolerance_hours: it.tolerance_hours,
        limit: it.limit.map(|limit| limit.to_string()),
        rates: it.rates.iter().map(rate).collect(),
        rate: it.rate.as_ref().map(exact),
        implement_by_at: optional_instant_to_proto(it.implement_by),
        implemented_at: optional_instant_to_proto(it.implemented_at),
        implemented_by: positions(&it.implemented_by),
        counterpart: it.counterpart.as_ref().map(|it| counterpart(it, to)),
    }
}

fn traced(span: &TracedSpan) -> v1::TracedSpan {
    v1::TracedSpan {
        interval: Some(interval(span.interval)),
        ground: span.ground.number(),
        positions: positions(&span.positions),
    }
}

fn breach(breach: &BreachExplained) -> v1::BreachExplanation {
    v1::BreachExplanation {
        interval: Some(interval(breach.interval)),
        over: breach.over,
        dropped: breach.dropped,
        cure_end_at: optional_instant_to_proto(breach.cure_end),
        notice: or_zero(breach.notice),
        late: breach.late,
    }
}

fn rate(rate: &RateExplained) -> v1::RateExplanation {
    v1::RateExplanation {
        position: rate.position.get(),
        component: rate.component.to_string(),
        rate: exact(&rate.rate),
    }
}

fn counterpart(it: &CounterpartExplained, to: &Speller<'_>) -> v1::CounterpartExplanation {
    v1::CounterpartExplanation {
        commitment: to.name(Collection::Commitments, &it.commitment),
        effect: it.effect.number(),
        triggers: it.triggers.iter().map(|status| status.number()).collect(),
        triggered: intervals(&it.triggered),
    }
}
