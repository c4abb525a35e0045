//! Exact fractions as decimals of at most four places.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive as _, Zero};

/// A fraction rounded half-even to four places, written as a decimal without trailing zeros: `0.6667`, `25`, `-0.5`.
pub fn four_places(value: &BigRational) -> String {
    let rounded = in_words(value).unwrap_or_else(|| without_bound(value));
    let sign = if rounded.is_negative() { "-" } else { "" };
    let digits = format!("{:0>5}", rounded.abs().to_string());
    let (whole, fraction) = digits.split_at(digits.len() - 4);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}

/// How many ten-thousandths it is, rounded; none where that does not fit machine words.
fn in_words(value: &BigRational) -> Option<BigInt> {
    let (numer, denom) = (i128::from(value.numer().to_i64()?), i128::from(value.denom().to_i64()?));
    let scaled = numer * 10_000;
    let (floor, above) = (scaled.div_euclid(denom), scaled.rem_euclid(denom) * 2);
    let up = above > denom || (above == denom && floor % 2 != 0);
    Some(BigInt::from(floor + i128::from(up)))
}

/// How many ten-thousandths it is, rounded.
fn without_bound(value: &BigRational) -> BigInt {
    let scaled = value * BigRational::from_integer(BigInt::from(10_000));
    let half = BigRational::new(BigInt::from(1), BigInt::from(2));
    let floor = scaled.floor().to_integer();
    let above = &scaled - BigRational::from_integer(floor.clone());
    let is_odd = !(&floor % BigInt::from(2)).is_zero();
    if above > half || (above == half && is_odd) { floor + 1 } else { floor }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_round_as_numbers_without_a_bound_do() {
        let edges = [0_i64, 1, 2, 3, 5, 7, 15, 25, 49_999, 50_000, 50_001, 150_000, 999_999_999, i64::MAX, i64::MIN];
        for numer in edges.into_iter().flat_map(|it| [it, it.wrapping_neg()]) {
            for denom in [1_i64, 2, 3, 8, 16, 20_000, 200_000, 1_000_000, i64::MAX] {
                let value = BigRational::new(BigInt::from(numer), BigInt::from(denom));
                assert_eq!(in_words(&value), Some(without_bound(&value)), "{value}");
            }
        }
    }
}
