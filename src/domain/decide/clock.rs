//! When an event is recorded: stamped by the server, or replayed from the input.

use crate::domain::refusal::{Fact, Reason, Refusal};
use crate::domain::{Instant, Submission};

/// How record times come about. `now` is the wall clock; `floor` is the instant up to which changes caused by time alone
/// have been shown, below which nothing may be recorded any more; none where nothing has been shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordClock {
    /// The server stamps: now, but never before the head or the floor, even when the wall clock steps back.
    Live {
        /// The wall clock.
        now: Instant,
        /// The earliest record time that is still possible.
        floor: Option<Instant>,
    },
    /// The input says when, never before the event before it or the floor; an event that does not say is recorded now,
    /// or at the record time of the event before it where that is later.
    Replay {
        /// The wall clock.
        now: Instant,
        /// The earliest record time that is still possible.
        floor: Option<Instant>,
    },
}

impl RecordClock {
    /// The record time of an event that follows one recorded at `earlier`.
    pub(super) fn stamp(self, submission: &Submission, earlier: Option<Instant>) -> Result<Instant, Refusal> {
        match self {
            RecordClock::Live { .. } => check_unsaid(submission)?,
            RecordClock::Replay { .. } if submission.recorded_basis.is_some() && submission.recorded_at.is_none() => {
                let message = "recorded_basis says how a record time is known, and there is no recorded_at";
                return Err(Refusal::new(Reason::RecordBasisWithoutTime, "recorded_basis", message));
            }
            RecordClock::Replay { .. } => {}
        }
        let (RecordClock::Live { now, floor } | RecordClock::Replay { now, floor }) = self;
        let earliest = earlier.max(floor);
        let Some(said) = submission.recorded_at else {
            return Ok(earliest.map_or(now, |earliest| earliest.max(now)));
        };
        match earliest {
            Some(earliest) if said < earliest => {
                let reached = if floor == Some(earliest) && earlier != floor {
                    "up to which changes have been shown"
                } else {
                    "the record time of the event before it"
                };
                let message = format!("recorded at {said}, before {earliest}, {reached}; record times never go back");
                let refusal = Refusal::new(Reason::RecordTimeGoesBack, "recorded_at", message);
                Err(refusal.with(Fact::Earliest(earliest)))
            }
            _ => Ok(said),
        }
    }
}

fn check_unsaid(submission: &Submission) -> Result<(), Refusal> {
    let field = if submission.recorded_at.is_some() {
        "recorded_at"
    } else if submission.recorded_basis.is_some() {
        "recorded_basis"
    } else {
        return Ok(());
    };
    let message = format!("a LIVE ledger stamps record times itself; leave {field} out, or use a REPLAY ledger");
    Err(Refusal::new(Reason::RecordTimeNotAllowed, field, message))
}
