//! Observations: a source's report, never a verdict.

use super::super::{Basis, Dated, Day, Decimal, Instant, Slug, Text, Unit, Window, word::words};

/// A measure was seen applied, or seen not applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasureObserved {
    /// Which.
    pub state: MeasureState,
    /// From when.
    pub from: Instant,
    /// Until when, exclusive; absent where it goes on.
    pub until: Option<Instant>,
}

words! {
    /// Whether a measure is applied.
    MeasureState {
        /// It is.
        Applied = "APPLIED",
        /// It is not.
        NotApplied = "NOT_APPLIED",
    }
}

words! {
    /// How a figure is meant.
    Bound {
        /// That much.
        Exact = "EXACT",
        /// That much or more.
        AtLeast = "AT_LEAST",
        /// That much or less.
        AtMost = "AT_MOST",
        /// Roughly that much.
        About = "ABOUT",
    }
}

/// How much was bought, shipped, or entered in statistics, in one series over one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmountReported {
    /// The statistical series, such as `us-esr`.
    pub series: Slug,
    /// What it counts.
    pub basis: Basis,
    /// The period; absent for a bare running total, which has `through` and `running_since` alone.
    pub from: Option<Day>,
    /// The period's last day, inclusive.
    pub through: Day,
    /// How much; negative for net cancellations.
    pub value: Decimal,
    /// In which unit.
    pub unit: Unit,
    /// Whether this is the whole of the period for that series.
    pub covers: bool,
    /// How the figure is meant.
    pub bound: Bound,
    /// For running totals: since when.
    pub running_since: Option<Day>,
}

impl AmountReported {
    /// The period it is for, where it has one.
    pub fn window(&self) -> Option<Window> {
        self.from.and_then(|from| Window::new(from, self.through).ok())
    }

    /// Whether it can count: exact, and not a running total (specification, section 5).
    pub fn is_countable(&self) -> bool {
        self.bound == Bound::Exact && self.running_since.is_none() && self.from.is_some()
    }
}

/// A ratio, or a level, for one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricReported {
    /// The statistical series.
    pub series: Slug,
    /// The test period of a commitment, by name; absent where the subject has no periods.
    pub period: Option<Slug>,
    /// The days it is for, where the period has no name.
    pub window: Option<Window>,
    /// What is measured, such as `RU` for crude of Russian origin, where a series has several items.
    pub item: Option<Text>,
    /// The numerator, or the level itself.
    pub numerator: Decimal,
    /// The denominator; 1 for a level.
    pub denominator: Decimal,
    /// The unit of both.
    pub unit: Option<Unit>,
    /// How the figure is meant.
    pub bound: Bound,
}

/// How the licence applications of one period stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CohortReported {
    /// The period in which they were made, by name.
    pub period: Slug,
    /// The last day the snapshot covers.
    pub snapshot_through: Day,
    /// Applications made.
    pub submitted: u64,
    /// Of these, withdrawn.
    pub withdrawn: u64,
    /// Of these, decided in time.
    pub on_time: u64,
    /// Of these, decided late or overdue.
    pub late: u64,
    /// Of these, not decided.
    pub pending: u64,
}

words! {
    /// How far an act has come.
    Stage {
        /// Somebody said it will be done.
        Announced = "ANNOUNCED",
        /// It is decided, not yet in effect.
        Adopted = "ADOPTED",
        /// It is done.
        Effective = "EFFECTIVE",
    }
}

/// Something that had to be done was announced, adopted or done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActPerformed {
    /// When.
    pub performed_at: Dated,
    /// How far it has come; only EFFECTIVE counts.
    pub stage: Stage,
    /// How many; at least 1.
    pub count: u32,
    /// By which act.
    pub reference: Option<Text>,
}

/// Something that had been done was undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActReversed {
    /// When.
    pub performed_at: Dated,
    /// How many; at least 1.
    pub count: u32,
}

/// A price, a discount or a benchmark: context only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceReported {
    /// What is priced.
    pub item: Text,
    /// How much.
    pub value: Decimal,
    /// In which unit.
    pub unit: Unit,
    /// For which day.
    pub on: Day,
    /// How the figure is meant.
    pub bound: Bound,
}
