//! Compare: an answer, as the wire has it, against what an example expects of it. The pure function and a server are held
//! to the same expectations by the same comparisons.

use std::fmt;

use entente::domain::event::LedgerKind;
use entente::domain::{Evidence, Flag, Lifecycle, Position, Standing, Status};
use entente::proto::v1;
use entente::proto::v1::assessment::Numbers;
use entente::views::{InEffect, PeriodVerdict, assess, assess_dossier};
use entente::wire::{AssessedIn, Word, assessment_to_proto, instant_from_proto};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Signed;
use serde_json::Value;

use super::at;
use super::example::{Example, Names, decimal, slug};

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
    /// An example that cannot be read, or cannot be recorded.
    pub(crate) fn unreadable(example: &Value, error: String) -> Self {
        Self::unanswered(example, &Value::Null, error)
    }

    /// A question that got no answer.
    pub(crate) fn unanswered(example: &Value, check: &Value, error: String) -> Self {
        Mismatch {
            example: example["id"].to_string(),
            as_of: check["as_of"].to_string(),
            known_at: check["known_at"].to_string(),
            key: "(asking)".to_owned(),
            expected: "an answer".to_owned(),
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

/// Asks the question of one check of the pure function and compares every key that it expects.
pub(crate) fn check(example: &Value, read: &Example, check: &Value) -> Vec<Mismatch> {
    match ask(read, check) {
        Ok(answer) => compare_all(example, check, &answer, &read.names),
        Err(error) => vec![Mismatch::unanswered(example, check, error)],
    }
}

/// Asks the question of one check of the pure function.
pub(crate) fn ask(read: &Example, check: &Value) -> Result<v1::Assessment, String> {
    let known = match &check["known_at"] {
        Value::Number(seq) => read.names.known_through(seq).ok_or_else(|| format!("no record has seq {seq}"))?,
        _ => read.docket.known_at(at(check, "known_at")),
    };
    let assessment = match read.docket.dossier(&read.commitment) {
        Some(dossier) => assess_dossier(dossier, &read.counterpart, at(check, "as_of"), known),
        None => assess(&read.docket, &read.commitment, at(check, "as_of"), known),
    };
    let made =
        AssessedIn { ledger: &slug("example"), kind: LedgerKind::Replay, known_at: read.docket.recorded_at(known) };
    Ok(assessment_to_proto(&assessment, &made))
}

/// Compares every key that a check expects with an answer; `names` says which record an event came from.
pub(crate) fn compare_all(example: &Value, check: &Value, answer: &v1::Assessment, names: &Names) -> Vec<Mismatch> {
    let mut mismatches = Vec::new();
    for (key, expected) in check["expect"].as_object().into_iter().flatten() {
        if let Err(got) = compare(answer, key, expected, names) {
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
fn compare(answer: &v1::Assessment, key: &str, expected: &Value, names: &Names) -> Result<(), String> {
    match key {
        "lifecycle" => same_or_null(expected, said::<Lifecycle>(answer.lifecycle())),
        "status" => same_or_null(expected, said::<Status>(answer.status())),
        "evidence" => same_or_null(expected, said::<Evidence>(answer.evidence())),
        "standing" => same_or_null(expected, said::<Standing>(answer.standing())),
        "row" => same_or_null(expected, some(&answer.row)),
        "next_change_at" => same_or_null(expected, instant(answer.next_change_at.as_ref())),
        "adopted_reading" => same_or_null(expected, some(&answer.adopted_reading)),
        "flags" => flags(answer, expected, true),
        "not_flags" => flags(answer, expected, false),
        "by_reading" => by_name(expected, |name| {
            let judgement = answer.by_reading.get(slug(name).as_str())?;
            Some(format!("{}/{}", said::<Lifecycle>(judgement.lifecycle())?, said::<Status>(judgement.status())?))
        }),
        "because" => because(answer, expected, names),
        _ => match &answer.numbers {
            Some(numbers) => self::numbers(numbers, key, expected),
            None => Err("an answer without figures".to_owned()),
        },
    }
}

fn numbers(numbers: &Numbers, key: &str, expected: &Value) -> Result<(), String> {
    match numbers {
        Numbers::Maintenance(numbers) => maintenance(numbers, key, expected),
        Numbers::Purchase(numbers) => purchase(numbers, key, expected),
        Numbers::Act(numbers) => match key {
            "numbers" => each(expected, |name, expected| act(numbers, name, expected)),
            _ => act(numbers, key, expected),
        },
        Numbers::Periodic(numbers) => periodic(numbers, key, expected),
    }
}

fn maintenance(numbers: &v1::MaintenanceNumbers, key: &str, expected: &Value) -> Result<(), String> {
    match key {
        "measure_in_effect" => {
            let got = match InEffect::from_proto(numbers.measure_in_effect()) {
                Some(InEffect::Yes) => Value::Bool(true),
                Some(InEffect::No) => Value::Bool(false),
                Some(InEffect::Unknown) => Value::Null,
                None => Value::from("unspecified"),
            };
            if got == *expected { Ok(()) } else { Err(got.to_string()) }
        }
        "breaches" => listed(&numbers.breaches, expected),
        "value" => number(expected, numbers.value.as_deref()),
        "numbers" => each(expected, |name, expected| match name {
            "value" => number(expected, numbers.value.as_deref()),
            _ => Err(unknown(name)),
        }),
        _ => Err(unknown(key)),
    }
}

fn purchase(numbers: &v1::PurchaseNumbers, key: &str, expected: &Value) -> Result<(), String> {
    let find = |id: &str| numbers.tranches.iter().find(|tranche| tranche.id == slug(id).as_str());
    match key {
        "tranches" => by_name(expected, |id| said::<Status>(find(id)?.status())),
        "rows" => by_name(expected, |id| some(&find(id)?.row)),
        "tranche_numbers" => each(expected, |id, expected| {
            let figures =
                find(id).and_then(|tranche| tranche.flow.as_ref()).ok_or_else(|| format!("no tranche {id}"))?;
            each(expected, |name, expected| flow(figures, name, expected))
        }),
        "numbers" => each(expected, |name, expected| match &numbers.latest {
            Some(latest) => flow(latest, name, expected),
            None if expected.is_null() => Ok(()),
            None => Err("no tranche has begun".to_owned()),
        }),
        _ => Err(unknown(key)),
    }
}

fn act(numbers: &v1::ActNumbers, key: &str, expected: &Value) -> Result<(), String> {
    match key {
        "done" => number(expected, Some(&numbers.done.to_string())),
        "target" => number(expected, Some(&numbers.target.to_string())),
        _ => Err(unknown(key)),
    }
}

fn periodic(numbers: &v1::PeriodicNumbers, key: &str, expected: &Value) -> Result<(), String> {
    let find = |id: &str| numbers.periods.iter().find(|period| period.id == slug(id).as_str());
    match key {
        "values" | "numbers" => {
            each(expected, |id, value| number(value, find(id).and_then(|period| period.value.as_deref())))
        }
        "periods" => each(expected, |id, verdict| {
            let got = find(id).and_then(|period| PeriodVerdict::from_proto(period.verdict()));
            let got = got.map(|verdict| format!("{verdict:?}").to_uppercase());
            let skipped = verdict.is_null() || verdict == "SKIP";
            if skipped && got.is_none() { Ok(()) } else { same_or_null(verdict, got) }
        }),
        _ => Err(unknown(key)),
    }
}

fn flow(flow: &v1::Flow, key: &str, expected: &Value) -> Result<(), String> {
    match key {
        "performed" => number(expected, Some(&flow.performed)),
        "target" => number(expected, Some(&flow.target)),
        "expected" => number(expected, flow.expected.as_deref()),
        "ratio" => number(expected, Some(flow.ratio.as_str()).filter(|ratio| !ratio.is_empty())),
        "shortfall" => number(expected, Some(&flow.shortfall)),
        "required_per_day" => number(expected, flow.required_per_day.as_deref()),
        "data_through" => same_or_null(expected, some(&flow.data_through)),
        _ => Err(unknown(key)),
    }
}

fn listed(breaches: &[v1::Breach], expected: &Value) -> Result<(), String> {
    let got = breaches
        .iter()
        .map(
            |breach| serde_json::json!({ "from": instant(breach.from.as_ref()), "to": instant(breach.until.as_ref()) }),
        )
        .collect();
    let got = Value::Array(got);
    if got == *expected { Ok(()) } else { Err(got.to_string()) }
}

fn flags(answer: &v1::Assessment, expected: &Value, wanted: bool) -> Result<(), String> {
    let raised: Vec<Flag> = answer.flags().filter_map(Flag::from_proto).collect();
    for name in expected.as_array().into_iter().flatten().filter_map(Value::as_str) {
        let flag = Flag::parse(name).ok_or_else(|| format!("{name} is no flag"))?;
        if raised.contains(&flag) != wanted {
            return Err(format!("{raised:?}"));
        }
    }
    Ok(())
}

/// Every record named, by its id or its `seq`, must be among those that the answer rests on.
fn because(answer: &v1::Assessment, expected: &Value, names: &Names) -> Result<(), String> {
    let found: Vec<&str> = answer.because.iter().filter_map(|position| names.of(Position::new(*position))).collect();
    let rests_on = |wanted: &Value| match wanted {
        Value::Number(seq) => names.with_seq(seq).is_some_and(|name| found.contains(&name)),
        _ => wanted.as_str().is_some_and(|name| found.contains(&name)),
    };
    if expected.as_array().into_iter().flatten().all(rests_on) { Ok(()) } else { Err(format!("{found:?}")) }
}

/// The word of a value as the specification spells it; none where it is unspecified.
fn said<W: Word + fmt::Display>(proto: W::Proto) -> Option<String> {
    W::from_proto(proto).map(|word| word.to_string())
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

fn instant(stamp: Option<&prost_types::Timestamp>) -> Option<String> {
    stamp.map(|stamp| instant_from_proto(stamp).map_or_else(|error| error.to_string(), |instant| instant.to_string()))
}

fn each(expected: &Value, check: impl Fn(&str, &Value) -> Result<(), String>) -> Result<(), String> {
    let entries = expected.as_object().ok_or_else(|| "an object was expected".to_owned())?;
    entries.iter().try_for_each(|(name, value)| check(name, value).map_err(|got| format!("{name}: {got}")))
}

fn by_name(expected: &Value, got: impl Fn(&str) -> Option<String>) -> Result<(), String> {
    each(expected, |name, expected| same_or_null(expected, got(name)))
}

/// Equal within 0.0001; null is "no value".
fn number(expected: &Value, got: Option<&str>) -> Result<(), String> {
    let shown = || got.unwrap_or("null").to_owned();
    let Some(got) = got else {
        return if expected.is_null() { Ok(()) } else { Err(shown()) };
    };
    let got = decimal(&Value::from(got))?.fraction();
    let expected = match decimal(expected) {
        Ok(expected) => expected.fraction(),
        Err(_) => expected.as_f64().and_then(BigRational::from_float).ok_or_else(shown)?,
    };
    let tolerance = BigRational::new(BigInt::from(1), BigInt::from(10_000));
    if (got - expected).abs() <= tolerance { Ok(()) } else { Err(shown()) }
}

fn same_or_null(expected: &Value, got: Option<String>) -> Result<(), String> {
    if expected.as_str() == got.as_deref() { Ok(()) } else { Err(got.unwrap_or_else(|| "null".to_owned())) }
}

fn unknown(key: &str) -> String {
    format!("{key:?} is no key that can be compared")
}
