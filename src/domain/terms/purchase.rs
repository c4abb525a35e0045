//! The terms of a purchase pledge (specification, section 5).

use std::collections::BTreeMap;
use std::fmt;

use super::super::{Decimal, Slug, Unit, ValueError, Window, word::words};
use super::OnMissing;

/// To buy so much of something by then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurchaseTerms {
    /// The unit of the targets.
    pub unit: Unit,
    /// What counts as buying.
    pub basis: Basis,
    /// The statistical series that are heard; at least one.
    pub series: Vec<Slug>,
    /// How they decide together.
    pub series_rule: SeriesRule,
    /// The series that leads; one of `series`.
    pub primary: Slug,
    /// By how many per cent of the larger total two series may differ and still agree.
    pub disagreement_pct: Decimal,
    /// Local calendar days that statistics may take.
    pub reporting_lag_days: u32,
    /// What silence means after that.
    pub on_missing: OnMissing,
    /// What becomes of a surplus.
    pub carry: Carry,
    /// How much is expected by when.
    pub pace: Pace,
    /// Other units that count, with the exact factor into `unit`.
    pub conversions: BTreeMap<Unit, Decimal>,
    /// The windows with their targets, in order of their start; at least one.
    pub tranches: Vec<Tranche>,
    /// The term of the whole pledge where the text names one; every tranche lies in it.
    pub term: Option<Window>,
}

/// One window of a purchase pledge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tranche {
    /// Its name within the commitment.
    pub id: Slug,
    /// Its first and last day.
    pub window: Window,
    /// How much, in the pledge's unit.
    pub target: Decimal,
    /// Local calendar days after the window in which buying still counts, as late.
    pub cure_days: u32,
    /// Targets that hold for one series only, in place of `target`.
    pub target_by_series: BTreeMap<Slug, Decimal>,
}

words! {
    /// What an amount counts: a sale, a shipment, an arrival, a customs entry.
    Basis {
        /// Sales contracts reported.
        Sold = "SOLD",
        /// Left the port.
        Shipped = "SHIPPED",
        /// Arrived.
        Received = "RECEIVED",
        /// Entered in customs statistics.
        Customs = "CUSTOMS",
        /// Orders signed.
        Contracted = "CONTRACTED",
        /// Handed over.
        Delivered = "DELIVERED",
        /// Paid or invoiced.
        Invoiced = "INVOICED",
        /// Estimated by tracking ships or satellites.
        Tracked = "TRACKED",
    }
}

words! {
    /// How several series decide together.
    SeriesRule {
        /// The primary one alone.
        Primary = "PRIMARY",
        /// They must agree, or it is disputed.
        Concur = "CONCUR",
        /// The worst of them.
        Conservative = "CONSERVATIVE",
    }
}

words! {
    /// What becomes of a surplus at the due date.
    Carry {
        /// It stays where it is.
        None = "NONE",
        /// It moves to the next tranche's first day.
        Forward = "FORWARD",
    }
}

/// How much is expected by when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// How the target is spread over the window.
    pub method: PaceMethod,
    /// By how many per cent one may be short of it and still be on track.
    pub tolerance_pct: Decimal,
    /// For SEASONAL: each month's share of the target.
    pub weights: BTreeMap<Month, Decimal>,
}

words! {
    /// How a target is spread over its window.
    PaceMethod {
        /// No pace: only the due date counts.
        None = "NONE",
        /// Evenly by days.
        LinearDays = "LINEAR_DAYS",
        /// Evenly by whole months.
        LinearMonths = "LINEAR_MONTHS",
        /// By each month's weight.
        Seasonal = "SEASONAL",
    }
}

/// A calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// Reads `YYYY-MM`.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let refuse = || ValueError::Day(text.to_owned());
        let first = super::super::Day::parse(&format!("{text}-01")).map_err(|_| refuse())?;
        Ok(Month { year: first.date().year(), month: first.date().month() })
    }

    /// Its year.
    pub const fn year(self) -> i16 {
        self.year
    }

    /// Its number, 1 to 12.
    pub const fn number(self) -> i8 {
        self.month
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}
