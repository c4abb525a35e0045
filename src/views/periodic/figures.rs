//! Figures: what the series that are heard report for one test period (specification, section 7).

use std::collections::{BTreeMap, BTreeSet};

use num_rational::BigRational;

use super::super::case::Case;
use crate::domain::event::{Bound, MetricReported};
use crate::domain::terms::{Period, PeriodicTerms};
use crate::domain::{Flag, Instant, Position, Slug};

/// The figures for one period.
#[derive(Debug, Default)]
pub(super) struct Figures {
    /// The latest record of each series.
    pub(super) by_series: BTreeMap<Slug, Figure>,
    /// Marks of records that do not count.
    pub(super) flags: BTreeSet<Flag>,
}

/// The latest record of one series for one period.
#[derive(Debug)]
pub(super) struct Figure {
    /// The event.
    pub(super) position: Position,
    /// Its value; none where the denominator is zero.
    pub(super) value: Option<BigRational>,
}

impl Figures {
    /// The figures for a period that is over at `as_of`; none before (T5).
    pub(super) fn of(case: &Case<'_>, terms: &PeriodicTerms, period: &Period, as_of: Instant) -> Self {
        let mut figures = Figures::default();
        if as_of < case.zone().end_of(period.window.through()) {
            return figures;
        }
        for record in case.records.metrics.iter().filter(|record| is_for(record.body, period)) {
            let is_heard = terms.series.is_empty() || terms.series.contains(&record.body.series);
            if !case.admits(record.class()) {
                figures.flags.insert(Flag::InadmissibleClaim);
            } else if record.body.bound != Bound::Exact {
                figures.flags.insert(Flag::BoundOnly);
            } else if is_heard || record.body.series == terms.primary {
                let figure = Figure { position: record.position(), value: value(record.body) };
                figures.by_series.insert(record.body.series.clone(), figure);
            }
        }
        if figures.by_series.values().any(|figure| figure.value.is_none()) {
            figures.flags.insert(Flag::ZeroDenominator);
        }
        figures
    }
}

fn is_for(metric: &MetricReported, period: &Period) -> bool {
    match &metric.period {
        Some(id) => *id == period.id,
        None => metric.window == Some(period.window),
    }
}

fn value(metric: &MetricReported) -> Option<BigRational> {
    (!metric.denominator.is_zero()).then(|| metric.numerator.fraction() / metric.denominator.fraction())
}
