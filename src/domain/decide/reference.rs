//! References: what an event points at must be there, be of the right kind, and belong to the subject.

use super::known::Known;
use super::{naming, undertaking};
use crate::domain::event::{AskAnswered, AskTabled, InstrumentTerminated, ShockRecorded, WaiverGranted};
use crate::domain::refusal::{Fact, Reason, Refusal};
use crate::domain::register::Seat;
use crate::domain::{Collection, EventId, EventKind, Family, Fate, Kind, Payload, Subject, Submission};

/// Everything that the payload names.
pub(super) fn check(known: &Known<'_>, submission: &Submission) -> Result<(), Refusal> {
    let subject = &submission.subject;
    match &submission.payload {
        Payload::InstrumentTerminated(terminated) => check_survivors(known, subject, terminated),
        Payload::CommitmentUndertaken(undertaken) => undertaking::check(known, subject, undertaken),
        Payload::CommitmentConfirmed(confirmed) => {
            undertaking::check_party(known, subject, confirmed.by, "commitment_confirmed.by")
        }
        Payload::CommitmentDisowned(disowned) => {
            undertaking::check_party(known, subject, disowned.by, "commitment_disowned.by")
        }
        Payload::CommitmentAmended(amended) => {
            undertaking::check_patch(subject, &amended.set, "commitment_amended.set")
        }
        Payload::ReadingRecorded(recorded) => {
            undertaking::check_patch(subject, &recorded.set, "reading_recorded.set")?;
            naming::check_reading(known, subject, recorded)
        }
        Payload::ReadingAdopted(adopted) => naming::check_adoption(known, subject, &adopted.reading),
        Payload::MetricReported(metric) => match &metric.period {
            Some(period) => naming::check_period(known, subject, period, "metric_reported.period"),
            None => Ok(()),
        },
        Payload::CohortReported(cohort) => {
            naming::check_period(known, subject, &cohort.period, "cohort_reported.period")
        }
        Payload::ClaimResolved(resolved) => {
            // That a notice was settled can become known after the notice was taken back.
            let (notices, field) =
                ([EventKind::BreachNotified, EventKind::NonComplianceNotified], "claim_resolved.claim");
            let fate = known.require_current(resolved.claim, field)?;
            check_claim(known, subject, resolved.claim, &fate, &notices, field)
        }
        Payload::ExcuseAccepted(accepted) => {
            let (excuses, field) = ([EventKind::ExcuseClaimed], "excuse_accepted.claim");
            let fate = known.require_event(accepted.claim, field)?;
            check_claim(known, subject, accepted.claim, &fate, &excuses, field)
        }
        Payload::WaiverGranted(waiver) => check_waiver(known, subject, waiver),
        Payload::MeetingMoved(_) => check_scheduled(known, subject),
        Payload::AskTabled(tabled) => check_ask(known, subject, tabled),
        Payload::AskAnswered(answered) => check_answer(known, answered),
        Payload::ShockRecorded(shock) => check_touched(known, shock),
        _ => Ok(()),
    }
}

fn check_survivors(known: &Known<'_>, subject: &Subject, terminated: &InstrumentTerminated) -> Result<(), Refusal> {
    for (index, survivor) in terminated.surviving.iter().enumerate() {
        let path = |field: &str| format!("instrument_terminated.surviving[{index}].{field}");
        let commitment = Subject::commitment(survivor.commitment.clone());
        known.require(&commitment, "").map_err(|refusal| refusal.under(&path("commitment")))?;
        let instrument = known.undertaken(&commitment).map(|undertaken| undertaken.instrument.clone());
        let stands_in = instrument.map(|id| Subject::Member(Collection::Instruments, id));
        if let Some(stands_in) = stands_in.filter(|instrument| instrument != subject) {
            let message =
                format!("{commitment} stands in {stands_in}, not in {subject}, and ends or survives with that");
            let refusal = Refusal::new(Reason::SurvivorNotOfInstrument, path("commitment"), message);
            return Err(refusal.with(Fact::Subject(stands_in)));
        }
        if let Some(tranche) = &survivor.tranche {
            naming::check_tranche(known, &commitment, tranche).map_err(|refusal| refusal.under(&path("tranche")))?;
        }
    }
    Ok(())
}

/// A claim must be of one of these kinds, and be about the same commitment.
fn check_claim(
    known: &Known<'_>,
    subject: &Subject,
    claim: EventId,
    fate: &Fate,
    kinds: &[EventKind],
    field: &str,
) -> Result<(), Refusal> {
    if kinds.contains(&fate.kind) && fate.subject == *subject {
        return Ok(());
    }
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    let right = format!("{} about {subject}", kinds.join(" or "));
    Err(wrong_event(known, claim, fate, &right, field))
}

fn wrong_event(known: &Known<'_>, id: EventId, fate: &Fate, right: &str, field: &str) -> Refusal {
    let message = format!("event {id} is {} about {}; name {right}", fate.kind, fate.subject);
    Refusal::new(Reason::WrongEvent, field, message).with(known.fact(id))
}

fn check_waiver(known: &Known<'_>, subject: &Subject, waiver: &WaiverGranted) -> Result<(), Refusal> {
    if let (Some(target), Some(undertaken)) = (&waiver.target, known.undertaken(subject)) {
        let field = "waiver_granted.target";
        match undertaken.terms.kind() {
            Kind::PurchasePledge => {
                naming::check_tranche(known, subject, target).map_err(|refusal| refusal.under(field))?;
            }
            Kind::PeriodicCeiling | Kind::LicensingFlow => naming::check_period(known, subject, target, field)?,
            kind => {
                let message = format!("a {kind} has neither tranches nor periods; leave target out to waive it whole");
                return Err(Refusal::new(Reason::FieldNotOfKind, field, message));
            }
        }
    }
    for (index, premise) in waiver.conditional_on.iter().enumerate() {
        // A premise that was corrected since is still what the waiver relied on; the waiver is then void, and says so.
        let field = format!("waiver_granted.conditional_on[{index}]");
        let fate = known.require_recorded(*premise, &field)?;
        let is_figure = fate.kind.family() == Family::Observations || fate.kind == EventKind::RateSet;
        if !is_figure || !bears_on(known, subject, &fate.subject) {
            let right = format!("an observation, or a rate, of {subject}, of its instrument or of one of its measures");
            return Err(wrong_event(known, *premise, &fate, &right, &field));
        }
    }
    Ok(())
}

/// Whether what is said of one subject bears on a commitment.
fn bears_on(known: &Known<'_>, commitment: &Subject, subject: &Subject) -> bool {
    let Some(undertaken) = known.undertaken(commitment) else { return false };
    match subject {
        Subject::Member(Collection::Instruments, id) => *id == undertaken.instrument,
        Subject::Member(Collection::Measures, id) => undertaken.measures.contains(id),
        other => other == commitment,
    }
}

fn check_scheduled(known: &Known<'_>, subject: &Subject) -> Result<(), Refusal> {
    if known.holder(subject, &Seat::Scheduled).is_some() {
        return Ok(());
    }
    let message = format!("{subject} is not scheduled, so it cannot be moved; record MeetingScheduled first");
    Err(Refusal::new(Reason::MeetingNotScheduled, "subject", message))
}

fn check_ask(known: &Known<'_>, subject: &Subject, tabled: &AskTabled) -> Result<(), Refusal> {
    if let Some(meeting) = &tabled.meeting {
        known.require_member(Collection::Meetings, meeting, "ask_tabled.meeting")?;
    }
    let Some(other) = &tabled.in_exchange_for else { return Ok(()) };
    let other = Subject::Member(Collection::Asks, other.clone());
    if other == *subject {
        let message = "an ask cannot be offered in exchange for itself; name the other ask";
        return Err(Refusal::new(Reason::RefersToItself, "ask_tabled.in_exchange_for", message));
    }
    known.require(&other, "ask_tabled.in_exchange_for")
}

fn check_answer(known: &Known<'_>, answered: &AskAnswered) -> Result<(), Refusal> {
    match &answered.commitment {
        Some(commitment) => known.require_member(Collection::Commitments, commitment, "ask_answered.commitment"),
        None => Ok(()),
    }
}

fn check_touched(known: &Known<'_>, shock: &ShockRecorded) -> Result<(), Refusal> {
    for (index, touched) in shock.touches.iter().enumerate() {
        let path = || format!("shock_recorded.touches[{index}]");
        if matches!(touched, Subject::Ledger | Subject::Member(Collection::Shocks, _)) {
            let message =
                format!("a shock cannot touch {touched}; name a commitment, instrument, measure, meeting or ask");
            return Err(Refusal::new(Reason::SubjectNotAllowed, path(), message));
        }
        known.require(touched, "").map_err(|refusal| refusal.under(&path()))?;
    }
    Ok(())
}
