//! Assessment: the answer to "is this promise being kept", with its reasons.

use std::collections::{BTreeMap, BTreeSet};

use num_rational::BigRational;

use crate::domain::{Day, Evidence, Flag, Instant, Kind, Lifecycle, Position, Slug, Standing, Status, Unit};

/// The answer for one commitment, at one moment of the world, as known at one position of the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// Which commitment.
    pub commitment: Slug,
    /// Its kind; none where it is not recorded yet.
    pub kind: Option<Kind>,
    /// The instant asked about.
    pub as_of: Instant,
    /// What was known: events through this position.
    pub known: Position,
    /// Where it is in its life, and whether it is being kept.
    pub judgement: Judgement,
    /// How much independent evidence there is.
    pub evidence: Evidence,
    /// Who has stood by the commitment; none where it is not recorded yet.
    pub standing: Option<Standing>,
    /// Marks that explain; they never change a status.
    pub flags: BTreeSet<Flag>,
    /// The row of the specification that decided; none where several readings or tranches decided together.
    pub row: Option<Row>,
    /// The events the answer rests on, by position.
    pub because: BTreeSet<Position>,
    /// The earliest later instant at which lifecycle or status differs with no new record.
    pub next_change_at: Option<Instant>,
    /// What each reading of the text says, where they differ; `base` is the base text.
    pub by_reading: BTreeMap<String, Judgement>,
    /// The reading that was adopted, where one was.
    pub adopted_reading: Option<Slug>,
    /// The numbers of the kind: the base text's where several readings count.
    pub numbers: Numbers,
    /// The numbers by each reading, where readings differ in them or in their answer; `base` is the base text.
    pub numbers_by_reading: BTreeMap<String, Numbers>,
}

impl Assessment {
    /// Whether the measure applies: what the numbers say, unless the readings differ in something else only; then what
    /// all of them say. None for kinds that are not about a measure.
    pub fn in_effect(&self) -> Option<InEffect> {
        in_effect(&self.numbers, &self.numbers_by_reading)
    }
}

/// As [`Assessment::in_effect`].
pub(super) fn in_effect(numbers: &Numbers, by_reading: &BTreeMap<String, Numbers>) -> Option<InEffect> {
    let of = |numbers: &Numbers| match numbers {
        Numbers::Maintenance { measure_in_effect, .. } => Some(*measure_in_effect),
        _ => None,
    };
    let mut told = by_reading.values().filter_map(of);
    match told.next() {
        None => of(numbers),
        Some(first) if told.all(|other| other == first) => Some(first),
        Some(_) => Some(InEffect::Unknown),
    }
}

/// Lifecycle and status, the two that make an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Judgement {
    /// Where it is in its life.
    pub lifecycle: Lifecycle,
    /// Whether it is being kept.
    pub status: Status,
}

/// A row of a decision table of the specification, such as `M3` or `Q9`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row(pub &'static str);

/// The numbers of each kind.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "there is one in an answer, and it is not kept in lists")]
pub enum Numbers {
    /// None: not recorded yet.
    None,
    /// Measure suspension and rate ceiling.
    Maintenance {
        /// Whether the measure applies.
        measure_in_effect: InEffect,
        /// Breaches begun by then, in order.
        breaches: Vec<Breach>,
        /// Rate ceiling: the sum of the components, where one is known.
        value: Option<BigRational>,
        /// When the term ends, by time or by an act known by then; none where it runs on.
        end: Option<Instant>,
    },
    /// Purchase pledge: those of the primary series for the latest tranche begun, and each tranche's own.
    Purchase {
        /// The unit of every amount here.
        unit: Unit,
        /// The latest tranche begun; none before the first.
        latest: Option<Flow>,
        /// Every tranche, in order.
        tranches: Vec<TrancheAssessment>,
        /// Where each series puts the commitment, for a rule that hears several.
        series: BTreeMap<Slug, Status>,
    },
    /// One-off act.
    Act {
        /// Acts in effect, less reversals.
        done: i64,
        /// How many were promised.
        target: u32,
        /// The due instant.
        due: Instant,
    },
    /// Periodic ceiling and licensing flow, period by period.
    Periodic {
        /// Every period, in order.
        periods: Vec<PeriodAssessment>,
    },
}

/// Whether a measure is in effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InEffect {
    /// It applies.
    Yes,
    /// It does not.
    No,
    /// Sources or readings disagree.
    Unknown,
}

/// A span of time in which a duty was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breach {
    /// From when.
    pub from: Instant,
    /// Until when, exclusive; none while it is not over.
    pub until: Option<Instant>,
}

/// How far a purchase has come.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// All that was allocated by `as_of`, in the pledge's unit.
    pub performed: BigRational,
    /// How much was promised.
    pub target: BigRational,
    /// How much was expected where the data end, so nothing without data; none without a pace.
    pub expected: Option<BigRational>,
    /// Performed over target; none where the target is zero.
    pub ratio: Option<BigRational>,
    /// What is missing; never below zero.
    pub shortfall: BigRational,
    /// What is missing, per day that remains after the data, or of the whole window without data; none where no day
    /// remains.
    pub required_per_day: Option<BigRational>,
    /// The last day the statistics cover without a hole; none without data.
    pub data_through: Option<Day>,
}

/// One tranche.
#[derive(Debug, Clone, PartialEq)]
pub struct TrancheAssessment {
    /// Its name.
    pub id: Slug,
    /// Its status, after the series rule.
    pub status: Status,
    /// The row that decided; that of the primary series, or of the one that prevailed.
    pub row: Option<Row>,
    /// The due instant, with excused days added.
    pub due: Instant,
    /// The end of its cure period.
    pub cure_end: Instant,
    /// Its numbers, in the primary series or else the first with evidence.
    pub flow: Flow,
}

/// One test period.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodAssessment {
    /// Its name.
    pub id: Slug,
    /// Its verdict; none while it is skipped.
    pub verdict: Option<PeriodVerdict>,
    /// Its value; none where there is no figure, or a zero denominator.
    pub value: Option<BigRational>,
}

/// The verdict on one test period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodVerdict {
    /// On the right side of the limit.
    Pass,
    /// On the wrong side.
    Fail,
    /// No figure after the lag.
    Missing,
    /// Series disagree.
    Disputed,
}
