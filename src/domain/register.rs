//! Register: what must be looked up to decide whether an event may be recorded. Derived from the events, like the
//! docket it belongs to: who exists, what has been corrected, which names terms have, which days figures speak for.

mod amounts;
mod charter;
mod fates;
mod records;

pub(super) use charter::Charter;
pub(super) use records::Records;

use std::sync::Arc;

use super::event::CommitmentUndertaken;
use super::map::Map;
use super::{Event, EventId, EventKind, Fate, Payload, Position, Refusal, Slug, Subject, Submission};
use amounts::Amounts;
use fates::Fates;

/// Settled entries, or further ones over settled ones: looking up sees both, writing touches only the upper. So a batch
/// is tried without copying the ledger's state and without undoing anything, in time that does not grow with it.
#[derive(Debug, Clone, Default)]
pub(super) struct Register<'a> {
    settled: Option<&'a Register<'a>>,
    fates: Fates,
    seats: Map<(Subject, Seat), EventId>,
    charters: Map<Slug, Charter>,
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
    /// Makes ready for so many events.
    pub(super) fn expect(&mut self, events: usize) {
        self.fates.expect(events);
    }

    /// Gives back the room that was taken ahead of events to come.
    pub(super) fn tighten(&mut self) {
        self.fates.tighten();
    }

    /// An empty layer over this one.
    pub(super) fn layer(&'a self) -> Register<'a> {
        Register { settled: Some(self), ..Register::default() }
    }

    /// What a layer over this one holds, taken over.
    pub(super) fn absorb(&mut self, layer: Layer) {
        let Layer { fates, seats, charters, amounts } = layer;
        self.fates.absorb(fates);
        self.seats.extend(seats);
        self.charters.extend(charters);
        self.amounts.absorb(amounts, self.settled.is_none());
    }

    /// What this layer holds, freed of what lies under it.
    pub(super) fn into_layer(self) -> Layer {
        Layer { fates: self.fates, seats: self.seats, charters: self.charters, amounts: self.amounts }
    }

    /// What has become of an event.
    pub(super) fn fate(&self, event: EventId) -> Option<Fate> {
        self.fates.get(event).or_else(|| self.settled?.fate(event))
    }

    /// Whether an event is recorded, whatever has become of it.
    pub(super) fn knows(&self, event: EventId) -> bool {
        self.fates.contains(event) || self.settled.is_some_and(|settled| settled.knows(event))
    }

    /// Whether an event stands: recorded, neither corrected nor taken back.
    pub(super) fn stands(&self, event: EventId) -> bool {
        self.fates.stands(event).unwrap_or_else(|| self.settled.is_some_and(|settled| settled.stands(event)))
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
        if self.knows(submission.event_id) {
            return Ok(());
        }
        self.note_corrections(submission);
        self.fates.place(submission.event_id, position, submission.payload.kind(), &submission.subject);
        self.note_rest(position, submission, records)
    }

    /// Takes in an event that its ledger holds.
    pub(super) fn fold(&mut self, event: &Arc<Event>, records: &Records<'_>) -> Result<(), Refusal> {
        self.note_corrections(&event.submission);
        self.fates.keep(event);
        self.note_rest(event.position, &event.submission, records)
    }

    fn note_rest(&mut self, position: Position, submission: &Submission, records: &Records<'_>) -> Result<(), Refusal> {
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

    fn note_corrections(&mut self, submission: &Submission) {
        let id = submission.event_id;
        if let Some(earlier) = submission.supersedes.filter(|earlier| self.take_up(*earlier)) {
            self.fates.supersede(earlier, id);
        }
        if let Payload::EventRetracted(retracted) = &submission.payload
            && self.take_up(retracted.event)
        {
            self.fates.retract(retracted.event, id);
        }
    }

    /// Makes this layer hold the fate of an event, so that it can change here; false where nobody knows the event.
    fn take_up(&mut self, event: EventId) -> bool {
        if !self.fates.contains(event) {
            let Some(settled) = self.settled.and_then(|settled| settled.fate(event)) else { return false };
            self.fates.insert(event, settled);
        }
        true
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
    fates: Fates,
    seats: Map<(Subject, Seat), EventId>,
    charters: Map<Slug, Charter>,
    amounts: Amounts,
}
