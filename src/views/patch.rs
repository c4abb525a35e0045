//! Patch: how an amendment or a reading sets fields of the terms, and how a later amendment takes a field over again
//! (specification, K3).

use crate::domain::terms::{
    LicensingTerms, Maintenance, Pace, Period, PeriodPatch, PeriodicTerms, PurchaseTerms, TermsField, Tranche,
    TranchePatch,
};
use crate::domain::{Day, Slug, Terms, TermsPatch, Window};

/// Sets the fields that the patch names and the kind has.
pub(super) fn apply(terms: &mut Terms, patch: &TermsPatch) {
    match terms {
        Terms::MeasureSuspension(maintenance) => maintain(maintenance, patch),
        Terms::RateCeiling(ceiling) => {
            maintain(&mut ceiling.maintenance, patch);
            set(&mut ceiling.limit, patch.limit);
        }
        Terms::PurchasePledge(pledge) => purchase(pledge, patch),
        Terms::PeriodicCeiling(ceiling) => {
            set(&mut ceiling.effective_from, patch.effective_from.clone());
            set(&mut ceiling.comparator, patch.comparator);
            set(&mut ceiling.limit, patch.limit);
            set(&mut ceiling.series, anew(&patch.series));
            set(&mut ceiling.series_rule, patch.series_rule);
            set(&mut ceiling.primary, patch.primary.clone());
            set(&mut ceiling.cure_next_period, patch.cure_next_period);
            set(&mut ceiling.disagreement_pct, patch.disagreement_pct);
            set(&mut ceiling.reporting_lag_days, patch.reporting_lag_days);
            set(&mut ceiling.on_missing, patch.on_missing);
            periods(&mut ceiling.periods, patch);
        }
        Terms::OneOffAct(act) => {
            set(&mut act.effective_from, patch.effective_from.clone());
            set(&mut act.through, patch.through);
            set(&mut act.count, patch.count);
            set(&mut act.cure_days, patch.cure_days);
            set(&mut act.reporting_lag_days, patch.reporting_lag_days);
            set(&mut act.on_missing, patch.on_missing);
            set_or_clear(&mut act.persist_through, patch.persist_through, patch, TermsField::PersistThrough);
        }
        Terms::LicensingFlow(flow) => {
            set(&mut flow.effective_from, patch.effective_from.clone());
            set(&mut flow.cure_next_period, patch.cure_next_period);
            set(&mut flow.min_share, patch.min_share);
            set(&mut flow.min_sample, patch.min_sample);
            set(&mut flow.decide_within_days, patch.decide_within_days);
            set(&mut flow.reporting_lag_days, patch.reporting_lag_days);
            set(&mut flow.on_missing, patch.on_missing);
            periods(&mut flow.periods, patch);
        }
    }
}

/// Puts tranches and periods into the order of their start; of two that start together, the name decides.
pub(super) fn arrange(terms: &mut Terms) {
    match terms {
        Terms::PurchasePledge(pledge) => pledge.tranches.sort_by(|a, b| tranche_key(a).cmp(&tranche_key(b))),
        Terms::PeriodicCeiling(PeriodicTerms { periods, .. })
        | Terms::LicensingFlow(LicensingTerms { periods, .. }) => {
            periods.sort_by(|a, b| period_key(a).cmp(&period_key(b)));
        }
        Terms::MeasureSuspension(_) | Terms::RateCeiling(_) | Terms::OneOffAct(_) => {}
    }
}

/// Whether they are in that order.
pub(super) fn is_arranged(terms: &Terms) -> bool {
    match terms {
        Terms::PurchasePledge(pledge) => pledge.tranches.is_sorted_by(|a, b| tranche_key(a) <= tranche_key(b)),
        Terms::PeriodicCeiling(PeriodicTerms { periods, .. })
        | Terms::LicensingFlow(LicensingTerms { periods, .. }) => {
            periods.is_sorted_by(|a, b| period_key(a) <= period_key(b))
        }
        Terms::MeasureSuspension(_) | Terms::RateCeiling(_) | Terms::OneOffAct(_) => true,
    }
}

fn tranche_key(tranche: &Tranche) -> (Day, &Slug) {
    (tranche.window.start(), &tranche.id)
}

fn period_key(period: &Period) -> (Day, &Slug) {
    (period.window.start(), &period.id)
}

fn maintain(maintenance: &mut Maintenance, patch: &TermsPatch) {
    set(&mut maintenance.effective_from, patch.effective_from.clone());
    set_or_clear(&mut maintenance.until, patch.until.clone(), patch, TermsField::Until);
    set_or_clear(&mut maintenance.implement_by, patch.implement_by.clone(), patch, TermsField::ImplementBy);
    set_or_clear(&mut maintenance.cure, patch.cure, patch, TermsField::Cure);
    set(&mut maintenance.tolerance_hours, patch.tolerance_hours);
    let snapback = &mut maintenance.snapback_notice_days;
    set_or_clear(snapback, patch.snapback_notice_days, patch, TermsField::SnapbackNoticeDays);
    set_or_clear(&mut maintenance.depends_on, patch.depends_on.clone(), patch, TermsField::DependsOn);
    set(&mut maintenance.on_end, patch.on_end);
}

fn purchase(pledge: &mut PurchaseTerms, patch: &TermsPatch) {
    set(&mut pledge.unit, patch.unit);
    set(&mut pledge.basis, patch.basis);
    set(&mut pledge.carry, patch.carry);
    set(&mut pledge.conversions, Some(&patch.conversions).filter(|units| !units.is_empty()).cloned());
    set(&mut pledge.series, anew(&patch.series));
    set(&mut pledge.series_rule, patch.series_rule);
    set(&mut pledge.primary, patch.primary.clone());
    set(&mut pledge.pace, patch.pace.clone());
    set(&mut pledge.disagreement_pct, patch.disagreement_pct);
    set(&mut pledge.reporting_lag_days, patch.reporting_lag_days);
    set(&mut pledge.on_missing, patch.on_missing);
    for (id, change) in &patch.tranches {
        match pledge.tranches.iter_mut().find(|tranche| tranche.id == *id) {
            Some(tranche) => {
                move_window(&mut tranche.window, change.start, change.through);
                set(&mut tranche.target, change.target);
                set(&mut tranche.cure_days, change.cure_days);
                tranche.target_by_series.extend(change.target_by_series.iter().map(|(s, target)| (s.clone(), *target)));
            }
            None => pledge.tranches.extend(new_tranche(id, change)),
        }
    }
}

fn new_tranche(id: &Slug, change: &TranchePatch) -> Option<Tranche> {
    Some(Tranche {
        id: id.clone(),
        window: Window::new(change.start?, change.through?).ok()?,
        target: change.target?,
        cure_days: change.cure_days.unwrap_or(0),
        target_by_series: change.target_by_series.clone(),
    })
}

fn periods(periods: &mut Vec<Period>, patch: &TermsPatch) {
    for (id, change) in &patch.periods {
        match periods.iter_mut().find(|period| period.id == *id) {
            Some(period) => move_window(&mut period.window, change.start, change.through),
            None => periods.extend(new_period(id, change)),
        }
    }
}

fn new_period(id: &Slug, change: &PeriodPatch) -> Option<Period> {
    Some(Period { id: id.clone(), window: Window::new(change.start?, change.through?).ok()? })
}

/// Moves the ends that are given. A patch that would leave the window reversed is refused when it is recorded; where
/// two patches together would, the window stays.
fn move_window(window: &mut Window, start: Option<Day>, through: Option<Day>) {
    if let Ok(moved) = Window::new(start.unwrap_or(window.start()), through.unwrap_or(window.through())) {
        *window = moved;
    }
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

fn set_or_clear<T>(field: &mut Option<T>, value: Option<T>, patch: &TermsPatch, name: TermsField) {
    if value.is_some() || patch.clears(name) {
        *field = value;
    }
}

/// A list that a patch sets as a whole; none where it leaves it as it is.
pub(super) fn anew<T: Clone>(list: &[T]) -> Option<Vec<T>> {
    Some(list).filter(|list| !list.is_empty()).map(<[T]>::to_vec)
}

/// Whether a patch changes by which records a commitment is judged, and not only what they are compared with.
pub(super) fn changes_hearing(patch: &TermsPatch) -> bool {
    let units = patch.unit.is_some() || patch.basis.is_some() || !patch.conversions.is_empty();
    let sources = !patch.series.is_empty() || !patch.admissible.is_empty();
    units || sources || patch.zone.is_some() || patch.depends_on.is_some() || patch.clears(TermsField::DependsOn)
}

/// Takes from a reading's patch the fields that a later amendment sets.
pub(super) fn displace(reading: &mut TermsPatch, later: &TermsPatch) {
    for field in &later.cleared {
        take_away(reading, *field);
    }
    for field in reading.cleared.clone() {
        if later.sets(field) {
            reading.cleared.remove(&field);
        }
    }
    drop_set(&mut reading.effective_from, &later.effective_from);
    drop_set(&mut reading.on_end, &later.on_end);
    drop_set(&mut reading.depends_on, &later.depends_on);
    drop_set(&mut reading.unit, &later.unit);
    drop_set(&mut reading.basis, &later.basis);
    drop_set(&mut reading.carry, &later.carry);
    drop_set(&mut reading.series_rule, &later.series_rule);
    drop_set(&mut reading.primary, &later.primary);
    drop_set(&mut reading.comparator, &later.comparator);
    drop_set(&mut reading.cure_next_period, &later.cure_next_period);
    drop_set(&mut reading.zone, &later.zone);
    if !later.conversions.is_empty() {
        reading.conversions.clear();
    }
    if !later.series.is_empty() {
        reading.series.clear();
    }
    if !later.admissible.is_empty() {
        reading.admissible.clear();
    }
    drop_set(&mut reading.until, &later.until);
    drop_set(&mut reading.implement_by, &later.implement_by);
    drop_set(&mut reading.cure, &later.cure);
    drop_set(&mut reading.tolerance_hours, &later.tolerance_hours);
    drop_set(&mut reading.snapback_notice_days, &later.snapback_notice_days);
    drop_set(&mut reading.limit, &later.limit);
    drop_set::<Pace>(&mut reading.pace, &later.pace);
    drop_set(&mut reading.disagreement_pct, &later.disagreement_pct);
    drop_set(&mut reading.through, &later.through);
    drop_set(&mut reading.persist_through, &later.persist_through);
    drop_set(&mut reading.count, &later.count);
    drop_set(&mut reading.cure_days, &later.cure_days);
    drop_set(&mut reading.reporting_lag_days, &later.reporting_lag_days);
    drop_set(&mut reading.on_missing, &later.on_missing);
    drop_set(&mut reading.min_share, &later.min_share);
    drop_set(&mut reading.min_sample, &later.min_sample);
    drop_set(&mut reading.decide_within_days, &later.decide_within_days);
    for (id, change) in &later.tranches {
        if let Some(own) = reading.tranches.get_mut(id) {
            drop_set(&mut own.start, &change.start);
            drop_set(&mut own.through, &change.through);
            drop_set(&mut own.target, &change.target);
            drop_set(&mut own.cure_days, &change.cure_days);
            own.target_by_series.retain(|series, _| !change.target_by_series.contains_key(series));
        }
    }
    for (id, change) in &later.periods {
        if let Some(own) = reading.periods.get_mut(id) {
            drop_set(&mut own.start, &change.start);
            drop_set(&mut own.through, &change.through);
        }
    }
}

fn take_away(reading: &mut TermsPatch, field: TermsField) {
    reading.cleared.remove(&field);
    match field {
        TermsField::Until => reading.until = None,
        TermsField::ImplementBy => reading.implement_by = None,
        TermsField::Cure => reading.cure = None,
        TermsField::SnapbackNoticeDays => reading.snapback_notice_days = None,
        TermsField::DependsOn => reading.depends_on = None,
        TermsField::PersistThrough => reading.persist_through = None,
    }
}

fn drop_set<T>(own: &mut Option<T>, later: &Option<T>) {
    if later.is_some() {
        *own = None;
    }
}
