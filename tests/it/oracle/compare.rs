//! How another evaluator's answer differs from the oracle's.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::number::number;

/// The keys that differ, each with both sides. Only what the oracle says is compared: where the specification leaves a
/// key open the oracle leaves it out, and a second evaluator may say what it likes.
pub(crate) fn disagreements(product: &Value, oracle: &Value) -> Vec<String> {
    let none = Map::new();
    let (product, oracle) = (product.as_object().unwrap_or(&none), oracle.as_object().unwrap_or(&none));
    let mut found = Vec::new();
    for (key, expected) in oracle {
        compare(key, product.get(key).unwrap_or(&Value::Null), expected, &mut found);
    }
    if let Some(readings) = product.get("by_reading").filter(|one| !one.is_null() && !oracle.contains_key("by_reading"))
    {
        found.push(format!("by_reading: product {readings}, oracle none"));
    }
    found
}

/// The keys whose parts the oracle always gives in full.
const WHOLE: [&str; 4] = ["by_reading", "tranches", "periods", "values"];

fn compare(path: &str, product: &Value, oracle: &Value, found: &mut Vec<String>) {
    match oracle {
        Value::Object(parts) => {
            for (key, expected) in parts {
                compare(&format!("{path}.{key}"), product.get(key).unwrap_or(&Value::Null), expected, found);
            }
            let is_more = |key: &String, value: &Value| !parts.contains_key(key) && !value.is_null() && value != "SKIP";
            for (key, value) in product.as_object().into_iter().flatten().filter(|_| WHOLE.contains(&path)) {
                if is_more(key, value) {
                    found.push(format!("{path}.{key}: product {value}, oracle none"));
                }
            }
        }
        Value::Array(_) if path == "flags" => compare_flags(product, oracle, found),
        Value::Array(parts) => {
            let theirs = product.as_array().map_or(&[][..], Vec::as_slice);
            if theirs.len() != parts.len() {
                found.push(format!("{path}: product {product}, oracle {oracle}"));
                return;
            }
            for (index, (theirs, expected)) in theirs.iter().zip(parts).enumerate() {
                compare(&format!("{path}[{index}]"), theirs, expected, found);
            }
        }
        _ if is_same(product, oracle) => {}
        _ => found.push(format!("{path}: product {product}, oracle {oracle}")),
    }
}

/// Flags one by one, since the set of them says little about which is wrong.
fn compare_flags(product: &Value, oracle: &Value, found: &mut Vec<String>) {
    let names = |flags: &Value| -> BTreeSet<String> {
        flags.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let (product, oracle) = (names(product), names(oracle));
    for flag in product.symmetric_difference(&oracle) {
        found.push(format!("flags.{flag}: product {}, oracle {}", product.contains(flag), oracle.contains(flag)));
    }
}

fn is_same(product: &Value, oracle: &Value) -> bool {
    // A period that is not judged yet may be left out.
    if oracle == "SKIP" && product.is_null() {
        return true;
    }
    match (number(product), number(oracle)) {
        (Some(theirs), Some(expected)) => theirs == expected,
        _ => product == oracle,
    }
}
