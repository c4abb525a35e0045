//! Why a text or a number is not a value of the domain.

/// A value that its type cannot hold. Each message says what is wrong and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Not RFC 3339.
    #[error("{0:?} is not an RFC 3339 instant such as 2026-11-10T05:01:00Z")]
    Instant(String),
    /// Fractions of a second.
    #[error("{0} has fractions of a second; instants are whole seconds")]
    Fraction(String),
    /// A 60th second.
    #[error("{0:?} has a 60th second or minute; instants end with :59, and leap seconds are not counted")]
    LeapSecond(String),
    /// An instant or a day outside the supported span.
    #[error("{0} is outside the supported span, 1900-01-01 to 2499-12-31")]
    Span(String),
    /// Not a calendar date that exists.
    #[error("{0:?} is not a date that exists, written YYYY-MM-DD")]
    Day(String),
    /// Not a local date and time that exists in any zone.
    #[error("{0:?} is not a local date and time, written YYYY-MM-DDThh:mm:ss without an offset")]
    LocalTime(String),
    /// Not a zone.
    #[error("{0:?} is neither an IANA time zone such as Asia/Shanghai nor a fixed offset such as fixed:-05:00")]
    Zone(String),
    /// A window that ends before it starts.
    #[error("the window ends on {through}, before it starts on {start}")]
    Window {
        /// First day.
        start: String,
        /// Last day.
        through: String,
    },
    /// An interval that is empty or reversed.
    #[error("the interval ends at {end}, not after its start {start}")]
    Interval {
        /// Start instant.
        start: String,
        /// End instant, exclusive.
        end: String,
    },
    /// Not an exact decimal.
    #[error(
        "{0:?} is not an exact decimal: an optional minus, up to 15 digits, optionally a point and up to 12 digits (no exponent, no NaN)"
    )]
    Decimal(String),
    /// A decimal of the wrong sign or size.
    #[error("{value} is out of range: {expected}")]
    Range {
        /// What was given.
        value: String,
        /// What would be right.
        expected: &'static str,
    },
    /// Not a party.
    #[error("{0:?} is not a party: an ISO 3166-1 alpha-2 code in capitals, EU, ALL or JOINT")]
    Party(String),
    /// Not a unit.
    #[error("{0:?} is not a unit of this ledger; the units are {known}", known = super::Unit::list())]
    Unit(String),
    /// Not an identifier.
    #[error("{0:?} is not an identifier: 1 to 63 of a-z, 0-9, '-' and '_', starting and ending with a letter or digit")]
    Slug(String),
    /// Not a resource name.
    #[error("{name:?} is not a resource name of the form {expected}")]
    Name {
        /// What was given.
        name: String,
        /// What would be right.
        expected: &'static str,
    },
    /// Not an event id.
    #[error("{0:?} is not a UUID written in lower case with hyphens")]
    EventId(String),
    /// A product code that its nomenclature does not know the form of.
    #[error("{code:?} does not have the form of {nomenclature}: {expected}")]
    Product {
        /// What was given.
        code: String,
        /// The nomenclature's name.
        nomenclature: &'static str,
        /// What would be right.
        expected: &'static str,
    },
    /// A text that is empty or too long.
    #[error("text of {bytes} bytes; {expected}")]
    Text {
        /// Its length.
        bytes: usize,
        /// What would be right.
        expected: &'static str,
    },
    /// A text with a character that is not seen.
    #[error(
        "the text has U+{:04X}, which is not seen and can make it look like another; leave out bidirectional controls and \
         characters of no width",
        u32::from(*.0)
    )]
    HiddenCharacter(char),
    /// Two things of one name.
    #[error("{0:?} stands twice; identifiers are unique within their list")]
    Duplicate(String),
    /// A list that must not be empty, or is too long.
    #[error("{count} entries; {expected}")]
    Count {
        /// How many there are.
        count: usize,
        /// What would be right.
        expected: &'static str,
    },
}
