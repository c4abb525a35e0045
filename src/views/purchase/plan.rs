//! Plan: when a tranche begins, is due and ends, with accepted excused days added (specification, section 5).

use super::super::case::Case;
use super::super::intervals::Span;
use crate::domain::terms::{PurchaseTerms, Tranche};
use crate::domain::{Day, Instant, Position, Slug, Window};

/// The calendar of one tranche at the instant asked about.
#[derive(Debug)]
pub(super) struct Plan<'t> {
    /// The tranche.
    pub(super) tranche: &'t Tranche,
    /// Its due day, with accepted excused days added.
    pub(super) due: Day,
    /// The last day of its cure period.
    pub(super) cure_end: Day,
    /// When it begins.
    pub(super) starts_at: Instant,
    /// The due instant.
    pub(super) due_at: Instant,
    /// The end of its cure period.
    pub(super) cure_end_at: Instant,
    /// When silence before the due date is no longer normal.
    pub(super) first_data_at: Instant,
    /// When the figures through the due date must be out.
    pub(super) due_data_at: Instant,
    /// When the figures through the cure period must be out.
    pub(super) cure_data_at: Instant,
    /// The act that ended it before it was due.
    pub(super) terminated_by: Option<Position>,
    /// Whether an accepted excuse is active.
    pub(super) is_excused: bool,
    /// The instrument is void.
    pub(super) is_void: bool,
    /// A valid waiver is active.
    pub(super) is_waived: bool,
    /// When anything of this can differ.
    pub(super) wakes: [Instant; 6],
    /// The days of the original window that accepted excuses cover, each once.
    pub(super) excused: Vec<Window>,
}

impl<'t> Plan<'t> {
    /// The calendar of a tranche at `as_of`.
    pub(super) fn of(case: &Case<'_>, terms: &PurchaseTerms, tranche: &'t Tranche, as_of: Instant) -> Self {
        let zone = case.zone();
        let lag = i64::from(terms.reporting_lag_days);
        let excused = excused_days(case, tranche.window, as_of);
        let due = tranche.window.through().plus_days(excused.iter().map(|days| days.days()).sum());
        let cure_end = due.plus_days(i64::from(tranche.cure_days));
        let starts_at = zone.start_of(tranche.window.start());
        let (due_at, cure_end_at) = (zone.end_of(due), zone.end_of(cure_end));
        let first_data_at = zone.start_of(tranche.window.start().plus_days(lag));
        let (due_data_at, cure_data_at) = (zone.end_of(due.plus_days(lag)), zone.end_of(cure_end.plus_days(lag)));
        let termination = case.termination(Some(&tranche.id), as_of).filter(|(at, _)| *at < due_at);
        Plan {
            tranche,
            due,
            cure_end,
            starts_at,
            due_at,
            cure_end_at,
            first_data_at,
            due_data_at,
            cure_data_at,
            terminated_by: termination.map(|(_, position)| position),
            is_excused: case.relief.accepted(as_of).any(|e| e.span.from < cure_end_at && e.span.holds(as_of)),
            is_void: case.voided(as_of).is_some(),
            is_waived: case.relief.waiving(Some(&tranche.id), as_of).is_some(),
            wakes: [starts_at, due_at, cure_end_at, first_data_at, due_data_at, cure_data_at],
            excused,
        }
    }

    /// How many excused days of the original window lie at or before a day.
    pub(super) fn excused_days_through(&self, day: Day) -> i64 {
        let before = self.excused.iter().filter(|days| days.start() <= day);
        before.map(|days| days.start().days_until(days.through().min(day)) + 1).sum()
    }

    /// The target in a series.
    pub(super) fn target(&self, series: &Slug) -> num_rational::BigRational {
        self.tranche.target_by_series.get(series).unwrap_or(&self.tranche.target).fraction()
    }
}

/// The days of the window that accepted excuses with a recorded end cover, each once. A day that an excuse touches is an
/// excused day.
fn excused_days(case: &Case<'_>, window: Window, as_of: Instant) -> Vec<Window> {
    let zone = case.zone();
    let excuses = case.relief.accepted(as_of).filter(|excuse| excuse.ends);
    let mut covered: Vec<Window> = excuses
        .filter(|excuse| excuse.span.from < excuse.span.until)
        .filter_map(|excuse| {
            let last = excuse.span.until.min(Span::UNENDING).plus_seconds(-1);
            let first = zone.day_of(excuse.span.from).max(window.start());
            Window::new(first, zone.day_of(last).min(window.through())).ok()
        })
        .collect();
    covered.sort();
    let mut union: Vec<Window> = Vec::new();
    for days in covered {
        let merged = union
            .last()
            .filter(|last| days.start() <= last.through().next())
            .and_then(|last| Window::new(last.start(), last.through().max(days.through())).ok());
        match (merged, union.last_mut()) {
            (Some(merged), Some(last)) => *last = merged,
            _ => union.push(days),
        }
    }
    union
}
