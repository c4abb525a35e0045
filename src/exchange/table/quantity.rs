//! Numbers as tables write them, read exactly.

use num_rational::BigRational;

use super::fault::{Fault, Row};
use super::field::word_of;
use super::mapping::MappingError;
use super::mapping_file::QuantityFile;
use crate::domain::Decimal;

/// A column of numbers.
#[derive(Debug, Clone)]
pub(super) struct Quantity {
    pub(super) column: String,
    scale: Option<BigRational>,
    thousands: Option<char>,
    decimal: char,
    blank: Blank,
}

/// What an empty field means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blank {
    /// The line is rejected.
    Reject,
    /// The line says nothing.
    Skip,
    /// A rate's component was taken away.
    Gone,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Amount {
    Number(Decimal),
    Nothing(Blank),
}

impl Quantity {
    pub(super) fn of(file: &QuantityFile, field: &str, blanks: &[(&str, Blank)]) -> Result<Self, MappingError> {
        let scale = file.scale.as_deref().map(|text| {
            let scale = Decimal::parse(text).and_then(Decimal::positive);
            scale.map(Decimal::fraction).map_err(|error| MappingError::field(format!("{field}.scale"), error))
        });
        let decimal = file.decimal.unwrap_or('.');
        if file.thousands == Some(decimal) {
            let problem = format!("{decimal:?} is the decimal point; name another sign, or another decimal");
            return Err(MappingError::field(format!("{field}.thousands"), problem));
        }
        let blank = file.blank.as_deref().map(|text| word_of(text, &format!("{field}.blank"), blanks));
        Ok(Quantity {
            column: file.column.clone(),
            scale: scale.transpose()?,
            thousands: file.thousands,
            decimal,
            blank: blank.transpose()?.unwrap_or(Blank::Reject),
        })
    }

    /// The number in a row, times the scale.
    pub(super) fn value(&self, row: Row<'_>) -> Result<Amount, Fault> {
        let text = row.text(&self.column)?;
        if text.is_empty() {
            return match self.blank {
                Blank::Reject => Err(Fault::new(&self.column, text, "empty; a number such as 232.5 is expected")),
                blank => Ok(Amount::Nothing(blank)),
            };
        }
        let fault = |error: crate::domain::ValueError| Fault::new(&self.column, text, error);
        let number = Decimal::parse(&self.plain(text)).map_err(fault)?;
        let number = match &self.scale {
            Some(scale) => Decimal::of_fraction(&(number.fraction() * scale)).map_err(fault)?,
            None => number.trimmed(),
        };
        Ok(Amount::Number(number))
    }

    /// The digits with a point and nothing between them.
    fn plain(&self, text: &str) -> String {
        let kept = text.chars().filter(|sign| Some(*sign) != self.thousands);
        kept.map(|sign| match sign {
            // A point that is not the decimal sign must not pass for one.
            '.' if self.decimal != '.' => ' ',
            sign if sign == self.decimal => '.',
            sign => sign,
        })
        .collect()
    }
}
