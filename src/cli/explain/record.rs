//! Every record, used or set aside, for people.

use std::collections::BTreeMap;

use super::super::event_line::camel;
use super::super::paint::word;
use super::page::Page;
use crate::proto::v1;

/// Shows the records; a reason that several share is said once before them.
pub(super) fn show(page: &mut Page, records: &[v1::RecordExplanation]) {
    page.heading(0, "RECORDS, used or set aside");
    if records.is_empty() {
        page.line(2, "none known");
    }
    let meanings = meanings(records);
    if !meanings.is_empty() {
        let legend = meanings.iter().map(|(usage, meaning)| vec![usage.to_string(), meaning.to_string()]);
        page.table(2, legend.collect());
        page.blank();
    }
    page.table(2, records.iter().map(|record| line(record, &meanings)).collect());
}

/// For each word the reason that several records share, where they do; it is said once, before them.
fn meanings(records: &[v1::RecordExplanation]) -> BTreeMap<&str, &str> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for record in records {
        *counts.entry((usage(record), record.reason.as_str())).or_default() += 1;
    }
    let mut shared: Vec<((&str, &str), usize)> = counts.into_iter().filter(|(_, count)| *count > 1).collect();
    // The last to be collected stands: the reason that most records give.
    shared.sort_by_key(|(_, count)| *count);
    shared.into_iter().map(|(said, _)| said).collect()
}

fn line(record: &v1::RecordExplanation, meanings: &BTreeMap<&str, &str>) -> Vec<String> {
    let kind = camel(word(record.kind().as_str_name(), "EVENT_KIND_"));
    let mut says = record.gist.clone();
    if meanings.get(usage(record)) != Some(&record.reason.as_str()) {
        says.push_str(&format!(" | {}", record.reason));
    }
    if !record.readings.is_empty() {
        says.push_str(&format!(" | in reading {}", record.readings.join(", ")));
    }
    vec![record.position.to_string(), usage(record).to_owned(), kind, says]
}

fn usage(record: &v1::RecordExplanation) -> &'static str {
    word(record.usage().as_str_name(), "RECORD_USE_")
}
