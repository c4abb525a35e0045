//! Corrections: superseding a figure, taking an event back. Each event is corrected at most once; the next correction is
//! of its superseder (specification, K1).

use super::known::Known;
use crate::domain::refusal::{Fact, Reason, Refusal};
use crate::domain::{EventId, EventKind, Fate, Payload, Slug, Submission};

/// What an event corrects must be there, be the same kind of thing, and still stand.
pub(super) fn check(known: &Known<'_>, submission: &Submission) -> Result<(), Refusal> {
    if let Some(target) = submission.supersedes {
        check_superseded(known, submission, target)?;
    }
    match &submission.payload {
        Payload::EventRetracted(retracted) => check_retracted(known, submission, retracted.event),
        _ => Ok(()),
    }
}

fn check_superseded(known: &Known<'_>, submission: &Submission, target: EventId) -> Result<(), Refusal> {
    let refuse = |reason, message: String| Refusal::new(reason, "supersedes", message).with(known.fact(target));
    let kind = submission.payload.kind();
    if target == submission.event_id {
        return Err(Refusal::new(Reason::SupersedesItself, "supersedes", "an event cannot correct itself"));
    }
    if is_final(kind) {
        let message = format!("{kind} supersedes nothing: it stands for ever; record what is right as a new event");
        return Err(Refusal::new(Reason::NotCorrectable, "supersedes", message));
    }
    let Some(fate) = known.fate(target) else {
        let message = format!("event {target} is not recorded in this ledger; only its own events can be corrected");
        return Err(refuse(Reason::SupersedesUnknown, message));
    };
    if fate.kind != kind {
        let message = format!("event {target} is {}, not {kind}; retract it and record a new event", fate.kind);
        return Err(refuse(Reason::SupersedesOtherKind, message));
    }
    if fate.subject != submission.subject {
        let message = format!("event {target} is about {}, not {}", fate.subject, submission.subject);
        return Err(refuse(Reason::SupersedesOtherSubject, message));
    }
    if let Some(superseder) = fate.superseded_by {
        let message = format!("event {target} was superseded by {superseder} already; supersede that one");
        return Err(refuse(Reason::AlreadySuperseded, message).with(Fact::SupersededBy(superseder)));
    }
    if let Some(retraction) = fate.retracted_by {
        let message = format!("event {target} was retracted by {retraction}; record a new event without supersedes");
        return Err(refuse(Reason::SupersedesRetracted, message).with(Fact::RetractedBy(retraction)));
    }
    check_name(known, submission, &fate).map_err(|refusal| refusal.with(known.fact(target)))
}

/// A text keeps its name, since readings call it by that. A reading may change its own: what is adopted by a name that
/// is gone has no effect, as when a reading is retracted.
fn check_name(known: &Known<'_>, submission: &Submission, fate: &Fate) -> Result<(), Refusal> {
    let Some(name) = name(&submission.payload) else { return Ok(()) };
    match known.submission(fate).and_then(|earlier| self::name(&earlier.payload)) {
        Some(earlier) if earlier != name => {
            let message = format!("that event is {earlier}, not {name}; retract it and record {name} as a new event");
            Err(Refusal::new(Reason::SupersedesOtherName, "supersedes", message))
        }
        _ => Ok(()),
    }
}

fn name(payload: &Payload) -> Option<&Slug> {
    match payload {
        Payload::TextPublished(published) => Some(&published.text),
        _ => None,
    }
}

fn check_retracted(known: &Known<'_>, submission: &Submission, target: EventId) -> Result<(), Refusal> {
    let refuse =
        |reason, message: String| Refusal::new(reason, "event_retracted.event", message).with(known.fact(target));
    let Some(fate) = known.fate(target) else {
        return Err(refuse(Reason::RetractsUnknown, format!("event {target} is not recorded in this ledger")));
    };
    if is_final(fate.kind) {
        let message = format!("{} stands for ever; record what is right as a new event", fate.kind);
        return Err(refuse(Reason::NotCorrectable, message));
    }
    if fate.subject != submission.subject {
        let message = format!("event {target} is about {}; give the retraction that subject", fate.subject);
        return Err(refuse(Reason::RetractsOtherSubject, message));
    }
    if let Some(retraction) = fate.retracted_by {
        let message = format!("event {target} was retracted by {retraction} already");
        return Err(refuse(Reason::RetractedTwice, message).with(Fact::RetractedBy(retraction)));
    }
    if let Some(superseder) = fate.superseded_by {
        let message = format!("event {target} was superseded by {superseder}; retract that one");
        return Err(refuse(Reason::RetractsSuperseded, message).with(Fact::SupersededBy(superseder)));
    }
    Ok(())
}

fn is_final(kind: EventKind) -> bool {
    matches!(kind, EventKind::LedgerCreated | EventKind::KeyRotated | EventKind::EventRetracted)
}
