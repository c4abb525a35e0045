//! What an amendment or a reading sets, field by field (specification, K3).

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Day, Decimal, Moment, Slug, SourceClass, Unit, Zone, word::words};
use super::{Basis, Carry, Comparator, Cure, Dependence, OnEnd, OnMissing, Pace, SeriesRule};

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
    /// All kinds but the purchase pledge: a new begin.
    pub effective_from: Option<Moment>,
    /// Maintenance: what becomes of the measure when the duty ends.
    pub on_end: Option<OnEnd>,
    /// Maintenance: on which commitment it depends, and how.
    pub depends_on: Option<Dependence>,
    /// Purchase pledge: the unit of the targets.
    pub unit: Option<Unit>,
    /// Purchase pledge: what counts as buying.
    pub basis: Option<Basis>,
    /// Purchase pledge: what becomes of a surplus.
    pub carry: Option<Carry>,
    /// Purchase pledge: the other units that count, all of them anew; empty where they stay as they are.
    pub conversions: BTreeMap<Unit, Decimal>,
    /// Purchase pledge and periodic ceiling: the series that are heard, all of them anew; empty where they stay.
    pub series: Vec<Slug>,
    /// Purchase pledge and periodic ceiling: how they decide together.
    pub series_rule: Option<SeriesRule>,
    /// Purchase pledge and periodic ceiling: the series that leads.
    pub primary: Option<Slug>,
    /// Periodic ceiling: how a value compares with the limit.
    pub comparator: Option<Comparator>,
    /// Periodic ceiling and licensing flow: whether a failure is mended by passing the next period.
    pub cure_next_period: Option<bool>,
    /// All kinds: which classes of source count, all of them anew; empty where they stay as they are.
    pub admissible: Vec<SourceClass>,
    /// All kinds: whose calendar its days are read in.
    pub zone: Option<Zone>,
    /// Fields that terms may lack and that are taken away.
    pub cleared: BTreeSet<TermsField>,
}

words! {
    /// A field that terms may lack, so that a patch can take it away.
    TermsField {
        /// Maintenance: the end; the duty then runs on.
        Until = "UNTIL",
        /// Maintenance: by when to implement.
        ImplementBy = "IMPLEMENT_BY",
        /// Maintenance: the cure rule.
        Cure = "CURE",
        /// Maintenance: the snapback notice.
        SnapbackNoticeDays = "SNAPBACK_NOTICE_DAYS",
        /// Maintenance: the dependence on another commitment.
        DependsOn = "DEPENDS_ON",
        /// One-off act: the last day through which it must stay done.
        PersistThrough = "PERSIST_THROUGH",
    }
}

impl TermsField {
    /// The field, as the wire spells it.
    pub(in super::super) const fn field(self) -> &'static str {
        match self {
            TermsField::Until => "until",
            TermsField::ImplementBy => "implement_by",
            TermsField::Cure => "cure",
            TermsField::SnapbackNoticeDays => "snapback_notice_days",
            TermsField::DependsOn => "depends_on",
            TermsField::PersistThrough => "persist_through",
        }
    }
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

    /// Whether it takes a field away.
    pub fn clears(&self, field: TermsField) -> bool {
        self.cleared.contains(&field)
    }

    /// Whether it sets a field that can also be taken away.
    pub fn sets(&self, field: TermsField) -> bool {
        match field {
            TermsField::Until => self.until.is_some(),
            TermsField::ImplementBy => self.implement_by.is_some(),
            TermsField::Cure => self.cure.is_some(),
            TermsField::SnapbackNoticeDays => self.snapback_notice_days.is_some(),
            TermsField::DependsOn => self.depends_on.is_some(),
            TermsField::PersistThrough => self.persist_through.is_some(),
        }
    }
}
