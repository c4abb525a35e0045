//! Fractions: exact arithmetic, in machine words for as long as it fits and beyond them without a bound. Nearly all fits,
//! and numbers without a bound take ten times as long.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_integer::Integer as _;
use num_rational::BigRational;
use num_traits::{ToPrimitive as _, Zero as _};

/// The fraction of two whole numbers, the second not zero, in lowest terms.
pub fn quotient(numer: i128, denom: i128) -> BigRational {
    debug_assert!(denom != 0, "a denominator is not zero");
    if denom == 1 {
        return BigRational::from_integer(BigInt::from(numer));
    }
    let (size, parts) = (numer.unsigned_abs(), denom.unsigned_abs());
    let common = match (u64::try_from(size), u64::try_from(parts)) {
        (Ok(size), Ok(parts)) => u128::from(size.gcd(&parts)),
        _ => size.gcd(&parts),
    };
    let (size, parts) = (BigInt::from(size / common), BigInt::from(parts / common));
    let numer = if (numer < 0) == (denom < 0) { size } else { -size };
    BigRational::new_raw(numer, parts)
}

/// a + b.
pub fn plus(a: &BigRational, b: &BigRational) -> BigRational {
    words(a, b).and_then(|words| words.sum(1)).unwrap_or_else(|| a + b)
}

/// a - b.
pub fn minus(a: &BigRational, b: &BigRational) -> BigRational {
    words(a, b).and_then(|words| words.sum(-1)).unwrap_or_else(|| a - b)
}

/// a x b.
pub fn times(a: &BigRational, b: &BigRational) -> BigRational {
    let within = words(a, b).map(|it| quotient(it.a.0 * it.b.0, it.a.1 * it.b.1));
    within.unwrap_or_else(|| a * b)
}

/// a / b; none where b is zero.
pub fn over(a: &BigRational, b: &BigRational) -> Option<BigRational> {
    if b.is_zero() {
        return None;
    }
    let within = words(a, b).map(|it| quotient(it.a.0 * it.b.1, it.a.1 * it.b.0));
    Some(within.unwrap_or_else(|| a / b))
}

/// Which of two is the larger.
pub fn compare(a: &BigRational, b: &BigRational) -> Ordering {
    let within = words(a, b).map(|it| (it.a.0 * it.b.1).cmp(&(it.b.0 * it.a.1)));
    within.unwrap_or_else(|| a.cmp(b))
}

/// Two fractions whose parts have at most 63 bits each, so that a product of two of them fits.
struct Words {
    a: (i128, i128),
    b: (i128, i128),
}

fn words(a: &BigRational, b: &BigRational) -> Option<Words> {
    let of = |it: &BigRational| Some((i128::from(it.numer().to_i64()?), i128::from(it.denom().to_i64()?)));
    Some(Words { a: of(a)?, b: of(b)? })
}

impl Words {
    /// a + b, or a - b where the sign is -1; none where it does not fit.
    fn sum(&self, sign: i128) -> Option<BigRational> {
        let (a, b) = (self.a, (self.b.0 * sign, self.b.1));
        if a.1 == b.1 {
            return Some(quotient(a.0 + b.0, a.1));
        }
        Some(quotient((a.0 * b.1).checked_add(b.0 * a.1)?, a.1 * b.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parts at the edges of words and between them.
    fn numbers() -> Vec<BigRational> {
        let edges = [0, 1, 2, 3, 7, 10, 999_983, 1_000_000, i128::from(i64::MAX), i128::from(i64::MAX) + 1, 1 << 70];
        let signed = edges.into_iter().flat_map(|it| [it, -it]);
        let parts = [1, 3, 10, 65_536, 1_000_000_007, i128::from(i64::MAX), 1 << 66];
        let each =
            signed.flat_map(|numer| parts.map(|denom| BigRational::new(BigInt::from(numer), BigInt::from(denom))));
        each.collect()
    }

    fn same(found: &BigRational, expected: &BigRational) -> bool {
        found.numer() == expected.numer() && found.denom() == expected.denom()
    }

    #[test]
    fn arithmetic_in_words_is_that_without_a_bound() {
        let numbers = numbers();
        for a in &numbers {
            for b in &numbers {
                assert!(same(&plus(a, b), &(a + b)), "{a} + {b}");
                assert!(same(&minus(a, b), &(a - b)), "{a} - {b}");
                assert!(same(&times(a, b), &(a * b)), "{a} x {b}");
                assert_eq!(compare(a, b), a.cmp(b), "{a} and {b}");
                match over(a, b) {
                    Some(found) => assert!(same(&found, &(a / b)), "{a} / {b}"),
                    None => assert!(b.is_zero(), "{a} / {b}"),
                }
            }
        }
    }

    #[test]
    fn a_quotient_is_in_lowest_terms() {
        for numer in [0, 1, -6, 14, i128::MAX, i128::MIN + 1] {
            for denom in [1, -1, 4, -21, i128::MAX, i128::from(i64::MIN)] {
                let expected = BigRational::new(BigInt::from(numer), BigInt::from(denom));
                assert!(same(&quotient(numer, denom), &expected), "{numer} / {denom}");
            }
        }
    }
}
