//! Sum: exact sums of many amounts. Amounts of one denominator are added as whole numbers; a sum is reduced once, when it
//! is read, and not at every amount.

use num_bigint::BigInt;
use num_integer::Integer as _;
use num_rational::BigRational;
use num_traits::{One, Zero};

/// An exact sum.
#[derive(Debug, Clone)]
pub(super) struct Sum {
    numer: BigInt,
    denom: BigInt,
}

impl Sum {
    /// Nothing yet.
    pub(super) fn zero() -> Self {
        Sum { numer: BigInt::zero(), denom: BigInt::one() }
    }

    /// The sum of some amounts.
    pub(super) fn of<'a>(amounts: impl IntoIterator<Item = &'a BigRational>) -> BigRational {
        let mut sum = Sum::zero();
        amounts.into_iter().for_each(|amount| sum.add(amount));
        sum.value()
    }

    /// Adds an amount.
    pub(super) fn add(&mut self, amount: &BigRational) {
        if *amount.denom() == self.denom {
            self.numer += amount.numer();
            return;
        }
        let common = self.denom.lcm(amount.denom());
        self.numer *= &common / &self.denom;
        self.numer += amount.numer() * (&common / amount.denom());
        self.denom = common;
    }

    /// What it comes to.
    pub(super) fn value(&self) -> BigRational {
        if self.denom.is_one() {
            return BigRational::from_integer(self.numer.clone());
        }
        BigRational::new(self.numer.clone(), self.denom.clone())
    }
}

#[cfg(test)]
mod tests {
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
}
