//! What must hold of the oracle and of the generator whatever the seed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::answer::assess;
use super::draw::Dice;
use super::record::View;
use super::time::{DAY_SECONDS, Instant, instant};
use super::{disagreements, evaluate, random_case};

fn text<'a>(json: &'a Value, field: &str) -> &'a str {
    json[field].as_str().unwrap_or_default()
}

fn list<'a>(json: &'a Value, field: &str) -> &'a [Value] {
    json[field].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn one_seed_gives_one_example_and_one_answer() {
    for seed in 0..200 {
        let case = random_case(seed);
        assert_eq!(case, random_case(seed));
        for check in list(&case, "checks") {
            let answer = evaluate(&case, text(check, "as_of"), text(check, "known_at"));
            let again = evaluate(&case, text(check, "as_of"), text(check, "known_at"));
            assert_eq!(disagreements(&answer, &again), Vec::<String>::new());
        }
    }
}

#[test]
fn nothing_changes_before_next_change_at_and_something_at_it() {
    for seed in 0..150 {
        let case = random_case(seed);
        let mut dice = Dice::new(!seed);
        for check in &list(&case, "checks")[..3] {
            let known_at = instant(text(check, "known_at"));
            let Some(view) = View::at(&case, known_at) else { continue };
            let as_of = instant(text(check, "as_of"));
            let outcome = |at: Instant| {
                let verdict = assess(&view, at, false);
                (verdict.lifecycle, verdict.status)
            };
            let now = outcome(as_of);
            let answer = evaluate(&case, text(check, "as_of"), text(check, "known_at"));
            let change = answer["next_change_at"].as_str().map(instant);
            let horizon = change.unwrap_or(as_of + 200 * DAY_SECONDS);
            let mut tried = vec![horizon - 1];
            for _ in 0..40 {
                let at = dice.between(as_of, horizon - 1);
                tried.extend([at, at / 1800 * 1800]);
            }
            for at in tried.into_iter().filter(|at| *at > as_of) {
                assert_eq!(outcome(at), now, "seed {seed}, {check}: another status at {at}, before {change:?}");
            }
            if let Some(change) = change {
                assert_ne!(outcome(change), now, "seed {seed}, {check}");
            }
        }
    }
}

#[test]
fn what_is_recorded_later_changes_no_earlier_answer() {
    for seed in 0..100 {
        let case = random_case(seed);
        for check in list(&case, "checks") {
            let known_at = instant(text(check, "known_at"));
            let mut cut = case.clone();
            let ledger = cut["ledger"].as_array_mut().unwrap();
            ledger.retain(|record| instant(text(record, "recorded_at")) <= known_at);
            let answer = evaluate(&case, text(check, "as_of"), text(check, "known_at"));
            assert_eq!(evaluate(&cut, text(check, "as_of"), text(check, "known_at")), answer, "seed {seed}, {check}");
        }
    }
}

#[test]
fn random_ledgers_are_ones_that_a_ledger_accepts() {
    for seed in 0..1500 {
        let case = random_case(seed);
        let mut standing: BTreeMap<&str, &Value> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut last = instant(text(&case["commitment"], "recorded_at"));
        for (index, record) in list(&case, "ledger").iter().enumerate() {
            let recorded = instant(text(record, "recorded_at"));
            assert!(recorded >= last, "seed {seed}: {record} is recorded before what stands before it");
            last = recorded;
            assert_eq!(record["seq"], index + 1);
            assert!(seen.insert(text(record, "id")), "seed {seed}: {record} has the id of another");
            if let Some(old) = record["supersedes"].as_str() {
                let old = standing.remove(old).expect("what is superseded stands");
                assert_eq!(old["type"], record["type"], "seed {seed}");
            }
            match text(record, "type") {
                "retract" => assert!(standing.remove(text(record, "target")).is_some(), "seed {seed}: {record}"),
                "resolve" => assert!(seen.contains(text(record, "target")), "seed {seed}: {record}"),
                "adopt_reading" => {
                    let name = text(record, "reading");
                    assert!(name == "base" || seen.contains(name), "seed {seed}: {record}");
                }
                "amount" => check_overlap(&case, record, &standing),
                _ => {}
            }
            for relied_on in list(record, "conditional_on") {
                assert!(seen.contains(relied_on.as_str().unwrap()), "seed {seed}: {record}");
            }
            standing.insert(text(record, "id"), record);
        }
    }
}

/// Two countable amounts of one series and basis do not overlap.
fn check_overlap(case: &Value, record: &Value, standing: &BTreeMap<&str, &Value>) {
    let admissible = case["commitment"]["admissible"].as_array();
    let is_countable = |amount: &Value| {
        let class = &amount["source_class"];
        let is_admitted = class.is_null() || admissible.is_none_or(|list| list.contains(class));
        let is_exact = amount["bound"].is_null() || amount["bound"] == "EXACT";
        is_admitted && is_exact && amount["running_since"].is_null() && amount["unit"] != "cargo"
    };
    if !is_countable(record) {
        return;
    }
    for other in standing.values().filter(|other| other["type"] == "amount" && is_countable(other)) {
        let is_alike = other["series"] == record["series"] && other["basis"] == record["basis"];
        let meets = text(other, "from") <= text(record, "through") && text(record, "from") <= text(other, "through");
        assert!(!(is_alike && meets), "{}: {record} overlaps {other}", case["id"]);
    }
}
