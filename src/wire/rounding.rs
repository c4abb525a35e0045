//! Exact fractions as decimals of at most four places.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};

/// A fraction rounded half-even to four places, written as a decimal without trailing zeros: `0.6667`, `25`, `-0.5`.
pub fn four_places(value: &BigRational) -> String {
    let scaled = value * BigRational::from_integer(BigInt::from(10_000));
    let half = BigRational::new(BigInt::from(1), BigInt::from(2));
    let floor = scaled.floor().to_integer();
    let above = &scaled - BigRational::from_integer(floor.clone());
    let is_odd = !(&floor % BigInt::from(2)).is_zero();
    let rounded = if above > half || (above == half && is_odd) { floor + 1 } else { floor };

    let sign = if rounded.is_negative() { "-" } else { "" };
    let digits = format!("{:0>5}", rounded.abs().to_string());
    let (whole, fraction) = digits.split_at(digits.len() - 4);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}
