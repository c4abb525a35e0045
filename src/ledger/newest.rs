//! The newest events of a ledger, kept in memory so that a thousand live subscribers do not read the store a thousand
//! times. Whoever needs older ones reads them from the log.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::RwLock;

use crate::domain::{Event, Position};

/// How much is kept: stored bytes, and events.
const BYTES_MAX: usize = 4 << 20;
const EVENTS_MAX: usize = 16_384;

/// One durable event, as it is stored and as the rules see it.
#[derive(Debug, Clone)]
pub(super) struct Recent {
    pub(super) stored: Bytes,
    pub(super) event: Arc<Event>,
}

/// The newest durable events, without a hole.
#[derive(Debug, Default)]
pub(super) struct Newest {
    kept: RwLock<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    events: VecDeque<Recent>,
    bytes: usize,
}

/// Where a position stands to what is kept.
#[derive(Debug)]
pub(super) enum After {
    /// These events follow it, the first of them directly.
    Kept(Vec<Recent>),
    /// What follows it is older than what is kept.
    Older,
    /// What follows it is not kept yet.
    Newer,
}

impl Newest {
    /// Adds events that have become durable, in order.
    pub(super) fn push(&self, events: Vec<Recent>) {
        let mut kept = self.kept.write();
        for recent in events {
            if kept.last().is_some_and(|last| last.next() != recent.event.position) {
                // Something was recorded past this, as after a failed write: what is kept has no hole.
                *kept = Kept::default();
            }
            kept.bytes += recent.stored.len();
            kept.events.push_back(recent);
        }
        while kept.events.len() > EVENTS_MAX || (kept.bytes > BYTES_MAX && kept.events.len() > 1) {
            let oldest = kept.events.pop_front();
            kept.bytes -= oldest.map_or(0, |oldest| oldest.stored.len());
        }
    }

    /// At most so many bytes of the events after a position, at least one event if there is one.
    pub(super) fn after(&self, position: Position, bytes_max: usize) -> After {
        let kept = self.kept.read();
        let (Some(first), Some(last)) = (kept.events.front(), kept.last()) else { return After::Newer };
        let first = first.event.position;
        if position.next() < first {
            return After::Older;
        }
        if position >= last {
            return After::Newer;
        }
        let skip = usize::try_from(position.next().get() - first.get()).unwrap_or(usize::MAX);
        let mut bytes = 0;
        let fits = |recent: &&Recent| {
            let is_first = bytes == 0;
            bytes += recent.stored.len();
            is_first || bytes <= bytes_max
        };
        After::Kept(kept.events.iter().skip(skip).take_while(fits).cloned().collect())
    }
}

impl Kept {
    fn last(&self) -> Option<Position> {
        self.events.back().map(|recent| recent.event.position)
    }
}
