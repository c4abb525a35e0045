//! Whole histories: what the specification can say of a commitment is recorded, event by event, on a REPLAY ledger.

use std::collections::BTreeSet;
use std::sync::Arc;

use entente::domain::{Author, Decision, Docket, Preconditions, Proposal, RecordClock, Subject, Submission, decide};
use entente::wire::{submission_from_proto, submission_to_proto};
use serde_json::{Value, json};

use super::deal::{at, slug, text};
use crate::cases::example::docket_of;
use crate::oracle::random_case;

const EXAMPLES: [&str; 3] = [
    include_str!("../../cases/worked_examples.json"),
    include_str!("../cases/further_examples.json"),
    include_str!("../cases/amendment_examples.json"),
];

/// After everything that an example records.
const AFTERWARDS: &str = "2030-01-01T00:00:00Z";

#[test]
fn nothing_of_a_random_history_is_refused() {
    let mut kinds = BTreeSet::new();
    let histories = (0..800).map(|seed| (format!("seed {seed}"), random_case(seed)));
    let refused = refusals(histories, &mut kinds);
    assert!(refused.is_empty(), "{} refused:\n{}", refused.len(), refused.join("\n"));
    assert!(kinds.len() > 20, "the histories are about too little: {kinds:?}");
}

#[test]
fn every_record_that_stands_can_be_superseded_and_can_be_retracted() {
    let mut histories = Vec::new();
    for example in examples() {
        let records = example["ledger"].as_array().cloned().unwrap_or_default();
        let is_corrected = |id: &Value| records.iter().any(|r| r["supersedes"] == *id || r["target"] == *id);
        for record in records.iter().filter(|record| !is_corrected(&record["id"]) && record["type"] != "retract") {
            let mut again = record.clone();
            again["supersedes"] = record["id"].clone();
            let retract = json!({ "type": "retract", "target": record["id"] });
            histories.extend([again, retract].map(|last| with_last(&example, last)));
        }
        histories.push(with_last(&example, json!({ "type": "retract", "target": example["commitment"]["id"] })));
    }
    let named = histories.into_iter().map(|history| (history["id"].to_string(), history));
    let refused = refusals(named, &mut BTreeSet::new());
    assert!(refused.is_empty(), "{} refused:\n{}", refused.len(), refused.join("\n"));
}

#[test]
fn every_field_of_the_terms_of_every_kind_can_be_amended_and_read_otherwise() {
    let mut histories = Vec::new();
    for example in examples() {
        let kind = example["kind"].as_str().unwrap();
        for set in patches(kind, &example["commitment"]) {
            for word in ["amend", "reading"] {
                histories.push(with_last(&example, json!({ "type": word, "effective_at": AFTERWARDS, "set": set })));
            }
        }
    }
    let named = histories.into_iter().map(|history| (history["id"].to_string(), history));
    let refused = refusals(named, &mut BTreeSet::new());
    assert!(refused.is_empty(), "{} refused:\n{}", refused.len(), refused.join("\n"));
}

/// What can be set of each kind, one field at a time or a few that belong together.
fn patches(kind: &str, terms: &Value) -> Vec<Value> {
    let mut sets =
        vec![json!({ "admissible": ["OBLIGEE_OFFICIAL", "ANALYST"] }), json!({ "zone": "America/New_York" })];
    let maintenance = [
        json!({ "until": "2031-01-01T00:00:00Z" }),
        json!({ "until": { "form": "through", "date": "2031-01-01", "zone": "Asia/Shanghai" } }),
        json!({ "until": null }),
        json!({ "effective_from": "2025-11-01T00:00:00Z" }),
        json!({ "implement_by": "2026-01-01T00:00:00Z" }),
        json!({ "implement_by": null }),
        json!({ "cure": { "days": 9, "from": "notice", "max": 2 } }),
        json!({ "cure": null }),
        json!({ "tolerance_hours": 12 }),
        json!({ "snapback": { "notice_days": 9 } }),
        json!({ "snapback": null }),
        json!({ "depends_on": { "commitment": "another", "triggers": ["NOT_MET"], "effect": "AUTO_SUSPEND" } }),
        json!({ "depends_on": null }),
        json!({ "on_end": "expire" }),
    ];
    let figures = [
        json!({ "reporting_lag_days": 9 }),
        json!({ "on_missing": "NOT_MET" }),
        json!({ "series_rule": "CONSERVATIVE" }),
        json!({ "series": ["tracker", terms["primary"]], "primary": terms["primary"] }),
        json!({ "series": ["tracker"], "primary": "tracker" }),
        json!({ "disagreement_pct": 25 }),
    ];
    let periods = [
        json!({ "effective_from": "2025-10-01T00:00:00Z" }),
        json!({ "periods": { "added": { "start": "2031-01-01", "through": "2031-01-31" } } }),
        json!({ "cure": "next_period" }),
        json!({ "cure": null }),
    ];
    match kind {
        "measure_suspension" => sets.extend(maintenance),
        "rate_ceiling" => sets.extend(maintenance.into_iter().chain([json!({ "limit": "12.5" })])),
        "purchase_pledge" => {
            sets.extend(figures);
            sets.extend([
                json!({ "unit": "kt" }),
                json!({ "basis": "SHIPPED" }),
                json!({ "carry": "forward" }),
                json!({ "conversions": { "bale": "0.218" } }),
                json!({ "pace": { "method": "LINEAR_DAYS" } }),
                json!({ "pace": { "method": "NONE", "tolerance_pct": 0 } }),
                json!({ "pace": { "method": "SEASONAL", "weights": { "2031-01": "0.5" } } }),
                json!({ "tranches": [{ "id": "added", "start": "2031-01-01", "through": "2031-12-31", "target": 5 }] }),
            ]);
        }
        "periodic_ceiling" => {
            sets.extend(figures.into_iter().chain(periods));
            sets.extend([json!({ "comparator": "GT" }), json!({ "limit": 0.5 })]);
        }
        "one_off_act" => sets.extend([
            json!({ "effective_from": "2025-10-01T00:00:00Z" }),
            json!({ "through": "2031-01-01" }),
            json!({ "persist_through": "2032-01-01" }),
            json!({ "persist_through": null }),
            json!({ "count": 3 }),
            json!({ "cure_days": 3 }),
            json!({ "reporting_lag_days": 3 }),
            json!({ "on_missing": "NOT_MET" }),
        ]),
        _ => {
            sets.extend(periods);
            sets.extend([
                json!({ "min_share": "0.5" }),
                json!({ "min_sample": 2 }),
                json!({ "decide_within_days": 9 }),
            ]);
        }
    }
    sets
}

fn examples() -> impl Iterator<Item = Value> {
    let files = EXAMPLES.into_iter().map(|text| serde_json::from_str::<Value>(text).unwrap());
    let examples = files.flat_map(|file| file["examples"].as_array().cloned().unwrap_or_default());
    examples.filter(|example| !is_taken_back(example))
}

/// Nothing can be recorded about a commitment that was retracted.
fn is_taken_back(example: &Value) -> bool {
    let records = example["ledger"].as_array().unwrap();
    records.iter().any(|record| record["target"] == example["commitment"]["id"] && record["type"] == "retract")
}

/// An example with one more record, recorded last.
fn with_last(example: &Value, mut record: Value) -> Value {
    let mut history = example.clone();
    record["id"] = json!("last");
    record["seq"] = json!(1_000);
    record["recorded_at"] = json!(AFTERWARDS);
    history["id"] = json!(format!("{}, then {record}", example["id"]));
    history["ledger"].as_array_mut().unwrap().push(record);
    history
}

/// What is refused of histories, each recorded by itself.
fn refusals(histories: impl Iterator<Item = (String, Value)>, kinds: &mut BTreeSet<&'static str>) -> Vec<String> {
    let mut refused = Vec::new();
    for (name, history) in histories {
        let read = docket_of(&history).unwrap_or_else(|error| panic!("{name}: {error} in {history}"));
        let mut docket = Docket::new();
        // A counterpart's status by hand is no event, and neither is what corrects it.
        for event in read.events.iter().filter(|event| read.counterpart.said_at(event.position).is_none()) {
            kinds.insert(event.submission.payload.kind().name());
            refused.extend(record(&mut docket, &event.submission).err().map(|error| format!("{name}: {error}")));
        }
    }
    refused
}

/// Records an event as a server does: read from its message, then judged.
fn record(docket: &mut Docket, submission: &Submission) -> Result<(), String> {
    let ledger = slug("example");
    let is_of_the_server = submission.subject == Subject::Ledger;
    if !is_of_the_server {
        let message = submission_to_proto(submission, &ledger);
        let read = submission_from_proto(&message, &ledger, || submission.event_id);
        if read.as_ref() != Ok(submission) {
            return Err(format!("{} is read as {read:?}", submission.payload.kind()));
        }
    }
    let author = if is_of_the_server { Author::Server } else { Author::Client };
    let clock = RecordClock::Replay { now: at(AFTERWARDS), floor: None };
    let batch = std::slice::from_ref(submission);
    let proposal = Proposal { batch, preconditions: &Preconditions::default(), author };
    match decide(docket, proposal, clock, &|_, _| false) {
        Ok(Decision::Record(stamps)) => {
            for stamp in stamps {
                docket.fold(Arc::new(stamp.seal(submission.clone(), text("the desk"))));
            }
            Ok(())
        }
        other => Err(format!("{}: {other:?}", submission.payload.kind())),
    }
}
