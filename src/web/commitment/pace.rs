//! The pace: performed against expected over time. The table is the chart's data; the script draws the one from the other.

use crate::domain::{Docket, Slug};
use crate::exchange::plain_words::{grouped, legible, percent, word};
use crate::proto::v1;
use crate::views;
use crate::web::badge::Badge;
use crate::web::commitment::evidence::spaced;
use crate::web::lead::reading_name;
use crate::web::party::words;
use crate::web::visit::Visit;
use crate::wire;

/// The pace of a commitment that has one.
#[derive(Default)]
pub(in crate::web) struct Shown {
    pub(in crate::web) charts: Vec<Chart>,
    /// What further readings make of it.
    pub(in crate::web) further: Vec<(String, Vec<Chart>)>,
    pub(in crate::web) strands: Vec<Strand>,
    pub(in crate::web) mirrors: Vec<Mirror>,
    pub(in crate::web) periods: Vec<Period>,
}

/// The course of one tranche in one series.
pub(in crate::web) struct Chart {
    pub(in crate::web) title: String,
    pub(in crate::web) unit: String,
    pub(in crate::web) basis: String,
    pub(in crate::web) method: String,
    pub(in crate::web) badge: Badge,
    pub(in crate::web) from: String,
    pub(in crate::web) due: String,
    pub(in crate::web) target: String,
    pub(in crate::web) target_shown: String,
    pub(in crate::web) performed: String,
    pub(in crate::web) shortfall: String,
    pub(in crate::web) required: Option<String>,
    pub(in crate::web) data_through: String,
    pub(in crate::web) reached_on: String,
    pub(in crate::web) forecasts: Vec<Forecast>,
    pub(in crate::web) points: Vec<Point>,
}

/// One day of a course.
pub(in crate::web) struct Point {
    pub(in crate::web) day: String,
    pub(in crate::web) performed: String,
    pub(in crate::web) performed_shown: String,
    pub(in crate::web) expected: String,
    pub(in crate::web) expected_shown: String,
    /// The figures cover the day without a hole.
    pub(in crate::web) covered: bool,
}

/// Where the present rate leads.
pub(in crate::web) struct Forecast {
    pub(in crate::web) span: String,
    pub(in crate::web) per_day: String,
    pub(in crate::web) total: String,
    pub(in crate::web) reached: String,
}

/// One series of figures.
pub(in crate::web) struct Strand {
    pub(in crate::web) series: String,
    pub(in crate::web) basis: String,
    pub(in crate::web) heard: bool,
    pub(in crate::web) days: String,
    pub(in crate::web) total: String,
    pub(in crate::web) reports: u32,
}

/// Two series over the same days.
pub(in crate::web) struct Mirror {
    pub(in crate::web) one: String,
    pub(in crate::web) other: String,
    pub(in crate::web) days: String,
    pub(in crate::web) totals: String,
    pub(in crate::web) difference: String,
    pub(in crate::web) disagrees: bool,
}

/// One period of a ceiling or a licensing flow.
pub(in crate::web) struct Period {
    pub(in crate::web) reading: String,
    pub(in crate::web) name: String,
    pub(in crate::web) days: String,
    pub(in crate::web) value: String,
    pub(in crate::web) margin: String,
    pub(in crate::web) series: String,
}

/// The pace of a commitment; none for the kinds that have none.
pub(super) fn shown(visit: &Visit, docket: &Docket, id: &Slug) -> Option<Shown> {
    let pace = views::pace(docket, id, visit.at.as_of, visit.at.known)?;
    let pace = wire::pace_to_proto(&pace, visit.ledger.name());
    if pace.readings.is_empty() {
        return None;
    }
    let several = pace.readings.len() > 1;
    let mut shown = Shown {
        strands: pace.strands.iter().map(strand).collect(),
        mirrors: pace.mirrors.iter().map(mirror).collect(),
        ..Shown::default()
    };
    for reading in &pace.readings {
        let of = if several { format!(", {}", reading_name(&reading.reading)) } else { String::new() };
        match &reading.pace {
            Some(v1::pace_reading::Pace::Purchase(purchase)) => {
                let charts = purchase.courses.iter().map(|course| chart(purchase, course, &of)).collect();
                if shown.charts.is_empty() {
                    shown.charts = charts;
                } else {
                    shown.further.push((reading_name(&reading.reading), charts));
                }
            }
            Some(v1::pace_reading::Pace::Periodic(periodic)) => {
                shown.periods.extend(periodic.periods.iter().map(|it| period(it, &reading.reading)));
            }
            None => {}
        }
    }
    Some(shown)
}

fn chart(purchase: &v1::PurchasePace, course: &v1::PaceCourse, of: &str) -> Chart {
    let method = purchase.spread.as_ref().map(v1::Pace::method).unwrap_or_default();
    let method = match method {
        v1::PaceMethod::Unspecified | v1::PaceMethod::None => "no pace is set".to_owned(),
        v1::PaceMethod::LinearDays => "pro rata by days".to_owned(),
        v1::PaceMethod::LinearMonths => "pro rata by months".to_owned(),
        v1::PaceMethod::Seasonal => "by season".to_owned(),
    };
    Chart {
        title: format!("{}, series {}{of}", words(&course.tranche), course.series),
        unit: purchase.unit.clone(),
        basis: spaced(word(purchase.basis().as_str_name(), "BASIS_")),
        method,
        badge: Badge::spelled(course.status()),
        from: course.from.clone(),
        due: course.due_through.clone(),
        target: course.target.clone(),
        target_shown: grouped(&course.target),
        performed: grouped(&course.performed),
        shortfall: grouped(&course.shortfall),
        required: course.required_per_day.as_deref().map(legible),
        data_through: course.data_through.clone(),
        reached_on: course.reached_on.clone(),
        forecasts: course.forecasts.iter().map(forecast).collect(),
        points: course.points.iter().map(point).collect(),
    }
}

fn point(point: &v1::PacePoint) -> Point {
    Point {
        day: point.day.clone(),
        performed: point.performed.clone(),
        performed_shown: grouped(&point.performed),
        expected: point.expected.clone().unwrap_or_default(),
        expected_shown: point.expected.as_deref().map_or_else(|| "-".to_owned(), legible),
        covered: point.covered,
    }
}

fn forecast(forecast: &v1::PaceForecast) -> Forecast {
    Forecast {
        span: spaced(word(forecast.span().as_str_name(), "PACE_SPAN_")),
        per_day: forecast.per_day.as_deref().map_or_else(|| "-".to_owned(), legible),
        total: legible(&forecast.total_at_due),
        reached: if forecast.reached_on.is_empty() { "not reached".to_owned() } else { forecast.reached_on.clone() },
    }
}

fn strand(strand: &v1::PaceStrand) -> Strand {
    Strand {
        series: strand.series.clone(),
        basis: spaced(word(strand.basis().as_str_name(), "BASIS_")),
        heard: strand.heard,
        days: format!("{} to {}", strand.from, strand.through),
        total: grouped(&strand.total),
        reports: strand.reports,
    }
}

fn mirror(mirror: &v1::PaceMirror) -> Mirror {
    let (one, other) = (mirror.one.clone().unwrap_or_default(), mirror.other.clone().unwrap_or_default());
    let share = mirror.difference_pct.as_ref().map_or_else(String::new, |pct| format!(" ({pct} %)"));
    Mirror {
        totals: format!("{} and {}", grouped(&one.total), grouped(&other.total)),
        one: one.series,
        other: other.series,
        days: format!("{} to {} ({} days)", mirror.from, mirror.through, mirror.days),
        difference: format!("{}{share}", grouped(&mirror.difference)),
        disagrees: mirror.disagrees,
    }
}

fn period(period: &v1::PacePeriod, reading: &str) -> Period {
    let window = period.window.clone().unwrap_or_default();
    let series =
        period.series.iter().map(|it| format!("{} {}", it.series, it.value.as_deref().map_or("-".to_owned(), percent)));
    Period {
        reading: reading_name(reading),
        name: words(&period.id),
        days: format!("{} to {}", window.start, window.through),
        value: period.value.as_deref().map_or_else(|| "-".to_owned(), grouped),
        margin: period.margin.as_deref().map_or_else(|| "-".to_owned(), grouped),
        series: series.collect::<Vec<_>>().join(", "),
    }
}
