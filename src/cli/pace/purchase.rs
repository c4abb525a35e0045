//! The pace of a purchase pledge, in words and tables.

use super::bar::bar;
use crate::cli::board::{grouped, time};
use crate::cli::paint::{self, word};
use crate::cli::table;
use crate::proto::v1;

/// One tranche in one series: where it stands, where the present rates lead, and its last points.
pub(super) fn course(course: &v1::PaceCourse, unit: &str, reading: &str, points_max: usize, colour: bool) -> String {
    let (tranche, series) = (&course.tranche, &course.series);
    let mut text = format!(
        "{reading}{tranche}, series {series}: {}, {} of {} {unit}, due {}\n",
        paint::status(course.status(), colour),
        grouped(&course.performed),
        grouped(&course.target),
        course.due_at.map_or_else(String::new, time)
    );
    if course.data_through.is_empty() {
        return text;
    }
    let mut say = |label: &str, said: String| text.push_str(&format!(" {label:<16}{said}\n"));
    say("data through", course.data_through.clone());
    if let Some(expected) = &course.expected_to_date {
        let by_then = course.performed_to_date.as_deref().unwrap_or_default();
        say("by then", format!("{} {unit}, expected {}", grouped(by_then), grouped(expected)));
    }
    if let Some(required) = &course.required_per_day {
        say("required", format!("{} {unit} a day from then on", grouped(required)));
    }
    if !course.reached_on.is_empty() {
        say("reached", format!("by the end of {}", course.reached_on));
    }
    for forecast in &course.forecasts {
        say(span(forecast.span()), leads(forecast, unit, &course.reached_on));
    }
    text.push_str(&points(course, points_max));
    text
}

fn span(span: v1::PaceSpan) -> &'static str {
    match span {
        v1::PaceSpan::Unspecified => "rate",
        v1::PaceSpan::Covered => "rate so far",
        v1::PaceSpan::FourWeeks => "last 4 weeks",
        v1::PaceSpan::ThirteenWeeks => "last 13 weeks",
        v1::PaceSpan::Season => "by the season",
    }
}

fn leads(forecast: &v1::PaceForecast, unit: &str, reached_on: &str) -> String {
    let rate = match &forecast.per_day {
        Some(rate) => format!("{} {unit} a day ({} days)", grouped(rate), forecast.days),
        None => format!("the same share of what is expected ({} days)", forecast.days),
    };
    let total = grouped(&forecast.total_at_due);
    match forecast.reached_on.as_str() {
        _ if !reached_on.is_empty() => format!("{rate}: {total} when due"),
        "" => format!("{rate}: {total} when due, the target never"),
        day => format!("{rate}: {total} when due, the target on {day}"),
    }
}

fn points(course: &v1::PaceCourse, points_max: usize) -> String {
    let left_out = course.points.len().saturating_sub(points_max);
    let mut table = table::columns(["through", "performed", "expected", "", "events"]);
    for point in &course.points[left_out..] {
        let positions: Vec<String> = point.positions.iter().map(u64::to_string).collect();
        let day = if point.covered { point.day.clone() } else { format!("{} (after a hole)", point.day) };
        table.add_row([
            day,
            grouped(&point.performed),
            point.expected.as_deref().map_or_else(|| "-".to_owned(), grouped),
            bar(&point.performed, point.expected.as_deref(), &course.target),
            positions.join(", "),
        ]);
    }
    let more = if left_out > 0 { format!(" … {left_out} earlier, with --all\n") } else { String::new() };
    format!("{}{more}", table::print(table))
}

/// Series side by side, where several were reported.
pub(super) fn mirrors(report: &v1::PaceReport) -> String {
    if report.mirrors.is_empty() {
        return String::new();
    }
    let mut table = table::columns(["one", "total", "other", "total", "from", "through", "days", "difference", ""]);
    for mirror in &report.mirrors {
        let side = |side: &Option<v1::PaceMirrorSide>| {
            let side = side.clone().unwrap_or_default();
            let basis = word(side.basis().as_str_name(), "BASIS_").to_owned();
            [format!("{} {basis}", side.series), grouped(&side.total)]
        };
        let ([one, one_total], [other, other_total]) = (side(&mirror.one), side(&mirror.other));
        let pct = mirror.difference_pct.as_deref().map_or_else(String::new, |pct| format!(" ({pct} %)"));
        let disagrees = if mirror.disagrees { "disagree" } else { "" };
        table.add_row([
            one,
            one_total,
            other,
            other_total,
            mirror.from.clone(),
            mirror.through.clone(),
            mirror.days.to_string(),
            format!("{}{pct}", grouped(&mirror.difference)),
            disagrees.to_owned(),
        ]);
    }
    format!("\nseries over the days in common\n{}", table::print(table))
}
