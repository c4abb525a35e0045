//! Records: what became of every record of the dossier, used or set aside, and why.

use std::sync::Arc;

use super::gist::gist;
use super::{ReadingExplained, RecordExplained, RecordUse, Uses};
use crate::domain::{Event, EventId, Instant, Kind, Payload, Position};
use crate::views::Assessment;
use crate::views::case::Case;
use crate::views::record::{Corrections, is_named};
use crate::views::terms_in_force::applies_from;

/// What became of a record: the word, the event by which, and why where the word does not say it all.
struct Found {
    usage: RecordUse,
    by: Option<Position>,
    reason: Option<String>,
    readings: Vec<String>,
}

/// The records known of a commitment that is itself not recorded.
pub(super) fn of_nothing(events: &[Arc<Event>]) -> Vec<RecordExplained> {
    let corrections = Corrections::among(events);
    let found = |event: &Event| corrected(event, &corrections, events).unwrap_or_else(|| Found::of(RecordUse::Context));
    events.iter().map(|event| found(event).of_event(event, None)).collect()
}

/// What each reading made of each record. Where they differ, the use that matters most is shown, with its readings.
pub(super) fn explain(
    case: &Case<'_>,
    events: &[Arc<Event>],
    readings: &[ReadingExplained],
    uses: &[Uses],
    assessment: &Assessment,
) -> Vec<RecordExplained> {
    let corrections = Corrections::among(events);
    let explained = events.iter().map(|event| {
        let bears_from = bears_from(event);
        let settled = corrected(event, &corrections, events).or_else(|| out_of_question(case, event, assessment.as_of));
        let found = settled.unwrap_or_else(|| in_readings(case, event, readings, uses, assessment));
        found.of_event(event, bears_from)
    });
    explained.collect()
}

impl Found {
    fn of(usage: RecordUse) -> Self {
        Found { usage, by: None, reason: None, readings: Vec::new() }
    }

    fn of_event(self, event: &Event, effective_at: Option<Instant>) -> RecordExplained {
        let payload = &event.submission.payload;
        RecordExplained {
            position: event.position,
            kind: payload.kind(),
            subject: event.submission.subject.clone(),
            recorded_at: event.recorded_at,
            effective_at,
            gist: gist(payload),
            usage: self.usage,
            by: self.by,
            reason: self.reason.unwrap_or_else(|| self.usage.meaning().to_owned()),
            readings: self.readings,
        }
    }
}

/// A record that another one corrects, and one that corrects (specification, K1).
fn corrected(event: &Event, corrections: &Corrections<'_>, events: &[Arc<Event>]) -> Option<Found> {
    let id = event.submission.event_id;
    if let Some((_, by)) = corrections.superseders(id).first() {
        let reason = Some(format!("superseded by event {}", by.position));
        return Some(Found { by: Some(by.position), reason, ..Found::of(RecordUse::Superseded) });
    }
    if corrections.retracts(id) {
        let by = events.iter().find(|other| takes_back(other, id)).map(|retraction| retraction.position);
        let reason = by.map(|by| format!("taken back by event {by}"));
        return Some(Found { by, reason, ..Found::of(RecordUse::Retracted) });
    }
    let Payload::EventRetracted(retraction) = &event.submission.payload else { return None };
    let taken_back = corrections.event(retraction.event).map(|event| format!("takes back event {}", event.position));
    Some(Found { reason: taken_back, ..Found::of(RecordUse::Corrects) })
}

fn takes_back(event: &Event, id: EventId) -> bool {
    matches!(&event.submission.payload, Payload::EventRetracted(retraction) if retraction.event == id)
}

/// A record that is not asked about: it is about something else, of a kind that is not read, or not effective yet (K2).
fn out_of_question(case: &Case<'_>, event: &Event, as_of: Instant) -> Option<Found> {
    let payload = &event.submission.payload;
    if !is_named(case.undertaking.body, &event.submission.subject) {
        return Some(Found::of(RecordUse::NotNamed));
    }
    if !is_read(payload, case.undertaking.body.terms.kind()) {
        return Some(Found::of(RecordUse::Context));
    }
    let later = bears_from(event).filter(|from| as_of < *from)?;
    Some(Found { reason: Some(format!("takes effect at {later}")), ..Found::of(RecordUse::NotYetEffective) })
}

fn in_readings(
    case: &Case<'_>,
    event: &Event,
    readings: &[ReadingExplained],
    uses: &[Uses],
    assessment: &Assessment,
) -> Found {
    let each = readings.iter().zip(uses).map(|(reading, uses)| match uses.get(&event.position) {
        Some((usage, reason)) => (*usage, (!reason.is_empty()).then(|| reason.clone())),
        None if reading.because.contains(&event.position) => (RecordUse::Used, None),
        None => (general(case, event, assessment), None),
    });
    let each: Vec<(RecordUse, Option<String>)> = each.collect();
    let Some((usage, reason)) = each.iter().min_by_key(|(usage, _)| *usage).cloned() else {
        return Found::of(RecordUse::NoBearing);
    };
    let so = readings.iter().zip(&each).filter(|(_, (other, _))| *other == usage);
    let named: Vec<String> = so.map(|(reading, _)| reading.reading.clone()).collect();
    let readings = if named.len() == readings.len() { Vec::new() } else { named };
    Found { usage, by: None, reason, readings }
}

/// What becomes of a record that every kind reads and that the answer does not rest on.
fn general(case: &Case<'_>, event: &Event, assessment: &Assessment) -> RecordUse {
    let is_adopted = assessment.adopted_reading.is_some();
    match &event.submission.payload {
        Payload::ReadingRecorded(_) if is_adopted => RecordUse::NotAdopted,
        Payload::ReadingAdopted(_) if assessment.because.contains(&event.position) => RecordUse::Used,
        Payload::ReadingAdopted(_) => RecordUse::Overtaken,
        Payload::CommitmentConfirmed(_) | Payload::CommitmentDisowned(_) => RecordUse::StandingOnly,
        Payload::BreachAlleged(_) => RecordUse::FlagOnly,
        Payload::InstrumentTerminated(termination) => {
            let survives = termination.surviving.iter().any(|survivor| survivor.commitment == *case.commitment);
            if survives { RecordUse::Survived } else { RecordUse::NoBearing }
        }
        Payload::WaiverGranted(_) => {
            let waiver = case.relief.waivers.iter().find(|waiver| waiver.position() == event.position);
            match waiver {
                Some(waiver) if !waiver.by_obligee => RecordUse::NoAuthority,
                Some(waiver) if !waiver.premise_holds => RecordUse::PremiseCorrected,
                _ => RecordUse::NoBearing,
            }
        }
        Payload::ExcuseClaimed(_) => {
            let excuse = case.relief.excuses.iter().find(|excuse| excuse.claim == event.position);
            let accepted = excuse.is_some_and(|excuse| excuse.acceptance.is_some());
            if accepted { RecordUse::NoBearing } else { RecordUse::NotAccepted }
        }
        Payload::ExcuseAccepted(acceptance) if !case.is_obligee(acceptance.by) => RecordUse::NoAuthority,
        _ => RecordUse::NoBearing,
    }
}

/// Whether records of this kind are read for a commitment of that kind.
fn is_read(payload: &Payload, kind: Kind) -> bool {
    let maintenance = matches!(kind, Kind::MeasureSuspension | Kind::RateCeiling);
    match payload {
        Payload::CommitmentUndertaken(_)
        | Payload::CommitmentAmended(_)
        | Payload::CommitmentConfirmed(_)
        | Payload::CommitmentDisowned(_)
        | Payload::ReadingRecorded(_)
        | Payload::ReadingAdopted(_)
        | Payload::InstrumentTerminated(_)
        | Payload::BreachAlleged(_)
        | Payload::WaiverGranted(_)
        | Payload::ExcuseClaimed(_)
        | Payload::ExcuseAccepted(_) => true,
        Payload::MeasureSuspended(_)
        | Payload::MeasureReinstated(_)
        | Payload::MeasureVoided(_)
        | Payload::MeasureObserved(_)
        | Payload::BreachNotified(_)
        | Payload::NonComplianceNotified(_)
        | Payload::ClaimResolved(_)
        | Payload::FindingIssued(_)
        | Payload::SuspensionExercised(_) => maintenance,
        Payload::MeasureImplemented(_) | Payload::RateSet(_) => kind == Kind::RateCeiling,
        Payload::AmountReported(_) => kind == Kind::PurchasePledge,
        Payload::MetricReported(_) => kind == Kind::PeriodicCeiling,
        Payload::CohortReported(_) => kind == Kind::LicensingFlow,
        Payload::ActPerformed(_) | Payload::ActReversed(_) => kind == Kind::OneOffAct,
        _ => false,
    }
}

/// From when a record bears on the answer (K2, K3); none where it has no instant of its own, as figures of a period.
fn bears_from(event: &Event) -> Option<Instant> {
    let instant = match &event.submission.payload {
        Payload::CommitmentAmended(it) => applies_from(it),
        Payload::CommitmentConfirmed(it) => it.effective_at.at,
        Payload::CommitmentDisowned(it) => it.effective_at.at,
        Payload::ReadingRecorded(it) => it.effective_at.at,
        Payload::ReadingAdopted(it) => it.effective_at.at,
        Payload::InstrumentTerminated(it) => it.effective_at.at,
        Payload::MeasureImplemented(it) => it.effective_at.at,
        Payload::MeasureSuspended(it) => it.effective_at.at,
        Payload::MeasureReinstated(it) => it.effective_at.at,
        Payload::MeasureVoided(it) => it.effective_at.at,
        Payload::RateSet(it) => it.effective_at.at,
        Payload::MeasureObserved(it) => it.from,
        Payload::ActPerformed(it) => it.performed_at.at,
        Payload::ActReversed(it) => it.performed_at.at,
        Payload::BreachAlleged(it) => it.effective_at.at,
        Payload::BreachNotified(it) => it.effective_at.at,
        Payload::NonComplianceNotified(it) => it.effective_at.at,
        Payload::ClaimResolved(it) => it.effective_at.at,
        Payload::FindingIssued(it) => it.effective_at.at,
        Payload::WaiverGranted(it) => it.effective_at.at,
        Payload::ExcuseClaimed(it) => it.from.instant(),
        Payload::SuspensionExercised(it) => it.effective_at.at,
        _ => return None,
    };
    Some(instant)
}
