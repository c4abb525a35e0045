//! How an amendment or a reading changes terms. Paths are within the patch: `tranches.t2026.through`.

use super::super::refusal::{Fact, Reason, Refusal};
use super::super::{Slug, Window, Zone};
use super::check::{
    at_least_zero, at_most, check_conversions, check_dependence, check_due, check_pace, check_series, check_targets,
    ends_after_start,
};
use super::{
    ActTerms, Kind, LicensingTerms, Maintenance, Period, PeriodPatch, PeriodicTerms, PurchaseTerms, Terms, TermsField,
    TermsPatch, Tranche, TranchePatch,
};

impl Terms {
    /// These terms with every field of the patch set or taken away, or why it does not fit them: it sets nothing, sets a field this
    /// kind does not have, names a tranche or period that is neither there nor fully given, or leaves something that
    /// ends before it starts. Which patches apply when is the caller's affair (specification, K3). An added or moved
    /// tranche is not held to the term of the whole pledge: an agreement to extend has no other way to say so. Nor need
    /// an act stay done for as long as it may be put off: what is postponed past that day is not to be kept any longer.
    pub fn patched(&self, patch: &TermsPatch, zone: &Zone) -> Result<Terms, Refusal> {
        if patch.is_empty() {
            return Err(Refusal::new(Reason::PatchEmpty, "", "nothing is set; set at least one field"));
        }
        fits_kind(patch, self.kind())?;
        clears_or_sets(patch)?;
        let mut terms = self.clone();
        match &mut terms {
            Terms::MeasureSuspension(terms) => patch_maintenance(terms, patch)?,
            Terms::RateCeiling(terms) => {
                patch_maintenance(&mut terms.maintenance, patch)?;
                set(&mut terms.limit, patch.limit);
                at_least_zero(terms.limit, "limit")?;
            }
            Terms::PurchasePledge(terms) => patch_purchase(terms, patch)?,
            Terms::PeriodicCeiling(terms) => patch_periodic(terms, patch)?,
            Terms::OneOffAct(terms) => patch_act(terms, patch, zone)?,
            Terms::LicensingFlow(terms) => patch_licensing(terms, patch)?,
        }
        Ok(terms)
    }
}

const MAINTENANCE: &[Kind] = &[Kind::MeasureSuspension, Kind::RateCeiling];
const PLEDGE: &[Kind] = &[Kind::PurchasePledge];
const ACT: &[Kind] = &[Kind::OneOffAct];
const CEILING: &[Kind] = &[Kind::PeriodicCeiling];
const SERIES: &[Kind] = &[Kind::PurchasePledge, Kind::PeriodicCeiling];
const DATED: &[Kind] =
    &[Kind::MeasureSuspension, Kind::RateCeiling, Kind::PeriodicCeiling, Kind::OneOffAct, Kind::LicensingFlow];
const LICENSING: &[Kind] = &[Kind::LicensingFlow];
const PERIODS: &[Kind] = &[Kind::PeriodicCeiling, Kind::LicensingFlow];
const STATISTICS: &[Kind] = &[Kind::PurchasePledge, Kind::PeriodicCeiling, Kind::OneOffAct, Kind::LicensingFlow];

/// Every field that is set must be one that this kind has.
fn fits_kind(patch: &TermsPatch, kind: Kind) -> Result<(), Refusal> {
    let touches = |field: TermsField| patch.sets(field) || patch.clears(field);
    let fields: [(&str, bool, &[Kind]); 31] = [
        ("until", touches(TermsField::Until), MAINTENANCE),
        ("implement_by", touches(TermsField::ImplementBy), MAINTENANCE),
        ("cure", touches(TermsField::Cure), MAINTENANCE),
        ("tolerance_hours", patch.tolerance_hours.is_some(), MAINTENANCE),
        ("snapback_notice_days", touches(TermsField::SnapbackNoticeDays), MAINTENANCE),
        ("depends_on", touches(TermsField::DependsOn), MAINTENANCE),
        ("on_end", patch.on_end.is_some(), MAINTENANCE),
        ("effective_from", patch.effective_from.is_some(), DATED),
        ("limit", patch.limit.is_some(), &[Kind::RateCeiling, Kind::PeriodicCeiling]),
        ("tranches", !patch.tranches.is_empty(), PLEDGE),
        ("pace", patch.pace.is_some(), PLEDGE),
        ("unit", patch.unit.is_some(), PLEDGE),
        ("basis", patch.basis.is_some(), PLEDGE),
        ("carry", patch.carry.is_some(), PLEDGE),
        ("conversions", !patch.conversions.is_empty(), PLEDGE),
        ("series", !patch.series.is_empty(), SERIES),
        ("series_rule", patch.series_rule.is_some(), SERIES),
        ("primary", patch.primary.is_some(), SERIES),
        ("disagreement_pct", patch.disagreement_pct.is_some(), SERIES),
        ("comparator", patch.comparator.is_some(), CEILING),
        ("cure_next_period", patch.cure_next_period.is_some(), PERIODS),
        ("periods", !patch.periods.is_empty(), PERIODS),
        ("through", patch.through.is_some(), ACT),
        ("persist_through", touches(TermsField::PersistThrough), ACT),
        ("count", patch.count.is_some(), ACT),
        ("cure_days", patch.cure_days.is_some(), ACT),
        ("reporting_lag_days", patch.reporting_lag_days.is_some(), STATISTICS),
        ("on_missing", patch.on_missing.is_some(), STATISTICS),
        ("min_share", patch.min_share.is_some(), LICENSING),
        ("min_sample", patch.min_sample.is_some(), LICENSING),
        ("decide_within_days", patch.decide_within_days.is_some(), LICENSING),
    ];
    match fields.into_iter().find(|(_, is_set, kinds)| *is_set && !kinds.contains(&kind)) {
        None => Ok(()),
        Some((field, _, kinds)) => {
            let kinds: Vec<String> = kinds.iter().map(|kind| kind.to_string()).collect();
            let message = format!("a {kind} has no {field}; it belongs to {}", kinds.join(", "));
            Err(Refusal::new(Reason::FieldNotOfKind, field, message))
        }
    }
}

/// A field that is taken away is not set as well.
fn clears_or_sets(patch: &TermsPatch) -> Result<(), Refusal> {
    match patch.cleared.iter().find(|field| patch.sets(**field)) {
        None => Ok(()),
        Some(field) => {
            let message = format!("{} is taken away and set at once; do one of the two", field.field());
            Err(Refusal::new(Reason::TermsInconsistent, "cleared", message))
        }
    }
}

fn set<T: Clone>(field: &mut T, value: Option<impl Into<T>>) {
    if let Some(value) = value {
        *field = value.into();
    }
}

fn set_or_clear<T>(field: &mut Option<T>, value: Option<T>, patch: &TermsPatch, name: TermsField) {
    if value.is_some() || patch.clears(name) {
        *field = value;
    }
}

fn patch_maintenance(terms: &mut Maintenance, patch: &TermsPatch) -> Result<(), Refusal> {
    set(&mut terms.effective_from, patch.effective_from.clone());
    set_or_clear(&mut terms.until, patch.until.clone(), patch, TermsField::Until);
    set_or_clear(&mut terms.implement_by, patch.implement_by.clone(), patch, TermsField::ImplementBy);
    set_or_clear(&mut terms.cure, patch.cure, patch, TermsField::Cure);
    set(&mut terms.tolerance_hours, patch.tolerance_hours);
    set_or_clear(&mut terms.snapback_notice_days, patch.snapback_notice_days, patch, TermsField::SnapbackNoticeDays);
    set_or_clear(&mut terms.depends_on, patch.depends_on.clone(), patch, TermsField::DependsOn);
    set(&mut terms.on_end, patch.on_end);
    check_dependence(terms)?;
    ends_after_start(&terms.effective_from, terms.until.as_ref())
}

fn patch_purchase(terms: &mut PurchaseTerms, patch: &TermsPatch) -> Result<(), Refusal> {
    set(&mut terms.unit, patch.unit);
    set(&mut terms.basis, patch.basis);
    set(&mut terms.carry, patch.carry);
    set(&mut terms.conversions, Some(patch.conversions.clone()).filter(|units| !units.is_empty()));
    set(&mut terms.series, Some(patch.series.clone()).filter(|series| !series.is_empty()));
    set(&mut terms.series_rule, patch.series_rule);
    set(&mut terms.primary, patch.primary.clone());
    set(&mut terms.pace, patch.pace.clone());
    set(&mut terms.disagreement_pct, patch.disagreement_pct);
    set(&mut terms.reporting_lag_days, patch.reporting_lag_days);
    set(&mut terms.on_missing, patch.on_missing);
    check_conversions(terms)?;
    check_series(&terms.series, &terms.primary)?;
    check_pace(&terms.pace)?;
    at_most(terms.disagreement_pct, 100, "disagreement_pct")?;
    for (id, change) in &patch.tranches {
        patch_tranche(terms, id, change).map_err(|refusal| refusal.under(&format!("tranches.{id}")))?;
    }
    terms.tranches.sort_by(|a, b| (a.window.start(), &a.id).cmp(&(b.window.start(), &b.id)));
    Ok(())
}

fn patch_tranche(terms: &mut PurchaseTerms, id: &Slug, change: &TranchePatch) -> Result<(), Refusal> {
    check_targets(&terms.series, change.target, &change.target_by_series)?;
    if let Some(tranche) = terms.tranches.iter_mut().find(|tranche| tranche.id == *id) {
        let start = change.start.unwrap_or(tranche.window.start());
        tranche.window = window(start, change.through.unwrap_or(tranche.window.through()))?;
        set(&mut tranche.target, change.target);
        set(&mut tranche.cure_days, change.cure_days);
        tranche
            .target_by_series
            .extend(change.target_by_series.iter().map(|(series, target)| (series.clone(), *target)));
        return Ok(());
    }
    let (Some(start), Some(through), Some(target)) = (change.start, change.through, change.target) else {
        let known = terms.tranches.iter().map(|tranche| tranche.id.to_string()).collect();
        let message = format!("the pledge has no tranche {id}; to add one, give start, through and target");
        return Err(Refusal::new(Reason::UnknownTranche, "", message).with(Fact::Choices(known)));
    };
    terms.tranches.push(Tranche {
        id: id.clone(),
        window: window(start, through)?,
        target,
        cure_days: change.cure_days.unwrap_or(0),
        target_by_series: change.target_by_series.clone(),
    });
    Ok(())
}

fn patch_periodic(terms: &mut PeriodicTerms, patch: &TermsPatch) -> Result<(), Refusal> {
    set(&mut terms.effective_from, patch.effective_from.clone());
    set(&mut terms.comparator, patch.comparator);
    set(&mut terms.limit, patch.limit);
    set(&mut terms.series, Some(patch.series.clone()).filter(|series| !series.is_empty()));
    set(&mut terms.series_rule, patch.series_rule);
    set(&mut terms.primary, patch.primary.clone());
    set(&mut terms.cure_next_period, patch.cure_next_period);
    set(&mut terms.disagreement_pct, patch.disagreement_pct);
    set(&mut terms.reporting_lag_days, patch.reporting_lag_days);
    set(&mut terms.on_missing, patch.on_missing);
    if !terms.series.is_empty() {
        check_series(&terms.series, &terms.primary)?;
    }
    at_least_zero(terms.limit, "limit")?;
    at_most(terms.disagreement_pct, 100, "disagreement_pct")?;
    patch_periods(&mut terms.periods, patch)
}

fn patch_licensing(terms: &mut LicensingTerms, patch: &TermsPatch) -> Result<(), Refusal> {
    set(&mut terms.effective_from, patch.effective_from.clone());
    set(&mut terms.cure_next_period, patch.cure_next_period);
    set(&mut terms.min_share, patch.min_share);
    set(&mut terms.min_sample, patch.min_sample);
    set(&mut terms.decide_within_days, patch.decide_within_days);
    set(&mut terms.reporting_lag_days, patch.reporting_lag_days);
    set(&mut terms.on_missing, patch.on_missing);
    at_most(terms.min_share, 1, "min_share")?;
    patch_periods(&mut terms.periods, patch)
}

fn patch_periods(periods: &mut Vec<Period>, patch: &TermsPatch) -> Result<(), Refusal> {
    for (id, change) in &patch.periods {
        patch_period(periods, id, change).map_err(|refusal| refusal.under(&format!("periods.{id}")))?;
    }
    periods.sort_by(|a, b| (a.window.start(), &a.id).cmp(&(b.window.start(), &b.id)));
    Ok(())
}

fn patch_period(periods: &mut Vec<Period>, id: &Slug, change: &PeriodPatch) -> Result<(), Refusal> {
    if let Some(period) = periods.iter_mut().find(|period| period.id == *id) {
        let start = change.start.unwrap_or(period.window.start());
        period.window = window(start, change.through.unwrap_or(period.window.through()))?;
        return Ok(());
    }
    let (Some(start), Some(through)) = (change.start, change.through) else {
        let known = periods.iter().map(|period| period.id.to_string()).collect();
        let message = format!("the commitment has no period {id}; to add one, give start and through");
        return Err(Refusal::new(Reason::UnknownPeriod, "", message).with(Fact::Choices(known)));
    };
    periods.push(Period { id: id.clone(), window: window(start, through)? });
    Ok(())
}

fn patch_act(terms: &mut ActTerms, patch: &TermsPatch, zone: &Zone) -> Result<(), Refusal> {
    set(&mut terms.effective_from, patch.effective_from.clone());
    set(&mut terms.through, patch.through);
    set_or_clear(&mut terms.persist_through, patch.persist_through, patch, TermsField::PersistThrough);
    set(&mut terms.count, patch.count);
    set(&mut terms.cure_days, patch.cure_days);
    set(&mut terms.reporting_lag_days, patch.reporting_lag_days);
    set(&mut terms.on_missing, patch.on_missing);
    check_due(terms, zone)
}

fn window(start: super::super::Day, through: super::super::Day) -> Result<Window, Refusal> {
    Window::new(start, through).map_err(|error| Refusal::new(Reason::TermEndsBeforeStart, "through", error.to_string()))
}
