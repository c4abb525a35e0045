//! How a purchase pledge was judged, to the wire.

use crate::proto::v1;
use crate::views::{
    Carried, ItemDerivation, PurchaseDerivation, SeriesDerivation, SeriesTranche, ShareOfItem, TrancheDerivation, exact,
};

use super::super::assessment::row;
use super::super::spell::{Spelled, Speller};
use super::super::word::{Word, number_or_unspecified};
use super::{quantities, tried};

pub(super) fn purchase(it: &PurchaseDerivation, to: &Speller<'_>) -> v1::PurchaseDerivation {
    v1::PurchaseDerivation {
        unit: it.unit.to_string(),
        series_rule: it.series_rule.number(),
        primary: it.primary.to_string(),
        series: it.series.iter().map(|it| series(it, to)).collect(),
        tranches: it.tranches.iter().map(|it| tranche(it, to)).collect(),
    }
}

fn series(it: &SeriesDerivation, to: &Speller<'_>) -> v1::SeriesAllocation {
    v1::SeriesAllocation {
        series: it.series.to_string(),
        heard: it.heard,
        amounts: it.items.iter().map(|it| amount(it, to)).collect(),
        carried: it.carried.iter().map(carried).collect(),
    }
}

fn amount(it: &ItemDerivation, to: &Speller<'_>) -> v1::AllocatedAmount {
    v1::AllocatedAmount {
        position: it.position.get(),
        window: Some(it.window.spell(to)),
        reported: it.reported.to_string(),
        reported_unit: it.reported_unit.to_string(),
        factor: exact(&it.factor),
        amount: exact(&it.amount),
        covers: it.covers,
        shares: it.shares.iter().map(share).collect(),
        dropped: number_or_unspecified(it.dropped),
    }
}

fn share(it: &ShareOfItem) -> v1::AllocatedShare {
    v1::AllocatedShare { tranche: it.tranche.to_string(), amount: exact(&it.amount), reason: it.reason.number() }
}

fn carried(it: &Carried) -> v1::CarriedSurplus {
    v1::CarriedSurplus {
        tranche: it.tranche.to_string(),
        on: it.on.to_string(),
        amount: exact(&it.amount),
        reason: it.reason.number(),
    }
}

fn tranche(it: &TrancheDerivation, to: &Speller<'_>) -> v1::TrancheDerivation {
    v1::TrancheDerivation {
        id: it.id.to_string(),
        window: Some(it.window.spell(to)),
        status: it.status.number(),
        row: row(it.row),
        quantities: quantities(&it.quantities),
        series: it.series.iter().map(in_series).collect(),
    }
}

fn in_series(it: &SeriesTranche) -> v1::SeriesTranche {
    v1::SeriesTranche {
        series: it.series.to_string(),
        heard: it.heard,
        status: it.status.number(),
        row: row(Some(it.row)),
        quantities: quantities(&it.quantities),
        rows: tried(&it.rows),
    }
}
