//! The sheet of events: one row an event, its payload as JSON.

use super::{Cell, Column, text, time, whole};
use crate::domain::EventKind;
use crate::proto::{json, v1};
use crate::wire::Word;

/// The columns of the sheet of events.
pub const EVENTS: &[Column] = &[
    whole("position"),
    time("recorded_at"),
    text("recorded_by"),
    text("event_id"),
    text("family"),
    text("kind"),
    text("subject"),
    text("supersedes"),
    text("confidence"),
    text("recorded_basis"),
    text("publisher"),
    text("title"),
    text("address"),
    text("published"),
    text("class"),
    text("note"),
    text("payload"),
];

/// The row of an event; of its sources, the first, whose class is the record's class.
pub fn event_row(event: &v1::Event) -> Result<Vec<Cell>, json::JsonError> {
    let submission = event.submission.clone().unwrap_or_default();
    let source = submission.sources.first().cloned().unwrap_or_default();
    let kind = EventKind::from_proto(event.kind()).map_or("", EventKind::name);
    Ok(vec![
        Cell::Whole(event.position),
        Cell::time(event.recorded_at),
        Cell::text(&event.recorded_by),
        Cell::text(&submission.event_id),
        Cell::word(event.family().as_str_name(), "FAMILY_"),
        Cell::text(kind),
        Cell::text(&submission.subject),
        Cell::text(&submission.supersedes),
        Cell::word(submission.confidence().as_str_name(), "CONFIDENCE_"),
        Cell::word(submission.recorded_basis().as_str_name(), "RECORD_BASIS_"),
        Cell::text(&source.publisher),
        Cell::text(&source.title),
        Cell::text(&source.address),
        Cell::text(&source.published),
        Cell::word(source.class().as_str_name(), "SOURCE_CLASS_"),
        Cell::text(&submission.note),
        Cell::text(payload(submission)?),
    ])
}

/// The payload alone, as JSON.
fn payload(mut submission: v1::Submission) -> Result<String, json::JsonError> {
    let payload = submission.payload.take();
    let value = json::to_json(&v1::Submission { payload, ..v1::Submission::default() })?;
    let inner = value.as_object().and_then(|fields| fields.values().next());
    Ok(inner.map(ToString::to_string).unwrap_or_default())
}
