//! Pace: how much is expected by when (specification, section 5).

use num_rational::BigRational;
use num_traits::Zero;

use super::evidence::of_a_hundred;
use super::plan::Plan;
use crate::domain::terms::{Month, Pace, PaceMethod};
use crate::domain::{Day, Decimal, fraction};

/// How much is expected, and what that follows from.
#[derive(Debug)]
pub(super) struct Expected {
    /// E.
    pub(super) amount: BigRational,
    /// The share of the target that it is, before the cap at all of it.
    pub(super) share: BigRational,
    /// What that share follows from.
    pub(super) working: Working,
}

/// What an expected share follows from.
#[derive(Debug)]
pub(super) enum Working {
    /// Days from the start through D and excused days among them, of the window's days.
    Days { elapsed: i64, excused: i64, window: i64 },
    /// Whole months from the start through D, of the window's whole months.
    Months { elapsed: i64, total: i64 },
    /// The weights of the months fully inside.
    Weights(Vec<(Month, Decimal)>),
}

/// E at a day: how much of the target was to be bought by its end; none without a pace. Never more than the target,
/// though data may run past the due date.
pub(super) fn expected(pace: &Pace, plan: &Plan<'_>, target: &BigRational, through: Day) -> Option<Expected> {
    let window = plan.tranche.window;
    let (share, working) = match pace.method {
        PaceMethod::None => return None,
        PaceMethod::LinearDays => {
            let (elapsed, excused) = (window.start().days_until(through) + 1, plan.excused_days_through(through));
            let share = fraction::quotient((elapsed - excused).into(), window.days().into());
            (share, Working::Days { elapsed, excused, window: window.days() })
        }
        PaceMethod::LinearMonths => {
            let total = whole_months(window.start(), window.through());
            let elapsed = whole_months(window.start(), through);
            let share = if total == 0 {
                whole(u8::from(window.through() <= through))
            } else {
                fraction::quotient(elapsed.into(), total.into())
            };
            (share, Working::Months { elapsed, total })
        }
        PaceMethod::Seasonal => {
            let inside = pace.weights.iter().filter(|(month, _)| {
                let (first, last) = bounds(**month);
                first.is_some_and(|first| window.start() <= first) && last.is_some_and(|last| last <= through)
            });
            let inside: Vec<(Month, Decimal)> = inside.map(|(month, weight)| (*month, *weight)).collect();
            let share = inside.iter().fold(BigRational::zero(), |sum, (_, weight)| sum + weight.fraction());
            (share, Working::Weights(inside))
        }
    };
    let amount = if share > whole(1) { target.clone() } else { fraction::times(target, &share) };
    Some(Expected { amount, share, working })
}

/// What share of the expected amount keeps a pledge on track.
pub(super) fn tolerated(pace: &Pace) -> BigRational {
    fraction::minus(&whole(1), &of_a_hundred(pace.tolerance_pct))
}

fn whole(number: u8) -> BigRational {
    BigRational::from_integer(number.into())
}

/// How many whole months lie from the start of one day to the end of another; a month's end that the month reached does
/// not have is rounded down (T4).
fn whole_months(start: Day, through: Day) -> i64 {
    let end = through.next();
    let estimate =
        i64::from(end.date().year() - start.date().year()) * 12 + i64::from(end.date().month() - start.date().month());
    let reached = |months: i64| {
        let span = jiff::Span::new().months(months.clamp(0, 12_000));
        start.date().checked_add(span).is_ok_and(|date| date <= end.date())
    };
    if end <= start {
        0
    } else if reached(estimate) {
        estimate
    } else {
        estimate - 1
    }
}

fn bounds(month: Month) -> (Option<Day>, Option<Day>) {
    let first = jiff::civil::Date::new(month.year(), month.number(), 1);
    let last = first.clone().map(jiff::civil::Date::last_of_month);
    let day = |date: Result<jiff::civil::Date, jiff::Error>| date.ok().and_then(|date| Day::from_date(date).ok());
    (day(first), day(last))
}
