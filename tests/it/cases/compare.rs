//! Compare: an answer against what an example expects of it.

use std::fmt;

use entente::domain::{Flag, Position};
use entente::views::{
    Assessment, Breach, Flow, InEffect, Numbers, PeriodAssessment, TrancheAssessment, assess_dossier,
};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Signed;
use serde_json::Value;

use super::at;
use super::example::{Example, decimal, slug};

/// Something that is not as expected.
pub(crate) struct Mismatch {
    example: String,
    as_of: String,
    known_at: String,
    key: String,
    expected: String,
    got: String,
}

impl Mismatch {
    /// An example that cannot be read.
    pub(crate) fn unreadable(example: &Value, error: String) -> Self {
        let none = String::new;
        Mismatch {
            example: example["id"].to_string(),
            as_of: none(),
            known_at: none(),
            key: "(reading it)".to_owned(),
            expected: none(),
            got: error,
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mismatch { example, as_of, known_at, key, expected, got } = self;
        write!(f, "{example} as of {as_of} known at {known_at}: {key}: expected {expected}, got {got}")
    }
}

/// Asks the question of one check and compares every key that it expects.
pub(crate) fn check(example: &Value, read: &Example, check: &Value) -> Vec<Mismatch> {
    let known = match &check["known_at"] {
        Value::Number(position) => Position::new(position.as_u64().unwrap_or_default()),
        _ => read.docket.known_at(at(check, "known_at")),
    };
    let assessment = match read.docket.dossier(&read.commitment) {
        Some(dossier) => assess_dossier(dossier, &read.counterpart, at(check, "as_of"), known),
        None => entente::views::assess(&read.docket, &read.commitment, at(check, "as_of"), known),
    };
    let mut mismatches = Vec::new();
    for (key, expected) in check["expect"].as_object().into_iter().flatten() {
        if let Err(got) = compare(&assessment, key, expected, read) {
            mismatches.push(Mismatch {
                example: example["id"].to_string(),
                as_of: check["as_of"].to_string(),
                known_at: check["known_at"].to_string(),
                key: key.clone(),
                expected: expected.to_string(),
                got,
            });
        }
    }
    mismatches
}

/// Compares one key; an error says what the answer has instead.
fn compare(assessment: &Assessment, key: &str, expected: &Value, read: &Example) -> Result<(), String> {
    match key {
        "lifecycle" => same(expected, assessment.judgement.lifecycle.as_str()),
        "status" => same(expected, assessment.judgement.status.as_str()),
        "evidence" => same(expected, assessment.evidence.as_str()),
        "standing" => same_or_null(expected, assessment.standing.map(|standing| standing.to_string())),
        "row" => same_or_null(expected, assessment.row.map(|row| row.0.to_owned())),
        "next_change_at" => same_or_null(expected, assessment.next_change_at.map(|instant| instant.to_string())),
        "adopted_reading" => same_or_null(expected, assessment.adopted_reading.as_ref().map(ToString::to_string)),
        "flags" => flags(assessment, expected, true),
        "not_flags" => flags(assessment, expected, false),
        "by_reading" => by_name(expected, |name| {
            let judgement = assessment.by_reading.get(slug(name).as_str())?;
            Some(format!("{}/{}", judgement.lifecycle, judgement.status))
        }),
        "because" => because(assessment, expected, read),
        _ => numbers(&assessment.numbers, key, expected),
    }
}

fn numbers(numbers: &Numbers, key: &str, expected: &Value) -> Result<(), String> {
    match (numbers, key) {
        (Numbers::Maintenance { measure_in_effect, .. }, "measure_in_effect") => {
            let got = match measure_in_effect {
                InEffect::Yes => Value::Bool(true),
                InEffect::No => Value::Bool(false),
                InEffect::Unknown => Value::Null,
            };
            if got == *expected { Ok(()) } else { Err(got.to_string()) }
        }
        (Numbers::Maintenance { breaches, .. }, "breaches") => listed(breaches, expected),
        (Numbers::Maintenance { value, .. }, "value") => number(expected, value.as_ref()),
        (Numbers::Maintenance { value, .. }, "numbers") => each(expected, |name, expected| match name {
            "value" => number(expected, value.as_ref()),
            _ => Err(unknown(name)),
        }),
        (Numbers::Purchase { tranches, .. }, "tranches") => {
            by_name(expected, |id| Some(find(tranches, id)?.status.to_string()))
        }
        (Numbers::Purchase { tranches, .. }, "rows") => {
            by_name(expected, |id| Some(find(tranches, id)?.row?.0.to_owned()))
        }
        (Numbers::Purchase { tranches, .. }, "tranche_numbers") => each(expected, |id, expected| {
            let tranche = find(tranches, id).ok_or_else(|| format!("no tranche {id}"))?;
            each(expected, |name, expected| flow(&tranche.flow, name, expected))
        }),
        (Numbers::Purchase { latest, .. }, "numbers") => each(expected, |name, expected| match latest {
            Some(latest) => flow(latest, name, expected),
            None if expected.is_null() => Ok(()),
            None => Err("no tranche has begun".to_owned()),
        }),
        (Numbers::Act { done, target, .. }, _) => match key {
            "numbers" => each(expected, |name, expected| act(*done, *target, name, expected)),
            _ => act(*done, *target, key, expected),
        },
        (Numbers::Periodic { periods }, "values" | "numbers") => {
            each(expected, |id, value| number(value, find_period(periods, id).and_then(|period| period.value.as_ref())))
        }
        (Numbers::Periodic { periods }, "periods") => each(expected, |id, verdict| {
            let got = find_period(periods, id).and_then(|period| period.verdict);
            let got = got.map(|verdict| format!("{verdict:?}").to_uppercase());
            let skipped = verdict.is_null() || verdict == "SKIP";
            if skipped && got.is_none() { Ok(()) } else { same_or_null(verdict, got) }
        }),
        _ => Err(format!("{} among {numbers:?}", unknown(key))),
    }
}

fn act(done: i64, target: u32, key: &str, expected: &Value) -> Result<(), String> {
    let got = match key {
        "done" => done,
        "target" => i64::from(target),
        _ => return Err(unknown(key)),
    };
    number(expected, Some(&BigRational::from_integer(got.into())))
}

fn flow(flow: &Flow, key: &str, expected: &Value) -> Result<(), String> {
    match key {
        "performed" => number(expected, Some(&flow.performed)),
        "target" => number(expected, Some(&flow.target)),
        "expected" => number(expected, flow.expected.as_ref()),
        "ratio" => number(expected, flow.ratio.as_ref()),
        "shortfall" => number(expected, Some(&flow.shortfall)),
        "required_per_day" => number(expected, flow.required_per_day.as_ref()),
        "data_through" => same_or_null(expected, flow.data_through.map(|day| day.to_string())),
        _ => Err(unknown(key)),
    }
}

fn listed(breaches: &[Breach], expected: &Value) -> Result<(), String> {
    let got: Vec<Value> = breaches
        .iter()
        .map(|breach| {
            let until = breach.until.map(|until| until.to_string());
            serde_json::json!({ "from": breach.from.to_string(), "to": until })
        })
        .collect();
    let got = Value::Array(got);
    if got == *expected { Ok(()) } else { Err(got.to_string()) }
}

fn flags(assessment: &Assessment, expected: &Value, wanted: bool) -> Result<(), String> {
    for name in expected.as_array().into_iter().flatten().filter_map(Value::as_str) {
        let flag = Flag::parse(name).ok_or_else(|| format!("{name} is no flag"))?;
        if assessment.flags.contains(&flag) != wanted {
            return Err(format!("{:?}", assessment.flags));
        }
    }
    Ok(())
}

/// Every record named must be among those that the answer rests on.
fn because(assessment: &Assessment, expected: &Value, read: &Example) -> Result<(), String> {
    let names: Vec<&String> = assessment.because.iter().filter_map(|position| read.records.get(position)).collect();
    let wanted = expected.as_array().into_iter().flatten().filter_map(Value::as_str);
    let missing = wanted.into_iter().any(|name| !names.iter().any(|known| *known == name));
    if missing { Err(format!("{names:?}")) } else { Ok(()) }
}

fn find<'t>(tranches: &'t [TrancheAssessment], id: &str) -> Option<&'t TrancheAssessment> {
    tranches.iter().find(|tranche| tranche.id == slug(id))
}

fn find_period<'p>(periods: &'p [PeriodAssessment], id: &str) -> Option<&'p PeriodAssessment> {
    periods.iter().find(|period| period.id == slug(id))
}

fn each(expected: &Value, check: impl Fn(&str, &Value) -> Result<(), String>) -> Result<(), String> {
    let entries = expected.as_object().ok_or_else(|| "an object was expected".to_owned())?;
    entries.iter().try_for_each(|(name, value)| check(name, value).map_err(|got| format!("{name}: {got}")))
}

fn by_name(expected: &Value, got: impl Fn(&str) -> Option<String>) -> Result<(), String> {
    each(expected, |name, expected| same_or_null(expected, got(name)))
}

/// Equal within 0.0001; null is "no value".
fn number(expected: &Value, got: Option<&BigRational>) -> Result<(), String> {
    let shown = || got.map_or_else(|| "null".to_owned(), ToString::to_string);
    let Some(got) = got else {
        return if expected.is_null() { Ok(()) } else { Err(shown()) };
    };
    let expected = match decimal(expected) {
        Ok(expected) => expected.fraction(),
        Err(_) => expected.as_f64().and_then(BigRational::from_float).ok_or_else(shown)?,
    };
    let tolerance = BigRational::new(BigInt::from(1), BigInt::from(10_000));
    if (got - expected).abs() <= tolerance { Ok(()) } else { Err(shown()) }
}

fn same(expected: &Value, got: &str) -> Result<(), String> {
    same_or_null(expected, Some(got.to_owned()))
}

fn same_or_null(expected: &Value, got: Option<String>) -> Result<(), String> {
    if expected.as_str() == got.as_deref() { Ok(()) } else { Err(got.unwrap_or_else(|| "null".to_owned())) }
}

fn unknown(key: &str) -> String {
    format!("{key:?} is no key that can be compared")
}
