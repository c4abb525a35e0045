//! Coverage: how far the statistics reach without a hole (specification, section 5).

use super::item::Item;
use super::plan::Plan;
use crate::domain::Day;

/// How far one series covers one tranche.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coverage {
    /// D: the last day of the covering periods that follow each other from the window's start; none without any.
    pub(super) through: Option<Day>,
    /// A covering period of the tranche begins after that.
    pub(super) has_gap: bool,
    /// A covering period begins before the window and ends in it.
    pub(super) straddles_start: bool,
    /// A period begins before and ends after the due date.
    pub(super) straddles_due: bool,
}

impl Coverage {
    /// The coverage of a tranche by the items of one series.
    pub(super) fn of(items: &[&Item], plan: &Plan<'_>) -> Self {
        let start = plan.tranche.window.start();
        let mut covering: Vec<&Item> = items.iter().copied().filter(|item| item.covers).collect();
        covering.sort_by_key(|item| (item.from, item.through));
        let mut through: Option<Day> = None;
        for item in &covering {
            let next = through.map_or(start, Day::next);
            if item.from <= next && next <= item.through {
                through = Some(item.through);
            }
        }
        let ends = start..=plan.due;
        let begins = start..=plan.cure_end;
        Coverage {
            through,
            has_gap: covering
                .iter()
                .any(|i| begins.contains(&i.from) && through.is_none_or(|through| through < i.from)),
            straddles_start: covering.iter().any(|item| item.from < start && ends.contains(&item.through)),
            straddles_due: items.iter().any(|item| item.from <= plan.due && plan.due < item.through),
        }
    }

    /// Whether it reaches a day.
    pub(super) fn reaches(&self, day: Day) -> bool {
        self.through.is_some_and(|through| day <= through)
    }
}
