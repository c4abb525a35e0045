//! Calendar days and windows of days.

use std::fmt;

use super::ValueError;

/// A calendar day, without a zone: a label that a zone turns into instants (specification, T5).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(jiff::civil::Date);

impl Day {
    /// Reads `YYYY-MM-DD`; the date must exist and lie in the supported span.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        if let Some(date) = plain(text) {
            return Self::from_date(date);
        }
        let date: jiff::civil::Date = text.parse().map_err(|_| ValueError::Day(text.to_owned()))?;
        // jiff also takes forms such as 20261110; one form in, the same form out.
        if date.to_string() != text {
            return Err(ValueError::Day(text.to_owned()));
        }
        Self::from_date(date)
    }

    /// The day of this date; an error outside the supported span.
    pub fn from_date(date: jiff::civil::Date) -> Result<Self, ValueError> {
        if (1900..2500).contains(&date.year()) { Ok(Day(date)) } else { Err(ValueError::Span(date.to_string())) }
    }

    /// As jiff's date, for calendar arithmetic.
    pub const fn date(self) -> jiff::civil::Date {
        self.0
    }

    /// This day moved by `days`, held at the ends of jiff's calendar.
    pub fn plus_days(self, days: i64) -> Self {
        Day(self.0.saturating_add(jiff::Span::new().days(days.clamp(-1_000_000, 1_000_000))))
    }

    /// The day after.
    pub fn next(self) -> Self {
        Day(self.0.tomorrow().unwrap_or(self.0))
    }

    /// How many days lie from this day to `other`; negative if it is earlier.
    pub fn days_until(self, other: Day) -> i64 {
        let span = self.0.until((jiff::Unit::Day, other.0)).expect("two dates of one calendar always have a distance");
        i64::from(span.get_days())
    }
}

/// A date that exists, in the one spelling; figures have two each, so the usual case is short. `None` is for the slow way to
/// judge.
fn plain(text: &str) -> Option<jiff::civil::Date> {
    let &[y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = text.as_bytes() else { return None };
    let digits = |digits: &[u8]| {
        digits.iter().try_fold(0_i16, |number, it| it.is_ascii_digit().then(|| number * 10 + i16::from(it - b'0')))
    };
    let (year, month, day) = (digits(&[y0, y1, y2, y3])?, digits(&[m0, m1])?, digits(&[d0, d1])?);
    jiff::civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A span of whole days, both ends inclusive. It never ends before it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    start: Day,
    through: Day,
}

impl Window {
    /// From `start` through `through`, both inclusive.
    pub fn new(start: Day, through: Day) -> Result<Self, ValueError> {
        if through < start {
            return Err(ValueError::Window { start: start.to_string(), through: through.to_string() });
        }
        Ok(Window { start, through })
    }

    /// First day.
    pub const fn start(self) -> Day {
        self.start
    }

    /// Last day, inclusive.
    pub const fn through(self) -> Day {
        self.through
    }

    /// How many days it has; at least 1.
    pub fn days(self) -> i64 {
        self.start.days_until(self.through) + 1
    }

    /// Whether the two share a day.
    pub fn overlaps(self, other: Window) -> bool {
        self.start <= other.through && other.start <= self.through
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} through {}", self.start, self.through)
    }
}
