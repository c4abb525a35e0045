//! Every reason for a refusal: its cause, and what the client does about it. The words are part of the contract: one
//! that clients have seen is never renamed.

use crate::domain::word::words;

words! {
    /// The stable word for a refusal.
    Reason {
        // === The batch ===
        /// No event in it. Send at least one.
        BatchEmpty = "BATCH_EMPTY",
        /// More events than one batch may hold. Split it; a batch is recorded as a whole.
        BatchTooLarge = "BATCH_TOO_LARGE",
        /// One id stands twice in the batch. Give each event its own.
        IdTwice = "ID_TWICE",
        /// An id is recorded already, with other content. Use a new id; to correct the recorded event, supersede it.
        IdReused = "ID_REUSED",
        /// Some ids of the batch are recorded already, others are not. Send the rest as a batch of its own.
        IdKnown = "ID_KNOWN",

        // === Preconditions ===
        /// A precondition names a position beyond the head. Take positions from answers of this ledger.
        FuturePosition = "FUTURE_POSITION",
        /// Something was recorded since. Read on from the position expected, decide anew, send again.
        StaleHead = "STALE_HEAD",
        /// The last event about a subject is another one than expected. Read the subject, decide anew, send again.
        StaleSubject = "STALE_SUBJECT",

        // === The ledger and its clock ===
        /// Only the server records this kind of event. Leave it out.
        LedgerEventReserved = "LEDGER_EVENT_RESERVED",
        /// The ledger has no first event yet. Create the ledger before recording in it.
        LedgerNotCreated = "LEDGER_NOT_CREATED",
        /// The ledger has its first event. A ledger is created once.
        LedgerAlreadyCreated = "LEDGER_ALREADY_CREATED",
        /// A LIVE ledger stamps record times itself. Leave `recorded_at` and `recorded_basis` out.
        RecordTimeNotAllowed = "RECORD_TIME_NOT_ALLOWED",
        /// A record time lies before that of the event before it, or before what has been shown already. Sort the
        /// input by record time; what was known late is recorded late.
        RecordTimeGoesBack = "RECORD_TIME_GOES_BACK",
        /// `recorded_basis` says how a record time is known, and there is none. Add `recorded_at`, or leave it out.
        RecordBasisWithoutTime = "RECORD_BASIS_WITHOUT_TIME",

        // === Subjects and references ===
        /// This kind of event cannot be about this kind of thing. Name a subject of a kind that it can be about.
        SubjectNotAllowed = "SUBJECT_NOT_ALLOWED",
        /// The thing named is not recorded. Record what creates it first, or earlier in the same batch.
        UnknownSubject = "UNKNOWN_SUBJECT",
        /// What created the thing named was taken back. Record it anew, or name another.
        SubjectRetracted = "SUBJECT_RETRACTED",
        /// The thing named is the subject itself. Name another.
        RefersToItself = "REFERS_TO_ITSELF",
        /// The commitment is undertaken already. Supersede that event to correct it, amend the commitment to change it,
        /// or choose another name.
        AlreadyUndertaken = "ALREADY_UNDERTAKEN",
        /// The thing is recorded already. Supersede that event to correct it, or choose another name.
        AlreadyCreated = "ALREADY_CREATED",
        /// The instrument has a text of this name. Supersede that event to correct it, or choose another name.
        AlreadyPublished = "ALREADY_PUBLISHED",
        /// The ask is answered already. Supersede the answer to correct it; a new wish is a new ask.
        AlreadyAnswered = "ALREADY_ANSWERED",
        /// A meeting that is not scheduled cannot be moved. Record the schedule first.
        MeetingNotScheduled = "MEETING_NOT_SCHEDULED",
        /// The instrument has no text of this name. Record its publication first.
        UnknownText = "UNKNOWN_TEXT",
        /// The event named is not recorded. Check the id; record that event first, or earlier in the same batch.
        UnknownEvent = "UNKNOWN_EVENT",
        /// The event named is of another kind, or about something else. Name one of the right kind and subject.
        WrongEvent = "WRONG_EVENT",
        /// The event named was corrected by another. Name the one that corrects it.
        EventSuperseded = "EVENT_SUPERSEDED",
        /// The event named was taken back. Nothing can rest on it.
        EventRetracted = "EVENT_RETRACTED",
        /// A thing that survives a termination stands in another instrument. Leave it out.
        SurvivorNotOfInstrument = "SURVIVOR_NOT_OF_INSTRUMENT",

        // === Corrections ===
        /// An event cannot correct itself. Name the earlier event.
        SupersedesItself = "SUPERSEDES_ITSELF",
        /// The event to correct is not recorded in this ledger. Check the id.
        SupersedesUnknown = "SUPERSEDES_UNKNOWN",
        /// The event to correct is of another kind. Retract it and record a new one.
        SupersedesOtherKind = "SUPERSEDES_OTHER_KIND",
        /// The event to correct is about another subject. Retract it and record a new one.
        SupersedesOtherSubject = "SUPERSEDES_OTHER_SUBJECT",
        /// The event to correct carries another text's name. Retract it and record a new one.
        SupersedesOtherName = "SUPERSEDES_OTHER_NAME",
        /// The event to correct was taken back. Record a new one without `supersedes`.
        SupersedesRetracted = "SUPERSEDES_RETRACTED",
        /// The event to correct was corrected already. Supersede its superseder.
        AlreadySuperseded = "ALREADY_SUPERSEDED",
        /// Retractions and the ledger's own events stand for ever. Record what is right as a new event.
        NotCorrectable = "NOT_CORRECTABLE",
        /// The event to take back is not recorded in this ledger. Check the id.
        RetractsUnknown = "RETRACTS_UNKNOWN",
        /// The event to take back is about another subject. Give the retraction that subject.
        RetractsOtherSubject = "RETRACTS_OTHER_SUBJECT",
        /// The event to take back was corrected by another. Retract its superseder.
        RetractsSuperseded = "RETRACTS_SUPERSEDED",
        /// The event was taken back already. Nothing is left to do.
        RetractedTwice = "RETRACTED_TWICE",

        // === What an event says ===
        /// A report, an allegation or a text needs at least one source. Name it.
        SourceMissing = "SOURCE_MISSING",
        /// A span of time ends before, or where, it starts. Correct one of its ends.
        IntervalEndsBeforeStart = "INTERVAL_ENDS_BEFORE_START",
        /// A figure for no time at all. Say for which period or days it is.
        PeriodMissing = "PERIOD_MISSING",
        /// A number or a list is out of range. The message says the range.
        ValueOutOfRange = "VALUE_OUT_OF_RANGE",
        /// Figures of one report contradict each other. Check them against the source.
        CountsContradict = "COUNTS_CONTRADICT",
        /// A text that has a form, such as a digest, does not have it. The message says the form.
        Malformed = "MALFORMED",
        /// The commitment has no tranche of this name. Use a name of its terms, of an amendment or of a reading.
        UnknownTranche = "UNKNOWN_TRANCHE",
        /// The commitment has no period of this name. Use a name of its terms, of an amendment or of a reading.
        UnknownPeriod = "UNKNOWN_PERIOD",
        /// An admissible figure for some of the same days stands already, in this series and basis. Supersede it if
        /// this is its revision; otherwise correct the days.
        OverlappingAmount = "OVERLAPPING_AMOUNT",

        // === Commitments and their terms ===
        /// Obligor and obligee are the same. A promise has two sides.
        ObligorIsObligee = "OBLIGOR_IS_OBLIGEE",
        /// A commitment is stated by its obligor, its obligee or JOINT. Record what others say as statements.
        StatedByOutsider = "STATED_BY_OUTSIDER",
        /// Only obligor, obligee or JOINT can confirm or disown. Record what others say as statements.
        PartyNotOfCommitment = "PARTY_NOT_OF_COMMITMENT",
        /// A list of the terms has no entry. Add at least one.
        TermsIncomplete = "TERMS_INCOMPLETE",
        /// Two parts of the terms contradict each other. The message says which.
        TermsInconsistent = "TERMS_INCONSISTENT",
        /// One name stands twice in a list. Names are unique within a commitment.
        DuplicateName = "DUPLICATE_NAME",
        /// A series that the terms do not hear. Name one of their series.
        UnknownSeries = "UNKNOWN_SERIES",
        /// The commitment, a tranche or a period would end before, or where, it starts. Correct one of its ends.
        TermEndsBeforeStart = "TERM_ENDS_BEFORE_START",
        /// A tranche lies outside the term of the whole pledge. Move it, or correct the term.
        TrancheOutsideTerm = "TRANCHE_OUTSIDE_TERM",
        /// An amendment or a reading that sets nothing. Set at least one field.
        PatchEmpty = "PATCH_EMPTY",
        /// An amendment or a reading sets a field that this kind of commitment does not have. Leave it out.
        FieldNotOfKind = "FIELD_NOT_OF_KIND",
        /// A correction would leave a later amendment without what it builds on. Correct or retract that one first.
        TermsNoLongerFit = "TERMS_NO_LONGER_FIT",
        /// `base` names the base text. Choose another name for the reading.
        ReservedReading = "RESERVED_READING",
        /// The commitment has no reading of this name. Record the reading first, or adopt `base`.
        ReadingUnknown = "READING_UNKNOWN",
    }
}

words! {
    /// What kind of no a refusal is, in the words of the status codes it becomes.
    Class {
        /// Wrong whatever the ledger holds.
        InvalidArgument = "INVALID_ARGUMENT",
        /// Wrong given what the ledger holds.
        FailedPrecondition = "FAILED_PRECONDITION",
        /// Recorded before, in part or otherwise.
        AlreadyExists = "ALREADY_EXISTS",
        /// Somebody else was faster.
        Aborted = "ABORTED",
    }
}

impl Reason {
    /// What kind of no it is.
    pub const fn class(self) -> Class {
        match self {
            Reason::IdReused | Reason::IdKnown => Class::AlreadyExists,
            Reason::StaleHead | Reason::StaleSubject => Class::Aborted,
            Reason::BatchEmpty
            | Reason::BatchTooLarge
            | Reason::IdTwice
            | Reason::FuturePosition
            | Reason::LedgerEventReserved
            | Reason::RecordTimeNotAllowed
            | Reason::RecordBasisWithoutTime
            | Reason::SubjectNotAllowed
            | Reason::RefersToItself
            | Reason::SupersedesItself
            | Reason::SourceMissing
            | Reason::IntervalEndsBeforeStart
            | Reason::PeriodMissing
            | Reason::ValueOutOfRange
            | Reason::CountsContradict
            | Reason::Malformed
            | Reason::ObligorIsObligee
            | Reason::StatedByOutsider
            | Reason::TermsIncomplete
            | Reason::TermsInconsistent
            | Reason::DuplicateName
            | Reason::TermEndsBeforeStart
            | Reason::TrancheOutsideTerm
            | Reason::PatchEmpty
            | Reason::ReservedReading => Class::InvalidArgument,
            _ => Class::FailedPrecondition,
        }
    }

    /// Whether the same request, decided anew on what is known by then, can succeed.
    pub const fn retry_helps(self) -> bool {
        matches!(self.class(), Class::Aborted)
    }
}
