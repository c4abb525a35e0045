//! Exact decimals. No amount, rate or share of this ledger is ever a binary float.

use std::fmt;

use num_bigint::BigInt;
use num_rational::BigRational;

use super::{ValueError, fraction};

/// An exact decimal: up to 15 digits before the point and 12 after it. It prints exactly as it was read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(rust_decimal::Decimal);

const DIGITS_BEFORE_POINT_MAX: usize = 15;
const DIGITS_AFTER_POINT_MAX: usize = 12;

impl Decimal {
    /// Zero.
    pub const ZERO: Decimal = Decimal(rust_decimal::Decimal::ZERO);

    /// One.
    pub const ONE: Decimal = Decimal(rust_decimal::Decimal::ONE);

    /// Reads digits with an optional minus and an optional point: no exponent, no plus, no spaces, no leading zero.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let refuse = || ValueError::Decimal(text.chars().take(60).collect());
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').map_or((unsigned, None), |(w, f)| (w, Some(f)));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if !all_digits(whole) || leading_zero || whole.len() > DIGITS_BEFORE_POINT_MAX {
            return Err(refuse());
        }
        if fraction.is_some_and(|part| !all_digits(part) || part.len() > DIGITS_AFTER_POINT_MAX) {
            return Err(refuse());
        }
        // 27 digits fit rust_decimal's 96 bits, so nothing is rounded here.
        let value: rust_decimal::Decimal = text.parse().map_err(|_| refuse())?;
        if value.is_zero() && text.starts_with('-') {
            return Err(refuse());
        }
        Ok(Decimal(value))
    }

    /// A whole number.
    pub fn from_integer(value: i64) -> Result<Self, ValueError> {
        Self::parse(&value.to_string())
    }

    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        self.0.is_sign_negative() && !self.0.is_zero()
    }

    /// Whether it is zero.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Itself if it is zero or more.
    pub fn non_negative(self) -> Result<Self, ValueError> {
        if self.is_negative() {
            return Err(ValueError::Range { value: self.to_string(), expected: "zero or more" });
        }
        Ok(self)
    }

    /// Itself if it is more than zero.
    pub fn positive(self) -> Result<Self, ValueError> {
        if self.is_negative() || self.is_zero() {
            return Err(ValueError::Range { value: self.to_string(), expected: "more than zero" });
        }
        Ok(self)
    }

    /// The same number without zeros at the end of its fraction: 232.0 as 232.
    pub fn trimmed(self) -> Self {
        Decimal(self.0.normalize())
    }

    /// The decimal equal to a fraction, without zeros at its end; an error where there is none, or none of so few digits.
    pub fn of_fraction(fraction: &BigRational) -> Result<Self, ValueError> {
        let refuse = || ValueError::Decimal(fraction.to_string().chars().take(60).collect());
        let scaled = fraction * BigInt::from(10).pow(DIGITS_AFTER_POINT_MAX as u32);
        let mantissa = i128::try_from(scaled.to_integer()).map_err(|_| refuse())?;
        let value = rust_decimal::Decimal::try_from_i128_with_scale(mantissa, DIGITS_AFTER_POINT_MAX as u32);
        let exact = value.ok().filter(|_| scaled.is_integer()).ok_or_else(refuse)?;
        Self::parse(&exact.normalize().to_string())
    }

    /// How often another number goes into it, exactly; none where that is zero.
    pub fn over(self, other: Decimal) -> Option<BigRational> {
        let (a, b) = (self.0, other.0);
        let numer = a.mantissa().checked_mul(power_of_ten(b.scale()));
        let denom = b.mantissa().checked_mul(power_of_ten(a.scale()));
        match (numer, denom) {
            (Some(numer), Some(denom)) if denom != 0 => Some(fraction::quotient(numer, denom)),
            _ => fraction::over(&self.fraction(), &other.fraction()),
        }
    }

    /// Its digits without the point, and how many of them stand after it.
    pub fn digits(self) -> (i128, u32) {
        (self.0.mantissa(), self.0.scale())
    }

    /// The decimal of these digits, so many of them after the point; an error beyond what a decimal has room for.
    pub fn from_digits(digits: i128, after_point: u32) -> Result<Self, ValueError> {
        let refuse = || ValueError::Decimal(format!("{digits} with {after_point} digits after the point"));
        let places = usize::try_from(after_point).ok().filter(|places| *places <= DIGITS_AFTER_POINT_MAX);
        let room = 10_u128.pow((DIGITS_BEFORE_POINT_MAX + places.ok_or_else(refuse)?) as u32);
        if digits.unsigned_abs() >= room {
            return Err(refuse());
        }
        rust_decimal::Decimal::try_from_i128_with_scale(digits, after_point).map(Decimal).map_err(|_| refuse())
    }

    /// As an exact fraction, for arithmetic that never rounds.
    pub fn fraction(self) -> BigRational {
        let plain = self.0.normalize();
        fraction::quotient(plain.mantissa(), power_of_ten(plain.scale()))
    }
}

/// Exact: a scale is 28 at most.
fn power_of_ten(scale: u32) -> i128 {
    10_i128.pow(scale)
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
