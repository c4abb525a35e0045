//! Instants, days and zones: section 2 of the specification (T1 to T5).

use std::cell::RefCell;
use std::collections::HashMap;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Span, Timestamp};

/// Whole seconds since 1970 (T1).
pub(super) type Instant = i64;

/// Days since 1970-01-01, as a label of some calendar (T5).
pub(super) type Day = i32;

/// The end of what has no end.
pub(super) const NEVER: Instant = Instant::MAX;

/// n days of 86,400 seconds (T4).
pub(super) const DAY_SECONDS: i64 = 86_400;

/// Which of two instants a local time that is ambiguous means (T2).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Role {
    Start,
    End,
}

/// The calendar of one zone; it remembers the midnights it was asked for.
pub(super) struct Calendar {
    zone: TimeZone,
    midnights: RefCell<HashMap<(Day, Role), Instant>>,
}

impl Calendar {
    /// Reads an IANA name or `fixed:+08:00`.
    pub(super) fn new(zone: &str) -> Calendar {
        let zone = match zone.strip_prefix("fixed:") {
            Some(offset) => TimeZone::fixed(fixed(offset)),
            None => TimeZone::get(zone).expect("the examples name zones that exist"),
        };
        Calendar { zone, midnights: RefCell::new(HashMap::new()) }
    }

    /// The instant at which a local day begins.
    pub(super) fn start_of(&self, day: Day) -> Instant {
        self.midnight(day, Role::Start)
    }

    /// The instant at which a local day is over (T3, `through`).
    pub(super) fn end_of(&self, day: Day) -> Instant {
        self.midnight(day + 1, Role::End)
    }

    fn midnight(&self, day: Day, role: Role) -> Instant {
        if let Some(known) = self.midnights.borrow().get(&(day, role)) {
            return *known;
        }
        let found = self.resolve(date(day).at(0, 0, 0, 0), role);
        self.midnights.borrow_mut().insert((day, role), found);
        found
    }

    /// T2: a repeated hour by role; a skipped hour is the first instant after the gap.
    pub(super) fn resolve(&self, local: DateTime, role: Role) -> Instant {
        let at = |offset: Offset| offset.to_timestamp(local).expect("the examples stay within jiff's range");
        let found = match self.zone.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => at(offset),
            AmbiguousOffset::Fold { before, after } => at(if role == Role::Start { before } else { after }),
            AmbiguousOffset::Gap { before, .. } => {
                let beyond = at(before) + Span::new().seconds(1);
                let change = self.zone.preceding(beyond).next();
                change.expect("a gap has a transition before it").timestamp()
            }
        };
        found.as_second()
    }
}

fn fixed(text: &str) -> Offset {
    let (sign, rest) = text.split_at(1);
    let (hours, minutes) = rest.split_once(':').expect("a fixed offset is +hh:mm");
    let number = |part: &str| part.parse::<i32>().expect("a fixed offset is +hh:mm");
    let seconds = number(hours) * 3600 + number(minutes) * 60;
    let seconds = if sign == "-" { -seconds } else { seconds };
    Offset::from_seconds(seconds).expect("a fixed offset is less than a day")
}

/// Reads `2026-11-10T16:00:00Z`.
pub(super) fn instant(text: &str) -> Instant {
    text.parse::<Timestamp>().expect("the examples write instants as RFC 3339").as_second()
}

/// Writes an instant as the examples do.
pub(super) fn show_instant(at: Instant) -> String {
    Timestamp::from_second(at).expect("the examples stay within jiff's range").to_string()
}

/// Reads `2026-11-10`.
pub(super) fn day(text: &str) -> Day {
    let date: Date = text.parse().expect("the examples write days as YYYY-MM-DD");
    number(date)
}

/// Writes a day as the examples do.
pub(super) fn show_day(day: Day) -> String {
    date(day).to_string()
}

/// The first day of the month that a day is in.
pub(super) fn first_of_month(day: Day) -> Day {
    number(date(day).first_of_month())
}

/// `YYYY-MM` of a day.
pub(super) fn month_label(day: Day) -> String {
    let date = date(day);
    format!("{:04}-{:02}", date.year(), date.month())
}

/// A day so many months later, rounded down at a month's end, or up (T4).
pub(super) fn months_after(day: Day, months: i32, up: bool) -> Day {
    let start = date(day);
    let down = start.checked_add(Span::new().months(months)).expect("the examples stay within jiff's range");
    let cut_short = down.day() < start.day();
    number(down) + i32::from(up && cut_short)
}

/// Whole months from one day to another, both as the first instant of the day.
pub(super) fn whole_months(from: Day, to: Day) -> i32 {
    let mut months = 0;
    while months_after(from, months + 1, false) <= to {
        months += 1;
    }
    months
}

const EPOCH: Date = Date::constant(1970, 1, 1);

fn date(day: Day) -> Date {
    EPOCH.checked_add(Span::new().days(day)).expect("the examples stay within jiff's range")
}

fn number(date: Date) -> Day {
    let days = date.duration_since(EPOCH).as_hours() / 24;
    Day::try_from(days).expect("jiff's dates fit in 32 bits")
}
