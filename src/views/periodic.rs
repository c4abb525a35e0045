//! Periodic ceiling or share: a figure on the right side of a limit in each test period (specification, section 7).

mod explain;
mod figures;
mod limit;
pub(super) mod sequence;

pub(super) use explain::{explain, period, used, worked};

use std::collections::BTreeSet;

use figures::{Figure, Figures};
pub use limit::{PeriodPoint, PeriodValue, PeriodicPace};
pub(super) use limit::{against_limit, against_share};
use num_rational::BigRational;
use sequence::{Sequence, Tested};

use super::PeriodVerdict;
use super::case::Case;
use super::outcome::{Outcome, raise};
use super::purchase::{differ, of_a_hundred};
use crate::domain::terms::{Comparator, Period, PeriodicTerms, SeriesRule};
use crate::domain::{Evidence, Flag, Instant, Slug, fraction};

/// The outcome for a ceiling or share.
pub(super) fn judge(case: &Case<'_>, terms: &PeriodicTerms, as_of: Instant) -> Outcome {
    let mut flags = figures::marks(case, terms, as_of);
    let mut heard = Heard::default();
    let mut because = BTreeSet::new();
    let periods = sequence::counting(case, &terms.periods, as_of);
    let tested = periods.into_iter().map(|period| {
        let figures = Figures::of(case, terms, period, as_of);
        raise(&mut flags, Flag::ZeroDenominator, figures.any_without_value());
        because.extend(figures.by_series.values().map(|figure| figure.position));
        heard.hear(terms, &figures);
        test(case, terms, period, &figures, as_of)
    });
    let tested: Vec<Tested> = tested.collect();
    let mut outcome = sequence_of(terms, tested).outcome(case, as_of);
    outcome.evidence = heard.evidence();
    raise(&mut flags, Flag::SourcesDisagree, heard.contested || heard.verdicts_differ);
    raise(&mut flags, Flag::SeriesMissing, heard.is_missing_one(terms));
    outcome.flags.extend(flags);
    outcome.because.extend(because);
    outcome
}

fn sequence_of(terms: &PeriodicTerms, tested: Vec<Tested>) -> Sequence<'_> {
    Sequence {
        start: terms.effective_from.instant(),
        all: &terms.periods,
        tested,
        cure_next_period: terms.cure_next_period,
        on_missing: terms.on_missing,
    }
}

/// The verdict on one period.
fn test(case: &Case<'_>, terms: &PeriodicTerms, period: &Period, figures: &Figures, as_of: Instant) -> Tested {
    let zone = case.zone();
    let over_at = zone.end_of(period.window.through());
    let lag_ends = zone.end_of(period.window.through().plus_days(i64::from(terms.reporting_lag_days)));
    let mut tested = Tested::new(period.id.clone(), over_at, lag_ends);
    tested.value = figures.value(&terms.primary).cloned();
    tested.verdict = match verdict(terms, figures) {
        Some(verdict) => Some(verdict),
        None if lag_ends <= as_of => Some(PeriodVerdict::Missing),
        None => {
            raise(&mut tested.flags, Flag::AwaitingData, over_at <= as_of);
            None
        }
    };
    tested.waive(case, as_of);
    tested
}

/// What the series that decide say; none where none of them has a value.
fn verdict(terms: &PeriodicTerms, figures: &Figures) -> Option<PeriodVerdict> {
    let verdicts = figures.verdicts(terms);
    let primary = figures.value(&terms.primary).map(|value| compare(terms, value));
    match terms.series_rule {
        SeriesRule::Primary => primary,
        SeriesRule::Concur if verdicts.len() > 1 => Some(PeriodVerdict::Disputed),
        SeriesRule::Conservative if verdicts.contains(&PeriodVerdict::Fail) => Some(PeriodVerdict::Fail),
        SeriesRule::Concur | SeriesRule::Conservative => verdicts.first().copied(),
    }
}

/// Exact comparison with the limit; LE and GE pass at equality.
fn compare(terms: &PeriodicTerms, value: &BigRational) -> PeriodVerdict {
    let limit = terms.limit.fraction();
    let side = fraction::compare(value, &limit);
    let passes = match terms.comparator {
        Comparator::Le => side.is_le(),
        Comparator::Lt => side.is_lt(),
        Comparator::Ge => side.is_ge(),
        Comparator::Gt => side.is_gt(),
    };
    if passes { PeriodVerdict::Pass } else { PeriodVerdict::Fail }
}

impl Figures {
    /// The different verdicts of the series that have a value.
    fn verdicts(&self, terms: &PeriodicTerms) -> Vec<PeriodVerdict> {
        let mut verdicts: Vec<PeriodVerdict> = Vec::new();
        for value in self.values() {
            let verdict = compare(terms, value);
            if !verdicts.contains(&verdict) {
                verdicts.push(verdict);
            }
        }
        verdicts
    }

    fn value(&self, series: &Slug) -> Option<&BigRational> {
        self.by_series.get(series).and_then(|figure| figure.value.as_ref())
    }

    fn values(&self) -> impl Iterator<Item = &BigRational> {
        self.by_series.values().filter_map(|figure: &Figure| figure.value.as_ref())
    }
}

/// Which series were heard over all periods, and whether they contradict each other.
#[derive(Default)]
struct Heard {
    series: BTreeSet<Slug>,
    contested: bool,
    verdicts_differ: bool,
}

impl Heard {
    fn hear(&mut self, terms: &PeriodicTerms, figures: &Figures) {
        let with_value = figures.by_series.iter().filter(|(_, figure)| figure.value.is_some());
        self.series.extend(with_value.map(|(series, _)| series.clone()));
        self.verdicts_differ |= figures.verdicts(terms).len() > 1;
        let values: Vec<&BigRational> = figures.values().collect();
        if values.len() < 2 {
            return;
        }
        let tolerance = of_a_hundred(terms.disagreement_pct);
        let mut pairs = values.iter().enumerate().flat_map(|(at, a)| values[at + 1..].iter().map(move |b| (*a, *b)));
        self.contested |= pairs.any(|(a, b)| differ(a, b, &tolerance));
    }

    fn evidence(&self) -> Evidence {
        match self.series.len() {
            0 => Evidence::None,
            1 => Evidence::Single,
            _ if self.contested => Evidence::Contested,
            _ => Evidence::Corroborated,
        }
    }

    fn is_missing_one(&self, terms: &PeriodicTerms) -> bool {
        let leads_alone = |series: &Slug| terms.series_rule == SeriesRule::Primary && *series == terms.primary;
        terms.series.iter().any(|series| !self.series.contains(series) && !leads_alone(series))
    }
}
