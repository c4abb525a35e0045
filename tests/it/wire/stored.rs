//! Events that a ledger holds stay readable: their moments stand, and rules that came later do not bind them.

use entente::domain::{Instant, Payload};
use entente::proto::{json, v1};
use entente::wire::{self, Reason};
use serde_json::{Value, json};

use super::ledger;

fn event(submission: &Value) -> v1::Event {
    let event = json!({
        "name": "ledgers/us-china/events/3",
        "position": "3",
        "recordedAt": "2025-11-10T05:01:00Z",
        "recordedBy": "alice",
        "submission": submission
    });
    json::from_json(&event).unwrap()
}

fn excuse(resolved_at: &str) -> Value {
    json!({
        "eventId": "018f4e3a-0000-7000-8000-000000000001",
        "subject": "ledgers/us-china/commitments/soybeans",
        "excuseClaimed": {
            "ground": "flood",
            "from": { "local": { "at": "2026-11-01T01:30:00", "zone": "America/New_York" }, "resolvedAt": resolved_at }
        }
    })
}

#[test]
fn a_moment_stands_as_it_was_resolved_when_it_was_recorded() {
    // An hour off what today's rules say, as after a change of the time zone database.
    let stored = event(&excuse("2026-11-01T04:30:00Z"));
    let read = wire::event_from_proto(&stored, &ledger()).unwrap();
    let Payload::ExcuseClaimed(claimed) = &read.submission.payload else { panic!("{read:?}") };
    assert_eq!(claimed.from.instant(), Instant::parse("2026-11-01T04:30:00Z").unwrap());
    assert_eq!(wire::event_to_proto(&read, &ledger()).submission, stored.submission);
}

#[test]
fn the_instant_of_a_moment_is_not_part_of_the_content() {
    let as_stored = wire::event_from_proto(&event(&excuse("2026-11-01T04:30:00Z")), &ledger()).unwrap();
    let mut resent = excuse("2026-11-01T04:30:00Z");
    resent["excuseClaimed"]["from"].as_object_mut().unwrap().remove("resolvedAt");
    let resent: v1::Submission = json::from_json(&resent).unwrap();
    let resent = super::read(&resent).unwrap();
    assert_ne!(resent, as_stored.submission);
    assert_eq!(wire::canonical(&resent, &ledger()), wire::canonical(&as_stored.submission, &ledger()));
}

#[test]
fn a_rule_of_today_does_not_make_an_old_event_unreadable() {
    // No client could record this any more: the parts add up to more than the whole.
    let cohort = json!({
        "eventId": "018f4e3a-0000-7000-8000-000000000002",
        "subject": "ledgers/us-china/commitments/licences",
        "cohortReported": { "period": "q1", "snapshotThrough": "2026-03-31", "submitted": "1", "late": "2" }
    });
    assert!(wire::event_from_proto(&event(&cohort), &ledger()).is_ok());
    let refused = super::read(&json::from_json(&cohort).unwrap()).unwrap_err();
    assert_eq!(refused.violations[0].field, "cohort_reported.submitted");
}

#[test]
fn what_is_not_an_event_of_this_ledger_is_refused() {
    let sound = event(&excuse("2026-11-01T05:30:00Z"));
    type Spoil = fn(&mut v1::Event);
    let cases: [(&str, Reason, Spoil); 7] = [
        ("append_through", Reason::Disagrees, |event| event.append_through = 2),
        ("position", Reason::Required, |event| event.position = 0),
        ("name", Reason::Disagrees, |event| event.name = "ledgers/us-china/events/4".to_owned()),
        ("name", Reason::Disagrees, |event| event.name = "ledgers/other/events/3".to_owned()),
        ("recorded_at", Reason::Required, |event| event.recorded_at = None),
        ("submission", Reason::Required, |event| event.submission = None),
        ("submission.event_id", Reason::Required, |event| event.submission.as_mut().unwrap().event_id.clear()),
    ];
    for (field, reason, spoil) in cases {
        let mut spoiled = sound.clone();
        spoil(&mut spoiled);
        let error = wire::event_from_proto(&spoiled, &ledger()).unwrap_err();
        let found: Vec<_> = error.violations.iter().map(|it| (it.field.as_str(), it.reason)).collect();
        assert_eq!(found, [(field, reason)], "{error}");
        // A reader of many says the same.
        let bytes = prost::Message::encode_to_vec(&spoiled);
        let message: entente::proto::stored::Event = prost::Message::decode(bytes.as_slice()).unwrap();
        assert_eq!(wire::StoredReader::new(&ledger()).read(&message), Err(error));
    }
}

#[test]
fn a_text_that_is_no_utf_8_is_named() {
    let bytes = prost::Message::encode_to_vec(&event(&excuse("2026-11-01T05:30:00Z")));
    let mut message: entente::proto::stored::Event = prost::Message::decode(bytes.as_slice()).unwrap();
    message.recorded_by = bytes::Bytes::from_static(b"\xffalice");
    message.submission.as_mut().unwrap().sources = vec![bytes::Bytes::from_static(b"\x0a\x01\xff")];
    let error = wire::StoredReader::new(&ledger()).read(&message).unwrap_err();
    let found: Vec<_> = error.violations.iter().map(|it| (it.field.as_str(), it.reason)).collect();
    assert_eq!(found, [("recorded_by", Reason::Invalid), ("submission.sources[0]", Reason::Invalid)], "{error}");
}

#[test]
fn an_event_from_before_appends_were_told_apart_is_its_own_append() {
    let stored = event(&excuse("2026-11-01T05:30:00Z"));
    assert_eq!(stored.append_through, 0);
    let read = wire::event_from_proto(&stored, &ledger()).unwrap();
    assert_eq!(read.append_through, read.position);
}
