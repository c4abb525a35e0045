//! Clocks of the two kinds that are judged period by period: each period's end, maturity and reporting lag.

use super::super::case::Case;
use super::super::periodic::sequence::counting;
use super::clock::{Clock, Consequence, DeadlineKind, silence, through};
use crate::domain::terms::{LicensingTerms, Period, PeriodicTerms};
use crate::domain::{Instant, Moment};

/// The clocks of a ceiling or share.
pub(super) fn of_ceiling(case: &Case<'_>, terms: &PeriodicTerms, as_of: Instant) -> Vec<Clock> {
    let lag = i64::from(terms.reporting_lag_days);
    let of_period = |period: &Period| {
        let through_day = period.window.through();
        let mut clocks =
            vec![Clock::new(DeadlineKind::PeriodEnd, through(case.zone(), through_day), Consequence::PeriodJudged)];
        if lag > 0 {
            let said = through(case.zone(), through_day.plus_days(lag));
            clocks.push(Clock::new(DeadlineKind::ReportingLag, said, silence(terms.on_missing)));
        }
        clocks
    };
    all(case, &terms.effective_from, &terms.periods, as_of, of_period)
}

/// The clocks of a licensing flow.
pub(super) fn of_flow(case: &Case<'_>, terms: &LicensingTerms, as_of: Instant) -> Vec<Clock> {
    let lag = i64::from(terms.reporting_lag_days);
    let of_period = |period: &Period| {
        let last = period.window.through();
        let matures = last.plus_days(i64::from(terms.decide_within_days));
        let end = through(case.zone(), last);
        let mut clocks = vec![Clock::new(DeadlineKind::PeriodEnd, end, Consequence::PeriodJudged)];
        if last < matures {
            let said = through(case.zone(), matures);
            clocks.push(Clock::new(DeadlineKind::Maturity, said, Consequence::PeriodJudged));
        }
        if lag > 0 {
            let said = through(case.zone(), matures.plus_days(lag));
            clocks.push(Clock::new(DeadlineKind::ReportingLag, said, silence(terms.on_missing)));
        }
        clocks
    };
    all(case, &terms.effective_from, &terms.periods, as_of, of_period)
}

fn all(
    case: &Case<'_>,
    effective_from: &Moment,
    periods: &[Period],
    as_of: Instant,
    of_period: impl Fn(&Period) -> Vec<Clock>,
) -> Vec<Clock> {
    if case.voided(as_of).is_some() {
        return Vec::new();
    }
    let begins = Clock::new(DeadlineKind::Begins, effective_from.clone(), Consequence::DutyBegins);
    let counted = counting(case, periods, as_of).into_iter();
    let of_periods = counted.flat_map(|period| of_period(period).into_iter().map(|clock| clock.of(&period.id)));
    std::iter::once(begins).chain(of_periods).collect()
}
