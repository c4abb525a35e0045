//! What is wrong with a message from the wire, field by field.

use std::fmt;

use crate::domain::ValueError;

/// A message that is not what the domain can hold. It names every violation, in the order of the message's fields, up
/// to [`WireError::VIOLATIONS_MAX`] of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct WireError {
    /// The violations; at least one.
    pub violations: Vec<Violation>,
}

impl WireError {
    /// How many violations of one message are named: what anybody reads, and what fits an answer.
    pub const VIOLATIONS_MAX: usize = 64;

    /// The same violations, of a message that is itself the field `prefix` of a larger one.
    #[must_use]
    pub fn under(mut self, prefix: &str) -> Self {
        for violation in &mut self.violations {
            let dot = if violation.field.is_empty() || prefix.is_empty() { "" } else { "." };
            violation.field = format!("{prefix}{dot}{}", violation.field);
        }
        self
    }
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.violations.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{violation}")?;
        }
        Ok(())
    }
}

/// One field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {description}")]
pub struct Violation {
    /// Its path in proto spelling from the message read, such as
    /// `commitment_undertaken.terms.purchase_pledge.tranches[1].window.through`.
    pub field: String,
    /// What kind of wrong it is.
    pub reason: Reason,
    /// What is wrong and what would be right.
    pub description: String,
}

/// The kinds of wrong, for clients that do not read sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// It must be given, and is not.
    Required,
    /// An enum that must be given is at its unspecified value.
    Unspecified,
    /// An enum holds a number that this version does not know.
    UnknownEnum,
    /// It does not have the form.
    Invalid,
    /// A number or time outside what is allowed.
    OutOfRange,
    /// It ends before it starts.
    Reversed,
    /// It stands twice in a list.
    Duplicate,
    /// A list has too few or too many entries.
    Count,
    /// It contradicts another field.
    Disagrees,
}

impl Reason {
    /// All of them.
    pub const ALL: [Reason; 9] = [
        Reason::Required,
        Reason::Unspecified,
        Reason::UnknownEnum,
        Reason::Invalid,
        Reason::OutOfRange,
        Reason::Reversed,
        Reason::Duplicate,
        Reason::Count,
        Reason::Disagrees,
    ];

    /// The spelling in an answer, such as `OUT_OF_RANGE`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Reason::Required => "REQUIRED",
            Reason::Unspecified => "UNSPECIFIED",
            Reason::UnknownEnum => "UNKNOWN_ENUM",
            Reason::Invalid => "INVALID",
            Reason::OutOfRange => "OUT_OF_RANGE",
            Reason::Reversed => "REVERSED",
            Reason::Duplicate => "DUPLICATE",
            Reason::Count => "COUNT",
            Reason::Disagrees => "DISAGREES",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<&ValueError> for Reason {
    fn from(error: &ValueError) -> Self {
        match error {
            ValueError::Span(_) | ValueError::Range { .. } => Reason::OutOfRange,
            ValueError::Window { .. } | ValueError::Interval { .. } => Reason::Reversed,
            ValueError::Duplicate(_) => Reason::Duplicate,
            ValueError::Count { .. } => Reason::Count,
            ValueError::Instant(_)
            | ValueError::Fraction(_)
            | ValueError::LeapSecond(_)
            | ValueError::Day(_)
            | ValueError::LocalTime(_)
            | ValueError::Zone(_)
            | ValueError::Decimal(_)
            | ValueError::Party(_)
            | ValueError::Unit(_)
            | ValueError::Slug(_)
            | ValueError::Name { .. }
            | ValueError::EventId(_)
            | ValueError::Product { .. }
            | ValueError::Text { .. }
            | ValueError::HiddenCharacter(_) => Reason::Invalid,
        }
    }
}
