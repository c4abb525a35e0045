//! A pace, to the wire. Its figures are rounded half-even to four places here, and nowhere before.

use num_rational::BigRational;

use crate::domain::{Collection, Day, Position, Slug};
use crate::proto::v1;
use crate::proto::v1::pace_reading::Pace as OfKind;
use crate::views::{
    Course, Forecast, ForecastSpan, Mirror, MirrorSide, Pace, PaceOf, PeriodPoint, PeriodicPace, Point, PurchasePace,
    ReadingPace, Strand,
};

use super::rounding::four_places;
use super::spell::{Spelled as _, Speller, instant_to_proto, or_empty};
use super::word::{Word, number_or_unspecified};

/// A pace as a message.
pub fn pace_to_proto(pace: &Pace, ledger: &Slug) -> v1::PaceReport {
    let to = Speller::new(ledger, true);
    let reading = |it: &ReadingPace| v1::PaceReading {
        reading: it.reading.clone(),
        pace: Some(match &it.of {
            PaceOf::Purchase(purchased) => OfKind::Purchase(purchase(purchased, &to)),
            PaceOf::Periodic(periods) => OfKind::Periodic(periodic(periods, &to)),
        }),
    };
    v1::PaceReport {
        commitment: to.name(Collection::Commitments, &pace.commitment),
        title: pace.promise.title.to_string(),
        kind: pace.promise.kind.number(),
        readings: pace.readings.iter().map(reading).collect(),
        strands: pace.strands.iter().map(strand).collect(),
        mirrors: pace.mirrors.iter().map(mirror).collect(),
    }
}

fn purchase(pace: &PurchasePace, to: &Speller<'_>) -> v1::PurchasePace {
    v1::PurchasePace {
        unit: pace.unit.to_string(),
        basis: pace.basis.number(),
        spread: Some(pace.spread.spell(to)),
        courses: pace.courses.iter().map(course).collect(),
    }
}

fn course(course: &Course) -> v1::PaceCourse {
    v1::PaceCourse {
        tranche: course.tranche.to_string(),
        series: course.series.to_string(),
        status: course.status.number(),
        from: course.from.to_string(),
        due_through: course.due.to_string(),
        due_at: Some(instant_to_proto(course.due_at)),
        target: four_places(&course.target),
        performed: four_places(&course.performed),
        data_through: day(course.data_through),
        performed_to_date: places(course.performed_to_date.as_ref()),
        expected_to_date: places(course.expected_to_date.as_ref()),
        shortfall: four_places(&course.shortfall),
        required_per_day: places(course.required_per_day.as_ref()),
        reached_on: day(course.reached_on),
        forecasts: course.forecasts.iter().map(forecast).collect(),
        points: course.points.iter().map(point).collect(),
    }
}

fn point(point: &Point) -> v1::PacePoint {
    v1::PacePoint {
        day: point.day.to_string(),
        performed: four_places(&point.performed),
        expected: places(point.expected.as_ref()),
        covered: point.covered,
        positions: point.positions.iter().copied().map(Position::get).collect(),
    }
}

fn forecast(forecast: &Forecast) -> v1::PaceForecast {
    let span = match forecast.span {
        ForecastSpan::Covered => v1::PaceSpan::Covered,
        ForecastSpan::FourWeeks => v1::PaceSpan::FourWeeks,
        ForecastSpan::ThirteenWeeks => v1::PaceSpan::ThirteenWeeks,
        ForecastSpan::Season => v1::PaceSpan::Season,
    };
    v1::PaceForecast {
        span: span.into(),
        from: forecast.from.to_string(),
        days: count(forecast.days),
        per_day: places(forecast.per_day.as_ref()),
        reached_on: day(forecast.reached_on),
        total_at_due: four_places(&forecast.total_at_due),
    }
}

fn periodic(pace: &PeriodicPace, to: &Speller<'_>) -> v1::PeriodicPace {
    v1::PeriodicPace {
        comparator: pace.comparator.number(),
        limit: four_places(&pace.limit),
        periods: pace.periods.iter().map(|it| period(it, to)).collect(),
    }
}

fn period(period: &PeriodPoint, to: &Speller<'_>) -> v1::PacePeriod {
    let series = period.series.iter().map(|it| v1::PaceValue {
        series: it.series.to_string(),
        value: places(it.value.as_ref()),
        position: it.position.get(),
    });
    v1::PacePeriod {
        id: period.id.to_string(),
        window: Some(period.window.spell(to)),
        value: places(period.value.as_ref()),
        margin: places(period.margin.as_ref()),
        verdict: number_or_unspecified(period.verdict),
        series: series.collect(),
    }
}

fn strand(strand: &Strand) -> v1::PaceStrand {
    v1::PaceStrand {
        series: strand.series.to_string(),
        basis: strand.basis.number(),
        heard: strand.heard,
        from: strand.from.to_string(),
        through: strand.through.to_string(),
        total: four_places(&strand.total),
        reports: u32::try_from(strand.reports).unwrap_or(u32::MAX),
    }
}

fn mirror(mirror: &Mirror) -> v1::PaceMirror {
    let side = |side: &MirrorSide| v1::PaceMirrorSide {
        series: side.series.to_string(),
        basis: side.basis.number(),
        total: four_places(&side.total),
    };
    v1::PaceMirror {
        one: Some(side(&mirror.one)),
        other: Some(side(&mirror.other)),
        from: mirror.from.to_string(),
        through: mirror.through.to_string(),
        days: count(mirror.days),
        difference: four_places(&mirror.difference),
        difference_pct: places(mirror.difference_pct.as_ref()),
        disagrees: mirror.disagrees,
    }
}

fn places(value: Option<&BigRational>) -> Option<String> {
    value.map(four_places)
}

fn day(day: Option<Day>) -> String {
    or_empty(day.as_ref())
}

/// A number of days, which a window bounds.
fn count(days: i64) -> u32 {
    u32::try_from(days).unwrap_or_default()
}
