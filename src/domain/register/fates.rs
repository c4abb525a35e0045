//! Fates: where each event stands and what has corrected it, kept in few bytes, since there is one for every event.

use std::collections::HashMap;

use crate::domain::{EventId, EventKind, Fate, Position, Subject};

/// The fates of one layer of a register.
#[derive(Debug, Clone, Default)]
pub(super) struct Fates {
    places: HashMap<EventId, Place>,
    /// What was corrected or taken back; most events never are.
    corrections: HashMap<EventId, Correction>,
    subjects: Subjects,
}

/// Where an event stands, of which kind it is, and the number of its subject.
#[derive(Debug, Clone, Copy)]
struct Place {
    position: Position,
    subject: u32,
    kind: EventKind,
}

#[derive(Debug, Clone, Copy, Default)]
struct Correction {
    superseded_by: Option<EventId>,
    retracted_by: Option<EventId>,
}

impl Fates {
    /// Makes ready for so many events.
    pub(super) fn expect(&mut self, events: usize) {
        self.places.reserve(events);
    }

    pub(super) fn get(&self, event: EventId) -> Option<Fate> {
        let place = self.places.get(&event)?;
        let correction = self.corrections.get(&event).copied().unwrap_or_default();
        Some(Fate {
            position: place.position,
            kind: place.kind,
            subject: self.subjects.get(place.subject).clone(),
            superseded_by: correction.superseded_by,
            retracted_by: correction.retracted_by,
        })
    }

    pub(super) fn contains(&self, event: EventId) -> bool {
        self.places.contains_key(&event)
    }

    /// Whether an event that is here was neither corrected nor taken back; `None` where it is not here.
    pub(super) fn stands(&self, event: EventId) -> Option<bool> {
        self.contains(event).then(|| !self.corrections.contains_key(&event))
    }

    pub(super) fn insert(&mut self, event: EventId, fate: Fate) {
        let Fate { position, kind, subject, superseded_by, retracted_by } = fate;
        self.place(event, position, kind, &subject);
        if superseded_by.is_some() || retracted_by.is_some() {
            self.corrections.insert(event, Correction { superseded_by, retracted_by });
        }
    }

    /// Takes in an event that nothing has corrected.
    pub(super) fn place(&mut self, event: EventId, position: Position, kind: EventKind, subject: &Subject) {
        let subject = self.subjects.number(subject);
        self.places.insert(event, Place { position, subject, kind });
    }

    /// Notes what supersedes an event that is here.
    pub(super) fn supersede(&mut self, event: EventId, by: EventId) {
        self.corrections.entry(event).or_default().superseded_by = Some(by);
    }

    /// Notes what takes back an event that is here.
    pub(super) fn retract(&mut self, event: EventId, by: EventId) {
        self.corrections.entry(event).or_default().retracted_by = Some(by);
    }

    /// Takes in the fates of a layer over this one.
    pub(super) fn absorb(&mut self, layer: Fates) {
        for (event, place) in layer.places {
            self.place(event, place.position, place.kind, layer.subjects.get(place.subject));
        }
        self.corrections.extend(layer.corrections);
    }
}

/// Numbers for subjects: a number takes four bytes, a subject six times as many.
#[derive(Debug, Clone, Default)]
struct Subjects {
    numbers: HashMap<Subject, u32>,
    subjects: Vec<Subject>,
}

impl Subjects {
    fn get(&self, number: u32) -> &Subject {
        &self.subjects[number as usize]
    }

    fn number(&mut self, subject: &Subject) -> u32 {
        if let Some(number) = self.numbers.get(subject) {
            return *number;
        }
        let number = u32::try_from(self.subjects.len()).expect("subjects are fewer than the events that memory holds");
        self.numbers.insert(subject.clone(), number);
        self.subjects.push(subject.clone());
        number
    }
}
