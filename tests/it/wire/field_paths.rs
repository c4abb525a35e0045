//! Every field path in a violation is one that the message has, and is the one that is wrong.

use entente::domain::EventKind;
use entente::proto::{FILE_DESCRIPTOR_SET, json, v1};
use entente::wire::{self, WireError, Word};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use prost_reflect::{DescriptorPool, Kind, MessageDescriptor};
use serde_json::{Value, json};

use super::arbitrary::submission;
use super::{ledger, read};

const SUBMISSION: &str = "entente.v1.Submission";

fn descriptor(name: &str) -> MessageDescriptor {
    DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap().get_message_by_name(name).unwrap()
}

/// Whether a path leads from a message to one of its fields; a oneof counts as one.
fn leads_somewhere(message: &MessageDescriptor, path: &str) -> bool {
    let mut here = Kind::Message(message.clone());
    for step in path.split('.') {
        let Kind::Message(message) = here else { return false };
        let name = step.split('[').next().unwrap();
        let Some(field) = message.get_field_by_name(name) else {
            return message.oneofs().any(|oneof| oneof.name() == name);
        };
        let inside = step.contains('[');
        here = match field.kind() {
            Kind::Message(entry) if field.is_map() && inside => entry.map_entry_value_field().kind(),
            kind => kind,
        };
    }
    true
}

#[track_caller]
fn assert_paths_exist(error: &WireError) {
    for violation in &error.violations {
        assert!(leads_somewhere(&descriptor(SUBMISSION), &violation.field), "no such field: {violation}");
    }
}

#[test]
fn an_empty_payload_of_each_kind_is_refused_at_fields_it_has() {
    let message = descriptor(SUBMISSION);
    for kind in EventKind::ALL {
        let field = message.get_field(kind.number() as u32).unwrap();
        let empty = json!({ field.json_name(): {} });
        let empty: v1::Submission = json::from_json(&empty).unwrap();
        let error = read(&empty).unwrap_err();
        assert_paths_exist(&error);
        assert!(error.violations.iter().any(|violation| violation.field == "subject"), "{kind}: {error}");
        // A meeting can be moved without a word of where to, and that is all that may be left empty.
        let in_payload = error.violations.iter().any(|violation| violation.field.starts_with(field.name()));
        assert_eq!(in_payload, *kind != EventKind::MeetingMoved, "{kind}: {error}");
    }
}

#[test]
fn an_empty_promise_of_each_kind_is_refused_at_fields_it_has() {
    for field in descriptor("entente.v1.Terms").fields() {
        let empty = json!({ "commitmentUndertaken": { "terms": { field.json_name(): {} } } });
        let error = read(&json::from_json(&empty).unwrap()).unwrap_err();
        assert_paths_exist(&error);
        let place = format!("commitment_undertaken.terms.{}.", field.name());
        assert!(error.violations.iter().any(|violation| violation.field.starts_with(&place)), "{error}");
    }
}

#[test]
fn the_numbers_of_kinds_are_those_of_their_fields() {
    let message = descriptor(SUBMISSION);
    for kind in EventKind::ALL {
        let field = message.get_field(kind.number() as u32).unwrap();
        assert_eq!(kind.name().to_uppercase(), field.name().replace('_', "").to_uppercase());
        assert_eq!(kind.to_proto().as_str_name(), format!("EVENT_KIND_{}", field.name().to_uppercase()));
    }
    let terms = descriptor("entente.v1.Terms");
    for kind in entente::domain::Kind::ALL {
        let field = terms.get_field(kind.number() as u32).unwrap();
        assert_eq!(field.name().to_uppercase(), kind.as_str());
    }
}

/// Every string in a JSON message, as its JSON pointer and its field path.
fn strings(value: &Value, kind: &Kind, pointer: String, path: String, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(_) => found.push((pointer, path)),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                strings(item, kind, format!("{pointer}/{index}"), format!("{path}[{index}]"), found);
            }
        }
        Value::Object(entries) => {
            let Kind::Message(message) = kind else { panic!("{path} is an object") };
            for (key, item) in entries {
                let below = format!("{pointer}/{key}");
                if message.is_map_entry() {
                    let kind = message.map_entry_value_field().kind();
                    strings(item, &kind, below, format!("{path}[{key:?}]"), found);
                } else {
                    let field = message.get_field_by_json_name(key).unwrap();
                    let dot = if path.is_empty() { "" } else { "." };
                    strings(item, &field.kind(), below, format!("{path}{dot}{}", field.name()), found);
                }
            }
        }
        _ => {}
    }
}

#[test]
fn each_string_that_is_spoiled_is_the_one_that_is_named() {
    let mut runner = TestRunner::deterministic();
    let kind_of_message = Kind::Message(descriptor(SUBMISSION));
    for kind in EventKind::ALL {
        for _ in 0..12 {
            let submission = submission(*kind).new_tree(&mut runner).unwrap().current();
            let message = json::to_json(&wire::submission_to_proto(&submission, &ledger())).unwrap();
            let mut places = Vec::new();
            strings(&message, &kind_of_message, String::new(), String::new(), &mut places);
            for (pointer, path) in places {
                let mut spoiled = message.clone();
                // A control character is in no text, name, day, number or word.
                *spoiled.pointer_mut(&pointer).unwrap() = json!("\u{1}");
                match json::from_json::<v1::Submission>(&spoiled) {
                    Err(error) => assert_eq!(error.field, path, "{error}"),
                    Ok(spoiled) => {
                        let error = read(&spoiled).expect_err(&path);
                        assert_eq!(error.violations[0].field, path, "{error}");
                    }
                }
            }
        }
    }
}
