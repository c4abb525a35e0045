//! Whom and what a payload names: what readers filter by, and what deciding looks up.

use super::{EventId, Party, Payload, Subject};
use crate::domain::terms::Dependence;
use crate::domain::{Collection, Product, Slug};

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
    /// The subjects it names, beside the one it is about.
    pub fn subjects(&self) -> Vec<Subject> {
        let member = |collection: Collection, id: &Slug| Subject::Member(collection, id.clone());
        match self {
            Payload::InstrumentTerminated(it) => {
                it.surviving.iter().map(|survivor| member(Collection::Commitments, &survivor.commitment)).collect()
            }
            Payload::CommitmentUndertaken(it) => {
                let measures = it.measures.iter().map(|measure| member(Collection::Measures, measure));
                measures.chain([member(Collection::Instruments, &it.instrument)]).collect()
            }
            Payload::AskTabled(it) => {
                let meeting = it.meeting.iter().map(|meeting| member(Collection::Meetings, meeting));
                meeting.chain(it.in_exchange_for.iter().map(|ask| member(Collection::Asks, ask))).collect()
            }
            Payload::AskAnswered(it) => {
                it.commitment.iter().map(|commitment| member(Collection::Commitments, commitment)).collect()
            }
            Payload::ShockRecorded(it) => it.touches.clone(),
            _ => Vec::new(),
        }
    }

    /// The commitment on whose conduct it makes a duty depend, and how.
    pub fn dependence(&self) -> Option<&Dependence> {
        match self {
            Payload::CommitmentUndertaken(it) => it.terms.dependence(),
            Payload::CommitmentAmended(it) => it.set.depends_on.as_ref(),
            Payload::ReadingRecorded(it) => it.set.depends_on.as_ref(),
            _ => None,
        }
    }

    /// The other events it names.
    pub fn events(&self) -> Vec<EventId> {
        match self {
            Payload::ClaimResolved(it) => vec![it.claim],
            Payload::WaiverGranted(it) => it.conditional_on.clone(),
            Payload::ExcuseAccepted(it) => vec![it.claim],
            Payload::EventRetracted(it) => vec![it.event],
            _ => Vec::new(),
        }
    }
}
