//! The figures of an answer in a few characters, and what each reading of the text says of them.

use super::plain_words::{grouped, percent};
use crate::proto::v1;
use crate::proto::v1::assessment::Numbers;

/// The figures of the kind, in a few characters: the base text's where readings differ.
pub fn so_far(assessment: &v1::Assessment) -> String {
    let told = told(assessment);
    match told.first() {
        // A measure is not in doubt where all readings say the same of it, however else they differ.
        Some((_, first)) if told.iter().all(|(_, other)| other == first) => first.clone(),
        _ => assessment.numbers.as_ref().map_or_else(|| "-".to_owned(), brief),
    }
}

/// What each reading says of the figures, in the order of their names; empty where neither these nor the answers differ.
pub fn by_reading(assessment: &v1::Assessment) -> Vec<(&str, String)> {
    let said = told(assessment);
    let alike = said.iter().all(|(_, text)| *text == said[0].1);
    if assessment.by_reading.is_empty() && alike { Vec::new() } else { said }
}

fn told(assessment: &v1::Assessment) -> Vec<(&str, String)> {
    numbers_by_reading(assessment).map(|(reading, numbers)| (reading, brief(&numbers))).collect()
}

/// The figures by each reading, where readings differ in anything.
pub fn numbers_by_reading(assessment: &v1::Assessment) -> impl Iterator<Item = (&str, Numbers)> {
    use v1::reading_numbers::Numbers as ByReading;
    assessment.numbers_by_reading.iter().filter_map(|(reading, numbers)| {
        let numbers = match numbers.numbers.clone()? {
            ByReading::Maintenance(numbers) => Numbers::Maintenance(numbers),
            ByReading::Purchase(numbers) => Numbers::Purchase(numbers),
            ByReading::Act(numbers) => Numbers::Act(numbers),
            ByReading::Periodic(numbers) => Numbers::Periodic(numbers),
        };
        Some((reading.as_str(), numbers))
    })
}

fn brief(numbers: &Numbers) -> String {
    match numbers {
        Numbers::Maintenance(numbers) => match (&numbers.value, numbers.measure_in_effect()) {
            (Some(value), _) => format!("rate {value}"),
            (None, v1::InEffect::Yes) => "measure applies".to_owned(),
            (None, v1::InEffect::No) => "measure does not apply".to_owned(),
            (None, _) => "measure: texts or sources differ".to_owned(),
        },
        Numbers::Purchase(numbers) => purchase(numbers),
        Numbers::Act(numbers) => format!("{} of {}", numbers.done, numbers.target),
        Numbers::Periodic(numbers) => {
            let judged = numbers.periods.iter().filter(|period| period.value.is_some()).count();
            format!("{judged} of {} periods", numbers.periods.len())
        }
    }
}

/// How far the latest tranche begun has come; which one, where there are several.
fn purchase(numbers: &v1::PurchaseNumbers) -> String {
    let Some(flow) = &numbers.latest else { return "-".to_owned() };
    let (performed, target) = (grouped(&flow.performed), grouped(&flow.target));
    let text = format!("{performed} of {target} {} ({})", numbers.unit, percent(&flow.ratio));
    let of = numbers.tranches.iter().rev().find(|tranche| tranche.flow.as_ref() == Some(flow));
    match of {
        Some(tranche) if numbers.tranches.len() > 1 => format!("{}: {text}", tranche.id),
        _ => text,
    }
}
