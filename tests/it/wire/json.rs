//! The JSON mapping says which field it cannot read.

use entente::proto::{json, v1};
use serde_json::{Value, json};

#[track_caller]
fn check(value: Value, field: &str, problem: &str) {
    let error = json::from_json::<v1::Submission>(&value).unwrap_err();
    assert_eq!(error.field, field, "{error}");
    assert!(error.problem.contains(problem), "{error}");
}

#[test]
fn what_cannot_be_read_is_named_by_its_field() {
    check(json!([]), "", "map");
    check(json!({ "colour": "red" }), "colour", "Submission has no such field; its fields are eventId, subject");
    check(json!({ "subject": 5 }), "subject", "string");
    check(json!({ "confidence": "SURE" }), "confidence", "'SURE'; one of CONFIDENCE_HIGH, CONFIDENCE_MEDIUM");
    check(json!({ "recordedAt": "yesterday" }), "recorded_at", "rfc3339");
    check(json!({ "sources": {} }), "sources", "list");
    check(json!({ "sources": [{ "publisher": "MOFCOM" }, { "class": "TABLOID" }] }), "sources[1].class", "TABLOID");
    check(json!({ "amountReported": { "value": 8.2 } }), "amount_reported.value", "string");
    check(json!({ "cohortReported": { "submitted": "-1" } }), "cohort_reported.submitted", "invalid digit");
    check(
        json!({ "commitmentAmended": { "set": { "tranches": { "2026": { "cureDays": "soon" } } } } }),
        "commitment_amended.set.tranches[\"2026\"].cure_days",
        "invalid digit",
    );
    check(
        json!({ "commitmentAmended": { "set": { "tranches": { "2026": { "colour": 1 } } } } }),
        "commitment_amended.set.tranches[\"2026\"].colour",
        "TranchePatch has no such field",
    );
    check(json!({ "actReversed": { "count": 1 }, "statementMade": { "by": "MOFCOM" } }), "", "multiple fields");
}

#[test]
fn both_spellings_of_a_field_are_read_and_the_camel_one_is_written() {
    let camel = json!({ "eventId": "018f4e3a-0000-7000-8000-000000000001", "actReversed": { "count": 2 } });
    let snake = json!({ "event_id": "018f4e3a-0000-7000-8000-000000000001", "act_reversed": { "count": 2 } });
    let read: v1::Submission = json::from_json(&snake).unwrap();
    assert_eq!(json::to_json(&read).unwrap(), camel);
}

#[test]
fn numbers_of_64_bits_are_strings_and_either_is_read() {
    let read: v1::Event = json::from_json(&json!({ "position": 9_007_199_254_740_993_u64 })).unwrap();
    assert_eq!(json::to_json(&read).unwrap(), json!({ "position": "9007199254740993" }));
}

#[test]
fn entries_of_a_map_come_by_key_so_that_one_message_is_one_text() {
    let names = ["t2031", "t2026", "t2029", "t2027", "t2030", "t2028", "a", "z"];
    let patched = |name: &&str| {
        let by_series = names.iter().map(|series| ((*series).to_owned(), "1".to_owned())).collect();
        ((*name).to_owned(), v1::TranchePatch { target_by_series: by_series, ..v1::TranchePatch::default() })
    };
    let set = v1::TermsPatch { tranches: names.iter().map(patched).collect(), ..v1::TermsPatch::default() };
    let amended = v1::CommitmentAmended { set: Some(set), ..v1::CommitmentAmended::default() };
    let submission = v1::Submission {
        subject: "first".to_owned(),
        payload: Some(v1::submission::Payload::CommitmentAmended(amended)),
        ..v1::Submission::default()
    };
    let value = json::to_json(&submission).unwrap();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let mut sorted = names;
    sorted.sort_unstable();
    let tranches = &value["commitmentAmended"]["set"]["tranches"];
    assert_eq!(keys(tranches), sorted);
    assert!(sorted.iter().all(|name| keys(&tranches[name]["targetBySeries"]) == sorted), "within entries too");
    assert_eq!(keys(&value), ["subject", "commitmentAmended"], "fields stay in the order of their numbers");
    for _ in 0..10 {
        assert_eq!(json::to_json(&submission).unwrap().to_string(), value.to_string());
    }
}

#[test]
fn an_instant_that_json_cannot_say_is_an_error() {
    let stamp = prost_types::Timestamp { seconds: i64::MAX, nanos: 0 };
    let event = v1::Event { recorded_at: Some(stamp), ..v1::Event::default() };
    assert!(json::to_json(&event).is_err());
}
