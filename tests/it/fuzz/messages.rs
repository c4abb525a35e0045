//! Messages: stored events, submissions, requests as bytes and as JSON, masks.

use std::sync::LazyLock;

use entente::domain::Slug;
use entente::ledger::EventFilter;
use entente::proto::mask::ReadMask;
use entente::proto::{json, v1};
use entente::wire::{self, WireError};
use prost::{Message, Name};
use prost_types::FieldMask;
use serde_json::Value;

use super::campaign::Decoder;
use crate::real_ledger::TRUCE;

/// Every so many events of the real ledger are in the corpus: of each kind there are several.
const STEP: usize = 3;

static LEDGER: LazyLock<Slug> = LazyLock::new(|| Slug::parse("us-china").unwrap());

static EVENTS: LazyLock<Vec<v1::Event>> = LazyLock::new(|| {
    TRUCE.events.iter().skip(1).step_by(STEP).map(|event| wire::event_to_proto(event, &LEDGER)).collect()
});

/// Submissions of the real ledger, as messages.
pub(super) fn submissions() -> impl Iterator<Item = &'static v1::Submission> {
    EVENTS.iter().filter_map(|event| event.submission.as_ref())
}

pub(super) fn decoders() -> Vec<Decoder> {
    vec![
        Decoder::new("stored event", stored_event).valid(EVENTS.iter().map(Message::encode_to_vec)).costing(2),
        Decoder::new("submission", submission).valid(submissions().map(Message::encode_to_vec)).costing(2),
        Decoder::new("event filter", event_filter).valid(filters().iter().map(Message::encode_to_vec)),
        Decoder::of_text("submission as JSON", json_of::<v1::Submission>)
            .valid(submissions().map(spelled))
            .odd(odd_json())
            .costing(3),
        Decoder::of_text("event as JSON", json_of::<v1::Event>)
            .valid(EVENTS.iter().map(spelled))
            .odd(odd_json())
            .costing(3),
        Decoder::of_text("event filter as JSON", json_of::<v1::EventFilter>)
            .valid(filters().iter().map(spelled))
            .odd(odd_json())
            .costing(2),
        Decoder::of_text("mask", mask)
            .valid(["commitment,status", "flags", "*", "because", "next_change_at.seconds"])
            .odd(["a.".repeat(20_000), "next_change_at.".repeat(9_000), "status,".repeat(9_000)]),
    ]
}

/// A stored event that can be read is written as an event that is read as the same.
fn stored_event(bytes: &[u8]) -> bool {
    let Ok(message) = v1::Event::decode(bytes) else { return false };
    match wire::event_from_proto(&message, &LEDGER) {
        Ok(event) => {
            let spelled = wire::event_to_proto(&event, &LEDGER);
            let decoded = v1::Event::decode(&spelled.encode_to_vec()[..]).unwrap();
            assert_eq!(wire::event_from_proto(&decoded, &LEDGER).as_ref(), Ok(&event));
            true
        }
        Err(error) => names_fields(&error),
    }
}

/// What is taken from a client is in a ledger as what was sent, and has the same content when it is sent again.
fn submission(bytes: &[u8]) -> bool {
    let Ok(message) = v1::Submission::decode(bytes) else { return false };
    let id = || TRUCE.submissions[0].event_id;
    match wire::submission_from_proto(&message, &LEDGER, id) {
        Ok(submission) => {
            let spelled = wire::submission_to_proto(&submission, &LEDGER);
            let again = wire::submission_from_proto(&spelled, &LEDGER, id).unwrap();
            assert_eq!(again, submission);
            assert_eq!(wire::canonical(&again, &LEDGER), wire::canonical(&submission, &LEDGER));
            true
        }
        Err(error) => names_fields(&error),
    }
}

fn names_fields(error: &WireError) -> bool {
    assert!((1..=WireError::VIOLATIONS_MAX).contains(&error.violations.len()), "{error}");
    for violation in &error.violations {
        assert!(!violation.field.is_empty() && !violation.description.is_empty(), "{violation:?}");
    }
    false
}

fn event_filter(bytes: &[u8]) -> bool {
    let Ok(message) = v1::EventFilter::decode(bytes) else { return false };
    match EventFilter::from_proto(message, &LEDGER) {
        Ok(filter) => {
            let head = &TRUCE.events[TRUCE.events.len() / 2];
            let _ = filter.matches(head, &TRUCE.docket);
            let _ = filter.digest();
            true
        }
        Err(error) => {
            assert!(!error.field.is_empty() && !error.problem.is_empty(), "{error:?}");
            false
        }
    }
}

/// What is read from JSON is written as JSON that is read as the same.
fn json_of<M: Message + Name + Default + PartialEq + std::fmt::Debug>(text: &str) -> bool {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return false };
    match json::from_json::<M>(&value) {
        Ok(message) => {
            // JSON has no spelling for an instant after the year 9999, which wire form can hold.
            if let Ok(spelled) = json::to_json(&message) {
                assert_eq!(json::from_json::<M>(&spelled).as_ref(), Ok(&message), "{spelled}");
            }
            true
        }
        Err(error) => {
            assert!(!error.problem.is_empty());
            assert!(!error.field.is_empty() || !is_message(&value), "{error}: a field is named");
            false
        }
    }
}

fn is_message(value: &Value) -> bool {
    value.as_object().is_some_and(|fields| !fields.is_empty())
}

fn mask(text: &str) -> bool {
    let mask = FieldMask { paths: text.split(',').map(str::to_owned).collect() };
    match ReadMask::new::<v1::Assessment>(Some(&mask)) {
        Ok(mask) => {
            let whole = v1::Assessment { commitment: "c".to_owned(), status: 3, ..v1::Assessment::default() };
            let kept = mask.apply(whole.clone());
            assert_eq!(mask.apply(kept.clone()), kept, "what is left out stays out");
            true
        }
        Err(error) => {
            assert!(!error.message.is_empty() && !error.fields.is_empty());
            false
        }
    }
}

fn spelled<M: Message + Name>(message: &M) -> String {
    json::to_json(message).unwrap().to_string()
}

fn filters() -> Vec<v1::EventFilter> {
    let subject = |id: &str| format!("ledgers/us-china/commitments/{id}");
    let stamp = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
    let one = v1::EventFilter { subjects: vec![subject("soybeans"), subject("rare-earths")], ..Default::default() };
    let two = v1::EventFilter {
        families: vec![1, 4],
        kinds: vec![30, 31],
        parties: vec!["US".to_owned()],
        ..Default::default()
    };
    let three = v1::EventFilter {
        product_prefixes: vec!["1201".to_owned(), "8505.11".to_owned()],
        recorded_from: stamp(1_762_000_000),
        recorded_until: stamp(1_794_000_000),
        ..Default::default()
    };
    vec![one, two, three]
}

/// JSON so deep that reading it by recursion would overflow the stack, and a field without a name.
fn odd_json() -> Vec<String> {
    vec![
        "{\"\": 1}".to_owned(),
        "[".repeat(60_000),
        "{\"a\":".repeat(12_000),
        format!("{}{}", "[".repeat(30_000), "]".repeat(30_000)),
    ]
}
