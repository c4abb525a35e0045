//! Asks, to the wire.

use crate::domain::Collection;
use crate::proto::v1;
use crate::views::{Ask, AskOutcome};

use super::assessment::{AssessedIn, assessment_to_proto};
use super::spell::{Spelled as _, Speller, or_empty};

/// An ask as a message; `revision` is the position of the last event about it.
pub fn ask_to_proto(ask: &Ask<'_>, revision: u64, made: &AssessedIn<'_>) -> v1::Ask {
    let to = Speller::new(made.ledger, true);
    let submission = &ask.event.submission;
    let commitment = ask.answer.as_ref().and_then(|answer| answer.commitment.as_ref());
    v1::Ask {
        name: to.name(Collection::Asks, &ask.id),
        tabled: Some(ask.tabled.spell(&to)),
        offered_for_it: to.names(Collection::Asks, &ask.offered_for_it),
        answered: ask.answer.as_ref().map(|answer: &AskOutcome<'_>| answer.answered.spell(&to)),
        commitment: commitment.map(|assessment| assessment_to_proto(assessment, made)),
        figures: u32::try_from(ask.figures).unwrap_or(u32::MAX),
        position: ask.event.position.get(),
        answered_position: ask.answer.as_ref().map_or(0, |answer| answer.event.position.get()),
        revision,
        sources: to.list(&submission.sources),
        note: or_empty(submission.note.as_ref()),
    }
}
