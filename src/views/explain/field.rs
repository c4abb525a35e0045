//! Field: the terms of a commitment field by field, as text; an amendment's and a reading's fields in the same words.

use crate::domain::terms::{
    ActTerms, Cure, Dependence, LicensingTerms, Maintenance, Pace, Period, PeriodPatch, PeriodicTerms, PurchaseTerms,
    Tranche, TranchePatch,
};
use crate::domain::{Decimal, Moment, MomentForm, SourceClass, Terms, TermsPatch, Unit, Zone};

/// The value of a field that was taken away.
pub(super) const TAKEN_AWAY: &str = "none";

/// Paths and values.
type Fields = Vec<(String, String)>;

/// Every field of the terms that has a value, in a fixed order.
pub(super) fn of_terms(terms: &Terms) -> Fields {
    match terms {
        Terms::MeasureSuspension(terms) => of_maintenance(terms),
        Terms::RateCeiling(terms) => {
            let mut fields = vec![said("limit", terms.limit)];
            fields.extend(of_maintenance(&terms.maintenance));
            fields
        }
        Terms::PurchasePledge(terms) => of_pledge(terms),
        Terms::PeriodicCeiling(terms) => of_ceiling(terms),
        Terms::OneOffAct(terms) => of_act(terms),
        Terms::LicensingFlow(terms) => of_flow(terms),
    }
}

/// Every field that a patch sets.
pub(super) fn of_patch(patch: &TermsPatch) -> Fields {
    let mut fields: Fields = [
        patch.until.as_ref().map(|until| said("until", moment(until))),
        patch.implement_by.as_ref().map(|by| said("implement_by", moment(by))),
        patch.cure.as_ref().map(|it| said("cure", cure(it))),
        patch.tolerance_hours.map(|hours| said("tolerance_hours", hours)),
        patch.snapback_notice_days.map(|days| said("snapback_notice_days", days)),
        patch.limit.map(|limit| said("limit", limit)),
        patch.pace.as_ref().map(|it| said("pace", pace(it))),
        patch.disagreement_pct.map(|pct| said("disagreement_pct", pct)),
        patch.through.map(|day| said("through", day)),
        patch.persist_through.map(|day| said("persist_through", day)),
        patch.count.map(|count| said("count", count)),
        patch.cure_days.map(|days| said("cure_days", days)),
        patch.reporting_lag_days.map(|days| said("reporting_lag_days", days)),
        patch.on_missing.map(|word| said("on_missing", word)),
        patch.min_share.map(|share| said("min_share", share)),
        patch.min_sample.map(|sample| said("min_sample", sample)),
        patch.decide_within_days.map(|days| said("decide_within_days", days)),
        patch.effective_from.as_ref().map(|from| said("effective_from", moment(from))),
        patch.on_end.map(|word| said("on_end", word)),
        patch.depends_on.as_ref().map(|on| said("depends_on", dependence(on))),
        patch.unit.map(|unit| said("unit", unit)),
        patch.basis.map(|basis| said("basis", basis)),
        patch.carry.map(|carry| said("carry", carry)),
        patch.series_rule.map(|rule| said("series_rule", rule)),
        patch.primary.as_ref().map(|series| said("primary", series)),
        patch.comparator.map(|word| said("comparator", word)),
        patch.cure_next_period.map(|cure| said("cure_next_period", cure)),
        patch.zone.as_ref().map(|it| said("zone", it)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let listed = |field: &str, list: Vec<&str>| (!list.is_empty()).then(|| said(field, list.join(", ")));
    fields.extend(listed("series", patch.series.iter().map(|series| series.as_str()).collect()));
    fields.extend(listed("admissible", patch.admissible.iter().map(|class| class.as_str()).collect()));
    fields.extend(patch.conversions.iter().map(conversion));
    fields.extend(patch.cleared.iter().map(|field| (field.as_str().to_ascii_lowercase(), TAKEN_AWAY.to_owned())));
    patch.tranches.iter().for_each(|(id, change)| fields.extend(of_tranche_patch(id, change)));
    patch.periods.iter().for_each(|(id, change)| fields.extend(of_period_patch(id, change)));
    fields
}

/// By whose calendar days are read, and which classes of source count.
pub(super) fn of_hearing(zone: &Zone, admissible: &[SourceClass]) -> Fields {
    let classes: Vec<&str> = admissible.iter().map(|class| class.as_str()).collect();
    vec![said("zone", zone), said("admissible", classes.join(", "))]
}

fn of_maintenance(terms: &Maintenance) -> Fields {
    let mut fields = vec![said("effective_from", moment(&terms.effective_from))];
    fields.extend(terms.until.as_ref().map(|until| said("until", moment(until))));
    fields.extend(terms.implement_by.as_ref().map(|by| said("implement_by", moment(by))));
    fields.extend(terms.cure.as_ref().map(|it| said("cure", cure(it))));
    fields.push(said("tolerance_hours", terms.tolerance_hours));
    fields.extend(terms.snapback_notice_days.map(|days| said("snapback_notice_days", days)));
    fields.extend(terms.depends_on.as_ref().map(|on| said("depends_on", dependence(on))));
    fields.push(said("on_end", terms.on_end));
    fields
}

fn of_pledge(terms: &PurchaseTerms) -> Fields {
    let series: Vec<&str> = terms.series.iter().map(|series| series.as_str()).collect();
    let mut fields = vec![
        said("unit", terms.unit),
        said("basis", terms.basis),
        said("series", series.join(", ")),
        said("series_rule", terms.series_rule),
        said("primary", &terms.primary),
        said("disagreement_pct", terms.disagreement_pct),
        said("reporting_lag_days", terms.reporting_lag_days),
        said("on_missing", terms.on_missing),
        said("carry", terms.carry),
        said("pace", pace(&terms.pace)),
    ];
    fields.extend(terms.conversions.iter().map(conversion));
    fields.extend(terms.term.map(|term| said("term", term)));
    terms.tranches.iter().for_each(|tranche| fields.extend(of_tranche(tranche)));
    fields
}

fn of_tranche(tranche: &Tranche) -> Fields {
    of_tranche_patch(
        &tranche.id,
        &TranchePatch {
            start: Some(tranche.window.start()),
            through: Some(tranche.window.through()),
            target: Some(tranche.target),
            cure_days: Some(tranche.cure_days),
            target_by_series: tranche.target_by_series.clone(),
        },
    )
}

fn of_tranche_patch(id: &crate::domain::Slug, change: &TranchePatch) -> Fields {
    let path = |field: &str| format!("tranches.{id}.{field}");
    let mut fields: Fields = Vec::new();
    fields.extend(change.start.map(|day| (path("start"), day.to_string())));
    fields.extend(change.through.map(|day| (path("through"), day.to_string())));
    fields.extend(change.target.map(|target| (path("target"), target.to_string())));
    fields.extend(change.cure_days.map(|days| (path("cure_days"), days.to_string())));
    let targets = change.target_by_series.iter();
    fields.extend(targets.map(|(series, target)| (path(&format!("target_by_series.{series}")), target.to_string())));
    fields
}

fn of_period(period: &Period) -> Fields {
    let window = period.window;
    of_period_patch(&period.id, &PeriodPatch { start: Some(window.start()), through: Some(window.through()) })
}

fn of_period_patch(id: &crate::domain::Slug, change: &PeriodPatch) -> Fields {
    let start = change.start.map(|day| (format!("periods.{id}.start"), day.to_string()));
    let through = change.through.map(|day| (format!("periods.{id}.through"), day.to_string()));
    [start, through].into_iter().flatten().collect()
}

fn of_ceiling(terms: &PeriodicTerms) -> Fields {
    let series: Vec<&str> = terms.series.iter().map(|series| series.as_str()).collect();
    let mut fields = vec![
        said("effective_from", moment(&terms.effective_from)),
        said("comparator", terms.comparator),
        said("limit", terms.limit),
        said("reporting_lag_days", terms.reporting_lag_days),
        said("series", if series.is_empty() { "any".to_owned() } else { series.join(", ") }),
        said("series_rule", terms.series_rule),
        said("primary", &terms.primary),
        said("disagreement_pct", terms.disagreement_pct),
        said("cure_next_period", terms.cure_next_period),
        said("on_missing", terms.on_missing),
    ];
    terms.periods.iter().for_each(|period| fields.extend(of_period(period)));
    fields
}

fn of_flow(terms: &LicensingTerms) -> Fields {
    let mut fields = vec![
        said("effective_from", moment(&terms.effective_from)),
        said("decide_within_days", terms.decide_within_days),
        said("min_share", terms.min_share),
        said("min_sample", terms.min_sample),
        said("reporting_lag_days", terms.reporting_lag_days),
        said("cure_next_period", terms.cure_next_period),
        said("on_missing", terms.on_missing),
    ];
    terms.periods.iter().for_each(|period| fields.extend(of_period(period)));
    fields
}

fn of_act(terms: &ActTerms) -> Fields {
    let mut fields = vec![
        said("effective_from", moment(&terms.effective_from)),
        said("through", terms.through),
        said("count", terms.count),
        said("cure_days", terms.cure_days),
        said("reporting_lag_days", terms.reporting_lag_days),
        said("on_missing", terms.on_missing),
    ];
    fields.extend(terms.persist_through.map(|day| said("persist_through", day)));
    fields
}

fn conversion((unit, factor): (&Unit, &Decimal)) -> (String, String) {
    (format!("conversions.{unit}"), factor.to_string())
}

fn said(field: &str, value: impl ToString) -> (String, String) {
    (field.to_owned(), value.to_string())
}

/// The text's own words and the instant that they mean.
fn moment(moment: &Moment) -> String {
    let instant = moment.instant();
    match moment.form() {
        MomentForm::Instant(_) => instant.to_string(),
        MomentForm::Local { at, zone } => format!("{at} {zone}, {instant}"),
        MomentForm::Through { day, zone } => format!("through {day} {zone}, {instant}"),
        MomentForm::Until { day, zone } => format!("until {day} {zone}, {instant}"),
        MomentForm::PeriodEnd { start, months, zone, .. } => {
            format!("{months} months from {start} {zone}, {instant}")
        }
        MomentForm::Elapsed { from, days } => format!("{days} x 24 h from {from}, {instant}"),
    }
}

fn cure(cure: &Cure) -> String {
    let days = format!("{} days from {}", cure.days, cure.from);
    match cure.breaches_max {
        Some(max) => format!("{days}, for at most {max} breaches"),
        None => days,
    }
}

fn dependence(on: &Dependence) -> String {
    let triggers: Vec<&str> = on.triggers.iter().map(|status| status.as_str()).collect();
    format!("{} in {}: {}", on.commitment, triggers.join(", "), on.effect)
}

fn pace(pace: &Pace) -> String {
    let mut text = format!("{}, tolerance {} %", pace.method, pace.tolerance_pct);
    for (month, weight) in &pace.weights {
        text.push_str(&format!(", {month} {weight}"));
    }
    text
}
