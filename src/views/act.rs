//! One-off act: something to be done so often by then (specification, section 6).

pub(super) mod clocks;
mod explain;
mod table;

pub(super) use explain::explain;

use std::collections::BTreeSet;

use table::Facts;

use super::case::Case;
use super::outcome::{Outcome, Wake, raise};
use super::rule::{self, Rule};
use super::{CountStep, Numbers, RecordUse};
use crate::domain::event::Stage;
use crate::domain::terms::ActTerms;
use crate::domain::{Evidence, Flag, Instant, Lifecycle, Position};

/// The outcome for an act.
pub(super) fn judge(case: &Case<'_>, terms: &ActTerms, as_of: Instant) -> Outcome {
    let dates = Dates::of(case, terms);
    let count = Count::at(case, terms, &dates, as_of);
    let termination = case.termination(None, as_of);
    let facts = facts(case, terms, &dates, &count, as_of);
    let (row, status) = rule::first(&table::rules(&facts));
    let (_, lifecycle) = rule::first(&lifecycle_rules(case, &dates, &facts, as_of));

    let mut outcome = Outcome::of(row, lifecycle, status, dates.wake(as_of));
    // Acts have no series, and one act never confirms another: each is counted for itself.
    outcome.evidence = if count.counted.is_empty() { Evidence::None } else { Evidence::Single };
    let flags = &mut outcome.flags;
    raise(flags, Flag::AwaitingData, matches!(row, "A9" | "A12"));
    raise(flags, Flag::LatePerformance, row == "A11");
    raise(flags, Flag::AnnouncedOnly, !count.announced.is_empty() && !count.any_effective);
    raise(flags, Flag::Reversed, count.reversed);
    raise(flags, Flag::InadmissibleClaim, count.inadmissible);
    outcome.because.extend(count.counted);
    if !count.any_effective {
        outcome.because.extend(count.announced);
    }
    outcome.because.extend(case.relief.waiving(None, as_of).map(|waiver| waiver.position()));
    outcome.because.extend(termination.map(|(_, position)| position));
    outcome.numbers = Numbers::Act { done: count.now, target: terms.count, due: dates.due };
    outcome
}

fn facts(case: &Case<'_>, terms: &ActTerms, dates: &Dates, count: &Count, as_of: Instant) -> Facts {
    let below = count.now < i64::from(terms.count);
    let persists = dates.persist_end;
    Facts {
        void: case.voided(as_of).is_some(),
        before_start: as_of < dates.start,
        undone: count.reached.is_some() && below && persists.is_some_and(|end| as_of < end),
        not_kept_to_the_end: persists.is_some_and(|end| end <= as_of) && count.at_persist_end < i64::from(terms.count),
        done_in_time: count.reached.is_some_and(|reached| reached < dates.due),
        done_in_cure: count.reached.is_some_and(|reached| reached < dates.cure_end),
        waived: case.relief.waiving(None, as_of).is_some(),
        terminated: case.termination(None, as_of).is_some_and(|(at, _)| at < dates.due),
        before_due: as_of < dates.due,
        within_due_lag: as_of < dates.due_data,
        within_cure: as_of < dates.cure_end,
        done: count.reached.is_some(),
        within_cure_lag: as_of < dates.cure_data,
        on_missing: terms.on_missing,
    }
}

/// The rows of the lifecycle, in order.
fn lifecycle_rules(case: &Case<'_>, dates: &Dates, facts: &Facts, as_of: Instant) -> [Rule<Lifecycle>; 4] {
    let ended = facts.void || case.termination(None, as_of).is_some_and(|(at, _)| at < dates.last);
    [
        (ended, "", "void, or terminated before the later of cure_end and the persistence end", Lifecycle::Terminated),
        (facts.before_start, "", "as_of < start", Lifecycle::Pending),
        (dates.last <= as_of, "", "as_of at or past the later of cure_end and the persistence end", Lifecycle::Lapsed),
        (true, "", "otherwise", Lifecycle::InForce),
    ]
}

/// The instants that the table compares with.
struct Dates {
    start: Instant,
    due: Instant,
    due_data: Instant,
    cure_end: Instant,
    cure_data: Instant,
    persist_end: Option<Instant>,
    /// The later of the end of the cure period and of persistence.
    last: Instant,
}

impl Dates {
    fn of(case: &Case<'_>, terms: &ActTerms) -> Self {
        let after = |days: i64| case.zone().end_of(terms.through.plus_days(days));
        let (cure, lag) = (i64::from(terms.cure_days), i64::from(terms.reporting_lag_days));
        let persist_end = terms.persist_through.map(|day| case.zone().end_of(day));
        let cure_end = after(cure);
        Dates {
            start: terms.effective_from.instant(),
            due: after(0),
            due_data: after(lag),
            cure_end,
            cure_data: after(cure + lag),
            persist_end,
            last: persist_end.map_or(cure_end, |end| end.max(cure_end)),
        }
    }

    fn wake(&self, as_of: Instant) -> Wake {
        let mut wake = Wake::after(as_of);
        wake.at_each([self.start, self.due, self.due_data, self.cure_end, self.cure_data]);
        wake.at_each(self.persist_end);
        wake
    }
}

/// The running count of acts in effect.
#[derive(Default)]
struct Count {
    /// N at the instant asked about.
    now: i64,
    /// N when persistence ended; what is done or undone at the end itself comes too late (T1).
    at_persist_end: i64,
    /// t: when N first reached the target.
    reached: Option<Instant>,
    reversed: bool,
    any_effective: bool,
    inadmissible: bool,
    announced: Vec<Position>,
    counted: BTreeSet<Position>,
    /// Each change, with N once all of its instant is counted.
    steps: Vec<CountStep>,
    /// What does not count, with the reason.
    set_aside: Vec<(Position, RecordUse)>,
}

impl Count {
    fn at(case: &Case<'_>, terms: &ActTerms, dates: &Dates, as_of: Instant) -> Self {
        let mut count = Count::default();
        let changes = count.changes(case, as_of);
        // N is a function of time: what is done and undone at one instant is one step.
        for step in changes.chunk_by(|(a, ..), (b, ..)| a == b) {
            let at = step[0].0;
            count.reversed |= count.reached.is_some() && step.iter().any(|(.., change)| *change < 0);
            count.now += step.iter().map(|(.., change)| change).sum::<i64>();
            let now = count.now;
            let each = step.iter().map(|(at, position, change)| (*position, *at, *change));
            count.steps.extend(each.map(|(position, at, change)| CountStep { position, at, change, count: now }));
            if count.reached.is_none() && count.now >= i64::from(terms.count) {
                count.reached = Some(at);
            }
            if dates.persist_end.is_some_and(|end| at < end) {
                count.at_persist_end = count.now;
            }
        }
        count.counted = changes.into_iter().map(|(_, position, _)| position).collect();
        count
    }

    /// What was done and undone by then, in order of time and then as recorded.
    fn changes(&mut self, case: &Case<'_>, as_of: Instant) -> Vec<(Instant, Position, i64)> {
        let mut changes = Vec::new();
        for act in case.records.acts.iter().filter(|act| act.body.performed_at.at <= as_of) {
            if !case.admits(act.class()) {
                self.inadmissible = true;
                self.set_aside.push((act.position(), RecordUse::Inadmissible));
            } else if act.body.stage == Stage::Effective {
                self.any_effective = true;
                changes.push((act.body.performed_at.at, act.position(), i64::from(act.body.count)));
            } else {
                self.announced.push(act.position());
                self.set_aside.push((act.position(), RecordUse::AnnouncedOnly));
            }
        }
        for reversal in case.records.reversals.iter().filter(|reversal| reversal.body.performed_at.at <= as_of) {
            if case.admits(reversal.class()) {
                let change = -i64::from(reversal.body.count);
                changes.push((reversal.body.performed_at.at, reversal.position(), change));
            } else {
                self.inadmissible = true;
                self.set_aside.push((reversal.position(), RecordUse::Inadmissible));
            }
        }
        changes.sort_by_key(|(at, position, ..)| (*at, *position));
        changes
    }
}
