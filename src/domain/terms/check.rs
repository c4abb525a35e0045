//! Whether terms hold together by themselves. Paths are within the terms: `purchase_pledge.tranches[0].window`.

use num_bigint::BigInt;
use num_rational::BigRational;

use super::super::refusal::{Fact, Reason, Refusal};
use super::super::{Decimal, Moment, Slug, Window, Zone};
use super::{
    ActTerms, LicensingTerms, Maintenance, Pace, PaceMethod, Period, PeriodicTerms, PurchaseTerms, Terms, Tranche,
};

impl Terms {
    /// The first thing in which these terms contradict themselves; `zone` is the commitment's.
    pub(in super::super) fn check(&self, zone: &Zone) -> Result<(), Refusal> {
        let checked = match self {
            Terms::MeasureSuspension(terms) => check_maintenance(terms),
            Terms::RateCeiling(terms) => check_maintenance(&terms.maintenance)
                .map_err(|refusal| refusal.under("maintenance"))
                .and_then(|()| at_least_zero(terms.limit, "limit")),
            Terms::PurchasePledge(terms) => check_purchase(terms),
            Terms::PeriodicCeiling(terms) => check_periodic(terms),
            Terms::OneOffAct(terms) => check_act(terms, zone),
            Terms::LicensingFlow(terms) => check_licensing(terms),
        };
        checked.map_err(|refusal| refusal.under(self.kind().field()))
    }
}

fn check_maintenance(terms: &Maintenance) -> Result<(), Refusal> {
    ends_after_start(&terms.effective_from, terms.until.as_ref())?;
    check_dependence(terms)
}

/// A dependence takes hold in some statuses of the counterpart.
pub(super) fn check_dependence(terms: &Maintenance) -> Result<(), Refusal> {
    match &terms.depends_on {
        Some(dependence) if dependence.triggers.is_empty() => Err(Refusal::new(
            Reason::TermsIncomplete,
            "depends_on.triggers",
            "no trigger status; say in which statuses of the counterpart the dependence takes hold",
        )),
        _ => Ok(()),
    }
}

/// A duty that ends must end after it begins.
pub(super) fn ends_after_start(effective_from: &Moment, until: Option<&Moment>) -> Result<(), Refusal> {
    match until {
        Some(until) if until.instant() <= effective_from.instant() => Err(Refusal::new(
            Reason::TermEndsBeforeStart,
            "until",
            format!("the duty would end at {}, not after it begins at {}", until.instant(), effective_from.instant()),
        )),
        _ => Ok(()),
    }
}

fn check_purchase(terms: &PurchaseTerms) -> Result<(), Refusal> {
    not_empty(terms.series.len(), "series")?;
    not_empty(terms.tranches.len(), "tranches")?;
    check_series(&terms.series, &terms.primary)?;
    at_most(terms.disagreement_pct, 100, "disagreement_pct")?;
    check_pace(&terms.pace)?;
    check_conversions(terms)?;
    each_once(terms.tranches.iter().map(|tranche| &tranche.id), "tranches")?;
    in_order(terms.tranches.iter().map(|tranche| tranche.window), "tranches")?;
    for (index, tranche) in terms.tranches.iter().enumerate() {
        check_tranche(terms, tranche).map_err(|refusal| refusal.under(&format!("tranches[{index}]")))?;
    }
    Ok(())
}

/// Other units are listed, each with a factor above zero.
pub(super) fn check_conversions(terms: &PurchaseTerms) -> Result<(), Refusal> {
    for (unit, factor) in &terms.conversions {
        let field = format!("conversions.{unit}");
        if *unit == terms.unit {
            let message = format!("{unit} is the unit of the pledge itself; list only other units");
            return Err(Refusal::new(Reason::TermsInconsistent, field, message));
        }
        if factor.positive().is_err() {
            return Err(out_of_range(*factor, "more than zero", &field));
        }
    }
    Ok(())
}

fn check_tranche(terms: &PurchaseTerms, tranche: &Tranche) -> Result<(), Refusal> {
    let outside = |term: &Window| tranche.window.start() < term.start() || tranche.window.through() > term.through();
    if let Some(term) = terms.term.filter(outside) {
        let message =
            format!("tranche {} ({}) lies outside the term of the pledge, {term}", tranche.id, tranche.window);
        return Err(Refusal::new(Reason::TrancheOutsideTerm, "window", message).with(Fact::Window(term)));
    }
    check_targets(&terms.series, Some(tranche.target), &tranche.target_by_series)
}

/// Targets are zero or more, and single ones are for series that are heard.
pub(super) fn check_targets(
    heard: &[Slug],
    target: Option<Decimal>,
    by_series: &std::collections::BTreeMap<Slug, Decimal>,
) -> Result<(), Refusal> {
    if let Some(target) = target {
        at_least_zero(target, "target")?;
    }
    for (series, target) in by_series {
        let field = format!("target_by_series.{series}");
        if !heard.contains(series) {
            let message = format!("a target for the series {series}, which the pledge does not hear");
            return Err(Refusal::new(Reason::UnknownSeries, field, message).with(choices(heard)));
        }
        at_least_zero(*target, &field)?;
    }
    Ok(())
}

/// A pace has weights exactly if it is SEASONAL.
pub(super) fn check_pace(pace: &Pace) -> Result<(), Refusal> {
    at_most(pace.tolerance_pct, 100, "pace.tolerance_pct")?;
    if (pace.method == PaceMethod::Seasonal) == pace.weights.is_empty() {
        let message = format!(
            "a pace of method {} with {} weights; SEASONAL needs a weight for each month, the others have none",
            pace.method,
            pace.weights.len()
        );
        return Err(Refusal::new(Reason::TermsInconsistent, "pace.weights", message));
    }
    pace.weights.iter().try_for_each(|(month, weight)| at_most(*weight, 1, &format!("pace.weights.{month}")))
}

fn check_periodic(terms: &PeriodicTerms) -> Result<(), Refusal> {
    check_periods(&terms.periods)?;
    if !terms.series.is_empty() {
        check_series(&terms.series, &terms.primary)?;
    }
    at_least_zero(terms.limit, "limit")?;
    at_most(terms.disagreement_pct, 100, "disagreement_pct")
}

fn check_licensing(terms: &LicensingTerms) -> Result<(), Refusal> {
    check_periods(&terms.periods)?;
    at_most(terms.min_share, 1, "min_share")
}

fn check_periods(periods: &[Period]) -> Result<(), Refusal> {
    not_empty(periods.len(), "periods")?;
    each_once(periods.iter().map(|period| &period.id), "periods")?;
    in_order(periods.iter().map(|period| period.window), "periods")
}

/// An act stays done at least until it is due.
fn check_act(terms: &ActTerms, zone: &Zone) -> Result<(), Refusal> {
    check_due(terms, zone)?;
    match terms.persist_through {
        Some(persist) if persist < terms.through => {
            let message = format!("to stay done through {persist}, before it is due through {}", terms.through);
            Err(Refusal::new(Reason::TermEndsBeforeStart, "persist_through", message))
        }
        _ => Ok(()),
    }
}

/// An act is due after its term begins, and must be done at least once.
pub(super) fn check_due(terms: &ActTerms, zone: &Zone) -> Result<(), Refusal> {
    if terms.count == 0 {
        return Err(Refusal::new(Reason::ValueOutOfRange, "count", "an act to be done 0 times; at least once"));
    }
    if zone.end_of(terms.through) <= terms.effective_from.instant() {
        let begin = terms.effective_from.instant();
        let message = format!("due through {}, which is over before the commitment begins at {begin}", terms.through);
        return Err(Refusal::new(Reason::TermEndsBeforeStart, "through", message));
    }
    Ok(())
}

/// Each series once, and the one that leads among them.
pub(super) fn check_series(series: &[Slug], primary: &Slug) -> Result<(), Refusal> {
    each_once(series.iter(), "series")?;
    if series.contains(primary) {
        return Ok(());
    }
    let message = format!("the primary series {primary} is not among the series that are heard");
    Err(Refusal::new(Reason::TermsInconsistent, "primary", message).with(choices(series)))
}

fn choices(names: &[Slug]) -> Fact {
    Fact::Choices(names.iter().map(Slug::to_string).collect())
}

fn not_empty(count: usize, field: &str) -> Result<(), Refusal> {
    if count == 0 {
        return Err(Refusal::new(Reason::TermsIncomplete, field, format!("no {field}; at least one is needed")));
    }
    Ok(())
}

fn each_once<'a>(names: impl Iterator<Item = &'a Slug>, field: &str) -> Result<(), Refusal> {
    let mut seen = std::collections::BTreeSet::new();
    for (index, name) in names.enumerate() {
        if !seen.insert(name) {
            let message = format!("{name} stands twice; names are unique within their list");
            return Err(Refusal::new(Reason::DuplicateName, format!("{field}[{index}]"), message));
        }
    }
    Ok(())
}

fn in_order(windows: impl Iterator<Item = Window>, field: &str) -> Result<(), Refusal> {
    let mut before: Option<Window> = None;
    for (index, window) in windows.enumerate() {
        if let Some(before) = before.filter(|before| window.start() < before.start()) {
            let message = format!("{window} stands after {before}; list them in order of their first day");
            return Err(Refusal::new(Reason::TermsInconsistent, format!("{field}[{index}].window"), message));
        }
        before = Some(window);
    }
    Ok(())
}

/// Zero or more.
pub(super) fn at_least_zero(value: Decimal, field: &str) -> Result<(), Refusal> {
    value.non_negative().map(|_| ()).map_err(|_| out_of_range(value, "zero or more", field))
}

/// Between zero and a whole number, both included.
pub(super) fn at_most(value: Decimal, max: i64, field: &str) -> Result<(), Refusal> {
    at_least_zero(value, field)?;
    if value.fraction() > BigRational::from_integer(BigInt::from(max)) {
        return Err(out_of_range(value, &format!("between 0 and {max}"), field));
    }
    Ok(())
}

fn out_of_range(value: Decimal, expected: &str, field: &str) -> Refusal {
    Refusal::new(Reason::ValueOutOfRange, field, format!("{value} is out of range: {expected}"))
}
