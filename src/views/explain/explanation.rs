//! Explanation: how an assessment came about, so that it can be followed and checked by hand.

use std::collections::BTreeSet;

use super::derivation::{ActDerivation, MaintenanceDerivation, PeriodicDerivation};
use super::purchase::PurchaseDerivation;
use super::usage::RecordUse;
use crate::domain::{EventKind, Flag, Instant, Position, Subject};
use crate::views::{Assessment, Judgement, Row};

/// The whole derivation of one assessment.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The answer that is explained.
    pub assessment: Assessment,
    /// How the readings make that answer; none where the commitment is not recorded yet.
    pub agreement: Option<Agreement>,
    /// Each reading that counts, the base text first.
    pub readings: Vec<ReadingExplained>,
    /// Every record known, in order of position, used or set aside.
    pub records: Vec<RecordExplained>,
}

/// How the readings of the text make one answer (specification, section 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// There is the base text alone.
    BaseAlone,
    /// One reading was adopted, and only it counts.
    Adopted,
    /// All give the same answer.
    Agree,
    /// They give different answers, so the commitment is disputed.
    Differ,
}

/// One reading, judged.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadingExplained {
    /// Its name; `base` is the base text.
    pub reading: String,
    /// What it says.
    pub judgement: Judgement,
    /// The row that decided; none where several tranches decided together.
    pub row: Option<Row>,
    /// Marks it raises.
    pub flags: BTreeSet<Flag>,
    /// The events it rests on.
    pub because: BTreeSet<Position>,
    /// The terms in force, field by field.
    pub terms: Vec<TermInForce>,
    /// How lifecycle was decided, where the rows of the table do not say it.
    pub lifecycle_rows: Vec<TriedRow>,
    /// The rows tried; for a purchase pledge, whose tranches have their own, how their statuses make one.
    pub rows: Vec<TriedRow>,
    /// What the rows asked about.
    pub derivation: Derivation,
}

/// What the rows asked about, by kind.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "there is one in a reading, and readings are few")]
pub enum Derivation {
    /// Measure suspension and rate ceiling.
    Maintenance(MaintenanceDerivation),
    /// Purchase pledge.
    Purchase(PurchaseDerivation),
    /// One-off act.
    Act(ActDerivation),
    /// Periodic ceiling and licensing flow.
    Periodic(PeriodicDerivation),
}

/// One field of the terms in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermInForce {
    /// Which, as a path such as `tranches.t2026.target`.
    pub field: String,
    /// Its value, for people.
    pub value: String,
    /// What set it.
    pub origin: TermOrigin,
    /// The event that set it.
    pub position: Position,
    /// From when that event applies; none for the undertaking.
    pub effective_at: Option<Instant>,
}

/// What set a field of the terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermOrigin {
    /// The base text.
    Undertaken,
    /// An amendment.
    Amended,
    /// The reading.
    Read,
}

/// One row of a decision table that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedRow {
    /// Its name; none where the specification names none.
    pub row: Option<Row>,
    /// What it asks.
    pub asks: &'static str,
    /// Whether that holds: of the rows tried, the last.
    pub matched: bool,
    /// What it says where it matches.
    pub says: String,
}

/// One record, used or set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordExplained {
    /// Its place in the ledger.
    pub position: Position,
    /// What kind it is.
    pub kind: EventKind,
    /// What it is about.
    pub subject: Subject,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// From when it bears on the answer; none where it has no instant of its own, as figures of a period.
    pub effective_at: Option<Instant>,
    /// What it says, in one line.
    pub gist: String,
    /// What became of it.
    pub usage: RecordUse,
    /// The event by which it was set aside, where it was by one.
    pub by: Option<Position>,
    /// Why, in one line.
    pub reason: String,
    /// The readings that used it so, where not all did.
    pub readings: Vec<String>,
}

/// One quantity of the derivation: its name in the specification, how it was worked out, and its exact value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// Such as `P(due')`.
    pub name: &'static str,
    /// How it was worked out; empty where it is read from the terms.
    pub working: String,
    /// A decimal or a fraction, both exact; a day; an instant; `none` where there is none.
    pub value: String,
}
