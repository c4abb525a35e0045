//! Derivation: what the decision tables of duties in time, acts and periods asked about.

use std::collections::BTreeSet;

use num_rational::BigRational;

use super::Quantity;
use crate::domain::terms::ReciprocalEffect;
use crate::domain::{Decimal, Flag, Instant, Position, Slug, Status, Window};
use crate::views::PeriodVerdict;

/// How a duty in time was judged (specification, section 4).
#[derive(Debug, Clone, PartialEq)]
pub struct MaintenanceDerivation {
    /// When the duty begins.
    pub starts_at: Instant,
    /// When it ends; none where it runs on.
    pub ends_at: Option<Instant>,
    /// What ends it.
    pub end_ground: EndGround,
    /// The event that ends it, where one does.
    pub ended_by: Option<Position>,
    /// When it runs, up to its end.
    pub term: Vec<Interval>,
    /// By when the measure must have been implemented; none where the terms do not say.
    pub implement_by: Option<Instant>,
    /// When it was; none where it is not yet.
    pub implemented_at: Option<Instant>,
    /// The events that say so.
    pub implemented_by: Vec<Position>,
    /// Each time in which the measure was applied or may have been, before the term and relief.
    pub applied: Vec<TracedSpan>,
    /// Each time that is no breach, whatever was applied in it.
    pub reductions: Vec<TracedSpan>,
    /// When the measure was applied for certain, within the term.
    pub applied_in_term: Vec<Interval>,
    /// What is left of it as breach.
    pub breach_time: Vec<Interval>,
    /// When it is contested, within the term and after relief.
    pub contested_time: Vec<Interval>,
    /// The breaches begun by then, those dropped among them.
    pub breaches: Vec<BreachExplained>,
    /// Breaches strictly shorter than this are dropped.
    pub tolerance_hours: u32,
    /// Rate ceiling: the limit, in percentage points.
    pub limit: Option<Decimal>,
    /// Rate ceiling: the components in effect.
    pub rates: Vec<RateExplained>,
    /// Rate ceiling: their sum; none where no rate is known.
    pub rate: Option<BigRational>,
    /// What the duty depends on.
    pub counterpart: Option<CounterpartExplained>,
}

/// From `from` on, and no longer at `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// First instant.
    pub from: Instant,
    /// First instant that is no longer in; none where it has no end.
    pub until: Option<Instant>,
}

/// What ends a duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndGround {
    /// Nothing: it runs on.
    None,
    /// Its own term.
    Time,
    /// A termination.
    Termination,
    /// A notice of non-compliance that nothing resolved.
    Snapback,
}

/// A span of time with the events that show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TracedSpan {
    /// The span.
    pub interval: Interval,
    /// What it is.
    pub ground: SpanGround,
    /// The events.
    pub positions: Vec<Position>,
}

/// What a span of time is: a way of applying the measure, or a reason why that is no breach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanGround {
    /// Seen applied.
    Observed,
    /// Seen applied, contradicted, and confirmed by a finding.
    Confirmed,
    /// Seen applied, and contradicted by another class of source.
    Contested,
    /// What had to be implemented was not yet.
    NotImplemented,
    /// The sum of the components exceeded the limit.
    RateAboveLimit,
    /// Covered by a valid waiver.
    Waived,
    /// Covered by an accepted excuse.
    Excused,
    /// The duty was suspended by right.
    Suspended,
    /// The duty was suspended because the counterpart was in a trigger status.
    CounterpartTriggered,
    /// A finding says that there was no breach.
    Cleared,
    /// An extension came too late to be known.
    Protected,
}

/// One breach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreachExplained {
    /// Its time.
    pub interval: Interval,
    /// Whether it is over: one that ends exactly at the end of the duty is not.
    pub over: bool,
    /// Whether it was dropped because it is shorter than the tolerance.
    pub dropped: bool,
    /// When its cure period ends; none where that never comes, or where it was dropped.
    pub cure_end: Option<Instant>,
    /// The notice from which the cure period runs, where it runs from one.
    pub notice: Option<Position>,
    /// Whether it is over and ended after its cure period.
    pub late: bool,
}

/// One component of a rate.
#[derive(Debug, Clone, PartialEq)]
pub struct RateExplained {
    /// The event that set it.
    pub position: Position,
    /// Which.
    pub component: Slug,
    /// In percentage points; zero where it was taken away.
    pub rate: BigRational,
}

/// What a duty depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterpartExplained {
    /// The counterpart's commitment.
    pub commitment: Slug,
    /// What it does.
    pub effect: ReciprocalEffect,
    /// In which of its statuses.
    pub triggers: Vec<Status>,
    /// When it is in one of them.
    pub triggered: Vec<Interval>,
}

/// How an act was judged (specification, section 6).
#[derive(Debug, Clone, PartialEq)]
pub struct ActDerivation {
    /// Target, dates, N and t.
    pub quantities: Vec<Quantity>,
    /// The running count.
    pub steps: Vec<CountStep>,
}

/// One change of the running count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountStep {
    /// The event.
    pub position: Position,
    /// When it was done or undone.
    pub at: Instant,
    /// By how much.
    pub change: i64,
    /// N once all of that instant is counted.
    pub count: i64,
}

/// How the test periods were judged (specification, sections 7 and 8).
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodicDerivation {
    /// Limit and start.
    pub quantities: Vec<Quantity>,
    /// Every period that counts, in order.
    pub periods: Vec<PeriodDerivation>,
}

/// One test period.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodDerivation {
    /// Its name.
    pub id: Slug,
    /// Its days.
    pub window: Window,
    /// When it is over.
    pub over_at: Instant,
    /// When figures for it must be out.
    pub figures_due_at: Instant,
    /// What was reported and counts.
    pub figures: Vec<FigureDerivation>,
    /// Its verdict; none while it is skipped.
    pub verdict: Option<PeriodVerdict>,
    /// The waiver by which a failure counts as a pass.
    pub waiver: Option<Position>,
    /// Its marks.
    pub flags: BTreeSet<Flag>,
}

/// One figure for a test period.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureDerivation {
    /// The event.
    pub position: Position,
    /// Its series; none for a cohort.
    pub series: Option<Slug>,
    /// How the value was worked out and compared.
    pub working: String,
    /// Its value, exact; none where the denominator is zero.
    pub value: Option<BigRational>,
    /// What the figure alone says; none where it says nothing yet.
    pub verdict: Option<PeriodVerdict>,
}
