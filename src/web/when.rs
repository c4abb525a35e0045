//! Instants and spans of time for people.

use crate::domain::{Instant, Zone};
use crate::wire;

const DAY: i64 = 86_400;

/// An instant as a page shows it, with the form that programs read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct When {
    /// RFC 3339.
    pub(super) iso: String,
    /// For people, to the minute.
    pub(super) text: String,
    /// For people, to the day.
    pub(super) day: String,
}

impl When {
    /// Of an instant.
    pub(super) fn at(instant: Instant) -> Self {
        let local = Zone::utc().local(instant);
        let day = local.strftime("%-d %b %Y").to_string();
        let seconds = if local.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
        When { iso: instant.to_string(), text: format!("{day}, {} UTC", local.strftime(seconds)), day }
    }

    /// Of a timestamp of a message; none where there is none.
    pub(super) fn stamped(stamp: Option<prost_types::Timestamp>) -> Option<Self> {
        instant(stamp).map(When::at)
    }
}

/// The instant of a timestamp of a message.
pub(super) fn instant(stamp: Option<prost_types::Timestamp>) -> Option<Instant> {
    wire::instant_from_proto(&stamp?).ok()
}

/// How far an instant lies ahead or behind: `in 47 days`, `14 days ago`.
pub(super) fn distance(at: Instant, now: Instant) -> String {
    let seconds = at.unix_seconds() - now.unix_seconds();
    match seconds {
        0 => "now".to_owned(),
        ahead @ 1.. => format!("in {}", span(ahead)),
        behind => format!("{} ago", span(-behind)),
    }
}

/// A length of time in the unit that suits it, cut and not rounded up: what is left must not look like more.
pub(super) fn span(seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..60 => (seconds, "second"),
        60..3600 => (seconds / 60, "minute"),
        3600..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / DAY, "day"),
    };
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_said_in_the_unit_that_suits_it_and_never_more_than_it_is() {
        let said: Vec<String> = [1, 59, 60, 7199, 7200, 172_799, 172_800, 4_060_799].map(span).into();
        let right = ["1 second", "59 seconds", "1 minute", "1 hour", "2 hours", "47 hours", "2 days", "46 days"];
        assert_eq!(said, right);
    }
}
