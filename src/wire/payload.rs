//! What happened: the payload of a submission, by kind.

mod claim;
mod commitment;
mod instrument;
mod measure;
mod negotiation;
mod observation;
mod relief;

use crate::domain::Payload;
use crate::domain::event::{
    ActPerformed, ActReversed, AmountReported, AskAnswered, AskTabled, BreachAlleged, BreachNotified, ClaimResolved,
    CohortReported, CommitmentAmended, CommitmentConfirmed, CommitmentDisowned, CommitmentUndertaken, ConsultationHeld,
    EventRetracted, ExcuseAccepted, ExcuseClaimed, FindingIssued, InstrumentAmended, InstrumentSigned,
    InstrumentTerminated, KeyRotated, LedgerCreated, MeasureAnnounced, MeasureImplemented, MeasureObserved,
    MeasureReinstated, MeasureSuspended, MeasureVoided, MeetingHeld, MeetingMoved, MeetingScheduled, MetricReported,
    NonComplianceNotified, PriceReported, RateSet, ReadingAdopted, ReadingRecorded, ShockRecorded, StatementMade,
    SuspensionExercised, TextPublished, WaiverGranted,
};
use crate::proto::v1::submission;

use super::at::At;
use super::spell::{Spelled, Speller};

macro_rules! payloads {
    ($($kind:ident = $field:literal,)+) => {
        impl Spelled for Payload {
            type Proto = submission::Payload;

            fn spell(&self, to: &Speller<'_>) -> submission::Payload {
                match self { $(Payload::$kind(it) => submission::Payload::$kind(it.spell(to)),)+ }
            }

            fn read(message: &submission::Payload, here: &At<'_>) -> Option<Self> {
                match message {
                    $(submission::Payload::$kind(it) => $kind::read(it, &here.field($field)).map(|it| Payload::$kind(it.into())),)+
                }
            }
        }
    };
}

payloads! {
    LedgerCreated = "ledger_created",
    KeyRotated = "key_rotated",
    InstrumentSigned = "instrument_signed",
    TextPublished = "text_published",
    InstrumentAmended = "instrument_amended",
    InstrumentTerminated = "instrument_terminated",
    CommitmentUndertaken = "commitment_undertaken",
    CommitmentAmended = "commitment_amended",
    CommitmentConfirmed = "commitment_confirmed",
    CommitmentDisowned = "commitment_disowned",
    ReadingRecorded = "reading_recorded",
    ReadingAdopted = "reading_adopted",
    MeasureAnnounced = "measure_announced",
    MeasureImplemented = "measure_implemented",
    MeasureSuspended = "measure_suspended",
    MeasureReinstated = "measure_reinstated",
    MeasureVoided = "measure_voided",
    RateSet = "rate_set",
    MeasureObserved = "measure_observed",
    AmountReported = "amount_reported",
    MetricReported = "metric_reported",
    CohortReported = "cohort_reported",
    ActPerformed = "act_performed",
    ActReversed = "act_reversed",
    PriceReported = "price_reported",
    BreachAlleged = "breach_alleged",
    BreachNotified = "breach_notified",
    NonComplianceNotified = "non_compliance_notified",
    ClaimResolved = "claim_resolved",
    FindingIssued = "finding_issued",
    WaiverGranted = "waiver_granted",
    ExcuseClaimed = "excuse_claimed",
    ExcuseAccepted = "excuse_accepted",
    SuspensionExercised = "suspension_exercised",
    MeetingScheduled = "meeting_scheduled",
    MeetingMoved = "meeting_moved",
    MeetingHeld = "meeting_held",
    AskTabled = "ask_tabled",
    AskAnswered = "ask_answered",
    ConsultationHeld = "consultation_held",
    StatementMade = "statement_made",
    ShockRecorded = "shock_recorded",
    EventRetracted = "event_retracted",
}
