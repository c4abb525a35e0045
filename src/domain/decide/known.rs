//! Known: what the ledger, and the events before this one in the batch, say.

use crate::domain::event::CommitmentUndertaken;
use crate::domain::refusal::{Fact, Reason, Refusal};
use crate::domain::register::{Charter, Records, Register, Seat};
use crate::domain::{Collection, EventId, Fate, Slug, Subject, Submission};

/// What is known when an event is judged.
pub(super) struct Known<'k> {
    records: Records<'k>,
    register: &'k Register<'k>,
}

impl<'k> Known<'k> {
    pub(super) fn new(records: Records<'k>, register: &'k Register<'k>) -> Self {
        Known { records, register }
    }

    /// What has become of an event.
    pub(super) fn fate(&self, event: EventId) -> Option<Fate> {
        self.register.fate(event)
    }

    /// An event as it was submitted.
    pub(super) fn submission(&self, fate: &Fate) -> Option<&'k Submission> {
        self.records.at(&fate.subject, fate.position)
    }

    /// The event that holds a place.
    pub(super) fn holder(&self, subject: &Subject, seat: &Seat) -> Option<EventId> {
        self.register.holder(subject, seat)
    }

    /// What rules a commitment that stands.
    pub(super) fn charter(&self, subject: &Subject) -> Option<&Charter> {
        let Subject::Member(Collection::Commitments, commitment) = subject else { return None };
        self.register.charter(commitment)
    }

    /// How a commitment that stands was undertaken.
    pub(super) fn undertaken(&self, subject: &Subject) -> Option<&CommitmentUndertaken> {
        self.charter(subject).map(Charter::undertaken)
    }

    /// The event as a fact.
    pub(super) fn fact(&self, id: EventId) -> Fact {
        match self.fate(id) {
            Some(fate) => Fact::Event { id, position: fate.position },
            None => Fact::UnknownEvent(id),
        }
    }

    /// Refuses unless a subject is recorded and was not taken back.
    pub(super) fn require(&self, subject: &Subject, field: &str) -> Result<(), Refusal> {
        let Subject::Member(collection, _) = subject else { return Ok(()) };
        let (seats, creator) = creating(*collection);
        if seats.iter().any(|seat| self.register.holder(subject, seat).is_some()) {
            return Ok(());
        }
        let last = seats.iter().find_map(|seat| self.register.last_holder(subject, seat));
        let Some(last) = last else {
            let message = format!("{subject} is not recorded; record {creator} for it first, or earlier in the batch");
            return Err(Refusal::new(Reason::UnknownSubject, field, message).with(Fact::Subject(subject.clone())));
        };
        let message = format!("{subject} was retracted; record {creator} for it anew, or name another");
        let refusal = Refusal::new(Reason::SubjectRetracted, field, message)
            .with(Fact::Subject(subject.clone()))
            .with(self.fact(last));
        Err(match self.fate(last).and_then(|fate| fate.retracted_by) {
            Some(retraction) => refusal.with(Fact::RetractedBy(retraction)),
            None => refusal,
        })
    }

    /// Refuses unless a member of a collection is recorded and was not taken back.
    pub(super) fn require_member(&self, collection: Collection, id: &Slug, field: &str) -> Result<(), Refusal> {
        self.require(&Subject::Member(collection, id.clone()), field)
    }

    /// The event of this id, which must not have been corrected.
    pub(super) fn require_current(&self, id: EventId, field: &str) -> Result<Fate, Refusal> {
        let fate = self.require_recorded(id, field)?;
        if let Some(superseder) = fate.superseded_by {
            let message = format!("event {id} was superseded by {superseder}; name that one");
            let refusal = Refusal::new(Reason::EventSuperseded, field, message).with(self.fact(id));
            return Err(refusal.with(Fact::SupersededBy(superseder)));
        }
        Ok(fate)
    }

    /// The event of this id, which must stand.
    pub(super) fn require_event(&self, id: EventId, field: &str) -> Result<Fate, Refusal> {
        let fate = self.require_current(id, field)?;
        if let Some(retraction) = fate.retracted_by {
            let message = format!("event {id} was retracted by {retraction}; nothing can rest on it");
            let refusal = Refusal::new(Reason::EventRetracted, field, message).with(self.fact(id));
            return Err(refusal.with(Fact::RetractedBy(retraction)));
        }
        Ok(fate)
    }

    /// The event of this id, whatever has become of it.
    pub(super) fn require_recorded(&self, id: EventId, field: &str) -> Result<Fate, Refusal> {
        self.fate(id).ok_or_else(|| {
            let message = format!("event {id} is not recorded; record it first, or earlier in the batch");
            Refusal::new(Reason::UnknownEvent, field, message).with(Fact::UnknownEvent(id))
        })
    }
}

/// The places whose holders bring a member of a collection into the ledger, and the kinds of event that take them.
fn creating(collection: Collection) -> (&'static [Seat], &'static str) {
    match collection {
        Collection::Instruments => (&[Seat::Created], "InstrumentSigned"),
        Collection::Commitments => (&[Seat::Created], "CommitmentUndertaken"),
        Collection::Measures => (&[Seat::Created], "MeasureAnnounced"),
        Collection::Meetings => (&[Seat::Scheduled, Seat::Held], "MeetingScheduled or MeetingHeld"),
        Collection::Asks => (&[Seat::Created], "AskTabled"),
        Collection::Shocks => (&[Seat::Created], "ShockRecorded"),
    }
}
