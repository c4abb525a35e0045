//! Exact: a fraction as text that loses nothing.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

/// A fraction as a decimal where it has a finite one (`68493.15`), else as numerator over denominator (`2/3`); exact
/// either way.
pub fn exact(value: &BigRational) -> String {
    let Some(places) = places(value.denom().clone()) else {
        return format!("{}/{}", value.numer(), value.denom());
    };
    let scaled = (value * BigRational::from_integer(BigInt::from(10).pow(places))).to_integer();
    let sign = if scaled.is_negative() { "-" } else { "" };
    let digits = format!("{:0>width$}", scaled.abs().to_string(), width = places as usize + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places as usize);
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}

/// How many decimal places a denominator in lowest terms needs; none where no number of them is enough.
fn places(mut denominator: BigInt) -> Option<u32> {
    let mut counts = [0; 2];
    for (count, prime) in counts.iter_mut().zip([2, 5]) {
        let prime = BigInt::from(prime);
        while (&denominator % &prime).is_zero() {
            denominator /= &prime;
            *count += 1;
        }
    }
    denominator.is_one().then_some(counts[0].max(counts[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_is_a_decimal_where_it_has_one_and_stays_a_fraction_otherwise() {
        let cases = [
            ((12, 1), "12"),
            ((0, 7), "0"),
            ((1, 2), "0.5"),
            ((-5, 4), "-1.25"),
            ((1, 1000), "0.001"),
            ((-1, 80), "-0.0125"),
            ((2, 3), "2/3"),
            ((-25_000_000, 365), "-5000000/73"),
            ((100, 8), "12.5"),
        ];
        for ((numerator, denominator), expected) in cases {
            assert_eq!(exact(&BigRational::new(numerator.into(), denominator.into())), expected);
        }
    }
}
