//! Evidence: how much of it there is, and whether totals contradict each other (specification, section 5).

use num_rational::BigRational;
use num_traits::Signed;

use super::item::Item;
use super::series::SeriesView;
use super::sum::Sum;
use crate::domain::terms::PurchaseTerms;
use crate::domain::{Day, Evidence};

/// How much evidence the series with an amount that counts make.
pub(super) fn evidence(terms: &PurchaseTerms, views: &[SeriesView<'_>]) -> Evidence {
    let heard: Vec<&SeriesView<'_>> = views.iter().filter(|view| view.has_evidence()).collect();
    let pairs = heard.iter().enumerate().flat_map(|(index, a)| heard[index + 1..].iter().map(move |b| (a, b)));
    let tolerance = terms.disagreement_pct.fraction() / BigRational::from_integer(100.into());
    let contradict = |(a, b): (&&SeriesView<'_>, &&SeriesView<'_>)| {
        common_totals(a.items, b.items).is_some_and(|(a, b)| differ(&a, &b, &tolerance))
    };
    match heard.len() {
        0 => Evidence::None,
        1 => Evidence::Single,
        _ if pairs.into_iter().any(contradict) => Evidence::Contested,
        _ => Evidence::Corroborated,
    }
}

/// Whether two figures differ by more than a share of the larger.
pub(in super::super) fn differ(a: &BigRational, b: &BigRational, tolerance: &BigRational) -> bool {
    (a - b).abs() > tolerance * a.abs().max(b.abs())
}

/// The totals of two series over the days that both cover with whole periods; none where there are none.
fn common_totals(a: &[&Item], b: &[&Item]) -> Option<(BigRational, BigRational)> {
    let (a, b) = common(a, b);
    (!a.is_empty() && !b.is_empty()).then(|| (total(&a), total(&b)))
}

/// The items of two series that cover days which both cover with whole periods.
pub(super) fn common<'a, 'b>(a: &[&'a Item], b: &[&'b Item]) -> (Vec<&'a Item>, Vec<&'b Item>) {
    let mut a: Vec<&Item> = a.iter().copied().filter(|item| item.covers).collect();
    let mut b: Vec<&Item> = b.iter().copied().filter(|item| item.covers).collect();
    loop {
        // Each round drops the periods that the other does not cover whole, until both cover the same days.
        let before = a.len() + b.len();
        b = covered_by(&b, &a);
        a = covered_by(&a, &b);
        if a.len() + b.len() == before {
            return (a, b);
        }
    }
}

/// The sum of some items.
pub(super) fn total(items: &[&Item]) -> BigRational {
    Sum::of(items.iter().map(|item| &item.amount))
}

fn covered_by<'i>(items: &[&'i Item], others: &[&Item]) -> Vec<&'i Item> {
    let mut runs: Vec<(Day, Day)> = Vec::new();
    let mut sorted: Vec<&&Item> = others.iter().collect();
    sorted.sort_by_key(|item| item.from);
    for item in sorted {
        match runs.last_mut() {
            Some(last) if item.from <= last.1.next() => last.1 = last.1.max(item.through),
            _ => runs.push((item.from, item.through)),
        }
    }
    let covered = |item: &&&Item| runs.iter().any(|(from, through)| *from <= item.from && item.through <= *through);
    items.iter().filter(covered).copied().collect()
}
