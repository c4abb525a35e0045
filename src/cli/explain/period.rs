//! How acts and test periods were judged, for people.

use super::super::board::time;
use super::super::paint::word;
use super::page::{Page, readable};
use super::quantities;
use crate::proto::v1;

pub(super) fn show_act(page: &mut Page, it: &v1::ActDerivation) {
    page.heading(2, "dates and count");
    page.table(4, quantities(&it.quantities));
    page.heading(2, "the running count");
    if it.steps.is_empty() {
        page.line(4, "no act that counts");
    }
    let steps = it.steps.iter().map(|step| {
        let at = step.at.map_or_else(String::new, time);
        vec![format!("event {}", step.position), at, format!("{:+}", step.change), format!("N = {}", step.count)]
    });
    page.table(4, steps.collect());
}

pub(super) fn show_periods(page: &mut Page, it: &v1::PeriodicDerivation) {
    page.heading(2, "limit and start");
    page.table(4, quantities(&it.quantities));
    page.heading(2, "period by period");
    for period in &it.periods {
        let window = period.window.clone().unwrap_or_default();
        let over = period.over_at.map_or_else(String::new, time);
        let figures_due = period.figures_due_at.map_or_else(String::new, time);
        let mut text = format!("{}: {}", period.id, verdict(period.verdict()));
        if period.waiver > 0 {
            text.push_str(&format!(", a failure waived by event {}", period.waiver));
        }
        text.push_str(&format!("; {} through {}", window.start, window.through));
        text.push_str(&format!(", over {over}, figures due {figures_due}"));
        let flags: Vec<&str> = period.flags().map(|flag| word(flag.as_str_name(), "FLAG_")).collect();
        if !flags.is_empty() {
            text.push_str(&format!(", {}", flags.join(", ")));
        }
        page.line(4, &text);
        let figures = period.figures.iter().map(|figure| {
            let series = if figure.series.is_empty() { String::new() } else { format!("{}: ", figure.series) };
            let said = format!("{series}{} {}", readable(&figure.working), verdict(figure.verdict()));
            vec![format!("event {}", figure.position), said]
        });
        page.table(6, figures.collect());
    }
}

fn verdict(verdict: v1::PeriodVerdict) -> &'static str {
    match verdict {
        v1::PeriodVerdict::Unspecified => "no verdict",
        verdict => word(verdict.as_str_name(), "PERIOD_VERDICT_"),
    }
}
