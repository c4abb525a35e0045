//! Explain: the figure, the comparison and the verdict of every test period, and the rows over all of them.

use super::super::case::Case;
use super::super::explain::{Uses, Worked};
use super::super::record::Record;
use super::super::rule;
use super::super::{Derivation, FigureDerivation, PeriodDerivation, PeriodicDerivation, Quantity, RecordUse, exact};
use super::figures::{Figure, Figures, is_for};
use super::sequence::{self, Sequence, Tested};
use super::{compare, sequence_of, test};
use crate::domain::event::MetricReported;
use crate::domain::terms::{Comparator, Period, PeriodicTerms};
use crate::domain::{Instant, Slug};

/// How the ceiling or share was judged.
pub(in super::super) fn explain(case: &Case<'_>, terms: &PeriodicTerms, as_of: Instant) -> Worked {
    let mut uses = Uses::new();
    let mut periods = Vec::new();
    let mut all_tested = Vec::new();
    for period in sequence::counting(case, &terms.periods, as_of) {
        let figures = Figures::of(case, terms, period, as_of);
        let tested = test(case, terms, period, &figures, as_of);
        let used = figures.by_series.values().map(|figure| (figure.position, used(period)));
        uses.extend(used);
        uses.extend(figures.set_aside.iter().map(|(position, usage)| (*position, (*usage, String::new()))));
        periods.push(derive(case, terms, period, &figures, &tested));
        all_tested.push(tested);
    }
    for record in &case.records.metrics {
        uses.entry(record.position()).or_insert_with(|| unheard(case, terms, record, as_of));
    }
    let sequence = sequence_of(terms, all_tested);
    let limit = format!("{} passes", words(terms.comparator));
    let quantities = vec![
        Quantity { name: "limit", working: limit, value: terms.limit.to_string() },
        Quantity { name: "start", working: String::new(), value: terms.effective_from.instant().to_string() },
    ];
    worked(case, &sequence, PeriodicDerivation { quantities, periods }, uses, as_of)
}

/// What both kinds say that are judged period by period.
pub(in super::super) fn worked(
    case: &Case<'_>,
    sequence: &Sequence<'_>,
    derivation: PeriodicDerivation,
    uses: Uses,
    as_of: Instant,
) -> Worked {
    Worked {
        lifecycle_rows: rule::tried(&sequence.lifecycle_rules(case, as_of), ToString::to_string),
        rows: rule::tried(&sequence.rules(case, as_of), ToString::to_string),
        derivation: Derivation::Periodic(derivation),
        uses,
    }
}

/// What a record says that counts for a period.
pub(in super::super) fn used(period: &Period) -> (RecordUse, String) {
    (RecordUse::Used, format!("counted for {}", period.id))
}

/// One period, but for its figures.
pub(in super::super) fn period(period: &Period, tested: &Tested, figures: Vec<FigureDerivation>) -> PeriodDerivation {
    PeriodDerivation {
        id: period.id.clone(),
        window: period.window,
        over_at: tested.over_at,
        figures_due_at: tested.lag_ends,
        figures,
        verdict: tested.verdict,
        waiver: tested.waiver,
        flags: tested.flags.clone(),
    }
}

fn derive(case: &Case<'_>, terms: &PeriodicTerms, of: &Period, figures: &Figures, tested: &Tested) -> PeriodDerivation {
    let derived = figures.by_series.iter().map(|(series, found)| figure(case, terms, series, found));
    period(of, tested, derived.collect())
}

fn figure(case: &Case<'_>, terms: &PeriodicTerms, series: &Slug, figure: &Figure) -> FigureDerivation {
    let record = case.records.metrics.iter().find(|record| record.position() == figure.position);
    let ratio = record.map_or_else(String::new, |record| {
        let MetricReported { numerator, denominator, .. } = record.body;
        if denominator.to_string() == "1" { numerator.to_string() } else { format!("{numerator} / {denominator}") }
    });
    let value = figure.value.as_ref();
    let working = match value {
        Some(value) if exact(value) == ratio => format!("{ratio} {} {}", sign(terms.comparator), terms.limit),
        Some(value) => format!("{ratio} = {} {} {}", exact(value), sign(terms.comparator), terms.limit),
        None => format!("{ratio} has no value"),
    };
    FigureDerivation {
        position: figure.position,
        series: Some(series.clone()),
        working: format!("{working} ?"),
        value: figure.value.clone(),
        verdict: value.map(|value| compare(terms, value)),
    }
}

/// Why a metric was looked at for no period that counts.
fn unheard(
    case: &Case<'_>,
    terms: &PeriodicTerms,
    record: &Record<'_, MetricReported>,
    as_of: Instant,
) -> (RecordUse, String) {
    let own = terms.periods.iter().find(|period| is_for(record.body, period));
    let over_at = own.map(|period| case.zone().end_of(period.window.through()));
    match over_at.filter(|over_at| as_of < *over_at) {
        Some(over_at) => (RecordUse::PeriodNotOver, format!("its period is over at {over_at}")),
        None => (RecordUse::OtherPeriod, String::new()),
    }
}

fn sign(comparator: Comparator) -> &'static str {
    match comparator {
        Comparator::Le => "<=",
        Comparator::Lt => "<",
        Comparator::Ge => ">=",
        Comparator::Gt => ">",
    }
}

fn words(comparator: Comparator) -> &'static str {
    match comparator {
        Comparator::Le => "at most this",
        Comparator::Lt => "less than this",
        Comparator::Ge => "at least this",
        Comparator::Gt => "more than this",
    }
}
