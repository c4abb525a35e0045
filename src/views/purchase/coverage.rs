//! Coverage: how far the statistics reach without a hole (specification, section 5).

use std::collections::BTreeSet;

use super::super::outcome::raise;
use super::item::Item;
use super::plan::Plan;
use crate::domain::{Day, Flag};

/// How far one series covers one tranche.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coverage {
    /// The last day of the covering periods that follow each other from the window's start; none without any.
    pub(super) through: Option<Day>,
    /// D, as a last day: the same, and the day before the window where nothing is covered.
    pub(super) end: Day,
    /// A covering period of the tranche begins after that.
    pub(super) has_gap: bool,
    /// A covering period that begins before the window carries coverage into it.
    straddles_start: bool,
    /// A period begins before and ends after the due date.
    straddles_due: bool,
}

/// How far one series reaches in one tranche, as far as its items have been taken in; they may come in any order.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    start: Day,
    due: Day,
    cure_end: Day,
    through: Option<Day>,
    /// Covering periods that begin after a hole.
    waiting: BTreeSet<(Day, Day)>,
    straddles_start: bool,
    straddles_due: bool,
}

impl Reach {
    /// Of no item yet.
    pub(super) fn of(plan: &Plan<'_>) -> Self {
        Reach {
            start: plan.tranche.window.start(),
            due: plan.due,
            cure_end: plan.cure_end,
            through: None,
            waiting: BTreeSet::new(),
            straddles_start: false,
            straddles_due: false,
        }
    }

    /// Takes in one item.
    pub(super) fn take(&mut self, item: &Item) {
        self.straddles_due |= item.from <= self.due && self.due < item.through;
        if !item.covers {
            return;
        }
        self.straddles_start |= item.from < self.start && self.start <= item.through;
        if self.next() < item.from {
            self.waiting.insert((item.from, item.through));
            return;
        }
        // All that waits begins later than this.
        if self.next() <= item.through {
            self.through = Some(item.through);
        }
        while let Some((from, through)) = self.waiting.first().copied().filter(|(from, _)| *from <= self.next()) {
            self.waiting.remove(&(from, through));
            if self.next() <= through {
                self.through = Some(through);
            }
        }
    }

    /// The first day that is not covered.
    fn next(&self) -> Day {
        self.through.map_or(self.start, Day::next)
    }

    /// What that comes to.
    pub(super) fn coverage(&self) -> Coverage {
        Coverage {
            through: self.through,
            end: self.through.unwrap_or(self.start.plus_days(-1)),
            has_gap: self.waiting.first().is_some_and(|(from, _)| *from <= self.cure_end),
            straddles_start: self.straddles_start,
            straddles_due: self.straddles_due,
        }
    }
}

/// How many covering periods reach, one after the other, from the start of a tranche as far as it is covered.
pub(super) fn periods_in_a_row(items: &[&Item], plan: &Plan<'_>) -> usize {
    let mut covering: Vec<&Item> = items.iter().copied().filter(|item| item.covers).collect();
    covering.sort_by_key(|item| (item.from, item.through));
    let mut next = plan.tranche.window.start();
    let mut periods = 0;
    for item in covering {
        if item.from <= next && next <= item.through {
            next = item.through.next();
            periods += 1;
        }
    }
    periods
}

impl Coverage {
    /// Marks what is remarkable about its periods.
    pub(super) fn mark(&self, flags: &mut BTreeSet<Flag>) {
        raise(flags, Flag::CoverageGap, self.has_gap);
        raise(flags, Flag::StraddlesStart, self.straddles_start);
        raise(flags, Flag::StraddlesDue, self.straddles_due);
    }

    /// Whether it reaches a day.
    pub(super) fn reaches(&self, day: Day) -> bool {
        day <= self.end
    }
}
