//! Reading a ledger's events back.

use bytes::{Buf, Bytes};
use prost::Message;

use super::{EventFilter, Ledger, LedgerError};
use crate::domain::{Event, EventId, Position, Slug};
use crate::proto::v1;
use crate::store::{Damage, ReadLimits, StoreError};
use crate::wire;

/// How many stored bytes one step of a read takes up.
const STEP_BYTES: usize = 1 << 20;
/// How many events one step of a read takes up.
const STEP_EVENTS: usize = 1024;

/// Which way events are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heading {
    /// Events after this position, towards the head.
    Forward(Position),
    /// Events before this position, towards the first; `None` is from the head.
    Backward(Option<Position>),
}

/// One step of a read.
#[derive(Debug, Clone)]
pub struct EventPage {
    /// The events that match, in order, as they are stored: encoded [`v1::Event`]s.
    pub events: Vec<Bytes>,
    /// Where the next step goes on; set even where no event matched.
    pub next: Heading,
    /// Nothing more lies that way.
    pub at_end: bool,
    /// The durable head at that moment.
    pub head: Position,
}

impl EventPage {
    /// The events as messages.
    pub fn decoded(&self) -> Result<Vec<v1::Event>, LedgerError> {
        // A stored event knows its position, but one that cannot be decoded does not tell it.
        self.events.iter().map(|stored| decode(Position::ORIGIN, stored.as_ref())).collect()
    }
}

impl Ledger {
    /// One bounded step of a read: at most `limit` events that match. Blocks on the store: call it off the
    /// asynchronous threads.
    pub fn events(&self, heading: Heading, filter: &EventFilter, limit: usize) -> Result<EventPage, LedgerError> {
        let limits = ReadLimits { entries: STEP_EVENTS, bytes: STEP_BYTES };
        let page = match heading {
            Heading::Forward(after) => self.shared.log.read(after, limits)?,
            Heading::Backward(before) => {
                self.shared.log.read_back(before.unwrap_or_else(|| self.head().next()), limits)?
            }
        };
        let mut events = Vec::new();
        let mut reached = None;
        let taken = page.entries.len();
        for (position, bytes) in page.entries {
            reached = Some(position);
            if filter.passes_all() || self.matches(filter, position, &bytes)? {
                events.push(bytes);
                if events.len() >= limit {
                    break;
                }
            }
        }
        let next = match (reached, heading) {
            (Some(position), Heading::Forward(_)) => Heading::Forward(position),
            (Some(position), Heading::Backward(_)) => Heading::Backward(Some(position)),
            (None, heading) => heading,
        };
        let at_end = match next {
            Heading::Forward(position) => position >= page.head,
            Heading::Backward(before) => before.is_none_or(|before| before <= Position::new(1)) || taken == 0,
        };
        Ok(EventPage { events, next, at_end, head: page.head })
    }

    /// The event at a position; `None` beyond the end of the log. Blocks on the store.
    pub fn event_at(&self, position: Position) -> Result<Option<v1::Event>, LedgerError> {
        // The docket may end before the log, at a hole; what comes after it can still be read.
        if position == Position::ORIGIN || position > self.shared.log.head() {
            return Ok(None);
        }
        let after = Position::new(position.get() - 1);
        let page = self.shared.log.read(after, ReadLimits { entries: 1, bytes: 1 })?;
        page.entries.first().map(|(position, bytes)| decode(*position, bytes.as_ref())).transpose()
    }

    /// The event of an id; `None` where it is not recorded, `Damaged` where that cannot be known. Blocks on the store.
    pub fn event_of(&self, id: EventId) -> Result<Option<v1::Event>, LedgerError> {
        let position = self.docket().fate(id).map(|fate| fate.position);
        match position {
            Some(position) => self.event_at(position),
            None => self.hidden().map_or(Ok(None), Err),
        }
    }

    /// Reads and checks every stored byte. Blocks on the store.
    pub fn verify(&self) -> Result<Vec<Damage>, StoreError> {
        self.shared.log.verify()
    }

    pub(super) fn matches(&self, filter: &EventFilter, position: Position, stored: &[u8]) -> Result<bool, LedgerError> {
        let event = to_domain(&decode(position, stored)?, self.name())?;
        Ok(filter.matches(&event, &self.docket()))
    }
}

/// Reads a stored event, as the wire has it.
pub(super) fn decode(position: Position, bytes: impl Buf) -> Result<v1::Event, LedgerError> {
    decode_as(position, bytes)
}

/// The same, into another message of the same form.
pub(super) fn decode_as<M: Message + Default>(position: Position, bytes: impl Buf) -> Result<M, LedgerError> {
    M::decode(bytes).map_err(|error| LedgerError::unreadable(position, &error))
}

/// Reads a stored event, as the domain has it.
pub(super) fn to_domain(stored: &v1::Event, ledger: &Slug) -> Result<Event, LedgerError> {
    wire::event_from_proto(stored, ledger)
        .map_err(|error| LedgerError::Unreadable { position: Position::new(stored.position), cause: error.to_string() })
}
