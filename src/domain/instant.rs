//! Instants: whole seconds in UTC (specification, T1).

use std::fmt;
use std::num::NonZeroU64;

use super::ValueError;

/// A whole second in UTC, between [`Instant::MIN`] and [`Instant::MAX`]. The bounds are wide enough for any deal
/// and narrow enough that adding a term, a cure period and a reporting lag stays far from any calendar's edge.
///
/// It is kept as the seconds since the one before the first, so that an instant that may be absent takes no more room.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(NonZeroU64);

/// The second before the first, from the Unix epoch.
const BEFORE_FIRST: i64 = -2_208_988_801;

impl Instant {
    /// 1900-01-01T00:00:00Z.
    pub const MIN: Instant = Instant::within(-2_208_988_800);
    /// 2499-12-31T23:59:59Z.
    pub const MAX: Instant = Instant::within(16_725_225_599);

    /// The instant of these seconds from the Unix epoch, which lie in the supported span.
    const fn within(seconds: i64) -> Self {
        Instant(NonZeroU64::new(seconds.abs_diff(BEFORE_FIRST)).expect("the span begins after the second before it"))
    }

    /// The instant this many seconds after 1970-01-01T00:00:00Z; an error outside the supported span.
    pub fn from_unix_seconds(seconds: i64) -> Result<Self, ValueError> {
        if (Self::MIN.unix_seconds()..=Self::MAX.unix_seconds()).contains(&seconds) {
            Ok(Instant::within(seconds))
        } else {
            let shown = jiff::Timestamp::from_second(seconds)
                .map_or_else(|_| format!("{seconds} s from the Unix epoch"), |t| t.to_string());
            Err(ValueError::Span(shown))
        }
    }

    /// Seconds since 1970-01-01T00:00:00Z; negative before.
    pub const fn unix_seconds(self) -> i64 {
        BEFORE_FIRST + self.0.get() as i64
    }

    /// Reads RFC 3339 with any offset; fractions are refused unless they are zero, and so is the 60th second, which would
    /// silently become the 59th.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        if text.contains(":60") {
            return Err(ValueError::LeapSecond(text.to_owned()));
        }
        let stamp: jiff::Timestamp = text.parse().map_err(|_| ValueError::Instant(text.to_owned()))?;
        if stamp.subsec_nanosecond() != 0 {
            return Err(ValueError::Fraction(text.to_owned()));
        }
        Self::from_unix_seconds(stamp.as_second())
    }

    /// This instant moved by `seconds`, held at the ends of the supported span.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        let moved = self.unix_seconds().saturating_add(seconds);
        if moved < Self::MIN.unix_seconds() {
            Self::MIN
        } else if moved > Self::MAX.unix_seconds() {
            Self::MAX
        } else {
            Instant::within(moved)
        }
    }

    /// This instant moved by `days` times 86,400 seconds (specification, T4: elapsed terms and maintenance cures).
    pub const fn plus_elapsed_days(self, days: i64) -> Self {
        self.plus_seconds(days.saturating_mul(86_400))
    }

    /// As jiff's timestamp, for calendar arithmetic.
    pub fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_second(self.unix_seconds()).expect("the supported span lies inside jiff's")
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.timestamp().fmt(f)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
