//! Midnights: when the days of one zone begin, worked out once for each year of the calendar. Views ask for thousands of
//! them, of few years, and a year has one or two changes of the clock.

use std::sync::OnceLock;

use super::Role;
use crate::domain::{Day, Instant};

const FIRST_YEAR: i16 = 1900;
const YEARS: usize = 600;
const DAY_SECONDS: i64 = 86_400;

/// The midnights of one zone, of the years that somebody asked about.
pub(super) struct Midnights(Box<[OnceLock<Year>]>);

/// One year's midnights.
struct Year {
    /// The first midnight of the year in Greenwich, in seconds since 1970.
    first: i64,
    starts: Box<[Run]>,
    ends: Box<[Run]>,
}

/// Days in a row whose midnights lie as far from those of Greenwich.
struct Run {
    /// The last day of the year that is one of them.
    through: i16,
    seconds: i64,
}

impl Midnights {
    /// None is worked out yet.
    pub(super) fn new() -> Self {
        Midnights((0..YEARS).map(|_| OnceLock::new()).collect())
    }

    /// The midnight that begins a day, as `resolve` says; none for a day beyond the supported span.
    pub(super) fn get(&self, day: Day, role: Role, resolve: impl Fn(Day, Role) -> Instant) -> Option<Instant> {
        let date = day.date();
        let year = self.0.get(usize::try_from(date.year() - FIRST_YEAR).ok()?)?;
        Some(year.get_or_init(|| Year::of(date, resolve)).midnight(date.day_of_year(), role))
    }
}

impl Year {
    fn of(date: jiff::civil::Date, resolve: impl Fn(Day, Role) -> Instant) -> Self {
        let first = Day::from_date(date.first_of_year()).expect("a year of the span begins inside the span");
        let greenwich = jiff::tz::Offset::UTC.to_timestamp(first.date().at(0, 0, 0, 0));
        let first_second = greenwich.expect("the supported span lies inside jiff's").as_second();
        let runs = |role: Role| {
            let mut runs: Vec<Run> = Vec::new();
            for through in 1..=date.days_in_year() {
                let day = i64::from(through - 1);
                let midnight = resolve(first.plus_days(day), role).unix_seconds();
                let seconds = midnight - first_second - day * DAY_SECONDS;
                match runs.last_mut() {
                    Some(run) if run.seconds == seconds => run.through = through,
                    _ => runs.push(Run { through, seconds }),
                }
            }
            runs.into_boxed_slice()
        };
        Year { first: first_second, starts: runs(Role::Start), ends: runs(Role::End) }
    }

    fn midnight(&self, day_of_year: i16, role: Role) -> Instant {
        let runs = match role {
            Role::Start => &self.starts,
            Role::End => &self.ends,
        };
        let run = runs.iter().find(|run| day_of_year <= run.through).expect("a year's runs reach its last day");
        let seconds = self.first + i64::from(day_of_year - 1) * DAY_SECONDS + run.seconds;
        Instant::from_unix_seconds(seconds).expect("what was resolved lies inside the span")
    }
}

#[cfg(test)]
mod tests {
    use super::super::Zone;
    use super::*;

    /// Zones that skipped midnights, repeated them, left out a whole day, or are far from Greenwich.
    const ZONES: [&str; 12] = [
        "UTC",
        "Asia/Shanghai",
        "America/New_York",
        "America/Sao_Paulo",
        "Asia/Beirut",
        "America/Havana",
        "Pacific/Apia",
        "Pacific/Kiritimati",
        "Africa/Cairo",
        "Asia/Kolkata",
        "fixed:-05:00",
        "fixed:+18:59",
    ];

    #[test]
    fn a_midnight_that_is_kept_is_the_one_worked_out_anew() {
        for name in ZONES {
            let zone = Zone::parse(name).unwrap();
            // Through the edges of the span and beyond them.
            let years = [1898, 1899, 1900, 1901, 1945, 1972, 1986, 2011, 2018, 2024, 2026, 2100, 2499, 2500, 2501];
            for year in years {
                let mut date = jiff::civil::date(year, 1, 1);
                while date.year() == year {
                    let day = edge_day(date);
                    for role in [Role::Start, Role::End] {
                        assert_eq!(
                            zone.midnight(day, role),
                            zone.resolved_midnight(day, role),
                            "{name} {day} {role:?}"
                        );
                    }
                    date = date.tomorrow().unwrap();
                }
            }
        }
    }

    /// Days beyond the span come from arithmetic alone.
    fn edge_day(date: jiff::civil::Date) -> Day {
        let inside = Day::parse("2000-01-01").unwrap();
        inside.plus_days(i64::from(inside.date().until((jiff::Unit::Day, date)).unwrap().get_days()))
    }
}
