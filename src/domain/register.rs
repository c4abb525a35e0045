//! Register: what must be looked up to decide whether an event may be recorded. Derived from the events, like the
//! docket it belongs to: who exists, what has been corrected, which names terms have, which days figures speak for.

mod amounts;
mod charter;
mod records;

pub(super) use charter::Charter;
pub(super) use records::Records;

use std::collections::HashMap;
use std::sync::Arc;

use super::event::CommitmentUndertaken;
use super::{EventId, EventKind, Fate, Payload, Position, Refusal, Slug, Subject, Submission};
use amounts::Amounts;

/// Settled entries, or further ones over settled ones: looking up sees both, writing touches only the upper. So a batch
/// is tried without copying the ledger's state and without undoing anything, in time that does not grow with it.
#[derive(Debug, Clone, Default)]
pub(super) struct Register<'a> {
    settled: Option<&'a Register<'a>>,
    fates: HashMap<EventId, Fate>,
    seats: HashMap<(Subject, Seat), EventId>,
    charters: HashMap<Slug, Charter>,
    amounts: Amounts,
}

/// A place about a subject that only one event may hold. A place whose holder was retracted is free again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Seat {
    /// What brought the subject into the ledger.
    Created,
    /// The schedule of a meeting.
    Scheduled,
    /// That a meeting took place.
    Held,
    /// The answer to an ask.
    Answered,
    /// The text of this name.
    Text(Slug),
}

impl Seat {
    /// The place that an event takes, if its kind takes one.
    pub(super) fn of(payload: &Payload) -> Option<Seat> {
        match payload {
            Payload::InstrumentSigned(_)
            | Payload::CommitmentUndertaken(_)
            | Payload::MeasureAnnounced(_)
            | Payload::AskTabled(_)
            | Payload::ShockRecorded(_) => Some(Seat::Created),
            Payload::MeetingScheduled(_) => Some(Seat::Scheduled),
            Payload::MeetingHeld(_) => Some(Seat::Held),
            Payload::AskAnswered(_) => Some(Seat::Answered),
            Payload::TextPublished(published) => Some(Seat::Text(published.text.clone())),
            _ => None,
        }
    }

    /// Whether who holds it brings its subject into the ledger.
    pub(super) fn creates(&self) -> bool {
        matches!(self, Seat::Created | Seat::Scheduled | Seat::Held)
    }
}

impl<'a> Register<'a> {
    /// An empty layer over this one.
    pub(super) fn layer(&'a self) -> Register<'a> {
        Register { settled: Some(self), ..Register::default() }
    }

    /// What a layer over this one holds, taken over.
    pub(super) fn absorb(&mut self, layer: Layer) {
        let Layer { fates, seats, charters, amounts } = layer;
        self.fates.extend(fates);
        self.seats.extend(seats);
        self.charters.extend(charters);
        self.amounts.absorb(amounts, self.settled.is_none());
    }

    /// What this layer holds, freed of what lies under it.
    pub(super) fn into_layer(self) -> Layer {
        Layer { fates: self.fates, seats: self.seats, charters: self.charters, amounts: self.amounts }
    }

    /// What has become of an event.
    pub(super) fn fate(&self, event: EventId) -> Option<&Fate> {
        self.fates.get(&event).or_else(|| self.settled?.fate(event))
    }

    /// Whether an event stands: recorded, neither corrected nor taken back.
    pub(super) fn stands(&self, event: EventId) -> bool {
        self.fate(event).is_some_and(|fate| fate.superseded_by.is_none() && fate.retracted_by.is_none())
    }

    /// The last event that took a place, whether it still stands or was retracted.
    pub(super) fn last_holder(&self, subject: &Subject, seat: &Seat) -> Option<EventId> {
        self.seated(&(subject.clone(), seat.clone()))
    }

    /// The event that holds a place.
    pub(super) fn holder(&self, subject: &Subject, seat: &Seat) -> Option<EventId> {
        self.last_holder(subject, seat).filter(|event| self.stands(*event))
    }

    /// What rules a commitment, as last undertaken; look up first whether the commitment stands.
    pub(super) fn charter(&self, commitment: &Slug) -> Option<&Charter> {
        self.charters.get(commitment).or_else(|| self.settled?.charter(commitment))
    }

    fn seated(&self, place: &(Subject, Seat)) -> Option<EventId> {
        self.seats.get(place).copied().or_else(|| self.settled?.seated(place))
    }

    /// Takes in an event. What it does to terms and figures can be impossible, and the error says how; the rest is
    /// taken in even then, because a docket must fold whatever a ledger holds.
    pub(super) fn note(
        &mut self,
        position: Position,
        submission: &Submission,
        records: &Records<'_>,
    ) -> Result<(), Refusal> {
        // Of events with one id the first is the one (specification, K1).
        if self.fate(submission.event_id).is_some() {
            return Ok(());
        }
        self.note_fate(position, submission);
        if let Some(seat) = Seat::of(&submission.payload) {
            self.seats.insert((submission.subject.clone(), seat), submission.event_id);
        }
        let before = self.undertaken_before(submission);
        let chartered = self.note_charter(position, submission, records);
        let counted = self.note_amounts(submission, before.as_deref(), records);
        chartered.and(counted)
    }

    fn undertaken_before(&self, submission: &Submission) -> Option<Arc<CommitmentUndertaken>> {
        match (&submission.subject, &submission.payload) {
            (Subject::Member(_, commitment), Payload::CommitmentUndertaken(_)) => {
                self.charter(commitment).map(Charter::shared_undertaken)
            }
            _ => None,
        }
    }

    fn note_fate(&mut self, position: Position, submission: &Submission) {
        if let Some(earlier) = submission.supersedes.and_then(|id| self.fate_mut(id)) {
            earlier.superseded_by = Some(submission.event_id);
        }
        if let Payload::EventRetracted(retracted) = &submission.payload
            && let Some(earlier) = self.fate_mut(retracted.event)
        {
            earlier.retracted_by = Some(submission.event_id);
        }
        let fate = Fate {
            position,
            kind: submission.payload.kind(),
            subject: submission.subject.clone(),
            superseded_by: None,
            retracted_by: None,
        };
        self.fates.insert(submission.event_id, fate);
    }

    fn fate_mut(&mut self, event: EventId) -> Option<&mut Fate> {
        if !self.fates.contains_key(&event) {
            let settled = self.settled?.fate(event)?.clone();
            self.fates.insert(event, settled);
        }
        self.fates.get_mut(&event)
    }

    /// The event that this one corrects or takes back, if that was of this kind.
    fn undone(&self, submission: &Submission, kind: EventKind) -> Option<EventId> {
        let undone = match &submission.payload {
            Payload::EventRetracted(retracted) => Some(retracted.event),
            _ => submission.supersedes,
        };
        undone.filter(|id| self.fate(*id).is_some_and(|fate| fate.kind == kind))
    }
}

/// What one layer of a register holds.
#[derive(Debug)]
pub(super) struct Layer {
    fates: HashMap<EventId, Fate>,
    seats: HashMap<(Subject, Seat), EventId>,
    charters: HashMap<Slug, Charter>,
    amounts: Amounts,
}
