//! The product's answer in the form that the oracle gives its own: the `expect` of the worked examples.

use entente::domain::Instant;
use entente::views::{
    Assessment, Breach, Flow, InEffect, Numbers, PeriodAssessment, TrancheAssessment, assess, assess_dossier,
};
use entente::wire::four_places;
use num_rational::BigRational;
use serde_json::{Map, Value, json};

use super::or_null;
use crate::cases::example::Example;

/// What the product answers.
pub(super) fn answer(read: &Example, as_of: &str, known_at: &str) -> Value {
    let (as_of, known_at) = (Instant::parse(as_of).unwrap(), Instant::parse(known_at).unwrap());
    let known = read.docket.known_at(known_at);
    let assessment = match read.docket.dossier(&read.commitment) {
        Some(dossier) => assess_dossier(dossier, &read.counterpart, as_of, known),
        None => assess(&read.docket, &read.commitment, as_of, known),
    };
    spell(&assessment)
}

fn spell(assessment: &Assessment) -> Value {
    let flags: Vec<String> = assessment.flags.iter().map(ToString::to_string).collect();
    let by_reading = assessment.by_reading.iter();
    let by_reading: Map<String, Value> = by_reading
        .map(|(name, judgement)| (name.clone(), Value::from(format!("{}/{}", judgement.lifecycle, judgement.status))))
        .collect();
    let mut spelled = json!({
        "lifecycle": assessment.judgement.lifecycle.as_str(),
        "status": assessment.judgement.status.as_str(),
        "evidence": assessment.evidence.as_str(),
        "flags": flags,
        "row": or_null(assessment.row.map(|row| row.0)),
        "next_change_at": or_null(assessment.next_change_at.map(|instant| instant.to_string())),
    });
    if !by_reading.is_empty() {
        spelled["by_reading"] = Value::Object(by_reading);
    }
    for (key, value) in figures(&assessment.numbers) {
        spelled[key] = value;
    }
    spelled
}

fn figures(numbers: &Numbers) -> Vec<(&'static str, Value)> {
    match numbers {
        Numbers::None => Vec::new(),
        Numbers::Maintenance { measure_in_effect, breaches, value, end: _ } => vec![
            ("measure_in_effect", in_effect(*measure_in_effect)),
            ("breaches", breaches.iter().map(breach).collect()),
            ("value", or_null(value.as_ref().map(four_places))),
        ],
        Numbers::Purchase { unit: _, latest, tranches, series: _ } => vec![
            ("numbers", latest.as_ref().map_or(Value::Null, flow)),
            ("tranches", by_id(tranches, |tranche| Value::from(tranche.status.as_str()))),
            ("rows", by_id(tranches, |tranche| or_null(tranche.row.map(|row| row.0)))),
            ("tranche_numbers", by_id(tranches, |tranche| flow(&tranche.flow))),
        ],
        Numbers::Act { done, target, due: _ } => vec![("numbers", json!({ "done": done, "target": target }))],
        Numbers::Periodic { periods } => vec![
            ("periods", by_period(periods, |p| p.verdict.map(|verdict| format!("{verdict:?}").to_uppercase()))),
            ("values", by_period(periods, |period| period.value.as_ref().map(four_places))),
        ],
    }
}

fn in_effect(in_effect: InEffect) -> Value {
    match in_effect {
        InEffect::Yes => Value::Bool(true),
        InEffect::No => Value::Bool(false),
        InEffect::Unknown => Value::Null,
    }
}

fn breach(breach: &Breach) -> Value {
    json!({ "from": breach.from.to_string(), "to": or_null(breach.until.map(|until| until.to_string())) })
}

fn flow(flow: &Flow) -> Value {
    let places = |value: &Option<BigRational>| or_null(value.as_ref().map(four_places));
    json!({
        "performed": four_places(&flow.performed),
        "target": four_places(&flow.target),
        "expected": places(&flow.expected),
        "ratio": places(&flow.ratio),
        "shortfall": four_places(&flow.shortfall),
        "required_per_day": places(&flow.required_per_day),
        "data_through": or_null(flow.data_through.map(|day| day.to_string())),
    })
}

fn by_id(tranches: &[TrancheAssessment], value: impl Fn(&TrancheAssessment) -> Value) -> Value {
    Value::Object(tranches.iter().map(|tranche| (tranche.id.to_string(), value(tranche))).collect())
}

fn by_period(periods: &[PeriodAssessment], value: impl Fn(&PeriodAssessment) -> Option<String>) -> Value {
    Value::Object(periods.iter().map(|period| (period.id.to_string(), or_null(value(period)))).collect())
}
