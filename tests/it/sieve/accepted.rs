//! What the generator draws is what a ledger accepts: a disagreement about anything else would be about nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use entente::domain::{Author, Docket, Event, Instant, Payload, Preconditions, Proposal, RecordClock, Refusal, decide};

use crate::cases::example::docket_of;
use crate::oracle;

#[test]
fn every_random_history_is_one_that_a_ledger_accepts() {
    let mut refused: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for seed in 0..1500 {
        let read = docket_of(&oracle::random_case(seed)).unwrap();
        let mut docket = Docket::new();
        for event in &read.events {
            // The counterpart's status, given by hand, is said of a commitment that is not there.
            let by_hand = matches!(event.submission.payload, Payload::StatementMade(_));
            if let Some(refusal) = refusal(&docket, event).filter(|_| !by_hand) {
                refused.entry(refusal.reason().to_string()).or_default().push(format!("seed {seed}: {refusal}"));
            }
            docket.fold(Arc::clone(event));
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
}

/// Why a ledger would refuse an event; none where it takes it.
fn refusal(docket: &Docket, event: &Event) -> Option<Refusal> {
    let submission = &event.submission;
    let author = if matches!(submission.payload, Payload::LedgerCreated(_)) { Author::Server } else { Author::Client };
    let preconditions = Preconditions::default();
    let proposal = Proposal { batch: std::slice::from_ref(submission), preconditions: &preconditions, author };
    let clock = RecordClock::Replay { now: Instant::MAX, floor: None };
    decide(docket, proposal, clock, &|_, _| false).err()
}
