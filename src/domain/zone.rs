//! Time zones, and how a local day or time becomes an instant (specification, T2 and T3).

mod midnights;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use super::{Day, Instant, ValueError};
use midnights::Midnights;

/// An IANA time zone, or a fixed offset where a text names one (`fixed:-05:00`).
#[derive(Clone)]
pub struct Zone(Arc<Rules>);

/// What is known of one zone; all who name it share it, since nothing changes it.
struct Rules {
    name: String,
    rules: jiff::tz::TimeZone,
    midnights: Midnights,
}

/// The zones that were named, by name. There are no more of them than names of zones and whole minutes of offset.
static NAMED: LazyLock<RwLock<HashMap<String, Zone>>> = LazyLock::new(RwLock::default);

/// Which of the two instants of a repeated local hour is meant (specification, T2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Something begins: the earlier instant.
    Start,
    /// Something ends: the later instant.
    End,
}

impl Zone {
    /// Reads an IANA name or `fixed:±hh:mm`.
    pub fn parse(name: &str) -> Result<Self, ValueError> {
        let unknown = || ValueError::Zone(name.to_owned());
        if let Some(zone) = NAMED.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return Ok(zone.clone());
        }
        if let Some(offset) = name.strip_prefix("fixed:") {
            let rules = jiff::tz::TimeZone::fixed(parse_offset(offset).ok_or_else(unknown)?);
            return Ok(Zone::named(name, rules));
        }
        let rules = jiff::tz::TimeZone::get(name).map_err(|_| unknown())?;
        // Names are matched without regard to case by the database; one spelling in, the same spelling out.
        if rules.iana_name().is_some_and(|canonical| canonical != name) {
            return Err(unknown());
        }
        Ok(Zone::named(name, rules))
    }

    /// The zone of this name, which is one for all who name it.
    fn named(name: &str, rules: jiff::tz::TimeZone) -> Self {
        let mut named = NAMED.write().unwrap_or_else(PoisonError::into_inner);
        let made = || Zone(Arc::new(Rules { name: name.to_owned(), rules, midnights: Midnights::new() }));
        named.entry(name.to_owned()).or_insert_with(made).clone()
    }

    /// Coordinated universal time: for days of things that have no zone of their own.
    pub fn utc() -> Self {
        Zone::named("UTC", jiff::tz::TimeZone::UTC)
    }

    /// The name as given.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The instant of a local date and time. A repeated hour: a start takes the earlier instant, an end the later.
    /// A skipped hour: the first instant after the gap.
    pub fn resolve(&self, local: jiff::civil::DateTime, role: Role) -> Result<Instant, ValueError> {
        let beyond = || ValueError::Span(local.to_string());
        let ambiguous = self.0.rules.to_ambiguous_timestamp(local);
        let stamp = match ambiguous.offset() {
            jiff::tz::AmbiguousOffset::Unambiguous { .. } => ambiguous.unambiguous(),
            jiff::tz::AmbiguousOffset::Fold { .. } if role == Role::Start => ambiguous.earlier(),
            jiff::tz::AmbiguousOffset::Fold { .. } => ambiguous.later(),
            jiff::tz::AmbiguousOffset::Gap { .. } => {
                let before_the_gap = ambiguous.earlier().map_err(|_| beyond())?;
                let transition = self.0.rules.following(before_the_gap).next().map(|found| found.timestamp());
                Ok(transition.unwrap_or(before_the_gap))
            }
        };
        Instant::from_unix_seconds(stamp.map_err(|_| beyond())?.as_second())
    }

    /// The local midnight at which `day` begins, as the start of something.
    pub fn start_of(&self, day: Day) -> Instant {
        self.midnight(day, Role::Start)
    }

    /// The local midnight at which `day` is over, as the end of something: the midnight that begins the next day.
    pub fn end_of(&self, day: Day) -> Instant {
        self.midnight(day.next(), Role::End)
    }

    /// The local midnight that begins `day`, in the role given; held at the ends of the supported span.
    pub fn midnight(&self, day: Day, role: Role) -> Instant {
        let kept = self.0.midnights.get(day, role, |day, role| self.resolved_midnight(day, role));
        kept.unwrap_or_else(|| self.resolved_midnight(day, role))
    }

    fn resolved_midnight(&self, day: Day, role: Role) -> Instant {
        let local = day.date().at(0, 0, 0, 0);
        let at_the_edge = if day.date().year() < 2000 { Instant::MIN } else { Instant::MAX };
        self.resolve(local, role).unwrap_or(at_the_edge)
    }

    /// What a clock there shows at `instant`.
    pub fn local(&self, instant: Instant) -> jiff::civil::DateTime {
        self.0.rules.to_datetime(instant.timestamp())
    }

    /// The local day that holds `instant`.
    pub fn day_of(&self, instant: Instant) -> Day {
        let date = self.local(instant).date();
        // A zone moves an instant by less than a day, and days one beyond the span are still dates.
        Day::from_date(date).unwrap_or_else(|_| self.edge(date))
    }

    fn edge(&self, date: jiff::civil::Date) -> Day {
        let inside = if date.year() < 2000 { jiff::civil::date(1900, 1, 1) } else { jiff::civil::date(2499, 12, 31) };
        Day::from_date(inside).expect("the edge days are inside the span")
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.name == other.0.name
    }
}

impl Eq for Zone {}

fn parse_offset(text: &str) -> Option<jiff::tz::Offset> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    if !(0..=18).contains(&hours) || !(0..60).contains(&minutes) {
        return None;
    }
    jiff::tz::Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.name)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.name)
    }
}
