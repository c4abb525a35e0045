//! Clocks of a one-off act: due, cure period, reporting lags, persistence.

use super::super::case::Case;
use super::super::deadlines::{Clock, Consequence, DeadlineKind, silence, through};
use super::Dates;
use crate::domain::Instant;
use crate::domain::terms::ActTerms;

/// Every clock of the act as far as it is known and effective at `as_of`; those that ran out before are among them.
pub(in super::super) fn clocks(case: &Case<'_>, terms: &ActTerms, as_of: Instant) -> Vec<Clock> {
    let dates = Dates::of(case, terms);
    let ended = case.termination(None, as_of).is_some_and(|(at, _)| at < dates.due);
    if case.voided(as_of).is_some() || ended {
        return Vec::new();
    }
    let after = |days: u32| through(case.zone(), terms.through.plus_days(i64::from(days)));
    let (cure, lag) = (terms.cure_days, terms.reporting_lag_days);
    let at_due = if cure > 0 { Consequence::CountsAsLate } else { Consequence::NoLongerCounts };
    let mut clocks = vec![
        Clock::new(DeadlineKind::Begins, terms.effective_from.clone(), Consequence::DutyBegins),
        Clock::new(DeadlineKind::Due, after(0), at_due),
    ];
    if cure > 0 {
        clocks.push(Clock::new(DeadlineKind::CureEnd, after(cure), Consequence::NoLongerCounts));
    }
    if lag > 0 && cure > 0 {
        clocks.push(Clock::new(DeadlineKind::ReportingLag, after(lag), Consequence::FiguresOverdue));
        clocks.push(Clock::new(DeadlineKind::LastReportingLag, after(cure + lag), silence(terms.on_missing)));
    } else if lag > 0 {
        clocks.push(Clock::new(DeadlineKind::ReportingLag, after(lag), silence(terms.on_missing)));
    }
    if let Some(day) = terms.persist_through {
        clocks.push(Clock::new(DeadlineKind::PersistenceEnd, through(case.zone(), day), Consequence::DutyEnds));
    }
    clocks
}
