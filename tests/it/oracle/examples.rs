//! The oracle against the worked examples: every check of every kind, and every time resolution.

use jiff::civil::DateTime;
use serde_json::Value;

use super::number::{Number, number};
use super::time::{Calendar, DAY_SECONDS, Role, day, instant, months_after, show_instant};

const EXAMPLES: &str = include_str!("../../cases/worked_examples.json");

fn worked_examples() -> Value {
    serde_json::from_str(EXAMPLES).unwrap()
}

#[test]
fn every_check_of_every_example_holds() {
    let file = worked_examples();
    let (mut failures, mut checks) = (Vec::new(), 0);
    for example in file["examples"].as_array().unwrap() {
        for check in example["checks"].as_array().unwrap() {
            let (as_of, known_at) = (check["as_of"].as_str().unwrap(), check["known_at"].as_str().unwrap());
            let answer = super::evaluate(example, as_of, known_at);
            checks += 1;
            for (key, expected) in check["expect"].as_object().unwrap() {
                if !matches(key, &answer, expected) {
                    let got = answer.get(key).unwrap_or(&Value::Null);
                    failures.push(format!("{} as of {as_of}: {key}: expected {expected}, got {got}", example["id"]));
                }
            }
        }
    }
    assert_eq!(checks, 126);
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
}

fn matches(key: &str, answer: &Value, expected: &Value) -> bool {
    let flags: Vec<&str> = answer["flags"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let names = || expected.as_array().into_iter().flatten().filter_map(Value::as_str);
    match key {
        "flags" => names().all(|flag| flags.contains(&flag)),
        "not_flags" => names().all(|flag| !flags.contains(&flag)),
        _ => answer.get(key).is_some_and(|answer| is_close(answer, expected)),
    }
}

fn is_close(answer: &Value, expected: &Value) -> bool {
    if let Some(parts) = expected.as_object() {
        return parts.iter().all(|(key, expected)| answer.get(key).is_some_and(|answer| is_close(answer, expected)));
    }
    match (number(answer), number(expected)) {
        (Some(answer), Some(expected)) => {
            let tolerance = Number::new(1.into(), 10_000.into());
            answer.clone() - &tolerance <= expected && expected <= answer + tolerance
        }
        _ => answer == expected,
    }
}

#[test]
fn every_time_resolution_holds() {
    for case in worked_examples()["time_resolution"].as_array().unwrap() {
        let input = &case["input"];
        let text = |field: &str| input[field].as_str().unwrap_or_default();
        let calendar = Calendar::new(input["zone"].as_str().unwrap_or("UTC"));
        let found = match text("form") {
            "local" => {
                let local: DateTime = text("local").parse().unwrap();
                calendar.resolve(local, if text("role") == "start" { Role::Start } else { Role::End })
            }
            "through" => calendar.end_of(day(text("date"))),
            "until" => calendar.end_of(day(text("date")) - 1),
            "period_end" => {
                let months = input["months"].as_i64().unwrap() as i32;
                calendar.end_of(months_after(day(text("start")), months, text("rounding") == "up") - 1)
            }
            _ => instant(text("from")) + input["days"].as_i64().unwrap() * DAY_SECONDS,
        };
        assert_eq!(Value::from(show_instant(found)), case["expect"], "{}", case["id"]);
    }
}
