//! A commitment as the API shows it.

use crate::domain::event::CommitmentUndertaken;
use crate::domain::{Docket, Event, Payload, Slug, Subject, live};
use crate::ledger::Ledger;
use crate::proto::v1;
use crate::views;
use crate::wire::{ToProto as _, Word};

use super::clocks::Resolved;

/// What is known of a commitment at the clocks given; `None` where it is not recorded there.
pub(super) fn describe(docket: &Docket, ledger: &Ledger, id: &Slug, at: Resolved) -> Option<v1::Commitment> {
    let subject = Subject::commitment(id.clone());
    let own = live(docket.about(&subject), at.known);
    let (event, undertaken) = undertaking(&own)?;
    let told = ledger.recall(docket, id, at.as_of, at.known);
    let ledger = ledger.name();
    let terms = views::terms_in_force(docket, id, at.as_of, at.known);
    let submission = &event.submission;
    Some(v1::Commitment {
        name: subject.name_in(ledger),
        undertaken: Some(undertaken.to_proto_in(ledger)),
        terms_in_force: terms.map(|terms| terms.to_proto_in(ledger)),
        standing: told.assessment.standing.map_or(0, Word::number),
        readings: own
            .iter()
            .filter_map(|event| match &event.submission.payload {
                Payload::ReadingRecorded(reading) => Some(reading.to_proto_in(ledger)),
                _ => None,
            })
            .collect(),
        amendments: own
            .iter()
            .filter_map(|event| match &event.submission.payload {
                Payload::CommitmentAmended(amended) => Some(amended.to_proto_in(ledger)),
                _ => None,
            })
            .collect(),
        position: event.position.get(),
        revision: revision(docket, &subject, at),
        sources: submission.sources.iter().map(|source| source.to_proto_in(ledger)).collect(),
        note: submission.note.as_ref().map_or_else(String::new, ToString::to_string),
    })
}

/// The event that undertook a commitment, among those that still stand.
pub(super) fn undertaking<'a>(own: &[&'a Event]) -> Option<(&'a Event, &'a CommitmentUndertaken)> {
    own.iter().find_map(|event| match &event.submission.payload {
        Payload::CommitmentUndertaken(undertaken) => Some((*event, undertaken.as_ref())),
        _ => None,
    })
}

/// The position of the last event about a subject, as known.
pub(super) fn revision(docket: &Docket, subject: &Subject, at: Resolved) -> u64 {
    let known = docket.about(subject).iter().rev().find(|event| event.position <= at.known);
    known.map_or(0, |event| event.position.get())
}

/// The names of the commitments about a measure or in an instrument that a test picks by what was promised, as known.
pub(super) fn names(
    docket: &Docket,
    ledger: &Slug,
    subject: &Subject,
    at: Resolved,
    picks: impl Fn(&CommitmentUndertaken) -> bool,
) -> Vec<String> {
    picked(docket, subject, at, picks)
        .map(|commitment| Subject::commitment(commitment.clone()).name_in(ledger))
        .collect()
}

/// The ids of the commitments about a measure or in an instrument that a test picks by what was promised, as known.
/// Costs what these are, not what the ledger is.
pub(super) fn picked<'d>(
    docket: &'d Docket,
    subject: &Subject,
    at: Resolved,
    picks: impl Fn(&CommitmentUndertaken) -> bool,
) -> impl Iterator<Item = &'d Slug> {
    docket.followers(subject).filter(move |commitment| {
        docket.undertaking(commitment, at.known).is_some_and(|(_, undertaken)| picks(undertaken))
    })
}
