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
    /// How many covering periods reach there one after the other.
    pub(super) periods: usize,
    /// A covering period of the tranche begins after that.
    pub(super) has_gap: bool,
    /// A covering period that begins before the window carries coverage into it.
    straddles_start: bool,
    /// A period begins before and ends after the due date.
    straddles_due: bool,
}

impl Coverage {
    /// The coverage of a tranche by the items of one series.
    pub(super) fn of(items: &[&Item], plan: &Plan<'_>) -> Self {
        let start = plan.tranche.window.start();
        let mut covering: Vec<&Item> = items.iter().copied().filter(|item| item.covers).collect();
        covering.sort_by_key(|item| (item.from, item.through));
        let mut through: Option<Day> = None;
        let mut periods = 0;
        for item in &covering {
            let next = through.map_or(start, Day::next);
            if item.from <= next && next <= item.through {
                through = Some(item.through);
                periods += 1;
            }
        }
        let end = through.unwrap_or(start.plus_days(-1));
        let begins = start..=plan.cure_end;
        Coverage {
            through,
            end,
            periods,
            has_gap: covering.iter().any(|item| begins.contains(&item.from) && end < item.from),
            straddles_start: covering.iter().any(|item| item.from < start && start <= item.through),
            straddles_due: items.iter().any(|item| item.from <= plan.due && plan.due < item.through),
        }
    }

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
