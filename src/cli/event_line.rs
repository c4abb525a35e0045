//! One event as one line of text.

use super::board::time;
use super::paint;
use crate::proto::{json, v1};

/// Position, record time, kind, subject, and what it says in the fewest words.
pub(super) fn of(event: &v1::Event) -> String {
    let submission = event.submission.clone().unwrap_or_default();
    let subject = submission.subject.splitn(3, '/').nth(2).unwrap_or("the ledger").to_owned();
    let kind = camel(paint::word(event.kind().as_str_name(), "EVENT_KIND_"));
    let recorded = event.recorded_at.map_or_else(String::new, time);
    let mut line = format!("{:>6}  {recorded:<20}  {kind:<22}  {subject}", event.position);
    if let Some(said) = gist(&submission) {
        line.push_str(&format!("  {said}"));
    }
    if let Some(source) = submission.sources.first() {
        line.push_str(&format!("  [{}]", source.publisher));
    }
    line
}

/// The payload's telling fields: a title or summary, else its plain fields.
fn gist(submission: &v1::Submission) -> Option<String> {
    let value = json::to_json(submission).ok()?;
    let envelope = ["eventId", "subject", "sources", "supersedes", "note", "confidence", "recordedAt", "recordedBasis"];
    let payload = value.as_object()?.iter().find(|(key, _)| !envelope.contains(&key.as_str()))?.1.as_object()?.clone();
    for telling in ["title", "summary", "reason"] {
        if let Some(text) = payload.get(telling).and_then(|text| text.as_str()) {
            return Some(text.to_owned());
        }
    }
    let plain = payload.iter().filter_map(|(key, value)| match value {
        serde_json::Value::String(text) => Some(format!("{key} {text}")),
        serde_json::Value::Bool(true) => Some(key.clone()),
        serde_json::Value::Number(number) => Some(format!("{key} {number}")),
        serde_json::Value::Object(dated) => dated.get("at").and_then(|at| at.as_str()).map(|at| format!("{key} {at}")),
        _ => None,
    });
    let said: Vec<String> = plain.collect();
    (!said.is_empty()).then(|| said.join(", "))
}

/// `AMOUNT_REPORTED` as `AmountReported`.
pub(super) fn camel(spelled: &str) -> String {
    let capitalised = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| format!("{first}{}", letters.as_str().to_ascii_lowercase()))
    };
    spelled.split('_').map(capitalised).collect()
}
