//! News: what is told along the diagonal.

use std::sync::Arc;

use super::super::{Deadline, Judgement, Promise, Row};
use crate::domain::{Instant, Position, Slug};

/// One place on the diagonal at which something is told: an instant at which time alone does, or one step of records.
#[derive(Debug, Clone, PartialEq)]
pub struct Juncture {
    /// When.
    pub at: Instant,
    /// What is known then: events through this position.
    pub known: Position,
    /// What is told, by name of the commitment.
    pub news: Vec<News>,
}

/// One thing that is told.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// Lifecycle or status changed.
    Transition(Transition),
    /// What had been so before is now known to have been otherwise.
    Revision(Revision),
    /// A lapse or a due date comes near.
    Approaching(Approaching),
}

/// A change of lifecycle or status on the diagonal.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// Which commitment.
    pub commitment: Slug,
    /// What was promised; as last known, where it is not recorded any more.
    pub promise: Arc<Promise>,
    /// When.
    pub at: Instant,
    /// What was known then: events through this position.
    pub known: Position,
    /// What was said until then.
    pub before: Judgement,
    /// What is said from then on.
    pub after: Judgement,
    /// The row that decides from then on; none where several readings or tranches decide together, and where it is not
    /// recorded any more.
    pub row: Option<Row>,
    /// Why.
    pub cause: Cause,
}

/// What brought a transition about.
#[derive(Debug, Clone, PartialEq)]
pub enum Cause {
    /// Events, by position: those recorded at once that bear on the commitment or on the one that its duty depends on.
    Events(Vec<Position>),
    /// Time alone: the clocks that ran out then, and the records known before that took effect or ended then.
    Time(Vec<Deadline>),
}

/// What had been said of earlier moments is now known to be otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// Which commitment.
    pub commitment: Slug,
    /// What was promised.
    pub promise: Arc<Promise>,
    /// When that became known.
    pub at: Instant,
    /// What is known since: events through this position.
    pub known: Position,
    /// The earliest moment about which something else is said now.
    pub since: Instant,
    /// What had been said of it.
    pub before: Judgement,
    /// What is said of it now.
    pub after: Judgement,
    /// The events, by position.
    pub events: Vec<Position>,
}

/// A lapse or a due date comes near.
#[derive(Debug, Clone, PartialEq)]
pub struct Approaching {
    /// When it is told.
    pub at: Instant,
    /// What is known then: events through this position.
    pub known: Position,
    /// The lead, in seconds: the longest time before the deadline at which this is told.
    pub lead: i64,
    /// The event that made it known so late, by position; none where the lead has begun just now.
    pub events: Vec<Position>,
    /// What runs out.
    pub deadline: Arc<Deadline>,
}

impl News {
    /// Which commitment it is about.
    pub fn commitment(&self) -> &Slug {
        match self {
            News::Transition(it) => &it.commitment,
            News::Revision(it) => &it.commitment,
            News::Approaching(it) => &it.deadline.commitment,
        }
    }

    /// When it is told.
    pub fn at(&self) -> Instant {
        match self {
            News::Transition(it) => it.at,
            News::Revision(it) => it.at,
            News::Approaching(it) => it.at,
        }
    }

    /// What is known then: events through this position.
    pub fn known(&self) -> Position {
        match self {
            News::Transition(it) => it.known,
            News::Revision(it) => it.known,
            News::Approaching(it) => it.known,
        }
    }
}
