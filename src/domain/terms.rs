//! The terms of a commitment: six kinds, what they share, and how an amendment or a reading changes them.

mod apply;
mod check;
mod patch;
mod periodic;
mod purchase;

pub use patch::{PeriodPatch, TermsField, TermsPatch, TranchePatch};
pub use periodic::{Comparator, LicensingTerms, Period, PeriodicTerms};
pub use purchase::{Basis, Carry, Month, Pace, PaceMethod, PurchaseTerms, SeriesRule, Tranche};

use super::{Day, Decimal, Moment, Slug, Status, word::words};

words! {
    /// The six kinds of commitment.
    Kind {
        /// Not to apply a measure for a time.
        MeasureSuspension = "MEASURE_SUSPENSION",
        /// To keep a rate at or below a limit.
        RateCeiling = "RATE_CEILING",
        /// To buy so much by then.
        PurchasePledge = "PURCHASE_PLEDGE",
        /// To keep an amount or a share below a limit in each period.
        PeriodicCeiling = "PERIODIC_CEILING",
        /// To do something once.
        OneOffAct = "ONE_OFF_ACT",
        /// To decide licence applications in time.
        LicensingFlow = "LICENSING_FLOW",
    }
}

impl Kind {
    /// The field of its terms, as the wire spells it.
    pub(super) const fn field(self) -> &'static str {
        match self {
            Kind::MeasureSuspension => "measure_suspension",
            Kind::RateCeiling => "rate_ceiling",
            Kind::PurchasePledge => "purchase_pledge",
            Kind::PeriodicCeiling => "periodic_ceiling",
            Kind::OneOffAct => "one_off_act",
            Kind::LicensingFlow => "licensing_flow",
        }
    }
}

/// What was promised, by kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Terms {
    /// Not to apply a measure for a time.
    MeasureSuspension(Maintenance),
    /// To keep a rate at or below a limit.
    RateCeiling(RateCeilingTerms),
    /// To buy so much by then.
    PurchasePledge(PurchaseTerms),
    /// To keep an amount or a share below a limit in each period.
    PeriodicCeiling(PeriodicTerms),
    /// To do something once.
    OneOffAct(ActTerms),
    /// To decide licence applications in time.
    LicensingFlow(LicensingTerms),
}

impl Terms {
    /// The names of its tranches or periods, in their order; none where the kind has neither.
    pub fn names(&self) -> impl Iterator<Item = &Slug> {
        let (tranches, periods): (&[Tranche], &[Period]) = match self {
            Terms::PurchasePledge(terms) => (&terms.tranches, &[]),
            Terms::PeriodicCeiling(terms) => (&[], &terms.periods),
            Terms::LicensingFlow(terms) => (&[], &terms.periods),
            _ => (&[], &[]),
        };
        tranches.iter().map(|tranche| &tranche.id).chain(periods.iter().map(|period| &period.id))
    }

    /// The commitment on whose conduct the duty depends, where it does.
    pub fn dependence(&self) -> Option<&Dependence> {
        match self {
            Terms::MeasureSuspension(maintenance) => maintenance.depends_on.as_ref(),
            Terms::RateCeiling(terms) => terms.maintenance.depends_on.as_ref(),
            _ => None,
        }
    }

    /// Which kind it is.
    pub const fn kind(&self) -> Kind {
        match self {
            Terms::MeasureSuspension(_) => Kind::MeasureSuspension,
            Terms::RateCeiling(_) => Kind::RateCeiling,
            Terms::PurchasePledge(_) => Kind::PurchasePledge,
            Terms::PeriodicCeiling(_) => Kind::PeriodicCeiling,
            Terms::OneOffAct(_) => Kind::OneOffAct,
            Terms::LicensingFlow(_) => Kind::LicensingFlow,
        }
    }
}

/// What the two duties that are kept by not doing something share (specification, section 4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maintenance {
    /// When the duty begins.
    pub effective_from: Moment,
    /// When it ends, exclusive; absent where it runs on.
    pub until: Option<Moment>,
    /// By when the measure must have been suspended or implemented.
    pub implement_by: Option<Moment>,
    /// How a breach may be mended; absent where it may not.
    pub cure: Option<Cure>,
    /// Breaches strictly shorter than this many hours are dropped.
    pub tolerance_hours: u32,
    /// How many days after a notice of non-compliance the commitment ends, unless the notice is resolved.
    pub snapback_notice_days: Option<u32>,
    /// Another commitment on which this one depends.
    pub depends_on: Option<Dependence>,
    /// What becomes of the measure when the duty ends.
    pub on_end: OnEnd,
}

/// A cure period for breaches (specification, section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cure {
    /// Its length in days of 86,400 seconds.
    pub days: u32,
    /// From when it runs.
    pub from: CureFrom,
    /// How many breaches have one; absent where all do.
    pub breaches_max: Option<u32>,
}

words! {
    /// From when a cure period runs.
    CureFrom {
        /// From the start of the breach.
        Breach = "BREACH",
        /// From the first notice at or after it.
        Notice = "NOTICE",
    }
}

words! {
    /// What becomes of a suspended measure when the duty ends.
    OnEnd {
        /// It comes back.
        Revive = "REVIVE",
        /// It is gone.
        Expire = "EXPIRE",
    }
}

/// Reciprocity: what the counterpart's conduct allows or does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependence {
    /// The counterpart's commitment.
    pub commitment: Slug,
    /// The statuses of it that count.
    pub triggers: Vec<Status>,
    /// What they do.
    pub effect: ReciprocalEffect,
}

words! {
    /// What a counterpart in a trigger status does to this duty.
    ReciprocalEffect {
        /// The obligor may suspend; nothing changes until it does.
        RightToSuspend = "RIGHT_TO_SUSPEND",
        /// The duty is suspended exactly as long.
        AutoSuspend = "AUTO_SUSPEND",
    }
}

words! {
    /// What silence means once the reporting lag has run out.
    OnMissing {
        /// Nobody knows.
        Unverified = "UNVERIFIED",
        /// It was not done.
        NotMet = "NOT_MET",
    }
}

/// A ceiling on the sum of rate components.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateCeilingTerms {
    /// The duty in time.
    pub maintenance: Maintenance,
    /// The most that the components may add up to, in percentage points.
    pub limit: Decimal,
}

/// Something to be done once (specification, section 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActTerms {
    /// When the commitment begins.
    pub effective_from: Moment,
    /// The last day to do it, inclusive, in the commitment's zone.
    pub through: Day,
    /// How often it must be done; at least 1.
    pub count: u32,
    /// Local calendar days after the due date in which doing it still counts, as late.
    pub cure_days: u32,
    /// Local calendar days that reports may take.
    pub reporting_lag_days: u32,
    /// What silence means after that.
    pub on_missing: OnMissing,
    /// The last day through which it must stay done; absent where it need not.
    pub persist_through: Option<Day>,
}
