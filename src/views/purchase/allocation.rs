//! Allocation: which tranche an amount is counted to (specification, section 5).

use num_rational::BigRational;
use num_traits::{Signed, Zero};

use super::super::LotReason;
use super::item::Item;
use super::plan::Plan;
use super::sum::Sum;
use crate::domain::terms::Carry;
use crate::domain::{Day, Flag, Instant, Position, fraction};

/// What each tranche has been given from one series.
#[derive(Debug, Clone)]
pub(super) struct Allocation {
    /// Per tranche, in order: what it was given.
    pub(super) lots: Vec<Vec<Lot>>,
    totals: Vec<Sum>,
    /// Per tranche: by each last day of its lots, in order, what it had by then.
    by_day: Vec<Vec<(Day, Sum)>>,
    targets: Vec<BigRational>,
    carried: Vec<bool>,
    /// The items that no tranche could take, with the mark of each.
    pub(super) dropped: Vec<(Position, Flag)>,
}

/// One amount given to a tranche, or taken from it.
#[derive(Debug, Clone)]
pub(super) struct Lot {
    /// The last day of the period it comes from.
    pub(super) through: Day,
    /// How much; negative where it is taken.
    pub(super) amount: BigRational,
    /// The event that reports it; none for a surplus that is carried.
    pub(super) position: Option<Position>,
    /// Why this tranche.
    pub(super) reason: LotReason,
}

impl Allocation {
    /// Nothing yet, for tranches with these targets.
    pub(super) fn of(targets: Vec<BigRational>) -> Self {
        let tranches = targets.len();
        Allocation {
            lots: vec![Vec::new(); tranches],
            totals: vec![Sum::zero(); tranches],
            by_day: vec![Vec::new(); tranches],
            targets,
            carried: vec![false; tranches],
            dropped: Vec::new(),
        }
    }

    /// Gives the next item, in order, to the tranches.
    pub(super) fn take(&mut self, item: &Item, plans: &[Plan<'_>], carry: Carry, as_of: Instant) {
        if carry == Carry::Forward {
            self.carry_forward(plans, as_of, Some(item.through));
        }
        if item.amount.is_negative() {
            self.take_back(item, plans);
        } else {
            self.give(item, plans);
        }
    }

    /// How much a tranche has from periods that end on or before a day.
    pub(super) fn performed_through(&self, tranche: usize, day: Day) -> BigRational {
        let by_day = &self.by_day[tranche];
        let count = by_day.partition_point(|(through, _)| *through <= day);
        by_day[..count].last().map_or_else(BigRational::zero, |(_, sum)| sum.value())
    }

    /// How much a tranche has in all.
    pub(super) fn performed(&self, tranche: usize) -> BigRational {
        self.totals[tranche].value()
    }

    /// The target of a tranche in this series.
    pub(super) fn target(&self, tranche: usize) -> &BigRational {
        &self.targets[tranche]
    }

    fn add(&mut self, tranche: usize, lot: Lot) {
        let by_day = &mut self.by_day[tranche];
        let place = by_day.partition_point(|(through, _)| *through < lot.through);
        if by_day.get(place).is_none_or(|(through, _)| *through != lot.through) {
            let before = by_day[..place].last().map_or_else(Sum::zero, |(_, sum)| sum.clone());
            by_day.insert(place, (lot.through, before));
        }
        // Lots come in order of their days, but for a surplus that is carried.
        by_day[place..].iter_mut().for_each(|(_, sum)| sum.add(&lot.amount));
        self.totals[tranche].add(&lot.amount);
        self.lots[tranche].push(lot);
    }

    /// Fills the earliest tranche that can take the item up to its target, and lets the rest flow on.
    fn give(&mut self, item: &Item, plans: &[Plan<'_>]) {
        let mut eligible = (0..plans.len()).filter(|index| {
            plans[*index].tranche.window.start() <= item.from && item.through <= plans[*index].cure_end
        });
        let Some(mut last) = eligible.next() else {
            return self.give_late(item, plans);
        };
        let mut rest = item.amount.clone();
        for later in eligible {
            let room = fraction::minus(&self.targets[last], &self.performed(last));
            let taken = room.min(rest.clone());
            if taken.is_positive() {
                rest = fraction::minus(&rest, &taken);
                self.add(last, Lot::of(item, taken, LotReason::Filled));
            }
            last = later;
        }
        self.add(last, Lot::of(item, rest, LotReason::TakesTheRest));
    }

    /// No tranche can take it in time: the latest one begun by then takes it, late.
    fn give_late(&mut self, item: &Item, plans: &[Plan<'_>]) {
        let begun = (0..plans.len()).filter(|index| plans[*index].tranche.window.start() <= item.from);
        match begun.max_by_key(|index| plans[*index].tranche.window.start()) {
            Some(latest) => self.add(latest, Lot::of(item, item.amount.clone(), LotReason::Late)),
            None => self.dropped.push((item.position, Flag::EvidenceIncomplete)),
        }
    }

    /// A net cancellation: it lowers the tranche in whose original window its period began, else the first in whose cure
    /// period it did. A period that begins when the cure period is over comes too late (T1).
    fn take_back(&mut self, item: &Item, plans: &[Plan<'_>]) {
        let began_in = |last: fn(&Plan<'_>) -> Day| {
            plans.iter().position(|plan| plan.tranche.window.start() <= item.from && item.from <= last(plan))
        };
        match began_in(|plan| plan.tranche.window.through()).or_else(|| began_in(|plan| plan.cure_end)) {
            Some(index) => self.add(index, Lot::of(item, item.amount.clone(), LotReason::TakenBack)),
            None => self.dropped.push((item.position, Flag::PostDueCancellation)),
        }
    }

    /// Moves what a tranche has beyond its target on its due date to the first day of the next, once that date is over
    /// and before any item that ends later is given.
    pub(super) fn carry_forward(&mut self, plans: &[Plan<'_>], as_of: Instant, next_item_through: Option<Day>) {
        for index in 0..plans.len().saturating_sub(1) {
            let plan = &plans[index];
            let is_due = plan.due_at <= as_of && next_item_through.is_none_or(|through| plan.due < through);
            if self.carried[index] || !is_due {
                continue;
            }
            self.carried[index] = true;
            let surplus = fraction::minus(&self.performed_through(index, plan.due), &self.targets[index]);
            if surplus.is_positive() {
                self.add(index, Lot::carried(plan.due, -surplus.clone(), LotReason::CarriedOut));
                let first_day = plans[index + 1].tranche.window.start();
                self.add(index + 1, Lot::carried(first_day, surplus, LotReason::CarriedIn));
            }
        }
    }
}

impl Lot {
    fn of(item: &Item, amount: BigRational, reason: LotReason) -> Self {
        Lot { through: item.through, amount, position: Some(item.position), reason }
    }

    fn carried(through: Day, amount: BigRational, reason: LotReason) -> Self {
        Lot { through, amount, position: None, reason }
    }
}
