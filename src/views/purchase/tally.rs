//! Tally: what the amounts of each series come to. Amounts are taken in by the time at which their periods are over, so
//! that whoever asks about later and later instants goes on from where he was.

use std::borrow::Cow;

use num_rational::BigRational;

use super::super::case::Case;
use super::allocation::Allocation;
use super::coverage::Reach;
use super::item::Item;
use super::plan::Plan;
use super::series::{self, SeriesView};
use crate::domain::terms::{Carry, PurchaseTerms, SeriesRule};
use crate::domain::{Day, Instant, Slug, Window};

/// The amounts of some series, as far as they have been taken in.
#[derive(Debug, Default)]
pub(in super::super) struct Tallies<'i> {
    rests_on: Option<Footing>,
    taken: usize,
    series: Vec<Tally<'i>>,
}

/// The amounts of one series.
#[derive(Debug)]
struct Tally<'i> {
    items: Vec<&'i Item>,
    allocation: Allocation,
    /// Per tranche, in order.
    reaches: Vec<Reach>,
}

/// What decides where an amount goes, beside the amounts that came before it.
#[derive(Debug, PartialEq)]
struct Footing {
    series: Vec<Slug>,
    carry: Carry,
    tranches: Vec<(Window, Day, Day, Instant)>,
    targets: Vec<Vec<BigRational>>,
}

impl<'i> Tallies<'i> {
    /// What every series that the terms name says at `as_of`.
    pub(super) fn views<'v>(
        &'v mut self,
        case: &'i Case<'_>,
        terms: &'v PurchaseTerms,
        plans: &[Plan<'_>],
        as_of: Instant,
    ) -> Vec<SeriesView<'v>> {
        self.views_of(&terms.series, case, terms, plans, as_of)
    }

    /// As [`Tallies::views`], of those series alone that can decide.
    pub(super) fn deciding_views<'v>(
        &'v mut self,
        case: &'i Case<'_>,
        terms: &'v PurchaseTerms,
        plans: &[Plan<'_>],
        as_of: Instant,
    ) -> Vec<SeriesView<'v>> {
        let alone = terms.series.iter().position(|series| *series == terms.primary).unwrap_or(0);
        let deciding = match terms.series_rule {
            SeriesRule::Primary => terms.series.get(alone..=alone).unwrap_or_default(),
            SeriesRule::Concur | SeriesRule::Conservative => &terms.series,
        };
        self.views_of(deciding, case, terms, plans, as_of)
    }

    fn views_of<'v>(
        &'v mut self,
        series: &'v [Slug],
        case: &'i Case<'_>,
        terms: &'v PurchaseTerms,
        plans: &[Plan<'_>],
        as_of: Instant,
    ) -> Vec<SeriesView<'v>> {
        self.take_in(series, case, terms, plans, as_of);
        let views = series.iter().zip(&self.series).map(|(series, tally)| {
            let mut allocation = Cow::Borrowed(&tally.allocation);
            if terms.carry == Carry::Forward {
                // A surplus moves on when its tranche is due, whether or not another amount follows.
                allocation.to_mut().carry_forward(plans, as_of, None);
            }
            let coverages = tally.reaches.iter().map(Reach::coverage).collect();
            series::view_of(terms, plans, series, &tally.items, allocation, coverages, as_of)
        });
        views.collect()
    }

    /// Takes in every amount whose period is over; from the first on, where anything has changed that it rests on.
    fn take_in(
        &mut self,
        series: &[Slug],
        case: &'i Case<'_>,
        terms: &PurchaseTerms,
        plans: &[Plan<'_>],
        as_of: Instant,
    ) {
        let footing = Footing {
            series: series.to_vec(),
            carry: terms.carry,
            tranches: plans.iter().map(|it| (it.tranche.window, it.due, it.cure_end, it.due_at)).collect(),
            targets: series.iter().map(|series| plans.iter().map(|plan| plan.target(series)).collect()).collect(),
        };
        let is_later = self.taken == 0 || case.items[self.taken - 1].over_at <= as_of;
        if self.rests_on.as_ref() != Some(&footing) || !is_later {
            self.taken = 0;
            self.series = footing.targets.iter().map(|targets| Tally::new(plans, targets)).collect();
            self.rests_on = Some(footing);
        }
        // They stand in the order of their last days, so in that of the instants at which their periods are over.
        for item in case.items[self.taken..].iter().take_while(|item| item.over_at <= as_of) {
            self.taken += 1;
            if item.set_aside.is_none()
                && let Some(index) = series.iter().position(|series| *series == item.series)
            {
                self.series[index].take(item, plans, terms.carry, as_of);
            }
        }
    }
}

impl<'i> Tally<'i> {
    fn new(plans: &[Plan<'_>], targets: &[BigRational]) -> Self {
        let reaches = plans.iter().map(Reach::of).collect();
        Tally { items: Vec::new(), allocation: Allocation::of(targets.to_vec()), reaches }
    }

    fn take(&mut self, item: &'i Item, plans: &[Plan<'_>], carry: Carry, as_of: Instant) {
        self.allocation.take(item, plans, carry, as_of);
        self.reaches.iter_mut().for_each(|reach| reach.take(item));
        self.items.push(item);
    }
}
