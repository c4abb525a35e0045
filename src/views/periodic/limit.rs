//! Limit: each value of a commitment that is judged period by period, against what it must not pass.

use num_rational::BigRational;

use super::super::case::Case;
use super::super::outcome::Outcome;
use super::super::{Numbers, PeriodVerdict, licensing};
use super::figures::Figures;
use crate::domain::terms::{Comparator, LicensingTerms, Period, PeriodicTerms};
use crate::domain::{Instant, Position, Slug, Window};

/// Each value against the limit.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodicPace {
    /// How a value compares with the limit in order to pass.
    pub comparator: Comparator,
    /// The limit, or the least share decided in time.
    pub limit: BigRational,
    /// Every period that counts, in order.
    pub periods: Vec<PeriodPoint>,
}

/// One period against the limit.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodPoint {
    /// Its name.
    pub id: Slug,
    /// Its first and last day.
    pub window: Window,
    /// The value that is judged; none without one.
    pub value: Option<BigRational>,
    /// By how much the value is on the right side of the limit; negative on the wrong side.
    pub margin: Option<BigRational>,
    /// The verdict; none while it is skipped.
    pub verdict: Option<PeriodVerdict>,
    /// The value of each series that reported one.
    pub series: Vec<PeriodValue>,
}

/// The value of one series for one period.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodValue {
    /// Its series.
    pub series: Slug,
    /// Its value; none where the denominator is zero.
    pub value: Option<BigRational>,
    /// The report.
    pub position: Position,
}

/// A ceiling or share, period by period.
pub(in super::super) fn against_limit(case: &Case<'_>, terms: &PeriodicTerms, as_of: Instant) -> PeriodicPace {
    let reported = |period: &Period| {
        let figures = Figures::of(case, terms, period, as_of).by_series.into_iter();
        figures.map(|(series, it)| PeriodValue { series, value: it.value, position: it.position }).collect()
    };
    let outcome = super::judge(case, terms, as_of);
    against(terms.comparator, terms.limit.fraction(), &terms.periods, outcome, reported)
}

/// A licensing flow, cohort by cohort.
pub(in super::super) fn against_share(case: &Case<'_>, terms: &LicensingTerms, as_of: Instant) -> PeriodicPace {
    let outcome = licensing::judge(case, terms, as_of);
    against(Comparator::Ge, terms.min_share.fraction(), &terms.periods, outcome, |_| Vec::new())
}

fn against(
    comparator: Comparator,
    limit: BigRational,
    periods: &[Period],
    outcome: Outcome,
    reported: impl Fn(&Period) -> Vec<PeriodValue>,
) -> PeriodicPace {
    let judged = match outcome.numbers {
        Numbers::Periodic { periods } => periods,
        _ => Vec::new(),
    };
    let points = judged.into_iter().filter_map(|it| {
        let period = periods.iter().find(|period| period.id == it.id)?;
        let margin = it.value.as_ref().map(|value| match comparator {
            Comparator::Le | Comparator::Lt => &limit - value,
            Comparator::Ge | Comparator::Gt => value - &limit,
        });
        let series = reported(period);
        Some(PeriodPoint { id: it.id, window: period.window, value: it.value, margin, verdict: it.verdict, series })
    });
    PeriodicPace { comparator, periods: points.collect(), limit }
}
