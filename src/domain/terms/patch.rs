//! What an amendment or a reading sets, field by field (specification, K3).

use std::collections::BTreeMap;

use super::super::{Day, Decimal, Moment, Slug};
use super::{Cure, OnMissing, Pace};

/// Fields of the terms that an amendment or a reading sets; absent fields stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TermsPatch {
    /// Maintenance: a new end.
    pub until: Option<Moment>,
    /// Maintenance: by when to implement.
    pub implement_by: Option<Moment>,
    /// Maintenance: a new cure rule.
    pub cure: Option<Cure>,
    /// Maintenance: a new tolerance.
    pub tolerance_hours: Option<u32>,
    /// Maintenance: a new snapback notice.
    pub snapback_notice_days: Option<u32>,
    /// Rate ceiling and periodic ceiling: a new limit.
    pub limit: Option<Decimal>,
    /// Purchase pledge: tranches, by name. An unknown name with a window and a target adds a tranche.
    pub tranches: BTreeMap<Slug, TranchePatch>,
    /// Purchase pledge: a new pace.
    pub pace: Option<Pace>,
    /// Purchase pledge and periodic ceiling: by how many per cent series may differ.
    pub disagreement_pct: Option<Decimal>,
    /// Periodic ceiling and licensing flow: periods, by name. An unknown name with a window adds a period.
    pub periods: BTreeMap<Slug, PeriodPatch>,
    /// One-off act: the last day to do it.
    pub through: Option<Day>,
    /// One-off act: the last day through which it must stay done.
    pub persist_through: Option<Day>,
    /// One-off act: how often.
    pub count: Option<u32>,
    /// One-off act: late days that count.
    pub cure_days: Option<u32>,
    /// All kinds with statistics: days that reports may take.
    pub reporting_lag_days: Option<u32>,
    /// All kinds with statistics: what silence means.
    pub on_missing: Option<OnMissing>,
    /// Licensing flow: the share to be decided in time.
    pub min_share: Option<Decimal>,
    /// Licensing flow: the least number of applications.
    pub min_sample: Option<u32>,
    /// Licensing flow: days to decide in.
    pub decide_within_days: Option<u32>,
}

/// What is set of one tranche.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TranchePatch {
    /// First day.
    pub start: Option<Day>,
    /// Last day.
    pub through: Option<Day>,
    /// How much.
    pub target: Option<Decimal>,
    /// Late days that count.
    pub cure_days: Option<u32>,
    /// Targets of single series; a series not named keeps its own.
    pub target_by_series: BTreeMap<Slug, Decimal>,
}

/// What is set of one period.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeriodPatch {
    /// First day.
    pub start: Option<Day>,
    /// Last day.
    pub through: Option<Day>,
}

impl TermsPatch {
    /// Whether it sets nothing.
    pub fn is_empty(&self) -> bool {
        *self == TermsPatch::default()
    }
}
