//! Arithmetic: the quantities that the rows of a tranche compare, each with how it was worked out.

use num_rational::BigRational;

use super::super::{Quantity, exact};
use super::coverage::periods_in_a_row;
use super::pace::Working;
use super::plan::Plan;
use super::series::{SeriesView, Sums};
use crate::domain::terms::PurchaseTerms;
use crate::domain::{Day, Zone};

/// The dates of a tranche.
pub(super) fn dates(plan: &Plan<'_>, terms: &PurchaseTerms, zone: &Zone) -> Vec<Quantity> {
    let window = plan.tranche.window;
    let excused = window.through().days_until(plan.due);
    let due = match excused {
        0 => format!("through {}, {zone}", window.through()),
        days => format!("through {}, and {days} excused days, {zone}", window.through()),
    };
    let lag = terms.reporting_lag_days;
    let cure_days = plan.tranche.cure_days;
    vec![
        quantity("start", format!("{}, {zone}", window.start()), plan.starts_at),
        quantity("due'", due, plan.due_at),
        quantity("cure_end", format!("{cure_days} days after due'"), plan.cure_end_at),
        quantity("start + L", format!("{lag} days after start"), plan.first_data_at),
        quantity("due' + L", format!("{lag} days after due'"), plan.due_data_at),
        quantity("cure_end + L", format!("{lag} days after cure_end"), plan.cure_data_at),
    ]
}

/// The amounts of a tranche in one series.
pub(super) fn sums(view: &SeriesView<'_>, index: usize, plan: &Plan<'_>, terms: &PurchaseTerms) -> Vec<Quantity> {
    let tranche = &view.tranches[index];
    let (sums, flow, coverage) = (&tranche.sums, &tranche.flow, &tranche.coverage);
    let through = |day: Day| {
        let count = view.allocation.lots[index].iter().filter(|lot| lot.through <= day).count();
        format!("{} of periods that end by {day}", counted(count, "amount"))
    };
    let own = plan.tranche.target_by_series.contains_key(view.series);
    let hole = if coverage.has_gap { "; a hole follows" } else { "" };
    let none = if coverage.through.is_none() { ", so the day before" } else { "" };
    let reach = counted(periods_in_a_row(view.items, plan), "covering period");
    let reach = format!("{reach} in a row from {}{none}{hole}", plan.tranche.window.start());
    let mut quantities = vec![
        quantity("T", if own { "target of this series" } else { "target" }, exact(&flow.target)),
        quantity("D", reach, coverage.end),
        quantity("P(due')", through(plan.due), exact(&sums.by_due)),
        quantity("P(cure_end)", through(plan.cure_end), exact(&sums.by_cure_end)),
        quantity("P(D)", through(coverage.end), exact(&sums.by_data_end)),
    ];
    quantities.extend(pace(sums, terms));
    let count = view.allocation.lots[index].len();
    quantities.push(quantity("P", format!("all of {}", counted(count, "amount")), exact(&flow.performed)));
    quantities.extend(flow.ratio.as_ref().map(|ratio| quantity("P / T", "", exact(ratio))));
    quantities.push(quantity("shortfall", "max(0, T - P)", exact(&flow.shortfall)));
    if let Some(required) = &flow.required_per_day {
        let working = format!("shortfall / {} days from D to due'", coverage.end.days_until(plan.due));
        quantities.push(quantity("required per day", working, exact(required)));
    }
    quantities
}

fn pace(sums: &Sums, terms: &PurchaseTerms) -> Vec<Quantity> {
    let (Some(expected), Some(required)) = (&sums.expected, &sums.required) else { return Vec::new() };
    let share = match &expected.working {
        Working::Days { elapsed, excused: 0, window } => format!("{elapsed} / {window} days"),
        Working::Days { elapsed, excused, window } => format!("({elapsed} - {excused}) / {window} days"),
        Working::Months { elapsed, total } => format!("{elapsed} / {total} whole months"),
        Working::Weights(inside) => {
            let weights: Vec<String> = inside.iter().map(|(month, weight)| format!("{weight} ({month})")).collect();
            if weights.is_empty() { "0".to_owned() } else { format!("({})", weights.join(" + ")) }
        }
    };
    let capped = if expected.share > BigRational::from_integer(1.into()) { ", at most T" } else { "" };
    vec![
        quantity("E(D)", format!("T x {share}{capped}"), exact(&expected.amount)),
        quantity("required at D", format!("E(D) x (1 - {} / 100)", terms.pace.tolerance_pct), exact(required)),
    ]
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn quantity(name: &'static str, working: impl Into<String>, value: impl ToString) -> Quantity {
    Quantity { name, working: working.into(), value: value.to_string() }
}
