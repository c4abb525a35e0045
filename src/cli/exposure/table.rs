//! Exposure for people: what touches each item, then what is true of it, then what nothing touches.

use comfy_table::Table;
use prost_types::Timestamp;

use super::super::board::{heading, next_change, time};
use super::super::figures::so_far;
use super::super::paint::{self, word};
use super::super::table::{columns, print};
use crate::exchange::encoding::escape;
use crate::proto::v1;

/// The whole answer as text.
pub(super) fn render(items: &[v1::ExposureItem], found: &v1::FindExposureResponse, colour: bool) -> String {
    let clocks = found.clocks.clone().unwrap_or_default();
    let mut text = format!("{}\n", heading(&clocks));
    let answered: Vec<(String, &v1::ItemExposure)> =
        found.items.iter().map(|it| (label(items.get(it.index as usize)), it)).collect();
    let touched: Vec<_> = answered.iter().filter(|(_, it)| !it.matches.is_empty()).collect();
    if !touched.is_empty() {
        let mut table = columns(["item", "how", "touches", "by", "through"]);
        for (label, it) in &touched {
            rows(&mut table, label, it);
        }
        text.push_str(&format!("\n{}", print(table)));
    }
    let now = clocks.as_of;
    if !found.measures.is_empty() {
        text.push_str(&format!("\nthese measures\n{}", measures(&found.measures, now)));
    }
    if !found.commitments.is_empty() {
        text.push_str(&format!("\nthese commitments\n{}", commitments(&found.commitments, now, colour)));
    }
    let unread = |it: &v1::ItemExposure| !it.problem.is_empty();
    let free: Vec<&str> = answered
        .iter()
        .filter(|(_, it)| it.matches.is_empty() && !unread(it))
        .map(|(label, _)| label.as_str())
        .collect();
    if !free.is_empty() {
        text.push_str(&format!("\nnothing touches ({})\n", free.len()));
        free.iter().for_each(|label| text.push_str(&format!(" {label}\n")));
        let uncoded: Vec<&str> = found.measures_without_codes.iter().map(|name| id(name)).collect();
        if !uncoded.is_empty() {
            let head = format!("\nno code reaches these measures, for they list none ({})\n", uncoded.len());
            text.push_str(&head);
            uncoded.iter().for_each(|id| text.push_str(&format!(" {id}\n")));
        }
    }
    let unread: Vec<_> = answered.iter().filter(|(_, it)| unread(it)).collect();
    if !unread.is_empty() {
        text.push_str(&format!("\ncould not be read ({})\n", unread.len()));
        unread.iter().for_each(|(_, it)| text.push_str(&format!(" item {}: {}\n", it.index + 1, it.problem)));
    }
    text
}

fn label(item: Option<&v1::ExposureItem>) -> String {
    let Some(item) = item else { return String::new() };
    let list = match item.nomenclature() {
        v1::Nomenclature::Unspecified => String::new(),
        list => format!("{} ", list_name(list)),
    };
    // A company's file may hold anything; it must not command the terminal.
    let (code, name) = (escape(&item.code), escape(&item.name));
    match (code.as_str(), name.as_str()) {
        ("", _) => name,
        (_, "") => format!("{list}{code}"),
        _ => format!("{list}{code} {name}"),
    }
}

fn rows(table: &mut Table, label: &str, it: &v1::ItemExposure) {
    for (index, touching) in it.matches.iter().enumerate() {
        let by = match &touching.listed {
            Some(listed) if touching.listed_count > 1 => {
                format!("{} and {} more", product(listed), touching.listed_count - 1)
            }
            Some(listed) => product(listed),
            None => match touching.found_in() {
                v1::FoundIn::Title => "title",
                v1::FoundIn::Note => "note",
                v1::FoundIn::TitleInPart => "some words of the title",
                v1::FoundIn::Unspecified => "",
            }
            .to_owned(),
        };
        table.add_row([
            if index == 0 { label.to_owned() } else { String::new() },
            word(touching.kind().as_str_name(), "MATCH_KIND_").to_owned(),
            local(&touching.subject).to_owned(),
            by,
            local(&touching.through).to_owned(),
        ]);
    }
}

fn measures(measures: &[v1::ExposedMeasure], now: Option<Timestamp>) -> String {
    let mut table =
        columns(["measure", "kind", "by", "against", "in effect", "next change", "by its acts", "rate", "what"]);
    for it in measures {
        let in_effect = match it.in_effect() {
            v1::InEffect::Yes => "yes",
            v1::InEffect::No => "no",
            _ => "texts or sources differ",
        };
        let standing = word(it.standing().as_str_name(), "MEASURE_STANDING_");
        table.add_row([
            id(&it.name).to_owned(),
            word(it.kind().as_str_name(), "MEASURE_KIND_").to_owned(),
            it.by.clone(),
            it.against.clone(),
            in_effect.to_owned(),
            next(it.next_change_at, now),
            it.standing_since.map_or_else(|| standing.to_owned(), |since| format!("{standing} {}", time(since))),
            rate(&it.rates),
            it.title.clone(),
        ]);
    }
    print(table)
}

/// The points of a rate, and since when they hold as they are.
fn rate(parts: &[v1::RateComponent]) -> String {
    let points: Vec<&str> = parts.iter().map(|part| part.rate.as_ref().map_or("none", String::as_str)).collect();
    match parts.iter().filter_map(|part| part.effective_at).max_by_key(|at| at.seconds) {
        Some(since) => format!("{} since {}", points.join(" + "), time(since)),
        None => "-".to_owned(),
    }
}

fn commitments(commitments: &[v1::ExposedCommitment], now: Option<Timestamp>, colour: bool) -> String {
    let mut table = columns([
        "commitment",
        "by",
        "to",
        "status",
        "lifecycle",
        "next change",
        "until",
        "so far",
        "readings",
        "what",
    ]);
    for it in commitments {
        let assessment = it.assessment.clone().unwrap_or_default();
        let readings = assessment.by_reading.iter().map(|(reading, judged)| {
            let lifecycle = word(judged.lifecycle().as_str_name(), "LIFECYCLE_");
            format!("{reading}: {lifecycle}, {}", word(judged.status().as_str_name(), "STATUS_"))
        });
        let readings: Vec<String> = readings.collect();
        table.add_row([
            id(&assessment.commitment).to_owned(),
            it.obligor.clone(),
            it.obligee.clone(),
            paint::status(assessment.status(), colour),
            word(assessment.lifecycle().as_str_name(), "LIFECYCLE_").to_owned(),
            next_change(&assessment, now),
            until(&assessment).map_or_else(|| "-".to_owned(), time),
            so_far(&assessment),
            if readings.is_empty() { "-".to_owned() } else { readings.join("; ") },
            it.title.clone(),
        ]);
    }
    print(table)
}

fn until(assessment: &v1::Assessment) -> Option<Timestamp> {
    match &assessment.numbers {
        Some(v1::assessment::Numbers::Maintenance(numbers)) => numbers.until,
        _ => None,
    }
}

fn next(at: Option<Timestamp>, now: Option<Timestamp>) -> String {
    next_change(&v1::Assessment { next_change_at: at, ..v1::Assessment::default() }, now)
}

fn product(product: &v1::Product) -> String {
    format!("{} {}", list_name(product.nomenclature()), product.code)
}

/// The name by which files and the command line take it.
fn list_name(list: v1::Nomenclature) -> String {
    word(list.as_str_name(), "NOMENCLATURE_").replace('_', "-")
}

/// `measures/x` of `ledgers/l/measures/x`.
fn local(name: &str) -> &str {
    name.splitn(3, '/').nth(2).unwrap_or_default()
}

fn id(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}
