//! The outputs of an assessment that are words: lifecycle, status, evidence, standing and flags (specification, section 1).

use super::word::words;

words! {
    /// Where a commitment is in its life.
    Lifecycle {
        /// No record of it is known yet.
        NotRecorded = "NOT_RECORDED",
        /// Recorded, not begun.
        Pending = "PENDING",
        /// Running.
        InForce = "IN_FORCE",
        /// Running, the duty suspended.
        Suspended = "SUSPENDED",
        /// Ended by time.
        Lapsed = "LAPSED",
        /// Ended by act.
        Terminated = "TERMINATED",
    }
}

words! {
    /// Whether the promise is being kept.
    Status {
        /// No record of it is known yet.
        NotRecorded = "NOT_RECORDED",
        /// Not begun.
        Pending = "PENDING",
        /// Running, nothing to judge.
        Open = "OPEN",
        /// Running and kept, or on pace.
        OnTrack = "ON_TRACK",
        /// Behind the pace; advisory only.
        Behind = "BEHIND",
        /// Nothing admissible says whether it is kept.
        Unverified = "UNVERIFIED",
        /// Evidence or texts contradict each other.
        Disputed = "DISPUTED",
        /// Not kept, but the cure period runs.
        InGrace = "IN_GRACE",
        /// Kept.
        Met = "MET",
        /// Performed inside the cure period.
        MetLate = "MET_LATE",
        /// Broken, then mended.
        Cured = "CURED",
        /// Not kept.
        NotMet = "NOT_MET",
        /// Being broken.
        Breached = "BREACHED",
        /// Waived by the obligee.
        Waived = "WAIVED",
        /// Excused.
        Excused = "EXCUSED",
        /// Nothing is owed any more.
        Moot = "MOOT",
    }
}

words! {
    /// How much independent evidence there is.
    Evidence {
        /// No counted record.
        None = "NONE",
        /// One series, or one class of source.
        Single = "SINGLE",
        /// Two or more that agree.
        Corroborated = "CORROBORATED",
        /// Two or more that contradict each other.
        Contested = "CONTESTED",
    }
}

words! {
    /// Who has stood by the commitment itself. It never changes a status.
    Standing {
        /// In a joint text, or stated by both.
        Agreed = "AGREED",
        /// Stated by the one to whom it is owed.
        ClaimedByObligee = "CLAIMED_BY_OBLIGEE",
        /// Stated by the one who owes it.
        ClaimedByObligor = "CLAIMED_BY_OBLIGOR",
        /// Claimed by one, confirmed by the other.
        Confirmed = "CONFIRMED",
        /// A party to it says that it did not promise this.
        Disowned = "DISOWNED",
    }
}

words! {
    /// Adverse or explanatory marks (specification, section 10). They never change a status.
    Flag {
        /// A breach is alleged.
        AllegedBreach = "ALLEGED_BREACH",
        /// Judged by amended terms.
        Amended = "AMENDED",
        /// An act was announced or adopted, none is effective.
        AnnouncedOnly = "ANNOUNCED_ONLY",
        /// The reporting lag still runs.
        AwaitingData = "AWAITING_DATA",
        /// A bound or a running total is shown but not counted.
        BoundOnly = "BOUND_ONLY",
        /// The cure period waits for a notice.
        AwaitingNotice = "AWAITING_NOTICE",
        /// The statistics have a hole.
        CoverageGap = "COVERAGE_GAP",
        /// A cure came late.
        CuredLate = "CURED_LATE",
        /// A breach shorter than the tolerance was dropped.
        DeMinimis = "DE_MINIMIS",
        /// The breach was going on when the term ended.
        EndedInBreach = "ENDED_IN_BREACH",
        /// The evidence does not cover the whole window.
        EvidenceIncomplete = "EVIDENCE_INCOMPLETE",
        /// An excuse is claimed, not accepted.
        ExcuseContested = "EXCUSE_CONTESTED",
        /// An extension was recorded after the end it reaches back to.
        ExtendedRetroactively = "EXTENDED_RETROACTIVELY",
        /// A finding decided.
        FindingApplied = "FINDING_APPLIED",
        /// Too early to judge a licensing cohort.
        ImmatureCohort = "IMMATURE_COHORT",
        /// The measure was implemented after it had to be.
        ImplementedLate = "IMPLEMENTED_LATE",
        /// A source whose class does not count said something.
        InadmissibleClaim = "INADMISSIBLE_CLAIM",
        /// Too few applications to judge.
        InsufficientSample = "INSUFFICIENT_SAMPLE",
        /// The target was reached after the cure period.
        LatePerformance = "LATE_PERFORMANCE",
        /// A court voided the measure's basis.
        LegalBasisVoid = "LEGAL_BASIS_VOID",
        /// The measure that had to be implemented is not.
        NotImplemented = "NOT_IMPLEMENTED",
        /// An amount of another basis is shown, not counted.
        OtherBasisIgnored = "OTHER_BASIS_IGNORED",
        /// A cancellation after the due date is shown, not counted.
        PostDueCancellation = "POST_DUE_CANCELLATION",
        /// A reading was adopted.
        ReadingAdopted = "READING_ADOPTED",
        /// The obligor may suspend, because of the counterpart.
        ReciprocalRightAvailable = "RECIPROCAL_RIGHT_AVAILABLE",
        /// The duty is suspended because of the counterpart.
        ReciprocalSuspension = "RECIPROCAL_SUSPENSION",
        /// Time between an old end and its retroactive extension is protected.
        RetroProtected = "RETRO_PROTECTED",
        /// An act was undone.
        Reversed = "REVERSED",
        /// Extended after it had lapsed.
        RevivedAfterLapse = "REVIVED_AFTER_LAPSE",
        /// A series that was named has no evidence.
        SeriesMissing = "SERIES_MISSING",
        /// Ended by snapback.
        Snapback = "SNAPBACK",
        /// A notice of non-compliance is running.
        SnapbackClockRunning = "SNAPBACK_CLOCK_RUNNING",
        /// Totals or verdicts of the series differ.
        SourcesDisagree = "SOURCES_DISAGREE",
        /// A period spans the due date.
        StraddlesDue = "STRADDLES_DUE",
        /// A period spans the start.
        StraddlesStart = "STRADDLES_START",
        /// Readings of the text give different answers.
        TextDisagrees = "TEXT_DISAGREES",
        /// An amount in a unit that the terms do not convert.
        UnitUnknown = "UNIT_UNKNOWN",
        /// The instrument is void from the start.
        Void = "VOID",
        /// A waived failure counts as a pass.
        WaiverApplied = "WAIVER_APPLIED",
        /// A waiver by somebody who cannot waive.
        WaiverInvalid = "WAIVER_INVALID",
        /// A waiver whose premise was corrected.
        WaiverVoid = "WAIVER_VOID",
        /// A share of nothing.
        ZeroDenominator = "ZERO_DENOMINATOR",
    }
}
