//! Item: one reported amount, as far as it can count (specification, section 5).

use num_rational::BigRational;

use super::super::record::Record;
use crate::domain::event::{AmountReported, CommitmentUndertaken};
use crate::domain::terms::PurchaseTerms;
use crate::domain::{Day, Decimal, Flag, Instant, Position, Slug, SourceClass, fraction};

/// One reported amount of a series that is heard, or one that is shown and set aside.
#[derive(Debug, Clone)]
pub(in super::super) struct Item {
    /// When its period is over: it counts from then on (T5).
    pub(in super::super) over_at: Instant,
    /// The event.
    pub(super) position: Position,
    /// Its series.
    pub(super) series: Slug,
    /// First day.
    pub(super) from: Day,
    /// Last day.
    pub(super) through: Day,
    /// How much, in the pledge's unit; zero where the unit is unknown.
    pub(super) amount: BigRational,
    /// The exact factor into the pledge's unit; none where the terms do not list one.
    pub(super) factor: Option<Decimal>,
    /// Whether it is the whole of its period for its series.
    pub(super) covers: bool,
    /// Why it does not count.
    pub(super) set_aside: Option<Flag>,
}

impl Item {
    /// All amounts that count or are set aside, in the order of allocation: by end, start and id.
    pub(in super::super) fn all(
        amounts: &[Record<'_, AmountReported>],
        terms: &PurchaseTerms,
        undertaken: &CommitmentUndertaken,
    ) -> Vec<Self> {
        let mut sorted: Vec<&Record<'_, AmountReported>> = amounts.iter().collect();
        sorted.sort_by_cached_key(|record| (record.body.through, first_day(record.body), record.id()));
        // Amounts of one day follow each other, and its end is worked out once.
        let mut last: Option<(Day, Instant)> = None;
        let items = sorted.into_iter().map(|record| {
            let day = record.body.through;
            let known = last.filter(|(of, _)| *of == day);
            let (_, over_at) = *last.insert(known.unwrap_or_else(|| (day, undertaken.zone.end_of(day))));
            Item::over(over_at, record, terms, undertaken)
        });
        items.filter(|item| item.set_aside.is_some() || terms.series.contains(&item.series)).collect()
    }

    /// One amount, with why it does not count.
    pub(super) fn read(
        record: &Record<'_, AmountReported>,
        terms: &PurchaseTerms,
        undertaken: &CommitmentUndertaken,
    ) -> Self {
        Item::over(undertaken.zone.end_of(record.body.through), record, terms, undertaken)
    }

    fn over(
        over_at: Instant,
        record: &Record<'_, AmountReported>,
        terms: &PurchaseTerms,
        undertaken: &CommitmentUndertaken,
    ) -> Self {
        let body = record.body;
        let factor = factor(body, terms);
        Item {
            over_at,
            position: record.position(),
            series: body.series.clone(),
            from: first_day(body),
            through: body.through,
            amount: match &factor {
                Some(_) if body.unit == terms.unit => body.value.fraction(),
                Some(factor) => fraction::times(&body.value.fraction(), &factor.fraction()),
                None => BigRational::default(),
            },
            covers: body.covers,
            set_aside: set_aside(body, record.class(), factor.is_some(), terms, undertaken),
            factor,
        }
    }
}

/// The first day of its period.
fn first_day(body: &AmountReported) -> Day {
    body.from.unwrap_or(body.through)
}

/// The exact factor into the pledge's unit; none where the terms do not list one.
fn factor(body: &AmountReported, terms: &PurchaseTerms) -> Option<Decimal> {
    if body.unit == terms.unit {
        return Some(Decimal::ONE);
    }
    terms.conversions.get(&body.unit).copied()
}

/// Why an amount does not count: the first of the conditions, in the order of the specification, that it fails.
fn set_aside(
    body: &AmountReported,
    class: Option<SourceClass>,
    unit_is_known: bool,
    terms: &PurchaseTerms,
    undertaken: &CommitmentUndertaken,
) -> Option<Flag> {
    let admissible = class.is_none_or(|class| undertaken.admissible.contains(&class));
    let rows = [
        (admissible, Flag::InadmissibleClaim),
        (body.basis == terms.basis, Flag::OtherBasisIgnored),
        (unit_is_known, Flag::UnitUnknown),
        (body.is_countable(), Flag::BoundOnly),
    ];
    rows.into_iter().find(|(holds, _)| !holds).map(|(_, flag)| flag)
}
