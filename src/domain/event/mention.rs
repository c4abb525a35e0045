//! Whom and what a payload names: what readers filter by.

use super::{Party, Payload};
use crate::domain::Product;

impl Payload {
    /// The parties it names, as obligor, obligee, author or participant.
    pub fn parties(&self) -> Vec<Party> {
        match self {
            Payload::InstrumentSigned(it) => it.parties.clone(),
            Payload::TextPublished(it) => it.by.into_iter().collect(),
            Payload::InstrumentTerminated(it) => it.by.into_iter().collect(),
            Payload::CommitmentUndertaken(it) => vec![it.obligor, it.obligee],
            Payload::CommitmentConfirmed(it) => vec![it.by],
            Payload::CommitmentDisowned(it) => vec![it.by],
            Payload::ReadingRecorded(it) => it.by.into_iter().collect(),
            Payload::MeasureAnnounced(it) => vec![it.by, it.against],
            Payload::MeasureReinstated(it) => vec![it.by],
            Payload::BreachNotified(it) => vec![it.by],
            Payload::NonComplianceNotified(it) => vec![it.by],
            Payload::WaiverGranted(it) => vec![it.by],
            Payload::ExcuseAccepted(it) => vec![it.by],
            Payload::MeetingScheduled(it) => it.parties.clone(),
            Payload::MeetingHeld(it) => it.parties.clone(),
            Payload::AskTabled(it) => vec![it.by, it.of],
            Payload::AskAnswered(it) => vec![it.by],
            Payload::ConsultationHeld(it) => it.parties.clone(),
            Payload::LedgerCreated(_)
            | Payload::KeyRotated(_)
            | Payload::InstrumentAmended(_)
            | Payload::CommitmentAmended(_)
            | Payload::ReadingAdopted(_)
            | Payload::MeasureImplemented(_)
            | Payload::MeasureSuspended(_)
            | Payload::MeasureVoided(_)
            | Payload::RateSet(_)
            | Payload::MeasureObserved(_)
            | Payload::AmountReported(_)
            | Payload::MetricReported(_)
            | Payload::CohortReported(_)
            | Payload::ActPerformed(_)
            | Payload::ActReversed(_)
            | Payload::PriceReported(_)
            | Payload::BreachAlleged(_)
            | Payload::ClaimResolved(_)
            | Payload::FindingIssued(_)
            | Payload::ExcuseClaimed(_)
            | Payload::SuspensionExercised(_)
            | Payload::MeetingMoved(_)
            | Payload::StatementMade(_)
            | Payload::ShockRecorded(_)
            | Payload::EventRetracted(_) => Vec::new(),
        }
    }

    /// The products it names.
    pub fn products(&self) -> &[Product] {
        match self {
            Payload::CommitmentUndertaken(it) => &it.products,
            Payload::MeasureAnnounced(it) => &it.products,
            Payload::AskTabled(it) => &it.products,
            _ => &[],
        }
    }
}
