//! The terms of the two kinds that are judged period by period (specification, sections 7 and 8).

use super::super::{Decimal, Moment, Slug, Window, word::words};
use super::{OnMissing, SeriesRule};

/// To keep an amount or a share on the right side of a limit in each period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodicTerms {
    /// When the commitment begins.
    pub effective_from: Moment,
    /// How a value compares with the limit.
    pub comparator: Comparator,
    /// The limit, as a share (0.18) or in the metric's unit.
    pub limit: Decimal,
    /// The test periods, in order; at least one.
    pub periods: Vec<Period>,
    /// Local calendar days that statistics may take.
    pub reporting_lag_days: u32,
    /// The series that are heard; empty where any is.
    pub series: Vec<Slug>,
    /// How they decide together.
    pub series_rule: SeriesRule,
    /// The series that leads.
    pub primary: Slug,
    /// By how many per cent of the larger value two series may differ and still agree.
    pub disagreement_pct: Decimal,
    /// Whether a failure is mended by passing the next period.
    pub cure_next_period: bool,
    /// What silence means after the lag.
    pub on_missing: OnMissing,
}

/// To decide licence applications in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicensingTerms {
    /// When the commitment begins.
    pub effective_from: Moment,
    /// In how many local calendar days an application must be decided.
    pub decide_within_days: u32,
    /// Which share of a period's applications must be decided in time, 0 to 1.
    pub min_share: Decimal,
    /// With fewer applications than this a period is not judged.
    pub min_sample: u32,
    /// The periods in which applications are made, in order; at least one.
    pub periods: Vec<Period>,
    /// Local calendar days that reports may take after maturity.
    pub reporting_lag_days: u32,
    /// Whether a failure is mended by passing the next period.
    pub cure_next_period: bool,
    /// What silence means after the lag.
    pub on_missing: OnMissing,
}

/// One test period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// Its name within the commitment.
    pub id: Slug,
    /// Its first and last day.
    pub window: Window,
}

words! {
    /// How a value compares with a limit in order to pass.
    Comparator {
        /// At most.
        Le = "LE",
        /// Less than.
        Lt = "LT",
        /// At least.
        Ge = "GE",
        /// More than.
        Gt = "GT",
    }
}
