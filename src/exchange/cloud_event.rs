//! Events as CloudEvents 1.0 in structured JSON, for programs that take those.

use serde_json::{Map, Value, json};

use crate::domain::{EventKind, Instant, Slug};
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

/// News of a stream of transitions as a CloudEvent: `id` is that of the news, the same for whoever hears it, `type`
/// `entente.v1.Transition`, `Revision` or `DeadlineApproaching`, `time` the instant at which it is told, `subject` the
/// commitment, `data` the message.
pub fn of_news(news: &v1::StatusNews, ledger: &Slug) -> Result<Value, proto_json::JsonError> {
    use v1::status_news::News;
    let (kind, at, subject, data) = match &news.news {
        Some(News::Transition(it)) => ("Transition", it.at, it.commitment.as_str(), proto_json::to_json(it)?),
        Some(News::Revision(it)) => ("Revision", it.at, it.commitment.as_str(), proto_json::to_json(it)?),
        Some(News::DeadlineApproaching(it)) => {
            let of = it.deadline.as_ref().map_or("", |deadline| deadline.commitment.as_str());
            ("DeadlineApproaching", it.at, of, proto_json::to_json(it)?)
        }
        None => ("Unknown", None, "", Value::Null),
    };
    let mut cloud = Map::new();
    let mut set = |name: &str, value: Value| drop(cloud.insert(name.to_owned(), value));
    set("specversion", json!("1.0"));
    set("id", json!(news.id));
    set("source", json!(format!("ledgers/{ledger}")));
    set("type", json!(format!("entente.v1.{kind}")));
    if let Some(time) = at.as_ref().and_then(time) {
        set("time", json!(time.to_string()));
    }
    set("subject", json!(subject));
    set("datacontenttype", json!("application/json"));
    set("data", data);
    Ok(Value::Object(cloud))
}

fn time(stamp: &prost_types::Timestamp) -> Option<Instant> {
    wire::instant_from_proto(stamp).ok()
}
