//! Usage: what became of a record, as a closed list of words.

/// What became of a record. The more it matters, the earlier it stands: where readings differ, the first is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordUse {
    /// The answer rests on it.
    Used,
    /// Another class of source contradicts it, or it contradicts another.
    Contested,
    /// Its time is waived.
    Waived,
    /// Its time is excused.
    Excused,
    /// The duty was suspended in its time.
    Suspended,
    /// A finding says that its time was no breach.
    Cleared,
    /// Its time is protected, because an extension came too late to be known.
    Protected,
    /// What it shows is shorter than the tolerance.
    DeMinimis,
    /// No tranche could take it.
    NoTranche,
    /// It was announced or adopted, and is not effective.
    AnnouncedOnly,
    /// It counts as evidence and decides nothing.
    EvidenceOnly,
    /// It bears on the standing of the commitment alone.
    StandingOnly,
    /// It raises a flag and changes no status.
    FlagOnly,
    /// It takes back another record.
    Corrects,
    /// Another record of its kind counts in its place.
    Overtaken,
    /// A later record supersedes it.
    Superseded,
    /// It was taken back.
    Retracted,
    /// It takes effect after the instant asked about.
    NotYetEffective,
    /// Its period is not over, or it does not cover the whole of it.
    PeriodNotOver,
    /// Its source is of a class that does not count.
    Inadmissible,
    /// It counts another basis.
    OtherBasis,
    /// Its series is not among those that the terms name.
    OtherSeries,
    /// Its series is named and does not decide.
    NotHeard,
    /// Its unit is not among those that the terms convert.
    UnitUnknown,
    /// It is a bound or a running total.
    BoundOnly,
    /// It is for a period that does not count.
    OtherPeriod,
    /// Its time is outside the term.
    OutsideTerm,
    /// It is by somebody who cannot do this.
    NoAuthority,
    /// It was not accepted.
    NotAccepted,
    /// What it relied on was corrected.
    PremiseCorrected,
    /// Another reading was adopted.
    NotAdopted,
    /// This commitment, or the tranche, survives it.
    Survived,
    /// It is about a measure or an instrument that the base does not name.
    NotNamed,
    /// It could count, and makes no difference here.
    NoBearing,
    /// Records of its kind never decide for a commitment of this kind.
    Context,
}

impl RecordUse {
    /// What the word means, in a line.
    pub const fn meaning(self) -> &'static str {
        match self {
            RecordUse::Used => "the answer rests on it",
            RecordUse::Contested => "sources of different classes contradict each other",
            RecordUse::Waived => "its time is waived",
            RecordUse::Excused => "its time is excused",
            RecordUse::Suspended => "the duty was suspended in its time",
            RecordUse::Cleared => "a finding says that its time was no breach",
            RecordUse::Protected => "its time is protected: the extension was recorded too late to be known",
            RecordUse::DeMinimis => "what it shows is shorter than the tolerance",
            RecordUse::EvidenceOnly => "counts as evidence, decides nothing",
            RecordUse::StandingOnly => "bears on the standing alone",
            RecordUse::FlagOnly => "raises a flag, changes no status",
            RecordUse::Corrects => "takes back another record",
            RecordUse::Overtaken => "a later record of its kind counts in its place",
            RecordUse::Superseded => "superseded",
            RecordUse::Retracted => "taken back",
            RecordUse::NotYetEffective => "takes effect later",
            RecordUse::PeriodNotOver => "its period is not over",
            RecordUse::Inadmissible => "its class of source does not count",
            RecordUse::OtherBasis => "counts another basis",
            RecordUse::OtherSeries => "its series is not named in the terms",
            RecordUse::NotHeard => "its series is named and does not decide",
            RecordUse::UnitUnknown => "its unit is not one that the terms convert",
            RecordUse::BoundOnly => "a bound or a running total",
            RecordUse::NoTranche => "no tranche could take it",
            RecordUse::OtherPeriod => "for a period that does not count",
            RecordUse::AnnouncedOnly => "announced or adopted, not effective",
            RecordUse::OutsideTerm => "outside the term",
            RecordUse::NoAuthority => "by somebody who cannot do this",
            RecordUse::NotAccepted => "claimed, not accepted",
            RecordUse::PremiseCorrected => "what it relied on was corrected",
            RecordUse::NotAdopted => "another reading was adopted",
            RecordUse::Survived => "the commitment survives it",
            RecordUse::NotNamed => "about a measure or instrument that the base does not name",
            RecordUse::NoBearing => "makes no difference here",
            RecordUse::Context => "never decides a commitment of this kind",
        }
    }
}
