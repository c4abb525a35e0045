//! Pace: how much is expected by when (specification, section 5).

use num_rational::BigRational;
use num_traits::Zero;

use super::plan::Plan;
use crate::domain::terms::{Month, Pace, PaceMethod};
use crate::domain::{Day, Decimal};

/// E at a day: how much of the target was to be bought by its end; none without a pace. Never more than the target,
/// though data may run past the due date.
pub(super) fn expected(pace: &Pace, plan: &Plan<'_>, target: &BigRational, through: Day) -> Option<BigRational> {
    let window = plan.tranche.window;
    let share = match pace.method {
        PaceMethod::None => return None,
        PaceMethod::LinearDays => {
            let days = window.start().days_until(through) + 1 - plan.excused_days_through(through);
            BigRational::new(days.into(), window.days().into())
        }
        PaceMethod::LinearMonths => {
            let total = whole_months(window.start(), window.through());
            if total == 0 {
                whole(u8::from(window.through() <= through))
            } else {
                BigRational::new(whole_months(window.start(), through).into(), total.into())
            }
        }
        PaceMethod::Seasonal => {
            let inside = pace.weights.iter().filter(|(month, _)| {
                let (first, last) = bounds(**month);
                first.is_some_and(|first| window.start() <= first) && last.is_some_and(|last| last <= through)
            });
            inside.fold(BigRational::zero(), |sum, (_, weight)| sum + weight.fraction())
        }
    };
    Some(target * share.min(whole(1)))
}

/// What share of the expected amount keeps a pledge on track.
pub(super) fn tolerated(pace: &Pace) -> BigRational {
    whole(1) - Decimal::fraction(pace.tolerance_pct) / whole(100)
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
