//! The evidence: every record that bears on a commitment, used or set aside, with its sources.

use std::collections::BTreeMap;

use crate::domain::{Docket, Slug};
use crate::exchange::plain_words::word;
use crate::proto::v1;
use crate::web::proof::bundle_link;
use crate::web::visit::Visit;
use crate::web::when::When;
use crate::wire;

/// One record.
pub(in crate::web) struct Record {
    pub(in crate::web) position: u64,
    pub(in crate::web) href: String,
    /// The event with its proof.
    pub(in crate::web) bundle: String,
    pub(in crate::web) kind: String,
    pub(in crate::web) recorded: Option<When>,
    pub(in crate::web) effective: Option<When>,
    pub(in crate::web) gist: String,
    pub(in crate::web) usage: String,
    /// The answer rests on it.
    pub(in crate::web) is_used: bool,
    pub(in crate::web) is_contested: bool,
    /// Why it was used so, where that is not said before the table.
    pub(in crate::web) reason: String,
    pub(in crate::web) confidence: String,
    pub(in crate::web) sources: Vec<Source>,
    /// They are those of the record above it in its table.
    pub(in crate::web) is_as_above: bool,
}

/// One source.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::web) struct Source {
    pub(in crate::web) publisher: String,
    pub(in crate::web) title: String,
    /// Where it is, if that is an address of the web.
    pub(in crate::web) href: Option<String>,
    pub(in crate::web) archived: Option<String>,
    pub(in crate::web) class: String,
    pub(in crate::web) detail: String,
}

/// What each use means, said once before the table: the reason that most records of that use give.
pub(super) fn meanings(explained: &v1::Explanation) -> Vec<(String, String)> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for record in &explained.records {
        *counts.entry((usage(record), &record.reason)).or_default() += 1;
    }
    let mut shared: Vec<((&str, &str), usize)> = counts.into_iter().filter(|(_, count)| *count > 1).collect();
    shared.sort_by_key(|(_, count)| *count);
    let meanings: BTreeMap<&str, &str> = shared.into_iter().map(|(said, _)| said).collect();
    meanings.into_iter().map(|(usage, reason)| (spaced(usage), reason.to_owned())).collect()
}

/// The records, the latest first.
pub(super) fn records(visit: &Visit, docket: &Docket, id: &Slug, explained: &v1::Explanation) -> Vec<Record> {
    let meanings = meanings(explained);
    let events = docket.dossier(id).map(|dossier| dossier.known(visit.at.known)).unwrap_or_default();
    let shown = |record: &v1::RecordExplanation| {
        let event = events.iter().find(|event| event.position.get() == record.position);
        let event = event.map(|event| wire::event_to_proto(event, visit.ledger.name()));
        let submission = event.and_then(|event| event.submission).unwrap_or_default();
        let usage = spaced(usage(record));
        let is_said = meanings.iter().any(|(said, reason)| *said == usage && *reason == record.reason);
        Record {
            position: record.position,
            href: visit.link(&format!("/events/{}", record.position)),
            bundle: bundle_link(visit, record.position),
            kind: spaced(word(record.kind().as_str_name(), "EVENT_KIND_")),
            recorded: When::stamped(record.recorded_at),
            effective: When::stamped(record.effective_at),
            gist: record.gist.clone(),
            is_used: record.usage() == v1::RecordUse::Used,
            is_contested: record.usage() == v1::RecordUse::Contested,
            reason: if is_said { String::new() } else { record.reason.clone() },
            confidence: confidence(&submission),
            sources: submission.sources.iter().map(source).collect(),
            is_as_above: false,
            usage,
        }
    };
    explained.records.iter().rev().map(shown).collect()
}

/// Marks each record of a table whose sources are those of the record above it, so that they are not said again.
pub(super) fn folded(mut records: Vec<Record>) -> Vec<Record> {
    for index in 1..records.len() {
        records[index].is_as_above =
            !records[index].sources.is_empty() && records[index].sources == records[index - 1].sources;
    }
    records
}

/// What the recorder thinks of a record; nothing where that is high, or was not said.
pub(in crate::web) fn confidence(submission: &v1::Submission) -> String {
    match submission.confidence() {
        v1::Confidence::Unspecified | v1::Confidence::High => String::new(),
        other => format!("confidence {}", word(other.as_str_name(), "CONFIDENCE_").to_lowercase()),
    }
}

/// A source as a page shows it.
pub(in crate::web) fn source(source: &v1::Source) -> Source {
    let class = match source.class() {
        v1::SourceClass::Unspecified => String::new(),
        class => spaced(word(class.as_str_name(), "SOURCE_CLASS_")),
    };
    let said = [&source.published, &source.attribution, &source.quality];
    let said: Vec<&str> = said.into_iter().filter(|text| !text.is_empty()).map(String::as_str).collect();
    Source {
        publisher: source.publisher.clone(),
        title: source.title.clone(),
        href: web_address(&source.address),
        archived: web_address(&source.archived_address),
        class,
        detail: said.join(" · "),
    }
}

/// An address that a browser may follow: of the web, and of no other scheme, whatever a source was recorded with.
fn web_address(text: &str) -> Option<String> {
    let uri: http::Uri = text.parse().ok()?;
    matches!(uri.scheme_str(), Some("http" | "https")).then(|| text.to_owned())
}

fn usage(record: &v1::RecordExplanation) -> &'static str {
    word(record.usage().as_str_name(), "RECORD_USE_")
}

/// `AMOUNT_REPORTED` as `amount reported`.
pub(in crate::web) fn spaced(spelled: &str) -> String {
    spelled.to_lowercase().replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_become_links() {
        let addresses =
            ["https://example.org/a?b=c", "http://example.org", "javascript:alert(1)", "data:text/html,x", ""];
        let links: Vec<bool> = addresses.iter().map(|address| web_address(address).is_some()).collect();
        assert_eq!(links, [true, true, false, false, false]);
    }
}
