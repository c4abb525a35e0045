//! Clocks of a duty in time: its beginning and end, by when to implement, tolerance, cure period, snapback.

use super::super::case::Case;
use super::super::deadlines::{Clock, Consequence, DeadlineKind, ReturningMeasure};
use super::super::deadlines::{elapsed, through_instant};
use super::super::intervals::Span;
use super::super::terms_in_force::InForce;
use super::applied::{Applied, about_measure};
use super::breach::{Breaches, Found, Reductions};
use super::ending::Ending;
use crate::domain::terms::{CureFrom, Maintenance, OnEnd};
use crate::domain::{Decimal, Instant, Moment, Slug, Subject};

/// Every clock of the duty as far as it is known and effective at `as_of`; those that ran out before are among them.
pub(in super::super) fn clocks(
    case: &Case<'_>,
    in_force: &InForce<'_>,
    terms: &Maintenance,
    limit: Option<Decimal>,
    as_of: Instant,
) -> Vec<Clock> {
    let ending = Ending::at(case, &in_force.term, terms, as_of);
    if case.voided(as_of).is_some() || ending.ended_before_it_began(as_of) {
        return Vec::new();
    }
    let applied = Applied::at(case, terms, limit, as_of);
    let reductions = Reductions::at(case, &applied, &in_force.term.protected, as_of);
    let breaches = Breaches::at(case, terms, &ending, reductions.reduce(&applied.certain_time(), &ending.term), as_of);
    let mut clocks = vec![Clock::new(DeadlineKind::Begins, terms.effective_from.clone(), Consequence::DutyBegins)];
    if let Some(by) = &terms.implement_by {
        let is_done = applied.implemented.is_some_and(|implemented| implemented <= by.instant());
        let consequence = if is_done { Consequence::Nothing } else { Consequence::CountsAsApplied };
        clocks.push(Clock::new(DeadlineKind::ImplementBy, by.clone(), consequence));
    }
    clocks.extend(breaches.ongoing().into_iter().flat_map(|breach| of_breach(terms, breach)));
    clocks.extend(of_end(case, terms, &ending));
    clocks
}

/// The clocks of the breach that goes on.
fn of_breach(terms: &Maintenance, breach: &Found) -> Vec<Clock> {
    let mut clocks = Vec::new();
    if terms.tolerance_hours > 0 {
        let said = Moment::at(breach.span.from.plus_seconds(i64::from(terms.tolerance_hours) * 3600));
        clocks.push(Clock::new(DeadlineKind::Tolerance, said, Consequence::BreachStands));
    }
    if let Some(cure) = terms.cure.filter(|_| breach.span.from < breach.cure_end && breach.cure_end < Span::UNENDING) {
        let said = match cure.from {
            CureFrom::Breach => elapsed(breach.span.from, cure.days),
            CureFrom::Notice => elapsed(breach.cure_end.plus_elapsed_days(-i64::from(cure.days)), cure.days),
        };
        clocks.push(Clock::new(DeadlineKind::CureEnd, said, Consequence::BreachStands));
    }
    clocks
}

/// The end of the duty: by its own terms or by a snapback. A termination is a record and has its own line.
fn of_end(case: &Case<'_>, terms: &Maintenance, ending: &Ending) -> Option<Clock> {
    if ending.end == Span::UNENDING {
        return None;
    }
    let (kind, said) = match (ending.by_act(), ending.is_snapback(), terms.snapback_notice_days) {
        (true, true, Some(days)) => {
            (DeadlineKind::Snapback, elapsed(ending.end.plus_elapsed_days(-i64::from(days)), days))
        }
        (true, ..) => return None,
        (false, ..) => (DeadlineKind::Lapse, through_instant(terms.until.as_ref(), ending.end)),
    };
    let measures = returning(case, terms, ending.end);
    let consequence = at_the_end(terms, &measures);
    let clock = Clock { measures, ..Clock::new(kind, said, consequence) };
    Some(match ending.cause() {
        Some(position) => clock.by(position),
        None => clock,
    })
}

/// What becomes of the measures when the duty ends.
pub(in super::super) fn at_the_end(terms: &Maintenance, measures: &[ReturningMeasure]) -> Consequence {
    match terms.on_end {
        OnEnd::Expire => Consequence::MeasuresExpire,
        OnEnd::Revive if !measures.is_empty() && measures.iter().all(|measure| measure.is_void) => {
            Consequence::DutyEnds
        }
        OnEnd::Revive => Consequence::MeasuresComeBack,
    }
}

/// The measures that come back when the duty ends at an instant.
pub(in super::super) fn returning(case: &Case<'_>, terms: &Maintenance, at: Instant) -> Vec<ReturningMeasure> {
    if terms.on_end == OnEnd::Expire {
        return Vec::new();
    }
    let measures = &case.undertaking.body.measures;
    measures.iter().map(|measure| returning_measure(case, measure, at)).collect()
}

fn returning_measure(case: &Case<'_>, measure: &Slug, at: Instant) -> ReturningMeasure {
    let subject = about_measure(measure);
    let whole = Subject::commitment(case.commitment.clone());
    let announced = case.records.announcements.iter().find(|record| *record.subject() == subject);
    let mut voids = case.records.voids.iter();
    let is_void = voids.any(|record| {
        let about = *record.subject() == subject || *record.subject() == whole;
        about && record.body.effective_at.at <= at && case.admits(record.class())
    });
    ReturningMeasure { measure: measure.clone(), title: announced.map(|record| record.body.title.clone()), is_void }
}
