//! Dossier: all that is known of one commitment.

use std::sync::Arc;

use super::event::CommitmentUndertaken;
use super::{Event, Payload, Position, Slug};

/// Every event that bears on one commitment, in order of position: its own, those of the measures it is about, and
/// those of its instrument. Corrections are among them and change nothing here; who reads a dossier applies them.
#[derive(Debug, Clone)]
pub struct Dossier {
    commitment: Slug,
    events: Vec<Arc<Event>>,
    /// The position of the last event, so that filing the next need not go to it: by then it is in no cache.
    through: Position,
}

impl Dossier {
    /// An empty dossier.
    pub fn new(commitment: Slug) -> Self {
        Dossier { commitment, events: Vec::new(), through: Position::ORIGIN }
    }

    /// Which commitment.
    pub fn commitment(&self) -> &Slug {
        &self.commitment
    }

    /// Every event, in order of position.
    pub fn events(&self) -> &[Arc<Event>] {
        &self.events
    }

    /// The events up to and including a position: what was known there (specification, K1).
    pub fn known(&self, through: Position) -> &[Arc<Event>] {
        let count = self.events.partition_point(|event| event.position <= through);
        &self.events[..count]
    }

    /// The position of the last event that was known at a position: what was known then is the same from there on until
    /// then. The origin where nothing was.
    pub fn revision(&self, known: Position) -> Position {
        self.known(known).last().map_or(Position::ORIGIN, |event| event.position)
    }

    /// A dossier of its own with what was known at a position.
    pub fn through(&self, known: Position) -> Dossier {
        Dossier {
            commitment: self.commitment.clone(),
            events: self.known(known).to_vec(),
            through: self.revision(known),
        }
    }

    /// The commitments whose conduct its duty depends on, or did, or will, by any of its terms, amendments and readings.
    pub fn counterparts(&self) -> impl Iterator<Item = &Slug> {
        self.events.iter().filter_map(|event| event.submission.payload.dependence()).map(|it| &it.commitment)
    }

    /// Files an event at its place; one that is filed already stays as it is.
    pub fn file(&mut self, event: Arc<Event>) {
        // Nearly all are newer than what is filed, and need no search for their place.
        if self.through < event.position {
            self.through = event.position;
            self.events.push(event);
            return;
        }
        let place = self.events.partition_point(|filed| filed.position < event.position);
        if self.events.get(place).is_none_or(|filed| filed.position != event.position) {
            self.events.insert(place, event);
        }
    }

    /// Gives back the room that was taken ahead of events to come.
    pub(super) fn tighten(&mut self) {
        self.events.shrink_to_fit();
    }

    /// How it was undertaken, as first recorded.
    pub fn first_undertaking(&self) -> Option<&CommitmentUndertaken> {
        self.events.iter().find_map(|event| match &event.submission.payload {
            Payload::CommitmentUndertaken(undertaken) => Some(undertaken.as_ref()),
            _ => None,
        })
    }
}
