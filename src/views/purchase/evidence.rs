//! Evidence: how much of it there is, and whether totals contradict each other (specification, section 5).

use num_rational::BigRational;
use num_traits::Signed;

use super::item::Item;
use super::series::SeriesView;
use super::sum::Sum;
use crate::domain::terms::PurchaseTerms;
use crate::domain::{Day, Decimal, Evidence, fraction};

/// How much evidence the series with an amount that counts make.
pub(super) fn evidence(terms: &PurchaseTerms, views: &[SeriesView<'_>]) -> Evidence {
    let heard: Vec<&SeriesView<'_>> = views.iter().filter(|view| view.has_evidence()).collect();
    let covering: Vec<Covering<'_>> = heard.iter().map(|view| Covering::of(view.items)).collect();
    let pairs = covering.iter().enumerate().flat_map(|(index, a)| covering[index + 1..].iter().map(move |b| (a, b)));
    let tolerance = of_a_hundred(terms.disagreement_pct);
    let contradict =
        |(a, b): (&Covering<'_>, &Covering<'_>)| a.totals_with(b).is_some_and(|(a, b)| differ(&a, &b, &tolerance));
    match heard.len() {
        0 => Evidence::None,
        1 => Evidence::Single,
        _ if pairs.into_iter().any(contradict) => Evidence::Contested,
        _ => Evidence::Corroborated,
    }
}

/// Whether two figures differ by more than a share of the larger.
pub(in super::super) fn differ(a: &BigRational, b: &BigRational, tolerance: &BigRational) -> bool {
    let larger = if fraction::compare(&a.abs(), &b.abs()).is_lt() { b.abs() } else { a.abs() };
    fraction::compare(&fraction::minus(a, b).abs(), &fraction::times(tolerance, &larger)).is_gt()
}

/// So many per cent, as a share.
pub(in super::super) fn of_a_hundred(per_cent: Decimal) -> BigRational {
    let whole = BigRational::from_integer(100.into());
    fraction::over(&per_cent.fraction(), &whole).expect("a hundred is not zero")
}

/// The items of one series that are the whole of their periods.
struct Covering<'i> {
    items: Vec<&'i Item>,
    runs: Vec<(Day, Day)>,
    total: BigRational,
}

impl<'i> Covering<'i> {
    fn of(items: &[&'i Item]) -> Self {
        let items: Vec<&Item> = items.iter().copied().filter(|item| item.covers).collect();
        Covering { runs: runs(&items), total: total(&items), items }
    }

    /// The totals of two series over the days that both cover with whole periods; none where there are none.
    fn totals_with(&self, other: &Covering<'_>) -> Option<(BigRational, BigRational)> {
        let (a, b) = self.common_with(other);
        (!a.is_empty() && !b.is_empty()).then(|| (self.total_of(&a), other.total_of(&b)))
    }

    /// The total of some of the items.
    fn total_of(&self, some: &[&Item]) -> BigRational {
        if some.len() == self.items.len() { self.total.clone() } else { total(some) }
    }

    /// The items of both that cover days which both cover with whole periods.
    fn common_with<'o>(&self, other: &Covering<'o>) -> (Vec<&'i Item>, Vec<&'o Item>) {
        let mut b = covered_by(&other.items, &self.runs);
        let mut a = covered_by(&self.items, &runs(&b));
        let mut before = self.items.len() + other.items.len();
        // Each round drops the periods that the other does not cover whole, until both cover the same days.
        while a.len() + b.len() < before {
            before = a.len() + b.len();
            b = covered_by(&b, &runs(&a));
            a = covered_by(&a, &runs(&b));
        }
        (a, b)
    }
}

/// The items of two series that cover days which both cover with whole periods.
pub(super) fn common<'a, 'b>(a: &[&'a Item], b: &[&'b Item]) -> (Vec<&'a Item>, Vec<&'b Item>) {
    Covering::of(a).common_with(&Covering::of(b))
}

/// The sum of some items.
pub(super) fn total(items: &[&Item]) -> BigRational {
    Sum::of(items.iter().map(|item| &item.amount))
}

/// The days that some items cover, as spans in order that neither overlap nor touch.
fn runs(items: &[&Item]) -> Vec<(Day, Day)> {
    let mut runs: Vec<(Day, Day)> = Vec::new();
    let mut sorted: Vec<(Day, Day)> = items.iter().map(|item| (item.from, item.through)).collect();
    sorted.sort_unstable();
    for (from, through) in sorted {
        match runs.last_mut() {
            Some(last) if from <= last.1.next() => last.1 = last.1.max(through),
            _ => runs.push((from, through)),
        }
    }
    runs
}

/// The items that lie whole in one of the runs.
fn covered_by<'i>(items: &[&'i Item], runs: &[(Day, Day)]) -> Vec<&'i Item> {
    let covered = |item: &&&Item| {
        // Runs do not overlap, so only the last that begins by then can hold it.
        let begun = runs.partition_point(|(from, _)| *from <= item.from);
        runs[..begun].last().is_some_and(|(_, through)| item.through <= *through)
    };
    items.iter().filter(covered).copied().collect()
}
