//! Explain: when the duty ran, when the measure was applied, what relief took out of it, and which breaches are left.

use super::super::case::Case;
use super::super::explain::Worked;
use super::super::intervals::{Span, Spans};
use super::super::terms_in_force::InForce;
use super::super::{
    BreachExplained, CounterpartExplained, Derivation, EndGround, Interval, MaintenanceDerivation, RateExplained,
    SpanGround, TracedSpan, rule,
};
use super::applied::Trace;
use super::{Inquiry, fate, rates, table};
use crate::domain::terms::{Maintenance, ReciprocalEffect};
use crate::domain::{Decimal, Instant};

/// How the duty was judged.
pub(in super::super) fn explain(
    case: &Case<'_>,
    in_force: &InForce<'_>,
    terms: &Maintenance,
    limit: Option<Decimal>,
    as_of: Instant,
) -> Worked {
    let inquiry = Inquiry::at(case, in_force, terms, limit, as_of);
    let facts = inquiry.facts(limit.is_some());
    let rules = table::rules(&facts);
    let uses = fate::uses(&inquiry, &inquiry.because(&facts));
    let say = |(lifecycle, status): &(_, _)| format!("{lifecycle}, {status}");
    Worked {
        lifecycle_rows: Vec::new(),
        rows: rule::tried(&rules, say),
        derivation: Derivation::Maintenance(derive(&inquiry, limit)),
        uses,
    }
}

fn derive(inquiry: &Inquiry<'_, '_>, limit: Option<Decimal>) -> MaintenanceDerivation {
    let Inquiry { case, terms, as_of, ending, applied, reductions, breaches, value } = inquiry;
    let certain = applied.certain_time();
    let contested = reductions.reduce(&applied.contested_time(), &ending.term);
    MaintenanceDerivation {
        starts_at: ending.start,
        ends_at: interval(Span { from: ending.start, until: ending.end }).until,
        end_ground: match () {
            () if ending.by_snapback() => EndGround::Snapback,
            () if ending.by_act() => EndGround::Termination,
            () if ending.end == Span::UNENDING => EndGround::None,
            () => EndGround::Time,
        },
        ended_by: ending.cause(),
        term: intervals(&ending.term),
        implement_by: terms.implement_by.as_ref().map(crate::domain::Moment::instant),
        implemented_at: applied.implemented,
        implemented_by: applied.implemented_by.clone(),
        applied: applied.certain.iter().chain(&applied.contested).filter(|t| lasts(t)).map(traced).collect(),
        reductions: reduced(inquiry),
        applied_in_term: intervals(&certain.within(&ending.term)),
        breach_time: intervals(&reductions.reduce(&certain, &ending.term)),
        contested_time: intervals(&contested),
        breaches: listed(breaches),
        tolerance_hours: terms.tolerance_hours,
        limit,
        rates: limit.map_or_else(Vec::new, |_| components(case, *as_of)),
        rate: value.clone(),
        counterpart: counterpart(case),
    }
}

/// Relief and all else that is no breach, each span with what stands behind it.
fn reduced(inquiry: &Inquiry<'_, '_>) -> Vec<TracedSpan> {
    let reductions = &inquiry.reductions;
    let mut reduced: Vec<TracedSpan> = reductions.sources.iter().chain(&reductions.exercises).map(traced).collect();
    let without_events = |spans: &Spans, ground: SpanGround| -> Vec<TracedSpan> {
        spans.iter().map(|span| TracedSpan { interval: interval(span), ground, positions: Vec::new() }).collect()
    };
    let is_automatic = |case: &Case<'_>| {
        case.reciprocity.as_ref().is_some_and(|reciprocity| reciprocity.effect == ReciprocalEffect::AutoSuspend)
    };
    if is_automatic(inquiry.case) {
        reduced.extend(without_events(&reductions.suspended, SpanGround::CounterpartTriggered));
    }
    reduced.extend(without_events(&reductions.protected, SpanGround::Protected));
    reduced
}

fn listed(breaches: &super::breach::Breaches) -> Vec<BreachExplained> {
    let found = breaches.found.iter().map(|found| BreachExplained {
        interval: interval(found.span),
        over: found.over,
        dropped: false,
        cure_end: Some(found.cure_end).filter(|end| *end < Span::UNENDING),
        notice: found.notice,
        late: found.is_late(),
    });
    let dropped = breaches.dropped.iter().map(|span| BreachExplained {
        interval: interval(*span),
        over: false,
        dropped: true,
        cure_end: None,
        notice: None,
        late: false,
    });
    let mut listed: Vec<BreachExplained> = found.chain(dropped).collect();
    listed.sort_by_key(|breach| breach.interval.from);
    listed
}

fn components(case: &Case<'_>, as_of: Instant) -> Vec<RateExplained> {
    let components = rates::components_at(case, as_of).into_iter().filter_map(|(position, rate)| {
        let set = case.records.rates.iter().find(|record| record.position() == position)?;
        Some(RateExplained { position, component: set.body.component.clone(), rate })
    });
    components.collect()
}

fn counterpart(case: &Case<'_>) -> Option<CounterpartExplained> {
    let (dependence, reciprocity) = case.dependence().zip(case.reciprocity.as_ref())?;
    Some(CounterpartExplained {
        commitment: dependence.commitment.clone(),
        effect: dependence.effect,
        triggers: dependence.triggers.clone(),
        triggered: intervals(&reciprocity.triggered),
    })
}

/// Whether a span has any time in it: what was implemented in time leaves none.
fn lasts(trace: &Trace) -> bool {
    trace.span.from < trace.span.until
}

fn traced(trace: &Trace) -> TracedSpan {
    TracedSpan { interval: interval(trace.span), ground: trace.ground, positions: trace.positions.clone() }
}

fn intervals(spans: &Spans) -> Vec<Interval> {
    spans.iter().map(interval).collect()
}

fn interval(span: Span) -> Interval {
    Interval { from: span.from, until: Some(span.until).filter(|until| *until < Span::UNENDING) }
}
