//! Explain: the allocation line by line, coverage, the arithmetic, and the rows of every tranche.

use std::collections::BTreeMap;

use num_rational::BigRational;
use num_traits::One;

use super::super::case::Case;
use super::super::explain::{Uses, Worked};
use super::super::record::Record;
use super::super::rule;
use super::super::{
    Carried, Derivation, ItemDerivation, PurchaseDerivation, RecordUse, SeriesDerivation, SeriesTranche, ShareOfItem,
    TrancheDerivation,
};
use super::arithmetic;
use super::item::Item;
use super::plan::Plan;
use super::series::{Hearing, SeriesView, Verdict};
use super::table;
use super::tally::Tallies;
use crate::domain::event::AmountReported;
use crate::domain::terms::PurchaseTerms;
use crate::domain::{Decimal, Flag, Instant, Position, Status, Window};

/// How the pledge was judged.
pub(in super::super) fn explain(case: &Case<'_>, terms: &PurchaseTerms, as_of: Instant) -> Worked {
    let plans = super::plans(case, terms, as_of);
    let mut tallies = Tallies::default();
    let views = tallies.views(case, terms, &plans, as_of);
    let hearing = Hearing::of(terms, &views);
    let verdicts: Vec<Verdict> = (0..plans.len()).map(|index| hearing.verdict(index)).collect();
    let statuses: Vec<Status> = verdicts.iter().map(|verdict| verdict.status).collect();
    let lifecycle = super::lifecycle_rules(case, &plans, &statuses, as_of);
    let reports: BTreeMap<Position, &Record<'_, AmountReported>> =
        case.records.amounts.iter().map(|record| (record.position(), record)).collect();
    let of_series = views.iter().enumerate().map(|(index, view)| SeriesDerivation {
        series: view.series.clone(),
        heard: hearing.hears(index),
        items: items(view, &plans, &reports),
        carried: carried(view, &plans),
    });
    let series: Vec<SeriesDerivation> = of_series.collect();
    let tranches = plans.iter().zip(&verdicts).enumerate().map(|(index, (plan, verdict))| TrancheDerivation {
        id: plan.tranche.id.clone(),
        window: plan.tranche.window,
        status: verdict.status,
        row: verdict.row,
        quantities: arithmetic::dates(plan, terms, case.zone()),
        series: views.iter().enumerate().map(|(at, view)| said(view, hearing.hears(at), index, plan, terms)).collect(),
    });
    let derivation = PurchaseDerivation {
        unit: terms.unit,
        series_rule: terms.series_rule,
        primary: terms.primary.clone(),
        tranches: tranches.collect(),
        series,
    };
    let uses = uses(case, terms, &derivation, as_of);
    Worked {
        lifecycle_rows: rule::tried(&lifecycle, ToString::to_string),
        rows: rule::tried(&super::rollup::rules(&statuses), ToString::to_string),
        derivation: Derivation::Purchase(derivation),
        uses,
    }
}

fn said(view: &SeriesView<'_>, heard: bool, index: usize, plan: &Plan<'_>, terms: &PurchaseTerms) -> SeriesTranche {
    let tranche = &view.tranches[index];
    SeriesTranche {
        series: view.series.clone(),
        heard,
        status: tranche.status,
        row: tranche.row,
        quantities: arithmetic::sums(view, index, plan, terms),
        rows: rule::tried(&table::rules(&tranche.facts), ToString::to_string),
    }
}

fn items(
    view: &SeriesView<'_>,
    plans: &[Plan<'_>],
    reports: &BTreeMap<Position, &Record<'_, AmountReported>>,
) -> Vec<ItemDerivation> {
    let mut shares = shares(view, plans);
    let dropped: BTreeMap<Position, Flag> = view.allocation.dropped.iter().copied().collect();
    let each = view.items.iter().filter_map(|item| {
        let report = reports.get(&item.position)?.body;
        Some(ItemDerivation {
            position: item.position,
            window: Window::new(item.from, item.through).ok()?,
            reported: report.value,
            reported_unit: report.unit,
            factor: item.factor.map_or_else(BigRational::one, Decimal::fraction),
            amount: item.amount.clone(),
            covers: item.covers,
            shares: shares.remove(&item.position).unwrap_or_default(),
            dropped: dropped.get(&item.position).copied(),
        })
    });
    each.collect()
}

/// What each tranche took of each amount, tranche by tranche in order.
fn shares(view: &SeriesView<'_>, plans: &[Plan<'_>]) -> BTreeMap<Position, Vec<ShareOfItem>> {
    let mut shares: BTreeMap<Position, Vec<ShareOfItem>> = BTreeMap::new();
    for (plan, lots) in plans.iter().zip(&view.allocation.lots) {
        for lot in lots {
            let Some(position) = lot.position else { continue };
            let (tranche, amount) = (plan.tranche.id.clone(), lot.amount.clone());
            shares.entry(position).or_default().push(ShareOfItem { tranche, amount, reason: lot.reason });
        }
    }
    shares
}

fn carried(view: &SeriesView<'_>, plans: &[Plan<'_>]) -> Vec<Carried> {
    let each = plans.iter().zip(&view.allocation.lots).flat_map(|(plan, lots)| {
        let moved = lots.iter().filter(|lot| lot.position.is_none());
        moved.map(|lot| Carried {
            tranche: plan.tranche.id.clone(),
            on: lot.through,
            amount: lot.amount.clone(),
            reason: lot.reason,
        })
    });
    each.collect()
}

/// What became of every amount: set aside by the item, left out with its series, or allocated.
fn uses(case: &Case<'_>, terms: &PurchaseTerms, derivation: &PurchaseDerivation, as_of: Instant) -> Uses {
    let items: BTreeMap<Position, &Item> = case.items.iter().map(|item| (item.position, item)).collect();
    let of_series = derivation.series.iter().flat_map(|view| view.items.iter().map(move |item| (view, item)));
    let allocations: BTreeMap<Position, _> = of_series.map(|(view, item)| (item.position, (view, item))).collect();
    let each = case.records.amounts.iter().map(|record| {
        let position = record.position();
        let found = match items.get(&position) {
            None => (RecordUse::OtherSeries, format!("the terms do not name the series {}", record.body.series)),
            Some(item) if as_of < item.over_at => {
                (RecordUse::PeriodNotOver, format!("its period is over at {}", item.over_at))
            }
            Some(item) => match (item.set_aside, allocations.get(&position)) {
                (Some(flag), _) => set_aside(flag, record, terms),
                (None, Some((view, item))) => allocated(derivation, view, item),
                (None, None) => (RecordUse::NoBearing, String::new()),
            },
        };
        (position, found)
    });
    each.collect()
}

fn set_aside(flag: Flag, record: &Record<'_, AmountReported>, terms: &PurchaseTerms) -> (RecordUse, String) {
    let body = record.body;
    match flag {
        Flag::InadmissibleClaim => {
            let class = record.class().map_or("none", |class| class.as_str());
            (RecordUse::Inadmissible, format!("sources of class {class} do not count"))
        }
        Flag::OtherBasisIgnored => {
            (RecordUse::OtherBasis, format!("counts {}, the pledge counts {}", body.basis, terms.basis))
        }
        Flag::UnitUnknown => (RecordUse::UnitUnknown, format!("the terms do not convert {}", body.unit)),
        _ => (RecordUse::BoundOnly, String::new()),
    }
}

fn allocated(derivation: &PurchaseDerivation, view: &SeriesDerivation, item: &ItemDerivation) -> (RecordUse, String) {
    if let Some(flag) = item.dropped {
        return (RecordUse::NoTranche, format!("no tranche could take it: {flag}"));
    }
    if !view.heard {
        let reason = format!("the rule is {}, and {} leads", derivation.series_rule, derivation.primary);
        return (RecordUse::NotHeard, reason);
    }
    let tranches: Vec<&str> = item.shares.iter().map(|share| share.tranche.as_str()).collect();
    (RecordUse::Used, format!("counted to {}", tranches.join(", ")))
}
