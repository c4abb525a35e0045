//! Forecast: where the present rate leads.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive};

use super::course::{Point, performed_by};
use super::pace;
use super::plan::Plan;
use crate::domain::Day;
use crate::domain::terms::{PaceMethod, PurchaseTerms};

/// Where a rate leads from D, the last day covered, on.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// From which days the rate is taken.
    pub span: ForecastSpan,
    /// The first of them.
    pub from: Day,
    /// How many there are.
    pub days: i64,
    /// The rate; none for the season, where each month has its own.
    pub per_day: Option<BigRational>,
    /// The day by whose end the target is reached; none where it never is.
    pub reached_on: Option<Day>,
    /// How much there will be at the due day.
    pub total_at_due: BigRational,
}

/// From which days a rate is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ForecastSpan {
    /// From the window's start to D.
    Covered,
    /// The last 28 days to D, or the fewest whole periods that are no shorter; not where these are twice as long.
    FourWeeks,
    /// The last 91 days to D, or the fewest whole periods that are no shorter; not where these are twice as long.
    ThirteenWeeks,
    /// Seasonal pace: the same share of what the weights expect as from the window's start to D.
    Season,
}

/// Beyond so many days a rate is no forecast but a wish.
const DAYS_MAX: i64 = 36_525;

/// The rates for which the data reach, and where each leads.
pub(super) fn forecasts(
    terms: &PurchaseTerms,
    plan: &Plan<'_>,
    target: &BigRational,
    points: &[Point],
    through: Day,
    so_far: &BigRational,
    reached_on: Option<Day>,
) -> Vec<Forecast> {
    let start = plan.tranche.window.start();
    let rates = [
        (ForecastSpan::Covered, Some(start)),
        (ForecastSpan::FourWeeks, first_of_last(points, start, through, 28)),
        (ForecastSpan::ThirteenWeeks, first_of_last(points, start, through, 91)),
    ];
    let left = through.days_until(plan.due).max(0);
    let mut forecasts: Vec<Forecast> = rates
        .into_iter()
        .filter_map(|(span, from)| {
            let from = from?;
            let days = from.days_until(through) + 1;
            let before = performed_by(points, from.plus_days(-1));
            let per_day = (so_far - before) / whole(days);
            let total_at_due = match left {
                0 => performed_by(points, plan.due),
                left => so_far + &per_day * whole(left),
            };
            let reached_on = reached_on.or_else(|| at_rate(&(target - so_far), &per_day, through));
            Some(Forecast { span, from, days, per_day: Some(per_day), reached_on, total_at_due })
        })
        .collect();
    if terms.pace.method == PaceMethod::Seasonal {
        forecasts.extend(by_season(terms, plan, target, through, so_far, reached_on));
    }
    forecasts
}

/// The first day of the last whole periods that are no shorter than so many days; none where the data do not reach back
/// that far, or only in periods so long that the rate would be of another time.
fn first_of_last(points: &[Point], start: Day, through: Day, days: i64) -> Option<Day> {
    let latest = through.plus_days(1 - days);
    if latest < start {
        return None;
    }
    let ends = points.iter().map(|point| point.day.next()).filter(|first| start <= *first && *first <= latest);
    let first = ends.max().unwrap_or(start);
    (first.days_until(through) + 1 < 2 * days).then_some(first)
}

/// The day by whose end the rest is there at a rate; none where the rate leads nowhere.
fn at_rate(rest: &BigRational, per_day: &BigRational, through: Day) -> Option<Day> {
    if !per_day.is_positive() {
        return None;
    }
    let days: BigInt = (rest / per_day).ceil().to_integer();
    days.to_i64().filter(|days| *days <= DAYS_MAX).map(|days| through.plus_days(days))
}

/// What comes of the season if it goes on as it began: the share of the expected amount stays what it is. None before
/// the weights expect anything.
fn by_season(
    terms: &PurchaseTerms,
    plan: &Plan<'_>,
    target: &BigRational,
    through: Day,
    so_far: &BigRational,
    reached_on: Option<Day>,
) -> Option<Forecast> {
    let expected = |day: Day| pace::expected(&terms.pace, plan, target, day).map(|expected| expected.amount);
    let by_now = expected(through).filter(BigRational::is_positive)?;
    let share = so_far / by_now;
    let total = |day: Day| expected(day).map(|expected| expected * &share);
    let ahead = (1..=through.days_until(plan.due)).map(|days| through.plus_days(days));
    let first_reached = || ahead.clone().find(|day| total(*day).is_some_and(|total| total >= *target));
    let start = plan.tranche.window.start();
    Some(Forecast {
        span: ForecastSpan::Season,
        from: start,
        days: start.days_until(through) + 1,
        per_day: None,
        reached_on: reached_on.or_else(first_reached),
        total_at_due: total(plan.due.max(through)).unwrap_or_else(|| so_far.clone()),
    })
}

fn whole(number: i64) -> BigRational {
    BigRational::from_integer(number.into())
}
