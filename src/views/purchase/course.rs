//! Course: performed against expected over time, for each tranche in each series.

use std::collections::BTreeMap;

use num_rational::BigRational;
use num_traits::Zero;

use super::super::case::Case;
use super::allocation::Lot;
use super::forecast::{self, Forecast};
use super::item::Item;
use super::pace;
use super::plan::Plan;
use super::series::TrancheView;
use super::tally::Tallies;
use crate::domain::terms::{Pace, PurchaseTerms};
use crate::domain::{Basis, Day, Instant, Position, Slug, Status, Unit};

/// The pace of a pledge.
#[derive(Debug, Clone, PartialEq)]
pub struct PurchasePace {
    /// The unit of every amount here.
    pub unit: Unit,
    /// What counts as buying.
    pub basis: Basis,
    /// How the target is spread over a window.
    pub spread: Pace,
    /// Each tranche in each series that is heard, by tranche, then in the order of the series.
    pub courses: Vec<Course>,
}

/// One tranche in one series.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// Its tranche.
    pub tranche: Slug,
    /// Its series.
    pub series: Slug,
    /// Its status in this series alone.
    pub status: Status,
    /// The first day of its window.
    pub from: Day,
    /// Its due day, inclusive, with excused days added.
    pub due: Day,
    /// The due instant.
    pub due_at: Instant,
    /// How much was promised.
    pub target: BigRational,
    /// All that was allocated by `as_of`.
    pub performed: BigRational,
    /// D: the last day covered without a hole; none without data.
    pub data_through: Option<Day>,
    /// Performed by D.
    pub performed_to_date: Option<BigRational>,
    /// Expected by D; none without a pace.
    pub expected_to_date: Option<BigRational>,
    /// What is missing; never below zero.
    pub shortfall: BigRational,
    /// What is missing, per day from D to the due day; none where no day remains.
    pub required_per_day: Option<BigRational>,
    /// The day by whose end the target was reached.
    pub reached_on: Option<Day>,
    /// The present rates, and where each leads.
    pub forecasts: Vec<Forecast>,
    /// Cumulative, at the end of each period reported, in order.
    pub points: Vec<Point>,
}

/// How things stood at the end of one day.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// The day.
    pub day: Day,
    /// Performed from the window's start through that day.
    pub performed: BigRational,
    /// Expected by its end; none without a pace.
    pub expected: Option<BigRational>,
    /// Whether the day lies within the covered span.
    pub covered: bool,
    /// The reports that end on this day.
    pub positions: Vec<Position>,
}

/// Every tranche in every series that is heard, at `as_of`.
pub(in super::super) fn courses(case: &Case<'_>, terms: &PurchaseTerms, as_of: Instant) -> PurchasePace {
    let plans: Vec<Plan<'_>> = terms.tranches.iter().map(|tranche| Plan::of(case, terms, tranche, as_of)).collect();
    let mut tallies = Tallies::default();
    let views = tallies.views(case, terms, &plans, as_of);
    let mut courses = Vec::with_capacity(plans.len() * views.len());
    for (index, plan) in plans.iter().enumerate() {
        for view in &views {
            let lots = &view.allocation.lots[index];
            courses.push(course(terms, plan, view.series, &view.tranches[index], view.items, lots));
        }
    }
    PurchasePace { unit: terms.unit, basis: terms.basis, spread: terms.pace.clone(), courses }
}

fn course(
    terms: &PurchaseTerms,
    plan: &Plan<'_>,
    series: &Slug,
    view: &TrancheView,
    items: &[&Item],
    lots: &[Lot],
) -> Course {
    let flow = &view.flow;
    let points = points(terms, plan, &flow.target, flow.data_through, items, lots);
    let to_date = flow.data_through.map(|through| performed_by(&points, through));
    // What was reached and then cancelled is not reached.
    let reached = points.iter().rev().take_while(|point| point.performed >= flow.target).last();
    let reached_on = reached.map(|point| point.day);
    let forecasts = match (flow.data_through, &to_date) {
        // Once the data reach the end, there is nothing left to forecast.
        (Some(through), Some(so_far)) if through < plan.cure_end => {
            forecast::forecasts(terms, plan, &flow.target, &points, through, so_far, reached_on)
        }
        _ => Vec::new(),
    };
    Course {
        tranche: plan.tranche.id.clone(),
        series: series.clone(),
        status: view.status,
        from: plan.tranche.window.start(),
        due: plan.due,
        due_at: plan.due_at,
        target: flow.target.clone(),
        performed: flow.performed.clone(),
        data_through: flow.data_through,
        performed_to_date: to_date,
        expected_to_date: flow.expected.clone(),
        shortfall: flow.shortfall.clone(),
        required_per_day: flow.required_per_day.clone(),
        reached_on,
        forecasts,
        points,
    }
}

/// Performed by the end of a day.
pub(super) fn performed_by(points: &[Point], day: Day) -> BigRational {
    let by_then = points.partition_point(|point| point.day <= day);
    by_then.checked_sub(1).map_or_else(BigRational::zero, |last| points[last].performed.clone())
}

/// A point at the last day of each report that falls into the tranche, and of each that was allocated to it.
fn points(
    terms: &PurchaseTerms,
    plan: &Plan<'_>,
    target: &BigRational,
    through: Option<Day>,
    items: &[&Item],
    lots: &[Lot],
) -> Vec<Point> {
    let start = plan.tranche.window.start();
    let mut days: BTreeMap<Day, (BigRational, Vec<Position>)> = BTreeMap::new();
    for lot in lots {
        days.entry(lot.through).or_default().0 += &lot.amount;
    }
    for item in items {
        let falls_in = start <= item.through && item.from <= plan.cure_end;
        if falls_in || days.contains_key(&item.through) {
            days.entry(item.through).or_default().1.push(item.position);
        }
    }
    let mut performed = BigRational::zero();
    let point = |(day, (amount, positions)): (Day, (BigRational, Vec<Position>))| {
        performed += amount;
        Point {
            day,
            performed: performed.clone(),
            expected: pace::expected(&terms.pace, plan, target, day).map(|expected| expected.amount),
            covered: through.is_some_and(|through| day <= through),
            positions,
        }
    };
    days.into_iter().map(point).collect()
}
