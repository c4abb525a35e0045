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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::StatementMade;
    use crate::domain::{Dated, EventId, Instant, Payload, Precision, Sources, Subject, Submission, Text};

    fn recent(position: u64, bytes: usize) -> Recent {
        let said = || Text::new("said").expect("a text");
        let made_at = Dated { at: Instant::MIN, precision: Precision::Second };
        let submission = Submission {
            event_id: EventId::from_bytes([0; 16]),
            subject: Subject::Ledger,
            sources: Sources::default(),
            supersedes: None,
            note: None,
            confidence: None,
            recorded_at: None,
            recorded_basis: None,
            payload: Payload::StatementMade(StatementMade { by: said(), made_at, summary: said() }),
        };
        let position = Position::new(position);
        let recorded_by = said();
        let event = Event { position, recorded_at: Instant::MIN, recorded_by, append_through: position, submission };
        Recent { stored: Bytes::from(vec![0; bytes]), event: Arc::new(event) }
    }

    fn after(newest: &Newest, position: u64, bytes_max: usize) -> Result<Vec<u64>, &'static str> {
        match newest.after(Position::new(position), bytes_max) {
            After::Kept(recent) => Ok(recent.iter().map(|recent| recent.event.position.get()).collect()),
            After::Older => Err("older"),
            After::Newer => Err("newer"),
        }
    }

    #[test]
    fn what_follows_is_given_without_a_hole_or_not_at_all() {
        let newest = Newest::default();
        assert_eq!(after(&newest, 0, 100), Err("newer"), "nothing has been recorded since the start");
        newest.push((5..=9).map(|position| recent(position, 10)).collect());
        assert_eq!(after(&newest, 3, 100), Err("older"));
        assert_eq!(after(&newest, 4, 100), Ok(vec![5, 6, 7, 8, 9]));
        assert_eq!(after(&newest, 7, 100), Ok(vec![8, 9]));
        assert_eq!(after(&newest, 9, 100), Err("newer"));
        assert_eq!(after(&newest, u64::MAX, 100), Err("newer"));
        assert_eq!(after(&newest, 4, 25), Ok(vec![5, 6]));
        assert_eq!(after(&newest, 4, 1), Ok(vec![5]), "at least one");
        // What was recorded in between was not pushed, as after a failed write that was there all the same.
        newest.push(vec![recent(12, 10)]);
        assert_eq!(after(&newest, 9, 100), Err("older"));
        assert_eq!(after(&newest, 11, 100), Ok(vec![12]));
    }

    #[test]
    fn it_is_bounded_by_bytes_and_by_events() {
        let newest = Newest::default();
        newest.push((1..=9).map(|position| recent(position, BYTES_MAX / 4)).collect());
        assert_eq!(after(&newest, 5, usize::MAX), Ok(vec![6, 7, 8, 9]));
        assert_eq!(after(&newest, 4, usize::MAX), Err("older"));
        newest.push(vec![recent(10, 2 * BYTES_MAX)]);
        assert_eq!(after(&newest, 9, 1), Ok(vec![10]), "one that is too long is kept by itself");
        let small = Newest::default();
        small.push((1..=EVENTS_MAX as u64 + 5).map(|position| recent(position, 1)).collect());
        assert_eq!(after(&small, 4, 1), Err("older"));
        assert_eq!(after(&small, 5, 1), Ok(vec![6]));
    }
}
