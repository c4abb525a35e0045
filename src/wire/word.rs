//! Words of closed lists, one enum beside the other. Both matches name every variant, so that a new word on either side
//! does not compile until it stands here.

use crate::domain::event::{
    AskAnswer, Bound, LedgerKind, MeasureKind, MeasureState, MeetingLevel, Retractor, Stage, TerminationMode, Verdict,
};
use crate::domain::terms::{
    Basis, Carry, Comparator, CureFrom, OnEnd, OnMissing, PaceMethod, ReciprocalEffect, SeriesRule, TermsField,
};
use crate::domain::{
    Confidence, EventKind, Evidence, Family, Flag, Kind, Lifecycle, Nomenclature, Precision, RecordBasis, Rounding,
    SourceClass, Standing, Status,
};
use crate::proto::v1;
use crate::views::{
    Agreement, AssessmentField, ChangeKind, Consequence, DeadlineKind, EffectTiming, EndGround, FigureForm, FoundIn,
    InEffect, LotReason, MatchKind, MeasureStanding, MeetingState, PeriodVerdict, RecordUse, ScoreGroup, SpanGround,
    TermOrigin,
};

/// A word of the domain that is an enum on the wire.
pub trait Word: Copy + 'static {
    /// The generated enum.
    type Proto: Copy + TryFrom<i32> + Into<i32>;

    /// The enum's value.
    fn to_proto(self) -> Self::Proto;

    /// The word of a value; none for the unspecified one.
    fn from_proto(proto: Self::Proto) -> Option<Self>;

    /// The name of the enum's value, such as `BASIS_SOLD`.
    fn name(self) -> &'static str;

    /// The names of all values but the unspecified one, for a message that says what would be right.
    fn list() -> String;

    /// The number of the enum's value, as messages hold it.
    fn number(self) -> i32 {
        self.to_proto().into()
    }
}

/// The number of a word that may stay unsaid.
pub(super) fn number_or_unspecified<W: Word>(word: Option<W>) -> i32 {
    word.map_or(0, W::number)
}

macro_rules! words {
    ($($word:ident: $($variant:ident)+;)+) => {$(
        impl Word for $word {
            type Proto = v1::$word;

            fn to_proto(self) -> v1::$word {
                match self { $($word::$variant => v1::$word::$variant,)+ }
            }

            fn from_proto(proto: v1::$word) -> Option<Self> {
                match proto {
                    v1::$word::Unspecified => None,
                    $(v1::$word::$variant => Some($word::$variant),)+
                }
            }

            fn name(self) -> &'static str {
                self.to_proto().as_str_name()
            }

            fn list() -> String {
                [$($word::$variant.name(),)+].join(", ")
            }
        }
    )+};
}

words! {
    Agreement: BaseAlone Adopted Agree Differ;
    AskAnswer: Accepted Refused Withdrawn;
    AssessmentField: Lifecycle Status Evidence Standing Flags Numbers NextChange ByReading AdoptedReading;
    Basis: Sold Shipped Received Customs Contracted Delivered Invoiced Tracked;
    Bound: Exact AtLeast AtMost About;
    Carry: None Forward;
    ChangeKind: Appeared Ended Changed Gone Unchanged;
    Comparator: Le Lt Ge Gt;
    Confidence: High Medium Low Rejected;
    Consequence: Nothing DutyBegins DutyEnds MeasuresComeBack MeasuresExpire DutyResumes CountsAsApplied CountsAsLate
        NoLongerCounts BreachStands FiguresOverdue SilenceUnverified SilenceNotMet PeriodJudged TermsChange
        EvidenceChanges;
    CureFrom: Breach Notice;
    DeadlineKind: Begins ImplementBy Due CureEnd Tolerance FirstReport ReportingLag LastReportingLag PeriodEnd Maturity
        PersistenceEnd WaiverEnd ExcuseEnd SuspensionEnd Lapse Snapback Termination Amendment Reading ObservationEnd
        RecordEffective Counterpart;
    EffectTiming: ByThen InBetween AfterNow;
    EndGround: None Time Termination Snapback;
    EventKind: LedgerCreated KeyRotated InstrumentSigned TextPublished InstrumentAmended InstrumentTerminated
        CommitmentUndertaken CommitmentAmended CommitmentConfirmed CommitmentDisowned ReadingRecorded ReadingAdopted
        MeasureAnnounced MeasureImplemented MeasureSuspended MeasureReinstated MeasureVoided RateSet
        MeasureObserved AmountReported MetricReported CohortReported ActPerformed ActReversed PriceReported
        BreachAlleged BreachNotified NonComplianceNotified ClaimResolved FindingIssued
        WaiverGranted ExcuseClaimed ExcuseAccepted SuspensionExercised
        MeetingScheduled MeetingMoved MeetingHeld AskTabled AskAnswered ConsultationHeld StatementMade
        ShockRecorded EventRetracted;
    Evidence: None Single Corroborated Contested;
    Family: Ledger Instruments Commitments Measures Observations Claims Relief Negotiation Context Corrections;
    FigureForm: Share Level;
    Flag: AllegedBreach Amended AnnouncedOnly AwaitingData BoundOnly AwaitingNotice CoverageGap CuredLate DeMinimis
        EndedInBreach EvidenceIncomplete ExcuseContested ExtendedRetroactively FindingApplied ImmatureCohort
        ImplementedLate InadmissibleClaim InsufficientSample LatePerformance LegalBasisVoid NotImplemented
        OtherBasisIgnored PostDueCancellation ReadingAdopted ReciprocalRightAvailable ReciprocalSuspension
        RetroProtected Reversed RevivedAfterLapse SeriesMissing Snapback SnapbackClockRunning SourcesDisagree
        StraddlesDue StraddlesStart TextDisagrees UnitUnknown Void WaiverApplied WaiverInvalid WaiverVoid
        ZeroDenominator;
    FoundIn: Title Note TitleInPart;
    InEffect: Yes No Unknown;
    Kind: MeasureSuspension RateCeiling PurchasePledge PeriodicCeiling OneOffAct LicensingFlow;
    LedgerKind: Live Replay;
    Lifecycle: NotRecorded Pending InForce Suspended Lapsed Terminated;
    LotReason: Filled TakesTheRest Late TakenBack CarriedOut CarriedIn;
    MatchKind: Exact Under Over Approximate Text SomeWords;
    MeasureKind: Tariff ExportControl Fee Rule Investigation;
    MeasureStanding: Announced InEffect Suspended Void;
    MeasureState: Applied NotApplied;
    MeetingLevel: Leader Ministerial Official;
    MeetingState: Held Planned Moved Unreported;
    Nomenclature: Hs2022 Htsus Cn2025 ChinaTariff ChinaControl Eccn;
    OnEnd: Revive Expire;
    OnMissing: Unverified NotMet;
    PaceMethod: None LinearDays LinearMonths Seasonal;
    PeriodVerdict: Pass Fail Missing Disputed;
    Precision: Second Day Month;
    ReciprocalEffect: RightToSuspend AutoSuspend;
    RecordBasis: Published Inferred;
    RecordUse: Used Contested Waived Excused Suspended Cleared Protected DeMinimis EvidenceOnly StandingOnly FlagOnly
        Corrects Overtaken Superseded Retracted NotYetEffective PeriodNotOver Inadmissible OtherBasis OtherSeries
        NotHeard UnitUnknown BoundOnly NoTranche OtherPeriod AnnouncedOnly OutsideTerm NoAuthority NotAccepted
        PremiseCorrected NotAdopted Survived NotNamed NoBearing Context;
    Retractor: Source Recorder;
    Rounding: Down Up;
    ScoreGroup: Kept Running AtRisk Broken Unclear Released Pending;
    SeriesRule: Primary Concur Conservative;
    SourceClass: ObligorOfficial ObligeeOfficial ThirdOfficial Industry Media Analyst;
    SpanGround: Observed Confirmed Contested NotImplemented RateAboveLimit Waived Excused Suspended CounterpartTriggered
        Cleared Protected;
    Stage: Announced Adopted Effective;
    Standing: Agreed ClaimedByObligee ClaimedByObligor Confirmed Disowned;
    Status: NotRecorded Pending Open OnTrack Behind Unverified Disputed InGrace Met MetLate Cured NotMet Breached Waived
        Excused Moot;
    TermOrigin: Undertaken Amended Read;
    TerminationMode: Prospective Void;
    TermsField: Until ImplementBy Cure SnapbackNoticeDays DependsOn PersistThrough;
    Verdict: Breach NoBreach;
}
