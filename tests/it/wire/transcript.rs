//! Transcripts: what is read is what was written, and bytes that are none are refused.

use std::sync::Arc;

use entente::domain::{Event, EventKind, Instant, Position, Slug, Text};
use entente::proof::Hash;
use entente::proto::{json, v1};
use entente::wire::{NotATranscript, StoredReader, event_from_proto, transcribe};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::arbitrary::submission;
use super::ledger;

/// Events of any kinds that follow each other.
fn events() -> impl Strategy<Value = Vec<Arc<Event>>> {
    let one = prop::sample::select(EventKind::ALL)
        .prop_flat_map(|kind| (submission(kind), -1000_i64..1000, 0_u64..5, 0_usize..3));
    (1_u64..1 << 40, prop::collection::vec(one, 0..24)).prop_map(|(first, told)| {
        let mut at = Instant::parse("2025-11-10T05:01:00Z").unwrap();
        let events = (first..).map(Position::new).zip(told).map(|(position, (submission, seconds, further, by))| {
            at = at.plus_seconds(seconds);
            Arc::new(Event {
                position,
                recorded_at: at,
                recorded_by: Text::new(["alice", "bob", "spiffe://desk/carol"][by]).unwrap(),
                append_through: position.plus(further),
                submission,
            })
        });
        events.collect()
    })
}

fn read(bytes: &[u8]) -> Result<Vec<Arc<Event>>, NotATranscript> {
    StoredReader::new(&ledger()).transcript(bytes)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn events_come_back_as_they_were(events in events()) {
        let bytes = transcribe(&events, &ledger());
        let ledger = ledger();
        let mut reader = StoredReader::new(&ledger);
        // The second time everything has been met before.
        for _ in 0..2 {
            prop_assert_eq!(reader.transcript(&bytes), Ok(events.clone()));
        }
    }

    #[test]
    fn bytes_that_were_changed_are_refused_or_say_something_else(
        events in events(), places in prop::collection::vec((any::<Index>(), any::<u8>()), 1..4), cut in any::<Index>(),
    ) {
        let mut bytes = transcribe(&events, &ledger());
        prop_assert!(read(&bytes[..cut.index(bytes.len())]).is_err(), "cut short");
        for (place, byte) in places {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        // Whether it is what was written is for a signature to say; here, only that nothing panics.
        drop(read(&bytes));
    }

    #[test]
    fn any_bytes_are_no_transcript(bytes: Vec<u8>) {
        prop_assert!(read(&bytes).is_err());
    }
}

#[test]
fn the_real_ledger_comes_back_as_it_was() {
    let truce = &crate::real_ledger::TRUCE;
    let bytes = transcribe(&truce.events, &Slug::parse("us-china").unwrap());
    assert!(read(&bytes).unwrap() == truce.events);
}

fn event(position: u64, kind: &str, payload: Value) -> Arc<Event> {
    let mut event = json!({
        "name": format!("ledgers/us-china/events/{position}"),
        "position": position.to_string(),
        "recordedAt": "2025-11-10T05:01:00Z",
        "recordedBy": "alice",
        "submission": {
            "eventId": format!("018f4e3a-0000-7000-8000-{position:012}"),
            "subject": "ledgers/us-china/commitments/soybeans",
            "sources": [{ "publisher": "a gazette", "title": "figures", "class": "SOURCE_CLASS_MEDIA" }],
            "note": "seen",
        }
    });
    event["submission"][kind] = payload;
    let event: v1::Event = json::from_json(&event).unwrap();
    Arc::new(event_from_proto(&event, &ledger()).unwrap())
}

/// What is on disks was written by this form. Where this fails, `FORM` is raised, unless only words were added to the lists.
#[test]
fn the_form_is_what_is_on_disks_already() {
    let at = json!({ "at": "2026-01-02T03:04:05Z", "precision": "PRECISION_DAY" });
    let events = [
        event(1, "statementMade", json!({ "by": "a minister", "madeAt": at, "summary": "it will be done" })),
        event(
            2,
            "amountReported",
            json!({
                "series": "us-esr", "basis": "BASIS_SHIPPED", "from": "2026-01-01", "through": "2026-01-31", "value": "-12.50",
                "unit": "t", "covers": true, "bound": "BOUND_EXACT"
            }),
        ),
        event(
            3,
            "actPerformed",
            json!({ "performedAt": at, "stage": "STAGE_EFFECTIVE", "count": 2, "reference": "an order" }),
        ),
        event(4, "consultationHeld", json!({ "parties": ["US", "CN"], "heldAt": at })),
    ];
    let bytes = transcribe(&events, &ledger());
    assert_eq!(read(&bytes).unwrap(), events);
    assert_eq!(Hash::of_leaf(&bytes).to_string(), "8t23O90WoKvTyQqODJ4WtB+SzXC2mQ3myddPOSEROhI=");
    let other = [&[2], &bytes[1..]].concat();
    assert_eq!(read(&other), Err(NotATranscript::OtherForm));
}
