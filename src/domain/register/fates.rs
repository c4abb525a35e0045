//! Fates: where each event stands and what has corrected it, kept in few bytes, since there is one for every event.

use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::domain::map::Map;
use crate::domain::{Event, EventId, EventKind, Fate, Position, Subject};

/// The fates of one layer of a register.
#[derive(Debug, Clone, Default)]
pub(super) struct Fates {
    /// Of events that are folded.
    folded: Folded,
    /// Of events that are tried, and of those under this layer that the events tried correct.
    tried: Map<EventId, Place>,
    /// What was corrected or taken back; most events never are.
    corrections: Map<EventId, Correction>,
}

/// Where an event stands, of which kind it is, and what it is about.
#[derive(Debug, Clone)]
struct Place {
    position: Position,
    kind: EventKind,
    subject: Subject,
}

#[derive(Debug, Clone, Copy, Default)]
struct Correction {
    superseded_by: Option<EventId>,
    retracted_by: Option<EventId>,
}

impl Fates {
    /// Makes ready for so many events.
    pub(super) fn expect(&mut self, events: usize) {
        self.folded.expect(events);
    }

    /// Gives back the room that was taken ahead of events to come.
    pub(super) fn tighten(&mut self) {
        self.folded.events.shrink_to_fit();
    }

    pub(super) fn get(&self, event: EventId) -> Option<Fate> {
        let place = self.place_of(event)?;
        let correction = self.corrections.get(&event).copied().unwrap_or_default();
        Some(Fate {
            position: place.position,
            kind: place.kind,
            subject: place.subject,
            superseded_by: correction.superseded_by,
            retracted_by: correction.retracted_by,
        })
    }

    fn place_of(&self, event: EventId) -> Option<Place> {
        if let Some(event) = self.folded.get(event) {
            let submission = &event.submission;
            let (kind, subject) = (submission.payload.kind(), submission.subject.clone());
            return Some(Place { position: event.position, kind, subject });
        }
        self.tried.get(&event).cloned()
    }

    pub(super) fn contains(&self, event: EventId) -> bool {
        self.folded.get(event).is_some() || self.tried.contains_key(&event)
    }

    /// Whether an event that is here was neither corrected nor taken back; `None` where it is not here.
    pub(super) fn stands(&self, event: EventId) -> Option<bool> {
        self.contains(event).then(|| !self.corrections.contains_key(&event))
    }

    /// Takes in what has become of an event under this layer.
    pub(super) fn insert(&mut self, event: EventId, fate: Fate) {
        let Fate { position, kind, subject, superseded_by, retracted_by } = fate;
        self.tried.insert(event, Place { position, kind, subject });
        if superseded_by.is_some() || retracted_by.is_some() {
            self.corrections.insert(event, Correction { superseded_by, retracted_by });
        }
    }

    /// Takes in an event that is tried and that nothing has corrected.
    pub(super) fn place(&mut self, event: EventId, position: Position, kind: EventKind, subject: &Subject) {
        self.tried.insert(event, Place { position, kind, subject: subject.clone() });
    }

    /// Takes in an event that is folded and that nothing has corrected.
    pub(super) fn keep(&mut self, event: &Arc<Event>) {
        self.folded.keep(event);
    }

    /// Notes what supersedes an event that is here.
    pub(super) fn supersede(&mut self, event: EventId, by: EventId) {
        self.corrections.entry(event).or_default().superseded_by = Some(by);
    }

    /// Notes what takes back an event that is here.
    pub(super) fn retract(&mut self, event: EventId, by: EventId) {
        self.corrections.entry(event).or_default().retracted_by = Some(by);
    }

    /// Takes in the fates of a layer over this one. Only what is tried comes in layers.
    pub(super) fn absorb(&mut self, layer: Fates) {
        self.tried.extend(layer.tried);
        self.corrections.extend(layer.corrections);
    }
}

/// Folded events by their ids. The table holds no ids, since the events do: a place in it takes nine bytes.
#[derive(Debug, Clone, Default)]
struct Folded {
    events: Vec<Arc<Event>>,
    slots: HashTable<Slot>,
    state: RandomState,
}

/// A part of the hash of an id, which tells nearly all ids apart, and where the event is among those folded.
#[derive(Debug, Clone, Copy)]
struct Slot {
    tag: u32,
    place: u32,
}

impl Slot {
    /// The hash that the table goes by. It is made of the tag alone, so that a table that grows need not go to every event.
    fn hash(tag: u32) -> u64 {
        u64::from(tag).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

impl Folded {
    fn expect(&mut self, events: usize) {
        self.events.reserve_exact(events);
        self.slots.reserve(events, |slot| Slot::hash(slot.tag));
    }

    fn tag(&self, id: EventId) -> u32 {
        (self.state.hash_one(id) >> 32) as u32
    }

    fn get(&self, id: EventId) -> Option<&Arc<Event>> {
        let tag = self.tag(id);
        let slot = self.slots.find(Slot::hash(tag), |slot| slot.tag == tag && self.is_at(id, slot.place))?;
        self.events.get(slot.place as usize)
    }

    fn is_at(&self, id: EventId, place: u32) -> bool {
        self.events.get(place as usize).is_some_and(|event| event.submission.event_id == id)
    }

    fn keep(&mut self, event: &Arc<Event>) {
        let id = event.submission.event_id;
        let tag = self.tag(id);
        let place = u32::try_from(self.events.len()).expect("memory does not hold four billion events");
        let events = &self.events;
        let is_same = |slot: &Slot| {
            slot.tag == tag && events.get(slot.place as usize).is_some_and(|it| it.submission.event_id == id)
        };
        // A log that holds an id twice was not written by these rules; the later event is then the one of that id.
        match self.slots.find_mut(Slot::hash(tag), is_same) {
            Some(slot) => slot.place = place,
            None => {
                self.slots.insert_unique(Slot::hash(tag), Slot { tag, place }, |slot| Slot::hash(slot.tag));
            }
        }
        self.events.push(Arc::clone(event));
    }
}
