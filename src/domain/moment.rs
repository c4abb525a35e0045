//! Moments of a term: the text's own words about time, and the instant they resolve to (specification, T2 to T4).

use super::{Day, Instant, Role, ValueError, Zone};

/// What a text says about a start or an end, kept beside the instant it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    form: MomentForm,
    instant: Instant,
}

/// The forms in which texts name a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MomentForm {
    /// An instant in UTC.
    Instant(Instant),
    /// A local date and time: "00:01 on 10 November 2026, New York".
    Local {
        /// The wall-clock reading.
        at: jiff::civil::DateTime,
        /// Where that clock hangs.
        zone: Zone,
    },
    /// "Through" a day: over at the next local midnight (T3).
    Through {
        /// The last day, inclusive.
        day: Day,
        /// Whose midnight.
        zone: Zone,
    },
    /// "Until" a day: over at the local midnight that begins it (T3).
    Until {
        /// The first day that is no longer in.
        day: Day,
        /// Whose midnight.
        zone: Zone,
    },
    /// A number of months from a day (T4).
    PeriodEnd {
        /// The day the period starts on.
        start: Day,
        /// Its length in months.
        months: u32,
        /// What happens at a month's end.
        rounding: Rounding,
        /// Whose midnight.
        zone: Zone,
    },
    /// A number of days of 86,400 seconds from an instant (T4).
    Elapsed {
        /// From when.
        from: Instant,
        /// How many days.
        days: u32,
    },
}

/// What a period in months does at a month's end that the resulting month does not have (T4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// 29 February and 12 months: 28 February. The default.
    Down,
    /// 29 February and 12 months: 1 March.
    Up,
}

impl Moment {
    /// Resolves what a text says; `role` settles a repeated local hour.
    pub fn resolve(form: MomentForm, role: Role) -> Result<Self, ValueError> {
        let instant = match &form {
            MomentForm::Instant(instant) => *instant,
            MomentForm::Local { at, zone } => zone.resolve(*at, role)?,
            MomentForm::Through { day, zone } => zone.midnight(day.next(), role),
            MomentForm::Until { day, zone } => zone.midnight(*day, role),
            MomentForm::PeriodEnd { start, months, rounding, zone } => {
                zone.midnight(period_end(*start, *months, *rounding)?, role)
            }
            MomentForm::Elapsed { from, days } => from.plus_elapsed_days(i64::from(*days)),
        };
        Ok(Moment { form, instant })
    }

    /// A moment as it was once resolved and stored. The stored instant stands even where a later edition of the time
    /// zone database would resolve the words otherwise.
    pub fn stored(form: MomentForm, instant: Instant) -> Self {
        Moment { form, instant }
    }

    /// The moment that is just this instant.
    pub fn at(instant: Instant) -> Self {
        Moment { form: MomentForm::Instant(instant), instant }
    }

    /// The instant it means.
    pub fn instant(&self) -> Instant {
        self.instant
    }

    /// The text's own words.
    pub fn form(&self) -> &MomentForm {
        &self.form
    }
}

fn period_end(start: Day, months: u32, rounding: Rounding) -> Result<Day, ValueError> {
    let span = jiff::Span::new()
        .try_months(i64::from(months))
        .map_err(|_| ValueError::Range { value: months.to_string(), expected: "at most 7,000 months" })?;
    let clamped =
        start.date().checked_add(span).map_err(|_| ValueError::Span(format!("{start} plus {months} months")))?;
    let end = Day::from_date(clamped)?;
    // jiff clamps to the last day of a shorter month, which is rounding down.
    let was_clamped = end.date().day() != start.date().day();
    Ok(if was_clamped && rounding == Rounding::Up { end.next() } else { end })
}
