//! How a purchase pledge was judged, for people.

use super::super::board::grouped;
use super::super::paint::word;
use super::page::{Page, readable};
use super::{quantities, tried};
use crate::proto::v1;

/// Shows the allocation and the tranches asked for; all of them where none is named.
pub(super) fn show(page: &mut Page, it: &v1::PurchaseDerivation, tranches: &[String], working: bool, rows: bool) {
    if working {
        it.series.iter().for_each(|series| allocation(page, series, &it.unit));
    }
    for tranche in it.tranches.iter().filter(|tranche| tranches.is_empty() || tranches.contains(&tranche.id)) {
        show_tranche(page, tranche, it, working, rows);
    }
}

fn allocation(page: &mut Page, series: &v1::SeriesAllocation, unit: &str) {
    let heard = if series.heard { "" } else { ", shown beside; it does not decide" };
    page.heading(2, &format!("amounts of {} in {unit}, in the order of allocation{heard}", series.series));
    if series.amounts.is_empty() {
        page.line(4, "none that counts");
    }
    let mut lines: Vec<Vec<String>> = series.amounts.iter().map(amount).collect();
    lines.extend(series.carried.iter().map(carried));
    page.table(4, lines);
}

fn amount(it: &v1::AllocatedAmount) -> Vec<String> {
    let window = it.window.clone().unwrap_or_default();
    let covers = if it.covers { "" } else { ", a part" };
    let reported = if it.factor == "1" {
        grouped(&it.amount)
    } else {
        let (reported, factor) = (grouped(&it.reported), readable(&it.factor));
        format!("{reported} {} x {factor} = {}", it.reported_unit, readable(&it.amount))
    };
    let shares: Vec<String> = it.shares.iter().map(share).collect();
    let went = if shares.is_empty() {
        format!("to no tranche: {}", word(it.dropped().as_str_name(), "FLAG_"))
    } else {
        shares.join("; ")
    };
    let period = format!("{} through {}{covers}", window.start, window.through);
    vec![format!("event {}", it.position), period, reported, went]
}

fn share(it: &v1::AllocatedShare) -> String {
    format!("{} to {}{}", readable(&it.amount), it.tranche, reason(it.reason()))
}

fn carried(it: &v1::CarriedSurplus) -> Vec<String> {
    let text = format!("{} to {}{}", readable(&it.amount), it.tranche, reason(it.reason()));
    vec!["carried".to_owned(), format!("on {}", it.on), String::new(), text]
}

fn reason(reason: v1::LotReason) -> &'static str {
    match reason {
        v1::LotReason::Unspecified => "",
        v1::LotReason::Filled => " (up to its target)",
        v1::LotReason::TakesTheRest => " (last eligible)",
        v1::LotReason::Late => " (late)",
        v1::LotReason::TakenBack => " (cancellation)",
        v1::LotReason::CarriedOut => " (surplus moves on)",
        v1::LotReason::CarriedIn => " (surplus of the one before)",
    }
}

fn show_tranche(
    page: &mut Page,
    tranche: &v1::TrancheDerivation,
    pledge: &v1::PurchaseDerivation,
    working: bool,
    rows: bool,
) {
    let status = word(tranche.status().as_str_name(), "STATUS_");
    let row = if tranche.row.is_empty() { String::new() } else { format!(" by row {}", tranche.row) };
    page.heading(2, &format!("tranche {}: {status}{row}", tranche.id));
    if pledge.series.len() > 1 {
        page.line(4, &decision(tranche, pledge));
    }
    if working {
        page.table(4, quantities(&tranche.quantities));
    }
    for series in &tranche.series {
        let heard = if series.heard { "" } else { ", does not decide" };
        let status = word(series.status().as_str_name(), "STATUS_");
        page.line(4, &format!("by {}: {status} by row {}{heard}", series.series, series.row));
        if working {
            page.table(6, quantities(&series.quantities));
        }
        if rows {
            page.table(6, tried(&series.rows));
        }
    }
}

/// How the series decide one tranche together.
fn decision(tranche: &v1::TrancheDerivation, pledge: &v1::PurchaseDerivation) -> String {
    let heard: Vec<&str> = tranche.series.iter().filter(|it| it.heard).map(|it| it.series.as_str()).collect();
    let rule = match pledge.series_rule() {
        v1::SeriesRule::Concur => "they must agree",
        v1::SeriesRule::Conservative => "the worst counts",
        _ => "the primary one counts",
    };
    format!("series {}: {rule}; heard: {}", word(pledge.series_rule().as_str_name(), "SERIES_RULE_"), heard.join(", "))
}
