//! Events as CloudEvents 1.0 in structured JSON, for programs that take those.

use serde_json::{Map, Value, json};

use crate::domain::{EventKind, Instant};
use crate::proto::{json as proto_json, v1};
use crate::wire::{self, Word};

/// An event of a ledger as a CloudEvent: `id` is the event id, `source` the ledger, `type` `entente.v1.` and the kind,
/// `time` the record time, `subject` the subject, `data` the submission. The extension attribute `sequence` is the
/// position, with zeros before it so that it sorts as text.
pub fn of(event: &v1::Event) -> Result<Value, proto_json::JsonError> {
    let submission = event.submission.clone().unwrap_or_default();
    let source = event.name.split("/events/").next().unwrap_or_default();
    let kind = EventKind::from_proto(event.kind()).map_or("Unknown", EventKind::name);
    let mut cloud = Map::new();
    let mut set = |name: &str, value: Value| drop(cloud.insert(name.to_owned(), value));
    set("specversion", json!("1.0"));
    set("id", json!(submission.event_id));
    set("source", json!(source));
    set("type", json!(format!("entente.v1.{kind}")));
    if let Some(time) = event.recorded_at.as_ref().and_then(time) {
        set("time", json!(time.to_string()));
    }
    set("subject", json!(submission.subject));
    set("sequence", json!(format!("{:020}", event.position)));
    set("datacontenttype", json!("application/json"));
    set("data", proto_json::to_json(&submission)?);
    Ok(Value::Object(cloud))
}

fn time(stamp: &prost_types::Timestamp) -> Option<Instant> {
    wire::instant_from_proto(stamp).ok()
}
