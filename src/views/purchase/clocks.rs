//! Clocks of a purchase pledge: each tranche's beginning, due date, cure period and reporting lags.

use super::super::case::Case;
use super::super::deadlines::{Clock, Consequence, DeadlineKind, silence, start_of, through};
use super::plan::Plan;
use crate::domain::Instant;
use crate::domain::terms::PurchaseTerms;

/// Every clock of the tranches as far as it is known and effective at `as_of`; those that ran out before are among them.
pub(in super::super) fn clocks(case: &Case<'_>, terms: &PurchaseTerms, as_of: Instant) -> Vec<Clock> {
    let plans = terms.tranches.iter().map(|tranche| Plan::of(case, terms, tranche, as_of));
    let running = plans.filter(|plan| !plan.is_void && plan.terminated_by.is_none());
    running.flat_map(|plan| of_tranche(case, terms, &plan)).collect()
}

fn of_tranche(case: &Case<'_>, terms: &PurchaseTerms, plan: &Plan<'_>) -> Vec<Clock> {
    let (zone, lag) = (case.zone(), i64::from(terms.reporting_lag_days));
    let (has_cure, has_lag) = (plan.tranche.cure_days > 0, lag > 0);
    let at_due = if has_cure { Consequence::CountsAsLate } else { Consequence::NoLongerCounts };
    let start = plan.tranche.window.start();
    let mut clocks = vec![
        Clock::new(DeadlineKind::Begins, start_of(zone, start), Consequence::DutyBegins),
        Clock::new(DeadlineKind::Due, through(zone, plan.due), at_due),
    ];
    if has_cure {
        clocks.push(Clock::new(DeadlineKind::CureEnd, through(zone, plan.cure_end), Consequence::NoLongerCounts));
    }
    if has_lag {
        let first = start_of(zone, start.plus_days(lag));
        clocks.push(Clock::new(DeadlineKind::FirstReport, first, Consequence::SilenceUnverified));
        let at_lag = if has_cure { Consequence::FiguresOverdue } else { silence(terms.on_missing) };
        clocks.push(Clock::new(DeadlineKind::ReportingLag, through(zone, plan.due.plus_days(lag)), at_lag));
    }
    if has_lag && has_cure {
        let last = through(zone, plan.cure_end.plus_days(lag));
        clocks.push(Clock::new(DeadlineKind::LastReportingLag, last, silence(terms.on_missing)));
    }
    clocks.into_iter().map(|clock| clock.of(&plan.tranche.id)).collect()
}
