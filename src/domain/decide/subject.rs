//! Subjects: what each kind of event can be about, and that it is there.

use super::known::Known;
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::register::Seat;
use crate::domain::{Collection, EventKind, Subject, Submission};

/// Whether an event of this kind can be about a subject of this collection.
pub(super) fn fits(submission: &Submission) -> Result<(), Refusal> {
    let kind = submission.payload.kind();
    let collections = collections(kind);
    let fits = match &submission.subject {
        Subject::Ledger => collections.is_empty(),
        Subject::Member(collection, _) => collections.contains(collection),
    };
    if fits {
        return Ok(());
    }
    let named: Vec<&str> = collections.iter().map(|collection| collection.segment()).collect();
    let right = if named.is_empty() { "the ledger itself".to_owned() } else { format!("one of {}", named.join(", ")) };
    let message = format!("{kind} cannot be about {}; its subject is {right}", submission.subject);
    Err(Refusal::new(Reason::SubjectNotAllowed, "subject", message))
}

/// Whether the subject is recorded, or is about to be by this very event and for the first time.
pub(super) fn exists(known: &Known<'_>, submission: &Submission) -> Result<(), Refusal> {
    let seat = Seat::of(&submission.payload);
    match &seat {
        // What a correction corrects stands, and so does what that was about.
        _ if submission.payload.kind() == EventKind::EventRetracted => return Ok(()),
        Some(seat) if seat.creates() => {}
        _ => known.require(&submission.subject, "subject")?,
    }
    match seat {
        Some(seat) if submission.supersedes.is_none() => is_free(known, submission, &seat),
        _ => Ok(()),
    }
}

fn is_free(known: &Known<'_>, submission: &Submission, seat: &Seat) -> Result<(), Refusal> {
    let subject = &submission.subject;
    let Some(holder) = known.holder(subject, seat) else { return Ok(()) };
    let (reason, field, what) = match (seat, subject) {
        (Seat::Answered, _) => (Reason::AlreadyAnswered, "subject", format!("{subject} is answered")),
        (Seat::Text(text), _) => {
            (Reason::AlreadyPublished, "text_published.text", format!("{subject} has a text {text}"))
        }
        (_, Subject::Member(Collection::Commitments, _)) => {
            (Reason::AlreadyUndertaken, "subject", format!("{subject} is undertaken"))
        }
        _ => (Reason::AlreadyCreated, "subject", format!("{subject} is recorded")),
    };
    let remedy = match submission.payload.kind() {
        EventKind::CommitmentUndertaken => "supersede that event to correct it, or amend the commitment",
        EventKind::MeetingScheduled => "supersede that event to correct it, or record MeetingMoved",
        _ => "supersede that event to correct it, or choose another name",
    };
    let message = format!("{what} by event {holder} already; {remedy}");
    Err(Refusal::new(reason, field, message).with(known.fact(holder)))
}

/// The collections that a kind of event can be about; none for the ledger itself.
fn collections(kind: EventKind) -> &'static [Collection] {
    use Collection::{Asks, Commitments, Instruments, Measures, Meetings, Shocks};
    match kind {
        EventKind::LedgerCreated | EventKind::KeyRotated => &[],
        EventKind::InstrumentSigned
        | EventKind::TextPublished
        | EventKind::InstrumentAmended
        | EventKind::InstrumentTerminated => &[Instruments],
        EventKind::CommitmentUndertaken
        | EventKind::CommitmentAmended
        | EventKind::CommitmentConfirmed
        | EventKind::CommitmentDisowned
        | EventKind::ReadingRecorded
        | EventKind::ReadingAdopted
        | EventKind::CohortReported
        | EventKind::ActPerformed
        | EventKind::ActReversed
        | EventKind::BreachNotified
        | EventKind::NonComplianceNotified
        | EventKind::ClaimResolved
        | EventKind::FindingIssued
        | EventKind::WaiverGranted
        | EventKind::ExcuseClaimed
        | EventKind::ExcuseAccepted
        | EventKind::SuspensionExercised => &[Commitments],
        EventKind::MeasureAnnounced => &[Measures],
        EventKind::MeasureImplemented
        | EventKind::MeasureSuspended
        | EventKind::MeasureReinstated
        | EventKind::MeasureVoided
        | EventKind::RateSet
        | EventKind::MeasureObserved => &[Measures, Commitments],
        EventKind::AmountReported | EventKind::MetricReported | EventKind::PriceReported => {
            &[Commitments, Asks, Measures, Instruments]
        }
        EventKind::BreachAlleged => &[Commitments, Instruments],
        EventKind::MeetingScheduled | EventKind::MeetingMoved | EventKind::MeetingHeld => &[Meetings],
        EventKind::AskTabled | EventKind::AskAnswered => &[Asks],
        EventKind::ConsultationHeld => &[Instruments, Commitments, Meetings],
        EventKind::ShockRecorded => &[Shocks],
        EventKind::StatementMade | EventKind::EventRetracted => {
            &[Instruments, Commitments, Measures, Meetings, Asks, Shocks]
        }
    }
}
