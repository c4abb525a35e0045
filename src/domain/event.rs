//! Events: the closed vocabulary of what can be recorded. Nothing is ever edited; a correction is an event too.

mod claim;
mod commitment;
mod instrument;
mod measure;
mod mention;
mod negotiation;
mod observation;
mod relief;

pub use claim::{BreachAlleged, BreachNotified, ClaimResolved, FindingIssued, NonComplianceNotified, Verdict};
pub use commitment::{
    CommitmentAmended, CommitmentConfirmed, CommitmentDisowned, CommitmentUndertaken, ReadingAdopted, ReadingRecorded,
};
pub use instrument::{
    InstrumentAmended, InstrumentSigned, InstrumentTerminated, KeyRotated, LedgerCreated, LedgerKind, Survivor,
    TerminationMode, TextPublished,
};
pub use measure::{
    MeasureAnnounced, MeasureImplemented, MeasureKind, MeasureReinstated, MeasureSuspended, MeasureVoided, RateSet,
};
pub use negotiation::{
    AskAnswer, AskAnswered, AskTabled, ConsultationHeld, EventRetracted, MeetingHeld, MeetingLevel, MeetingMoved,
    MeetingScheduled, Retractor, ShockRecorded, StatementMade,
};
pub use observation::{
    ActPerformed, ActReversed, AmountReported, Bound, CohortReported, MeasureObserved, MeasureState, MetricReported,
    PriceReported, Stage,
};
pub use relief::{ExcuseAccepted, ExcuseClaimed, SuspensionExercised, WaiverGranted};

use super::{
    Confidence, Instant, Party, Position, RecordBasis, SourceClass, Sources, Subject, Text, ValueError, word::words,
};

/// An event as it stands in a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its place.
    pub position: Position,
    /// When the ledger recorded it; never goes back from one position to the next.
    pub recorded_at: Instant,
    /// Who recorded it, from the credential and never from the body.
    pub recorded_by: Text,
    /// The position of the last event of the same append; its own where that is not known. What one append recorded
    /// became known at once.
    pub append_through: Position,
    /// What was asked to be recorded.
    pub submission: Submission,
}

// There is one in memory for every event of a ledger: whoever makes it larger does so for millions.
const _: () = assert!(size_of::<Event>() <= 216, "a large payload that is rare belongs into a box");

/// What a client asks to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Chosen by the client, or made by the server where the client chose none.
    pub event_id: EventId,
    /// What it is about.
    pub subject: Subject,
    /// Who says so. The first source's class is the record's class.
    pub sources: Sources,
    /// An earlier event of the same kind and subject that this one corrects.
    pub supersedes: Option<EventId>,
    /// A remark for people.
    pub note: Option<Text>,
    /// How sure the recorder is.
    pub confidence: Option<Confidence>,
    /// Replayed ledgers: when it was recorded.
    pub recorded_at: Option<Instant>,
    /// Replayed ledgers: how that is known.
    pub recorded_basis: Option<RecordBasis>,
    /// What happened.
    pub payload: Payload,
}

impl Submission {
    /// The class that counts: that of the first source; none where the source has none, or there is no source.
    pub fn source_class(&self) -> Option<SourceClass> {
        self.sources.first().and_then(|source| source.class)
    }
}

/// The identity of an event: a UUID, in lower case with hyphens.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(uuid::Uuid);

impl EventId {
    /// Reads a UUID; the nil UUID is refused.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let refuse = || ValueError::EventId(text.chars().take(80).collect());
        let id = uuid::Uuid::try_parse(text).map_err(|_| refuse())?;
        let spelled = &mut uuid::Uuid::encode_buffer();
        if id.is_nil() || *id.hyphenated().encode_lower(spelled) != *text {
            return Err(refuse());
        }
        Ok(EventId(id))
    }

    /// The id of these 16 bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        EventId(uuid::Uuid::from_bytes(bytes))
    }

    /// Its 16 bytes.
    pub const fn bytes(self) -> [u8; 16] {
        self.0.into_bytes()
    }
}

impl std::fmt::Display for EventId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl std::fmt::Debug for EventId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

words! {
    /// Families of events, as the vocabulary lists them.
    Family {
        /// The ledger itself.
        Ledger = "LEDGER",
        /// What was agreed.
        Instruments = "INSTRUMENTS",
        /// Promises.
        Commitments = "COMMITMENTS",
        /// Tariffs, controls, fees.
        Measures = "MEASURES",
        /// Evidence.
        Observations = "OBSERVATIONS",
        /// Allegations, notices, findings.
        Claims = "CLAIMS",
        /// Waivers, excuses, suspensions of a duty.
        Relief = "RELIEF",
        /// Meetings, asks, statements.
        Negotiation = "NEGOTIATION",
        /// Outside events.
        Context = "CONTEXT",
        /// Retractions.
        Corrections = "CORRECTIONS",
    }
}

/// How a payload holds what it says: in itself, or in a box where it is large and rare. Every event has room for the
/// largest that is held in itself, and of the millions of events of a ledger nearly all are small.
macro_rules! held {
    ($variant:ident) => { $variant };
    ($variant:ident Box) => { Box<$variant> };
}

macro_rules! payloads {
    ($($family:ident: $($variant:ident $(in $holder:ident)?),+;)+) => {
        /// What happened. What is large and rare is in a box.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each variant is documented at the type it holds")]
        pub enum Payload { $($($variant(held!($variant $($holder)?)),)+)+ }

        /// The kind of an event: a payload's name without what it holds.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each variant is documented at the payload's type")]
        pub enum EventKind { $($($variant,)+)+ }

        impl Payload {
            /// Which kind it is.
            pub const fn kind(&self) -> EventKind {
                match self { $($(Payload::$variant(_) => EventKind::$variant,)+)+ }
            }
        }

        impl EventKind {
            /// Every kind, in the order of the vocabulary.
            pub const ALL: &'static [EventKind] = &[$($(EventKind::$variant,)+)+];

            /// The family it belongs to.
            pub const fn family(self) -> Family {
                match self { $($(EventKind::$variant => Family::$family,)+)+ }
            }

            /// Its name, as in the vocabulary.
            pub const fn name(self) -> &'static str {
                match self { $($(EventKind::$variant => stringify!($variant),)+)+ }
            }
        }
    };
}

payloads! {
    Ledger: LedgerCreated, KeyRotated;
    Instruments: InstrumentSigned in Box, TextPublished in Box, InstrumentAmended, InstrumentTerminated;
    Commitments: CommitmentUndertaken in Box, CommitmentAmended in Box, CommitmentConfirmed, CommitmentDisowned, ReadingRecorded in Box, ReadingAdopted;
    Measures: MeasureAnnounced in Box, MeasureImplemented, MeasureSuspended, MeasureReinstated, MeasureVoided, RateSet in Box;
    Observations: MeasureObserved, AmountReported, MetricReported in Box, CohortReported, ActPerformed, ActReversed, PriceReported;
    Claims: BreachAlleged, BreachNotified, NonComplianceNotified, ClaimResolved, FindingIssued;
    Relief: WaiverGranted in Box, ExcuseClaimed in Box, ExcuseAccepted, SuspensionExercised;
    Negotiation: MeetingScheduled in Box, MeetingMoved, MeetingHeld in Box, AskTabled in Box, AskAnswered, ConsultationHeld, StatementMade;
    Context: ShockRecorded;
    Corrections: EventRetracted;
}

impl std::fmt::Display for EventKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}
