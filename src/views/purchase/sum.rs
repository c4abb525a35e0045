//! Sum: exact sums of many amounts. Amounts of one denominator are added as whole numbers; a sum is reduced once, when it
//! is read, and not at every amount.

use num_bigint::BigInt;
use num_integer::Integer as _;
use num_rational::BigRational;
use num_traits::ToPrimitive as _;

use crate::domain::fraction;

/// An exact sum: in machine words for as long as it fits, and beyond them without a bound.
#[derive(Debug, Clone)]
pub(super) enum Sum {
    /// Numerator and denominator, not reduced.
    Small(i128, i64),
    /// The same two.
    Large(Box<(BigInt, BigInt)>),
}

impl Sum {
    /// Nothing yet.
    pub(super) fn zero() -> Self {
        Sum::Small(0, 1)
    }

    /// The sum of some amounts.
    pub(super) fn of<'a>(amounts: impl IntoIterator<Item = &'a BigRational>) -> BigRational {
        let mut sum = Sum::zero();
        amounts.into_iter().for_each(|amount| sum.add(amount));
        sum.value()
    }

    /// Adds an amount.
    pub(super) fn add(&mut self, amount: &BigRational) {
        *self = match self {
            Sum::Small(numer, denom) => match small(*numer, *denom, amount) {
                Some((numer, denom)) => Sum::Small(numer, denom),
                None => large(&BigInt::from(*numer), &BigInt::from(*denom), amount),
            },
            Sum::Large(sum) => large(&sum.0, &sum.1, amount),
        };
    }

    /// What it comes to.
    pub(super) fn value(&self) -> BigRational {
        match self {
            Sum::Small(numer, denom) => fraction::quotient(*numer, i128::from(*denom)),
            Sum::Large(sum) => BigRational::new(sum.0.clone(), sum.1.clone()),
        }
    }
}

/// A sum with an amount added; none where it does not fit.
fn small(numer: i128, denom: i64, amount: &BigRational) -> Option<(i128, i64)> {
    let (more, parts) = (amount.numer().to_i128()?, amount.denom().to_i64()?);
    if parts == denom {
        return Some((numer.checked_add(more)?, denom));
    }
    let common = if denom % parts == 0 { denom } else { denom.checked_mul(parts / denom.gcd(&parts))? };
    let numer = numer.checked_mul(i128::from(common / denom))?;
    let more = more.checked_mul(i128::from(common / parts))?;
    Some((numer.checked_add(more)?, common))
}

/// A sum with an amount added.
fn large(numer: &BigInt, denom: &BigInt, amount: &BigRational) -> Sum {
    let common = denom.lcm(amount.denom());
    let sum = numer * (&common / denom) + amount.numer() * (&common / amount.denom());
    Sum::Large(Box::new((sum, common)))
}

#[cfg(test)]
mod tests {
    use num_traits::Zero as _;

    use super::*;

    #[test]
    fn a_sum_is_what_adding_one_by_one_gives() {
        let amounts: Vec<BigRational> = [(7, 2), (-1, 3), (5, 1), (1, 6), (-25, 10), (0, 1), (3, 1000)]
            .map(|(numer, denom)| BigRational::new(BigInt::from(numer), BigInt::from(denom)))
            .to_vec();
        let one_by_one = amounts.iter().fold(BigRational::zero(), |sum, amount| sum + amount);
        assert_eq!(Sum::of(&amounts), one_by_one);
        assert_eq!(Sum::of(&amounts).denom(), one_by_one.denom(), "reduced");
    }

    #[test]
    fn a_sum_that_fits_no_machine_word_is_as_exact() {
        let ten = |power: u32| BigInt::from(10).pow(power);
        let amounts: Vec<BigRational> =
            [(ten(40), ten(12)), (BigInt::from(7), ten(24)), (ten(15), BigInt::from(3)), (-ten(39), ten(30))]
                .into_iter()
                .map(|(numer, denom)| BigRational::new(numer, denom))
                .chain((2..60).map(|denom| BigRational::new(BigInt::from(i128::MAX), BigInt::from(denom))))
                .collect();
        for begin in 0..amounts.len() {
            let one_by_one = amounts[begin..].iter().fold(BigRational::zero(), |sum, amount| sum + amount);
            assert_eq!(Sum::of(&amounts[begin..]), one_by_one);
        }
    }
}
