//! The whole answer: section 9 of the specification (readings), and `next_change_at` by its definition in section 1.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::candidates::candidates;
use super::record::{Record, View};
use super::terms::Terms;
use super::time::{Instant, instant, show_instant};
use super::verdict::Verdict;
use super::{act, maintenance, period, pledge};

/// Answers one question about an example, in the form of its `expect`.
pub(crate) fn evaluate(example: &Value, as_of: &str, known_at: &str) -> Value {
    let as_of = instant(as_of);
    let Some(view) = View::at(example, instant(known_at)) else {
        return json!({
            "lifecycle": "NOT_RECORDED", "status": "NOT_RECORDED", "evidence": "NONE", "flags": [],
            "next_change_at": null,
        });
    };
    let verdict = assess(&view, as_of, true);
    let is_other = |at: &Instant| {
        let then = assess(&view, *at, false);
        (then.lifecycle, then.status) != (verdict.lifecycle, verdict.status)
    };
    let change = candidates(&view).into_iter().filter(|at| *at > as_of).find(is_other);
    let mut answer = Map::new();
    answer.insert("lifecycle".to_owned(), Value::from(verdict.lifecycle));
    answer.insert("status".to_owned(), Value::from(verdict.status));
    answer.insert("flags".to_owned(), Value::from(verdict.flags.into_iter().collect::<Vec<_>>()));
    answer.insert("next_change_at".to_owned(), Value::from(change.map(show_instant)));
    answer.extend(verdict.shown);
    Value::Object(answer)
}

/// The base text and every reading that is effective, each alone, then together.
pub(super) fn assess(view: &View, as_of: Instant, is_full: bool) -> Verdict {
    let readings: Vec<&Record> = view.effective("reading", as_of).collect();
    let mut adoptions: Vec<&Record> = view.effective("adopt_reading", as_of).collect();
    adoptions.sort_by_key(|adoption| adoption.at);
    let names = |name: &str| name == "base" || readings.iter().any(|reading| reading.id == name);
    let adopted = adoptions.iter().filter_map(|adoption| adoption.text("reading")).rfind(|name| names(name));
    if let Some(adopted) = adopted {
        let reading = readings.iter().find(|reading| reading.id == adopted).copied();
        let mut verdict = alone(view, reading, as_of, is_full);
        verdict.flags.insert("READING_ADOPTED");
        return verdict;
    }
    let mut base = alone(view, None, as_of, is_full);
    if readings.is_empty() {
        return base;
    }
    let others: Vec<(&str, Verdict)> =
        readings.iter().map(|reading| (reading.id, alone(view, Some(reading), as_of, is_full))).collect();
    let flags: BTreeSet<&'static str> = others.iter().flat_map(|(_, other)| other.flags.iter().copied()).collect();
    base.flags.extend(flags);
    let outcome = |verdict: &Verdict| format!("{}/{}", verdict.lifecycle, verdict.status);
    if others.iter().all(|(_, other)| outcome(other) == outcome(&base)) {
        let in_effect = |verdict: &Verdict| verdict.shown.get("measure_in_effect").cloned();
        if others.iter().any(|(_, other)| in_effect(other) != in_effect(&base)) {
            base.show("measure_in_effect", Value::Null);
        }
        return base;
    }
    let mut disputed = Verdict::new();
    let mut by_reading = Map::from_iter([("base".to_owned(), Value::from(outcome(&base)))]);
    by_reading.extend(others.iter().map(|(name, other)| ((*name).to_owned(), Value::from(outcome(other)))));
    let is_in_force = |verdict: &Verdict| verdict.lifecycle == "IN_FORCE";
    let any_in_force = others.iter().any(|(_, other)| is_in_force(other));
    disputed.lifecycle = if any_in_force { "IN_FORCE" } else { base.lifecycle };
    disputed.status = "DISPUTED";
    disputed.flags = base.flags;
    disputed.flags.insert("TEXT_DISAGREES");
    disputed.show("by_reading", by_reading);
    if view.kind == "measure_suspension" {
        disputed.show("measure_in_effect", Value::Null);
    }
    disputed
}

fn alone(view: &View, reading: Option<&Record>, as_of: Instant, is_full: bool) -> Verdict {
    let terms = Terms::at(view, reading, as_of);
    match view.kind {
        "measure_suspension" | "rate_ceiling" => maintenance::judge(view, &terms, as_of),
        "purchase_pledge" => pledge::judge(view, &terms, as_of, is_full),
        "one_off_act" => act::judge(view, &terms, as_of),
        "periodic_ceiling" | "licensing_flow" => period::judge(view, &terms, as_of),
        other => panic!("no kind of commitment is called {other}"),
    }
}
