//! Undertaking: what was promised in the first place.

use crate::domain::event::CommitmentUndertaken;
use crate::domain::{Docket, Event, Payload, Position, Slug, Subject, first_live};

/// The event that undertook a commitment, as it stands at a position.
pub(super) fn undertaking<'a>(
    docket: &'a Docket,
    commitment: &Slug,
    known: Position,
) -> Option<(&'a Event, &'a CommitmentUndertaken)> {
    let about = docket.about(&Subject::commitment(commitment.clone()));
    let event = first_live(about, known, |payload| matches!(payload, Payload::CommitmentUndertaken(_)))?;
    match &event.submission.payload {
        Payload::CommitmentUndertaken(undertaken) => Some((event, undertaken)),
        _ => None,
    }
}
