//! Mirror: what different series report of the same trade, side by side over the days that both cover.

use std::collections::BTreeMap;

use num_rational::BigRational;
use num_traits::{Signed, Zero};

use super::super::case::Case;
use super::differ;
use super::evidence::{common, total};
use super::item::Item;
use crate::domain::event::AmountReported;
use crate::domain::terms::PurchaseTerms;
use crate::domain::{Basis, Day, Instant, Slug};

/// One series in one basis, as far as it was reported exactly and in a known unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Strand {
    /// Its series.
    pub series: Slug,
    /// What it counts.
    pub basis: Basis,
    /// Whether it can count towards the pledge.
    pub heard: bool,
    /// The first day reported.
    pub from: Day,
    /// The last day reported.
    pub through: Day,
    /// Its sum, in the pledge's unit.
    pub total: BigRational,
    /// How many reports.
    pub reports: usize,
}

/// Two series over the days that both cover with whole periods.
#[derive(Debug, Clone, PartialEq)]
pub struct Mirror {
    /// The one.
    pub one: MirrorSide,
    /// The other.
    pub other: MirrorSide,
    /// The first day in common.
    pub from: Day,
    /// The last day in common.
    pub through: Day,
    /// How many days are in common.
    pub days: i64,
    /// The one less the other.
    pub difference: BigRational,
    /// The difference as per cent of the larger, without sign; none where both are zero.
    pub difference_pct: Option<BigRational>,
    /// Whether it is more than the terms let two series differ.
    pub disagrees: bool,
}

/// One side of a pair.
#[derive(Debug, Clone, PartialEq)]
pub struct MirrorSide {
    /// Its series.
    pub series: Slug,
    /// What it counts.
    pub basis: Basis,
    /// Its sum over the days in common.
    pub total: BigRational,
}

/// Every series reported by `as_of`, heard or not, whatever it counts, and each of those the promise names beside every
/// other that covers days in common; the series that leads comes first. What does not count stands beside what does: the difference is the story.
pub(in super::super) fn mirrors(case: &Case<'_>, terms: &PurchaseTerms, as_of: Instant) -> (Vec<Strand>, Vec<Mirror>) {
    let mut by_strand: BTreeMap<(bool, Slug, Basis), Vec<Item>> = BTreeMap::new();
    for record in &case.records.amounts {
        let item = Item::read(record, terms, case.undertaking.body);
        if item.over_at <= as_of && record.body.is_countable() && is_convertible(record.body, terms) {
            let follows = record.body.series != terms.primary;
            let strand = (follows, record.body.series.clone(), record.body.basis);
            by_strand.entry(strand).or_default().push(item);
        }
    }
    let bundles: Vec<Bundle<'_>> = by_strand
        .iter()
        .map(|((_, series, basis), items)| Bundle { series, basis: *basis, items: items.iter().collect() })
        .collect();
    let tolerance = terms.disagreement_pct.fraction() / BigRational::from_integer(100.into());
    let pairs = bundles.iter().enumerate().flat_map(|(at, one)| bundles[at + 1..].iter().map(move |it| (one, it)));
    // Two series of which the promise names neither say nothing about it, and with many series they are most pairs.
    let named = |bundle: &Bundle<'_>| terms.series.contains(bundle.series) || *bundle.series == terms.primary;
    let of_the_promise = pairs.filter(|(one, other)| named(one) || named(other));
    let mirrors = of_the_promise.filter_map(|(one, other)| one.beside(other, &tolerance)).collect();
    (bundles.iter().filter_map(|bundle| bundle.strand(terms)).collect(), mirrors)
}

fn is_convertible(amount: &AmountReported, terms: &PurchaseTerms) -> bool {
    amount.unit == terms.unit || terms.conversions.contains_key(&amount.unit)
}

/// The reports of one series in one basis.
struct Bundle<'i> {
    series: &'i Slug,
    basis: Basis,
    items: Vec<&'i Item>,
}

impl Bundle<'_> {
    fn strand(&self, terms: &PurchaseTerms) -> Option<Strand> {
        let counts = self.items.iter().any(|item| item.set_aside.is_none());
        Some(Strand {
            series: self.series.clone(),
            basis: self.basis,
            heard: counts && terms.series.contains(self.series),
            from: self.items.iter().map(|item| item.from).min()?,
            through: self.items.iter().map(|item| item.through).max()?,
            total: total(&self.items),
            reports: self.items.len(),
        })
    }

    /// The two over the days in common; none where there are none.
    fn beside(&self, other: &Bundle<'_>, tolerance: &BigRational) -> Option<Mirror> {
        let (ours, theirs) = common(&self.items, &other.items);
        let from = ours.iter().chain(&theirs).map(|item| item.from).min()?;
        let through = ours.iter().chain(&theirs).map(|item| item.through).max()?;
        let (one, another) = (total(&ours), total(&theirs));
        let larger = one.abs().max(another.abs());
        let difference = &one - &another;
        let hundred = BigRational::from_integer(100.into());
        Some(Mirror {
            from,
            through,
            days: days_covered(&ours),
            difference_pct: (!larger.is_zero()).then(|| difference.abs() * hundred / &larger),
            disagrees: differ(&one, &another, tolerance),
            difference,
            one: MirrorSide { series: self.series.clone(), basis: self.basis, total: one },
            other: MirrorSide { series: other.series.clone(), basis: other.basis, total: another },
        })
    }
}

/// How many days some items cover, each once.
fn days_covered(items: &[&Item]) -> i64 {
    let mut spans: Vec<(Day, Day)> = items.iter().map(|item| (item.from, item.through)).collect();
    spans.sort_unstable();
    let mut reached: Option<Day> = None;
    let mut days = 0;
    for (from, through) in spans {
        let first = reached.map_or(from, |reached| from.max(reached.next()));
        if first <= through {
            days += first.days_until(through) + 1;
            reached = Some(through);
        }
    }
    days
}
