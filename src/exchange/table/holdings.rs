//! What a ledger says already of the figures of a table.

use std::collections::HashSet;

use super::figure::{Key, Number, Stated};
use super::read::Figures;
use crate::domain::{Event, EventId, Payload};

/// The events of a ledger that state figures of a table's lines.
#[derive(Debug, Default)]
pub struct Holdings {
    held: Vec<Held>,
    /// Events that were superseded or retracted.
    ended: HashSet<EventId>,
}

#[derive(Debug)]
pub(super) struct Held {
    pub(super) key: Key,
    /// The number of its manner; none where no figure of the table is meant so.
    pub(super) manner: Option<u32>,
    pub(super) number: Number,
    pub(super) id: EventId,
}

/// What is held of one figure.
#[derive(Debug)]
pub(super) struct Found<'a> {
    /// How many events stated it, those that no longer stand included.
    pub(super) events: u32,
    /// Those that stand.
    pub(super) live: Vec<&'a Held>,
}

impl Holdings {
    /// Takes in the next event of the ledger; of events about other things it keeps only what they end.
    pub fn take(&mut self, event: &Event, figures: &Figures) {
        self.ended.extend(event.submission.supersedes);
        if let Payload::EventRetracted(retracted) = &event.submission.payload {
            self.ended.insert(retracted.event);
        }
        let Some(stated) = Stated::of(&event.submission) else { return };
        let Some(strand) = figures.strands.find(&stated.strand) else { return };
        self.held.push(Held {
            key: Key { strand, span: stated.span },
            manner: figures.manners.find(&stated.manner),
            number: stated.number,
            id: event.submission.event_id,
        });
    }

    /// To be called once all events are taken in: arranges them for [`Figures::compare`].
    pub fn settle(&mut self) {
        self.held.sort_by_key(|held| held.key);
    }

    pub(super) fn find(&self, key: Key) -> Found<'_> {
        let from = self.held.partition_point(|held| held.key < key);
        let events: Vec<&Held> = self.held[from..].iter().take_while(|held| held.key == key).collect();
        let live = |held: &&Held| !self.ended.contains(&held.id);
        Found {
            events: u32::try_from(events.len()).unwrap_or(u32::MAX),
            live: events.iter().copied().filter(live).collect(),
        }
    }
}
