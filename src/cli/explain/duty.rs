//! How a duty in time was judged, for people.

use super::super::board::time;
use super::super::paint::word;
use super::events;
use super::page::Page;
use crate::proto::v1;

pub(super) fn show(page: &mut Page, it: &v1::MaintenanceDerivation) {
    page.heading(2, "the duty in time");
    let mut rows = vec![said("begins", it.starts_at.map_or_else(String::new, time)), said("ends", ending(it))];
    rows.extend(each("runs", &it.term));
    rows.extend(it.implement_by_at.map(|by| {
        let done = it.implemented_at.map_or_else(|| "not yet".to_owned(), time);
        let shown =
            if it.implemented_by.is_empty() { String::new() } else { format!(", {}", events(&it.implemented_by)) };
        said("implement", format!("by {}: {done}{shown}", time(by)))
    }));
    rows.extend(it.counterpart.as_ref().map(|it| said("depends on", counterpart(it))));
    page.table(4, rows);

    page.heading(2, "when the measure was applied");
    let mut rows: Vec<Vec<String>> = it.applied.iter().map(traced).collect();
    rows.extend(each("for certain, in the term", &it.applied_in_term));
    table_or(page, rows, "no record that counts shows it applied");
    if let Some(limit) = &it.limit {
        page.heading(2, "the rate at as_of");
        let components = it.rates.iter();
        let mut rows: Vec<Vec<String>> =
            components.map(|rate| vec![rate.component.clone(), rate.rate.clone(), event(rate.position)]).collect();
        let sum = it.rate.clone().unwrap_or_else(|| "none known".to_owned());
        rows.push(vec!["sum".to_owned(), sum, format!("limit {limit}")]);
        page.table(4, rows);
    }

    page.heading(2, "what is no breach");
    table_or(page, it.reductions.iter().map(traced).collect(), "nothing takes any of it out");

    page.heading(2, "what is left");
    let mut rows = each("breach", &it.breach_time);
    rows.extend(each("contested", &it.contested_time));
    rows.extend(it.breaches.iter().map(|breach| said("judged", judged(breach, it.tolerance_hours))));
    table_or(page, rows, "no breach");
}

fn table_or(page: &mut Page, rows: Vec<Vec<String>>, otherwise: &str) {
    if rows.is_empty() {
        page.line(4, otherwise);
    } else {
        page.table(4, rows);
    }
}

fn said(label: &str, text: String) -> Vec<String> {
    vec![label.to_owned(), text]
}

fn each(label: &str, intervals: &[v1::Interval]) -> Vec<Vec<String>> {
    intervals.iter().map(|interval| said(label, span(Some(interval)))).collect()
}

fn ending(it: &v1::MaintenanceDerivation) -> String {
    let at = it.ends_at.map_or_else(|| "never".to_owned(), time);
    match it.end_ground() {
        v1::EndGround::Time => format!("{at}, by its own term"),
        v1::EndGround::Termination => format!("{at}, by the termination of event {}", it.ended_by),
        v1::EndGround::Snapback => format!("{at}, by the notice of event {}", it.ended_by),
        _ => "nothing ends it".to_owned(),
    }
}

fn traced(it: &v1::TracedSpan) -> Vec<String> {
    let ground = word(it.ground().as_str_name(), "SPAN_GROUND_").to_ascii_lowercase().replace('_', " ");
    let shown = events(&it.positions);
    let by = if shown.is_empty() { shown } else { format!(", {shown}") };
    vec![ground, format!("{}{by}", span(it.interval.as_ref()))]
}

fn judged(breach: &v1::BreachExplanation, tolerance_hours: u32) -> String {
    let mut text = span(breach.interval.as_ref());
    if breach.dropped {
        return format!("{text}: dropped, shorter than the tolerance of {tolerance_hours} h");
    }
    let over = if breach.over { "over" } else { "not over" };
    let cure = match breach.cure_end_at {
        Some(end) => format!("cure_end {}", time(end)),
        None => "cure_end waits for a notice".to_owned(),
    };
    text.push_str(&format!(": {over}, {cure}"));
    if breach.notice > 0 {
        text.push_str(&format!(" from the notice of event {}", breach.notice));
    }
    if breach.late {
        text.push_str(", late");
    }
    text
}

fn counterpart(it: &v1::CounterpartExplanation) -> String {
    let id = it.commitment.rsplit('/').next().unwrap_or_default();
    let effect = word(it.effect().as_str_name(), "RECIPROCAL_EFFECT_");
    let triggers: Vec<&str> = it.triggers().map(|status| word(status.as_str_name(), "STATUS_")).collect();
    let when: Vec<String> = it.triggered.iter().map(|interval| span(Some(interval))).collect();
    let when = if when.is_empty() { "never so far".to_owned() } else { when.join("; ") };
    format!("{id} ({effect} while it is {}): {when}", triggers.join(" or "))
}

fn span(interval: Option<&v1::Interval>) -> String {
    let Some(interval) = interval else { return String::new() };
    let from = interval.from.map_or_else(String::new, time);
    match interval.until {
        Some(until) => format!("{from} until {}", time(until)),
        None => format!("{from} on"),
    }
}

fn event(position: u64) -> String {
    events(&[position])
}
