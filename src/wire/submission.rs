//! What a client asks to record, to the wire and back.

use prost::Message;

use crate::domain::{EventId, Payload, Slug, Sources, Submission};
use crate::proto::v1;

use super::at::{At, Origin, Reading, every};
use super::list::SOURCES_MAX;
use super::spell::{Spelled, Speller, or_empty};
use super::value::optional_instant_to_proto;
use super::violation::{Reason, WireError};
use super::word::number_or_unspecified;

/// A submission as a client sent it to `ledger`, held against every rule of form. Where it brings no event id,
/// `make_id` gives one. The error names every violation by its field, from the submission on.
pub fn submission_from_proto(
    message: &v1::Submission,
    ledger: &Slug,
    make_id: impl FnOnce() -> EventId,
) -> Result<Submission, WireError> {
    let reading = Reading::new(ledger, Origin::Client);
    let here = reading.root();
    let event_id = here.field("event_id").optional_event_id(&message.event_id);
    let submission = read(message, &here, event_id.map(|id| id.unwrap_or_else(make_id)));
    reading.finish(submission)
}

/// A submission as a message, with the instants that its moments were resolved to.
pub fn submission_to_proto(submission: &Submission, ledger: &Slug) -> v1::Submission {
    spell(submission, &Speller::new(ledger, true))
}

/// The bytes by which two submissions have the same content: the encoded message without what the server adds. The
/// instants of moments are left out, since they follow from the words, and a later edition of the time zone database
/// must not make a re-sent submission another one.
pub fn canonical(submission: &Submission, ledger: &Slug) -> Vec<u8> {
    spell(submission, &Speller::new(ledger, false)).encode_to_vec()
}

pub(super) fn spell(submission: &Submission, to: &Speller<'_>) -> v1::Submission {
    v1::Submission {
        event_id: submission.event_id.to_string(),
        subject: to.subject(&submission.subject),
        sources: to.list(&submission.sources),
        supersedes: or_empty(submission.supersedes.as_ref()),
        note: or_empty(submission.note.as_ref()),
        confidence: number_or_unspecified(submission.confidence),
        recorded_at: optional_instant_to_proto(submission.recorded_at),
        recorded_basis: number_or_unspecified(submission.recorded_basis),
        payload: Some(submission.payload.spell(to)),
    }
}

/// Reads a submission whose id was read before.
pub(super) fn read(message: &v1::Submission, here: &At<'_>, id: Option<EventId>) -> Option<Submission> {
    let submission = every!(Submission {
        event_id: id,
        subject: here.field("subject").subject(&message.subject),
        sources: here.field("sources").messages(&message.sources, 0..=SOURCES_MAX).map(Sources::from),
        supersedes: here.field("supersedes").optional_event_id(&message.supersedes),
        note: here.field("note").optional_text(&message.note),
        confidence: here.field("confidence").optional_word(message.confidence),
        recorded_at: here.field("recorded_at").optional_instant(message.recorded_at.as_ref()),
        recorded_basis: here.field("recorded_basis").optional_word(message.recorded_basis),
        payload: match &message.payload {
            Some(payload) => Payload::read(payload, here),
            None => here.field("payload").missing("one of the events, such as commitment_undertaken"),
        },
    })?;
    let founded = submission.recorded_at.is_some() || submission.recorded_basis.is_none();
    here.field("recorded_basis")
        .rule(founded, Reason::Disagrees, || "says how recorded_at is known, but there is none".to_owned());
    Some(submission)
}
