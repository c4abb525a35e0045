//! Relief: waivers, excuses, and suspensions of a duty.

use super::super::{Dated, EventId, Instant, Moment, Party, Slug, Text};

/// The obligee let the obligor off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaiverGranted {
    /// Who; valid only from the obligee or JOINT.
    pub by: Party,
    /// Which tranche or period, by name; absent where it is the whole commitment.
    pub target: Option<Slug>,
    /// From when breaches are covered; absent where it is from `effective_at`.
    pub covers_from: Option<Instant>,
    /// Until when, exclusive; absent where it has no end.
    pub until: Option<Instant>,
    /// When it was granted.
    pub effective_at: Dated,
    /// Events whose figures it relied on: a changed or retracted one voids it.
    pub conditional_on: Vec<EventId>,
}

/// The obligor claimed an excuse, such as force majeure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExcuseClaimed {
    /// On which ground.
    pub ground: Text,
    /// From when.
    pub from: Moment,
    /// Until when, exclusive as an instant; absent where the end is not known.
    pub until: Option<Moment>,
}

/// An excuse was accepted. Until then it only raises EXCUSE_CONTESTED.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExcuseAccepted {
    /// The claim.
    pub claim: EventId,
    /// By whom.
    pub by: Party,
}

/// The obligor suspended its duty, using a reciprocal right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuspensionExercised {
    /// From when.
    pub effective_at: Dated,
    /// Until when, exclusive; absent where the end is not known.
    pub until: Option<Instant>,
}
