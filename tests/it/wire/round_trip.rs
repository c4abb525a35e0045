//! Every kind of submission, to the wire and back.

use entente::domain::{Event, EventKind, Instant, Position, Submission, Text};
use entente::proto::{json, stored, v1};
use entente::wire;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestRunner};
use prost::Message;

use super::arbitrary::submission;
use super::{ledger, read};

/// Runs a check over many submissions of every kind.
fn every_kind(check: impl Fn(&Submission)) {
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    for kind in EventKind::ALL {
        let any = submission(*kind).prop_map(move |submission| {
            assert_eq!(submission.payload.kind(), *kind);
            submission
        });
        let outcome = runner.run(&any, |submission| {
            check(&submission);
            Ok(())
        });
        outcome.unwrap_or_else(|failure| panic!("{kind}: {failure}"));
    }
}

#[test]
fn a_submission_comes_back_from_its_bytes_as_it_was() {
    every_kind(|submission| {
        let bytes = wire::submission_to_proto(submission, &ledger()).encode_to_vec();
        let message = v1::Submission::decode(bytes.as_slice()).unwrap();
        assert_eq!(read(&message).as_ref(), Ok(submission));
    });
}

#[test]
fn a_submission_comes_back_from_its_json_as_it_was() {
    every_kind(|submission| {
        let message = wire::submission_to_proto(submission, &ledger());
        let text = json::to_json(&message).unwrap().to_string();
        let read: v1::Submission = json::from_json(&serde_json::from_str(&text).unwrap()).unwrap();
        assert_eq!(read, message, "from {text}");
    });
}

#[test]
fn an_event_comes_back_from_its_bytes_as_it_was() {
    every_kind(|submission| {
        let event = Event {
            position: Position::new(41),
            recorded_at: Instant::parse("2025-11-10T05:01:00Z").unwrap(),
            recorded_by: Text::new("spiffe://desk/alice").unwrap(),
            append_through: Position::new(44),
            submission: submission.clone(),
        };
        let bytes = wire::event_to_proto(&event, &ledger()).encode_to_vec();
        let message = v1::Event::decode(bytes.as_slice()).unwrap();
        assert_eq!(message.name, "ledgers/us-china/events/41");
        assert_eq!(wire::event_from_proto(&message, &ledger()).as_ref(), Ok(&event));
        // A reader of many gives the same, also for what it has met before.
        let ledger = ledger();
        let mut reader = wire::StoredReader::new(&ledger);
        let message = stored::Event::decode(bytes.as_slice()).unwrap();
        for _ in 0..2 {
            assert_eq!(reader.read(&message).as_ref(), Ok(&event));
        }
    });
}

#[test]
fn equal_submissions_have_equal_canonical_bytes_and_different_ones_have_not() {
    every_kind(|submission| {
        let bytes = wire::canonical(submission, &ledger());
        let message = wire::submission_to_proto(submission, &ledger());
        let again = read(&v1::Submission::decode(message.encode_to_vec().as_slice()).unwrap()).unwrap();
        assert_eq!(wire::canonical(&again, &ledger()), bytes);

        let mut other = submission.clone();
        other.note = Some(Text::new("not what was recorded").unwrap());
        assert_ne!(wire::canonical(&other, &ledger()), bytes);
    });
}

#[test]
fn a_submission_without_an_id_gets_the_one_made_for_it() {
    every_kind(|submission| {
        let mut message = wire::submission_to_proto(submission, &ledger());
        message.event_id.clear();
        let expected = Submission { event_id: super::made_id(), ..submission.clone() };
        assert_eq!(read(&message), Ok(expected));
    });
}
