//! Any submission that can be recorded, of any kind.

mod payload;
mod terms;
mod value;

use entente::domain::{EventKind, RecordBasis, Submission};
use proptest::prelude::*;

pub(super) use payload::payload;
use value::{event_id, instant, source, subject, text, word};

/// Any submission of one kind.
pub(super) fn submission(kind: EventKind) -> BoxedStrategy<Submission> {
    let told = (prop::collection::vec(source(), 0..3), prop::option::of(event_id()), prop::option::of(text()));
    let recorded = prop::option::of((instant(), prop::option::of(word(RecordBasis::ALL))));
    let confidence = prop::option::of(word(entente::domain::Confidence::ALL));
    (event_id(), subject(), told, confidence, recorded, payload(kind))
        .prop_map(|(event_id, subject, (sources, supersedes, note), confidence, recorded, payload)| Submission {
            event_id,
            subject,
            sources: sources.into(),
            supersedes,
            note,
            confidence,
            recorded_at: recorded.map(|(at, _)| at),
            recorded_basis: recorded.and_then(|(_, basis)| basis),
            payload,
        })
        .boxed()
}
