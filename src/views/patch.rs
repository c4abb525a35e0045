//! Patch: how an amendment or a reading sets fields of the terms, and how a later amendment takes a field over again
//! (specification, K3).

use crate::domain::terms::{
    LicensingTerms, Maintenance, Pace, Period, PeriodPatch, PeriodicTerms, PurchaseTerms, Tranche, TranchePatch,
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
            set(&mut ceiling.limit, patch.limit);
            set(&mut ceiling.disagreement_pct, patch.disagreement_pct);
            set(&mut ceiling.reporting_lag_days, patch.reporting_lag_days);
            set(&mut ceiling.on_missing, patch.on_missing);
            periods(&mut ceiling.periods, patch);
        }
        Terms::OneOffAct(act) => {
            set(&mut act.through, patch.through);
            set(&mut act.count, patch.count);
            set(&mut act.cure_days, patch.cure_days);
            set(&mut act.reporting_lag_days, patch.reporting_lag_days);
            set(&mut act.on_missing, patch.on_missing);
            act.persist_through = patch.persist_through.or(act.persist_through);
        }
        Terms::LicensingFlow(flow) => {
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
        Terms::PurchasePledge(pledge) => {
            pledge.tranches.sort_by(|a, b| (a.window.start(), &a.id).cmp(&(b.window.start(), &b.id)));
        }
        Terms::PeriodicCeiling(PeriodicTerms { periods, .. })
        | Terms::LicensingFlow(LicensingTerms { periods, .. }) => {
            periods.sort_by(|a, b| (a.window.start(), &a.id).cmp(&(b.window.start(), &b.id)));
        }
        Terms::MeasureSuspension(_) | Terms::RateCeiling(_) | Terms::OneOffAct(_) => {}
    }
}

fn maintain(maintenance: &mut Maintenance, patch: &TermsPatch) {
    maintenance.until = patch.until.clone().or(maintenance.until.take());
    maintenance.implement_by = patch.implement_by.clone().or(maintenance.implement_by.take());
    maintenance.cure = patch.cure.or(maintenance.cure);
    set(&mut maintenance.tolerance_hours, patch.tolerance_hours);
    maintenance.snapback_notice_days = patch.snapback_notice_days.or(maintenance.snapback_notice_days);
}

fn purchase(pledge: &mut PurchaseTerms, patch: &TermsPatch) {
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

/// Takes from a reading's patch the fields that a later amendment sets.
pub(super) fn displace(reading: &mut TermsPatch, later: &TermsPatch) {
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

fn drop_set<T>(own: &mut Option<T>, later: &Option<T>) {
    if later.is_some() {
        *own = None;
    }
}
