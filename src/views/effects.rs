//! Effects: when each record that stands begins and ceases to bear on the answer.

use super::case::Case;
use super::record::Record;
use crate::domain::event::MetricReported;
use crate::domain::{Event, EventKind, Family, Instant, Kind, Moment, Position, Slug, Terms, Window};

/// One record at one of its instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Effect {
    /// When.
    pub(super) at: Instant,
    /// The event.
    pub(super) position: Position,
    /// What kind of event it is.
    pub(super) kind: EventKind,
    /// Whether it ceases to bear on the answer then, rather than begins to.
    pub(super) ends: bool,
}

/// Every instant at which a record that stands begins or ceases to bear on the answer, in no order. Records that count
/// as soon as they are known, such as an acceptance, have none.
pub(super) fn effects(case: &Case<'_>) -> Vec<Effect> {
    let records = &case.records;
    let mut ends: Vec<(Option<Instant>, &Event)> = Vec::new();
    ends.extend(records.observations.iter().map(|r| (r.body.until, r.event)));
    ends.extend(records.findings.iter().map(|r| (r.body.until, r.event)));
    ends.extend(records.waivers.iter().map(|r| (r.body.until, r.event)));
    ends.extend(records.exercises.iter().map(|r| (r.body.until, r.event)));
    ends.extend(records.claims.iter().map(|r| (r.body.until.as_ref().map(Moment::instant), r.event)));
    let ends = ends.into_iter().filter_map(|(at, event)| at.map(|at| (at, event, true)));
    let begins = beginnings(case).into_iter().map(|(at, event)| (at, event, false));
    let effects = begins.chain(ends).map(|(at, event, ends)| Effect {
        at,
        position: event.position,
        kind: event.submission.payload.kind(),
        ends,
    });
    let of = case.undertaking.body.terms.kind();
    effects.filter(|effect| bears(effect.kind, of)).collect()
}

/// Whether an event of this kind can bear on the answer about a commitment of that kind: texts, statements and prices
/// never can, and amounts only on a purchase.
pub(super) fn bears(event: EventKind, on: Kind) -> bool {
    let in_time = matches!(on, Kind::MeasureSuspension | Kind::RateCeiling);
    match event {
        EventKind::AmountReported => on == Kind::PurchasePledge,
        EventKind::MetricReported => on == Kind::PeriodicCeiling,
        EventKind::CohortReported => on == Kind::LicensingFlow,
        EventKind::ActPerformed | EventKind::ActReversed => on == Kind::OneOffAct,
        EventKind::MeasureObserved | EventKind::SuspensionExercised | EventKind::FindingIssued => in_time,
        EventKind::BreachNotified | EventKind::NonComplianceNotified | EventKind::ClaimResolved => in_time,
        EventKind::RateSet => on == Kind::RateCeiling,
        EventKind::PriceReported => false,
        EventKind::InstrumentTerminated => true,
        other => match other.family() {
            Family::Measures => in_time,
            family => !matches!(family, Family::Ledger | Family::Instruments | Family::Negotiation | Family::Context),
        },
    }
}

fn beginnings<'a>(case: &Case<'a>) -> Vec<(Instant, &'a Event)> {
    let records = &case.records;
    let zone = case.zone();
    let mut begins: Vec<(Instant, &Event)> = Vec::new();
    begins.extend(records.amendments.iter().map(|r| (r.body.effective_at.at, r.event)));
    begins.extend(records.confirmations.iter().map(|r| (r.body.effective_at.at, r.event)));
    begins.extend(records.denials.iter().map(|r| (r.body.effective_at.at, r.event)));
    begins.extend(records.readings.iter().map(|r| (r.body.effective_at.at, r.event)));
    begins.extend(records.adoptions.iter().map(|r| (r.body.effective_at.at, r.event)));
    begins.extend(records.terminations.iter().map(|r| (r.body.effective_at.at, r.event)));
    begins.extend(records.announcements.iter().map(|r| (r.body.announced_at.at, r.event)));
    begins.extend(records.implementations.iter().map(|r| (r.body.effective_at.at, r.event)));
    begins.extend(records.suspensions.iter().map(|r| (r.body.effective_at.at, r.event)));
    begins.extend(records.reinstatements.iter().map(|r| (r.body.effective_at.at, r.event)));
    begins.extend(records.voids.iter().map(|r| (r.body.effective_at.at, r.event)));
    begins.extend(records.rates.iter().map(|r| (r.body.effective_at.at, r.event)));
    begins.extend(records.observations.iter().map(|r| (r.body.from, r.event)));
    begins.extend(records.amounts.iter().map(|r| (zone.end_of(r.body.through), r.event)));
    begins.extend(records.metrics.iter().filter_map(|r| over_at(case, r).map(|at| (at, r.event))));
    begins.extend(records.cohorts.iter().map(|r| (zone.end_of(r.body.snapshot_through), r.event)));
    begins.extend(records.acts.iter().map(|r| (r.body.performed_at.at, r.event)));
    begins.extend(records.reversals.iter().map(|r| (r.body.performed_at.at, r.event)));
    begins.extend(records.allegations.iter().map(|r| (r.body.effective_at.at, r.event)));
    begins.extend(records.notices.iter().map(|r| (r.body.effective_at.at, r.event)));
    begins.extend(records.clocks.iter().map(|r| (r.body.effective_at.at, r.event)));
    begins.extend(records.resolutions.iter().map(|r| (r.body.effective_at.at, r.event)));
    begins.extend(records.findings.iter().map(|r| (r.body.effective_at.at, r.event)));
    begins.extend(records.waivers.iter().map(|r| (r.body.effective_at.at, r.event)));
    begins.extend(records.claims.iter().map(|r| (r.body.from.instant(), r.event)));
    begins.extend(records.exercises.iter().map(|r| (r.body.effective_at.at, r.event)));
    begins
}

/// When the period of a figure is over; none where nobody has named its days.
fn over_at(case: &Case<'_>, record: &Record<'_, MetricReported>) -> Option<Instant> {
    let named = record.body.period.as_ref().and_then(|id| window(&case.undertaking.body.terms, id));
    named.or(record.body.window).map(|window| case.zone().end_of(window.through()))
}

fn window(terms: &Terms, id: &Slug) -> Option<Window> {
    let periods = match terms {
        Terms::PeriodicCeiling(terms) => &terms.periods,
        Terms::LicensingFlow(terms) => &terms.periods,
        _ => return None,
    };
    periods.iter().find(|period| period.id == *id).map(|period| period.window)
}
