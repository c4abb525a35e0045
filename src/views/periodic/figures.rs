//! Figures: what the series that are heard report for one test period (specification, section 7).

use std::collections::{BTreeMap, BTreeSet};

use num_rational::BigRational;

use super::super::RecordUse;
use super::super::case::Case;
use super::super::record::Record;
use crate::domain::event::{Bound, MetricReported};
use crate::domain::terms::{Period, PeriodicTerms};
use crate::domain::{Flag, Instant, Position, Slug};

/// The figures for one period.
#[derive(Debug, Default)]
pub(super) struct Figures {
    /// The latest record of each series.
    pub(super) by_series: BTreeMap<Slug, Figure>,
    /// The records of the period that do not count, with the reason.
    pub(super) set_aside: Vec<(Position, RecordUse)>,
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
        for record in &case.metrics.get(period) {
            let series = &record.body.series;
            let is_heard = terms.series.is_empty() || terms.series.contains(series) || *series == terms.primary;
            match set_aside(case, record) {
                Some(Flag::InadmissibleClaim) => figures.put_aside(record, RecordUse::Inadmissible),
                Some(_) => figures.put_aside(record, RecordUse::BoundOnly),
                None if !is_heard => figures.put_aside(record, RecordUse::OtherSeries),
                None => {
                    let figure = Figure { position: record.position(), value: value(record.body) };
                    let earlier = figures.by_series.insert(series.clone(), figure);
                    figures.set_aside.extend(earlier.map(|earlier| (earlier.position, RecordUse::Overtaken)));
                }
            }
        }
        figures
    }

    fn put_aside(&mut self, record: &Record<'_, MetricReported>, usage: RecordUse) {
        self.set_aside.push((record.position(), usage));
    }

    /// Whether a figure has no value, as its denominator is zero.
    pub(super) fn any_without_value(&self) -> bool {
        self.by_series.values().any(|figure| figure.value.is_none())
    }
}

/// The marks of records that are shown but do not count, of all periods that are over: what is claimed of a period that
/// a termination left out is still claimed.
pub(super) fn marks(case: &Case<'_>, terms: &PeriodicTerms, as_of: Instant) -> BTreeSet<Flag> {
    let over = terms.periods.iter().filter(|period| case.zone().end_of(period.window.through()) <= as_of);
    let of_period = over.flat_map(|period| case.metrics.get(period));
    of_period.filter_map(|record| set_aside(case, &record)).collect()
}

fn set_aside(case: &Case<'_>, record: &Record<'_, MetricReported>) -> Option<Flag> {
    if !case.admits(record.class()) {
        Some(Flag::InadmissibleClaim)
    } else {
        (record.body.bound != Bound::Exact).then_some(Flag::BoundOnly)
    }
}

/// Whether a record is for a period: by its name, or else by its days.
pub(super) fn is_for(metric: &MetricReported, period: &Period) -> bool {
    match &metric.period {
        Some(id) => *id == period.id,
        None => metric.window == Some(period.window),
    }
}

fn value(metric: &MetricReported) -> Option<BigRational> {
    metric.numerator.over(metric.denominator)
}
