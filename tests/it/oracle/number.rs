//! Exact numbers: inside a fraction, outside a decimal rounded half to even (section 5, numbers).

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use serde_json::Value;

/// An exact fraction.
pub(super) type Number = BigRational;

/// A whole number.
pub(super) fn whole(value: i64) -> Number {
    Number::from_integer(BigInt::from(value))
}

/// Reads a JSON number, or a decimal in a string; anything else is no number.
pub(super) fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Number(number) => match number.as_i64() {
            Some(small) => Some(whole(small)),
            None => decimal(&number.to_string()),
        },
        Value::String(text) => decimal(text),
        _ => None,
    }
}

/// Reads `-12.5` or `1.2e7`.
pub(super) fn decimal(text: &str) -> Option<Number> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (left, right) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: BigInt = format!("{left}{right}").parse().ok()?;
    let exponent = exponent - i32::try_from(right.len()).ok()?;
    let scale = BigInt::from(10).pow(exponent.unsigned_abs());
    Some(if exponent < 0 { Number::new(digits, scale) } else { Number::from_integer(digits * scale) })
}

/// Writes a number with at most four places, half to even, without idle zeros.
pub(super) fn show(value: &Number) -> String {
    let scaled = value * whole(10_000);
    let below = scaled.floor().to_integer();
    let rest = &scaled - Number::from_integer(below.clone());
    let half = Number::new(BigInt::from(1), BigInt::from(2));
    let is_odd = !(&below % BigInt::from(2)).is_zero();
    let up = rest > half || (rest == half && is_odd);
    let units = if up { below + BigInt::from(1) } else { below };
    let sign = if units.is_negative() { "-" } else { "" };
    let digits = format!("{:05}", units.abs());
    let (left, right) = digits.split_at(digits.len() - 4);
    let right = right.trim_end_matches('0');
    if right.is_empty() { format!("{sign}{left}") } else { format!("{sign}{left}.{right}") }
}
