//! Clock: what kinds of clocks commitments have, and what happens when one runs out.

use crate::domain::terms::OnMissing;
use crate::domain::{Instant, Moment, MomentForm, Position, Slug, Text, Zone, words};

words! {
    /// What kind of clock runs out.
    DeadlineKind {
        /// The duty, or a tranche of it, begins.
        Begins = "BEGINS",
        /// The measure has to be suspended or implemented by then.
        ImplementBy = "IMPLEMENT_BY",
        /// Performance is late from then on.
        Due = "DUE",
        /// A cure period is over.
        CureEnd = "CURE_END",
        /// A breach has lasted as long as the tolerance.
        Tolerance = "TOLERANCE",
        /// A tranche has run as long as its reports may take.
        FirstReport = "FIRST_REPORT",
        /// The figures for what was due, or for a test period, must be out.
        ReportingLag = "REPORTING_LAG",
        /// The figures for the cure period must be out.
        LastReportingLag = "LAST_REPORTING_LAG",
        /// A test period is over.
        PeriodEnd = "PERIOD_END",
        /// Every application of a period should have been decided.
        Maturity = "MATURITY",
        /// An act need not stay done any longer.
        PersistenceEnd = "PERSISTENCE_END",
        /// A waiver ends.
        WaiverEnd = "WAIVER_END",
        /// An excuse ends.
        ExcuseEnd = "EXCUSE_END",
        /// A suspension of the duty ends.
        SuspensionEnd = "SUSPENSION_END",
        /// The duty ends by its own terms.
        Lapse = "LAPSE",
        /// An unresolved notice of non-compliance ends the duty.
        Snapback = "SNAPBACK",
        /// A termination that is known takes effect.
        Termination = "TERMINATION",
        /// An amendment that is known takes effect.
        Amendment = "AMENDMENT",
        /// A reading begins to be held, or is adopted.
        Reading = "READING",
        /// The known end of an observation.
        ObservationEnd = "OBSERVATION_END",
        /// Another record that is known takes effect.
        RecordEffective = "RECORD_EFFECTIVE",
        /// The counterpart on which the duty depends changes.
        Counterpart = "COUNTERPART",
    }
}

words! {
    /// What happens when a clock runs out.
    Consequence {
        /// Nothing: it was done, waived or moot before, or the figures are out.
        Nothing = "NOTHING",
        /// The duty begins.
        DutyBegins = "DUTY_BEGINS",
        /// The duty ends, and nothing comes back.
        DutyEnds = "DUTY_ENDS",
        /// The duty ends, and the measures come back.
        MeasuresComeBack = "MEASURES_COME_BACK",
        /// The duty ends, and the measures are gone with it.
        MeasuresExpire = "MEASURES_EXPIRE",
        /// The duty is owed again.
        DutyResumes = "DUTY_RESUMES",
        /// What is not implemented counts as applied.
        CountsAsApplied = "COUNTS_AS_APPLIED",
        /// Performance still counts, as late.
        CountsAsLate = "COUNTS_AS_LATE",
        /// Performance no longer counts.
        NoLongerCounts = "NO_LONGER_COUNTS",
        /// The breach is no longer small or in grace.
        BreachStands = "BREACH_STANDS",
        /// The figures are overdue, and silence is no excuse.
        FiguresOverdue = "FIGURES_OVERDUE",
        /// Silence means UNVERIFIED.
        SilenceUnverified = "SILENCE_UNVERIFIED",
        /// Silence means NOT_MET.
        SilenceNotMet = "SILENCE_NOT_MET",
        /// The period can be judged.
        PeriodJudged = "PERIOD_JUDGED",
        /// The terms are other ones.
        TermsChange = "TERMS_CHANGE",
        /// What is known begins or ceases to bear on the answer.
        EvidenceChanges = "EVIDENCE_CHANGES",
    }
}

/// A measure that comes back when a duty not to apply it ends, or would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturningMeasure {
    /// Which.
    pub measure: Slug,
    /// What it is, for people; none where it was never announced.
    pub title: Option<Text>,
    /// It cannot come back: its legal basis is void.
    pub is_void: bool,
}

/// One clock as one reading has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Clock {
    /// What kind.
    pub(in super::super) kind: DeadlineKind,
    /// When it runs out.
    pub(in super::super) at: Instant,
    /// How the text says it.
    pub(in super::super) said: Moment,
    /// The tranche or period.
    pub(in super::super) target: Option<Slug>,
    /// What happens then.
    pub(in super::super) consequence: Consequence,
    /// What comes back then.
    pub(in super::super) measures: Vec<ReturningMeasure>,
    /// The event behind it.
    pub(in super::super) position: Option<Position>,
    /// The commitment whose change it is.
    pub(in super::super) counterpart: Option<Slug>,
    /// Worth a line only where lifecycle or status changes.
    pub(in super::super) quiet: bool,
}

impl Clock {
    /// A clock of the whole commitment.
    pub(in super::super) fn new(kind: DeadlineKind, said: Moment, consequence: Consequence) -> Self {
        let (target, measures, position, counterpart) = (None, Vec::new(), None, None);
        Clock { kind, at: said.instant(), said, target, consequence, measures, position, counterpart, quiet: false }
    }

    /// The clock of a tranche or period.
    pub(in super::super) fn of(self, target: &Slug) -> Self {
        Clock { target: Some(target.clone()), ..self }
    }

    /// The clock of an event.
    pub(in super::super) fn by(self, position: Position) -> Self {
        Clock { position: Some(position), ..self }
    }

    /// A clock that is worth a line only where it changes an answer.
    pub(in super::super) fn quietly(self) -> Self {
        Clock { quiet: true, ..self }
    }
}

/// The end of a local day that a text or a rule names.
pub(in super::super) fn through(zone: &Zone, day: crate::domain::Day) -> Moment {
    Moment::stored(MomentForm::Through { day, zone: zone.clone() }, zone.end_of(day))
}

/// The beginning of a local day.
pub(in super::super) fn start_of(zone: &Zone, day: crate::domain::Day) -> Moment {
    let at = day.date().at(0, 0, 0, 0);
    Moment::stored(MomentForm::Local { at, zone: zone.clone() }, zone.start_of(day))
}

/// So many days of 86,400 seconds after an instant.
pub(in super::super) fn elapsed(from: Instant, days: u32) -> Moment {
    Moment::stored(MomentForm::Elapsed { from, days }, from.plus_elapsed_days(i64::from(days)))
}

/// The end that a text names where it means this instant; otherwise the instant itself.
pub(in super::super) fn through_instant(said: Option<&Moment>, at: Instant) -> Moment {
    said.filter(|said| said.instant() == at).cloned().unwrap_or_else(|| Moment::at(at))
}

/// What silence means once the last lag has run out.
pub(in super::super) const fn silence(on_missing: OnMissing) -> Consequence {
    match on_missing {
        OnMissing::Unverified => Consequence::SilenceUnverified,
        OnMissing::NotMet => Consequence::SilenceNotMet,
    }
}

/// The zone that the words name.
pub(super) fn zone_of(said: &Moment) -> Option<&Zone> {
    match said.form() {
        MomentForm::Local { zone, .. }
        | MomentForm::Through { zone, .. }
        | MomentForm::Until { zone, .. }
        | MomentForm::PeriodEnd { zone, .. } => Some(zone),
        MomentForm::Instant(_) | MomentForm::Elapsed { .. } => None,
    }
}
