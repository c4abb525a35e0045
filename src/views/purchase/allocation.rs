//! Allocation: which tranche an amount is counted to (specification, section 5).

use num_rational::BigRational;
use num_traits::{Signed, Zero};

use super::item::Item;
use super::plan::Plan;
use crate::domain::terms::Carry;
use crate::domain::{Day, Flag, Instant, Slug};

/// What each tranche has been given from one series.
#[derive(Debug)]
pub(super) struct Allocation {
    /// Per tranche, in order: lots with the last day of the period they come from.
    lots: Vec<Vec<(Day, BigRational)>>,
    totals: Vec<BigRational>,
    targets: Vec<BigRational>,
    carried: Vec<bool>,
    /// Marks of items that no tranche could take.
    pub(super) flags: Vec<Flag>,
}

impl Allocation {
    /// Gives each item, in order, to the tranches.
    pub(super) fn of(items: &[&Item], plans: &[Plan<'_>], series: &Slug, carry: Carry, as_of: Instant) -> Self {
        let mut allocation = Allocation {
            lots: vec![Vec::new(); plans.len()],
            totals: vec![BigRational::zero(); plans.len()],
            targets: plans.iter().map(|plan| plan.target(series)).collect(),
            carried: vec![false; plans.len()],
            flags: Vec::new(),
        };
        for item in items {
            if carry == Carry::Forward {
                allocation.carry_forward(plans, as_of, Some(item.through));
            }
            if item.amount.is_negative() {
                allocation.take_back(item, plans);
            } else {
                allocation.give(item, plans);
            }
        }
        if carry == Carry::Forward {
            allocation.carry_forward(plans, as_of, None);
        }
        allocation
    }

    /// How much a tranche has from periods that end on or before a day.
    pub(super) fn performed_through(&self, tranche: usize, day: Day) -> BigRational {
        let lots = self.lots[tranche].iter().filter(|(through, _)| *through <= day);
        lots.fold(BigRational::zero(), |sum, (_, amount)| sum + amount)
    }

    /// What a tranche was given, with the last day of the period it comes from, in the order of giving.
    pub(super) fn lots(&self, tranche: usize) -> &[(Day, BigRational)] {
        &self.lots[tranche]
    }

    /// How much a tranche has in all.
    pub(super) fn performed(&self, tranche: usize) -> &BigRational {
        &self.totals[tranche]
    }

    /// The target of a tranche in this series.
    pub(super) fn target(&self, tranche: usize) -> &BigRational {
        &self.targets[tranche]
    }

    fn add(&mut self, tranche: usize, through: Day, amount: BigRational) {
        self.totals[tranche] += &amount;
        self.lots[tranche].push((through, amount));
    }

    /// Fills the earliest tranche that can take the item up to its target, and lets the rest flow on.
    fn give(&mut self, item: &Item, plans: &[Plan<'_>]) {
        let eligible: Vec<usize> = (0..plans.len())
            .filter(|index| plans[*index].tranche.window.start() <= item.from && item.through <= plans[*index].cure_end)
            .collect();
        let Some((last, earlier)) = eligible.split_last() else {
            return self.give_late(item, plans);
        };
        let mut rest = item.amount.clone();
        for index in earlier {
            let room = &self.targets[*index] - self.performed(*index);
            let taken = room.min(rest.clone());
            if taken.is_positive() {
                rest -= &taken;
                self.add(*index, item.through, taken);
            }
        }
        self.add(*last, item.through, rest);
    }

    /// No tranche can take it in time: the latest one begun by then takes it, late.
    fn give_late(&mut self, item: &Item, plans: &[Plan<'_>]) {
        let begun = (0..plans.len()).filter(|index| plans[*index].tranche.window.start() <= item.from);
        match begun.max_by_key(|index| plans[*index].tranche.window.start()) {
            Some(latest) => self.add(latest, item.through, item.amount.clone()),
            None => self.flags.push(Flag::EvidenceIncomplete),
        }
    }

    /// A net cancellation: it lowers the tranche in whose original window its period began, else the first in whose cure
    /// period it did. A period that begins when the cure period is over comes too late (T1).
    fn take_back(&mut self, item: &Item, plans: &[Plan<'_>]) {
        let began_in = |last: fn(&Plan<'_>) -> Day| {
            plans.iter().position(|plan| plan.tranche.window.start() <= item.from && item.from <= last(plan))
        };
        match began_in(|plan| plan.tranche.window.through()).or_else(|| began_in(|plan| plan.cure_end)) {
            Some(index) => self.add(index, item.through, item.amount.clone()),
            None => self.flags.push(Flag::PostDueCancellation),
        }
    }

    /// Moves what a tranche has beyond its target on its due date to the first day of the next, once that date is over
    /// and before any item that ends later is given.
    fn carry_forward(&mut self, plans: &[Plan<'_>], as_of: Instant, next_item_through: Option<Day>) {
        for index in 0..plans.len().saturating_sub(1) {
            let plan = &plans[index];
            let is_due = plan.due_at <= as_of && next_item_through.is_none_or(|through| plan.due < through);
            if self.carried[index] || !is_due {
                continue;
            }
            self.carried[index] = true;
            let surplus = self.performed_through(index, plan.due) - &self.targets[index];
            if surplus.is_positive() {
                self.add(index, plan.due, -surplus.clone());
                self.add(index + 1, plans[index + 1].tranche.window.start(), surplus);
            }
        }
    }
}
