//! Gist: what a record says, in one line of plain words.

use std::fmt::Display;

use crate::domain::event::{AmountReported, MetricReported};
use crate::domain::{Instant, Payload, Text};

/// What a record says. Every payload is matched, so that a new one gets its words.
pub fn gist(payload: &Payload) -> String {
    match payload {
        Payload::LedgerCreated(it) => it.title.to_string(),
        Payload::KeyRotated(it) => format!("key {}", it.verifier_key),
        Payload::InstrumentSigned(it) => format!("{}, signed {}", it.title, it.signed_at.at),
        Payload::TextPublished(it) => format!("text {} ({})", it.text, it.language),
        Payload::InstrumentAmended(it) => it.summary.to_string(),
        Payload::InstrumentTerminated(it) => format!("{} from {}{}", it.mode, it.effective_at.at, by(it.by)),
        Payload::CommitmentUndertaken(it) => it.title.to_string(),
        Payload::CommitmentAmended(it) => sets(&it.set, it.effective_at.at),
        Payload::CommitmentConfirmed(it) => format!("confirmed by {}, {}", it.by, it.effective_at.at),
        Payload::CommitmentDisowned(it) => format!("disowned by {}, {}", it.by, it.effective_at.at),
        Payload::ReadingRecorded(it) => {
            format!("reading {}: {}{}", it.reading, sets(&it.set, it.effective_at.at), by(it.by))
        }
        Payload::ReadingAdopted(it) => format!("reading {} adopted from {}", it.reading, it.effective_at.at),
        Payload::MeasureAnnounced(it) => it.title.to_string(),
        Payload::MeasureImplemented(it) => act("implemented", it.effective_at.at, it.reference.as_ref()),
        Payload::MeasureSuspended(it) => act("suspended", it.effective_at.at, it.reference.as_ref()),
        Payload::MeasureReinstated(it) => {
            act(&format!("reinstated by {}", it.by), it.effective_at.at, it.reference.as_ref())
        }
        Payload::MeasureVoided(it) => {
            act(&format!("voided by {}", it.court), it.effective_at.at, it.reference.as_ref())
        }
        Payload::RateSet(it) => {
            let rate = it.rate.map_or_else(|| "taken away".to_owned(), |rate| format!("{rate} points"));
            act(&format!("{} {rate}", it.component), it.effective_at.at, it.reference.as_ref())
        }
        Payload::MeasureObserved(it) => format!("{} {}", it.state, span(it.from, it.until)),
        Payload::AmountReported(it) => amount(it),
        Payload::MetricReported(it) => metric(it),
        Payload::CohortReported(it) => format!(
            "{} through {}: {} submitted, {} withdrawn, {} on time, {} late, {} pending",
            it.period, it.snapshot_through, it.submitted, it.withdrawn, it.on_time, it.late, it.pending
        ),
        Payload::ActPerformed(it) => {
            act(&format!("{} of {}", it.stage, it.count), it.performed_at.at, it.reference.as_ref())
        }
        Payload::ActReversed(it) => format!("{} undone, {}", it.count, it.performed_at.at),
        Payload::PriceReported(it) => format!("{} {} {} on {}", it.item, it.value, it.unit, it.on),
        Payload::BreachAlleged(it) => format!("alleged by {}, {}", it.by, it.effective_at.at),
        Payload::BreachNotified(it) => format!("notified by {}, {}", it.by, it.effective_at.at),
        Payload::NonComplianceNotified(it) => format!("notified by {}, {}", it.by, it.effective_at.at),
        Payload::ClaimResolved(it) => format!("settled {}", it.effective_at.at),
        Payload::FindingIssued(it) => format!("{} by {}, {}", it.verdict, it.by, span(it.from, it.until)),
        Payload::WaiverGranted(it) => {
            let target = it.target.as_ref().map_or_else(String::new, |target| format!(" for {target}"));
            format!("by {}{target}, {}", it.by, span(it.covers_from.unwrap_or(it.effective_at.at), it.until))
        }
        Payload::ExcuseClaimed(it) => {
            let until = it.until.as_ref().map(crate::domain::Moment::instant);
            format!("{}, {}", it.ground, span(it.from.instant(), until))
        }
        Payload::ExcuseAccepted(it) => format!("accepted by {}", it.by),
        Payload::SuspensionExercised(it) => span(it.effective_at.at, it.until),
        Payload::MeetingScheduled(it) => format!("{}, {}", it.title, it.window),
        Payload::MeetingMoved(it) => {
            it.window.map_or_else(|| "moved, days not known".to_owned(), |window| format!("moved to {window}"))
        }
        Payload::MeetingHeld(it) => format!("{}, {}", it.title, it.window),
        Payload::AskTabled(it) => format!("{}, by {} of {}", it.title, it.by, it.of),
        Payload::AskAnswered(it) => format!("{} by {}", it.answer, it.by),
        Payload::ConsultationHeld(it) => format!("held {}", it.held_at.at),
        Payload::StatementMade(it) => format!("{}: {}", it.by, it.summary),
        Payload::ShockRecorded(it) => it.title.to_string(),
        Payload::EventRetracted(it) => format!("by its {}: {}", it.by.as_str().to_ascii_lowercase(), it.reason),
    }
}

fn amount(it: &AmountReported) -> String {
    let days = match (it.from, it.running_since) {
        (Some(from), _) if from == it.through => format!("on {from}"),
        (Some(from), _) => format!("{from} through {}", it.through),
        (None, Some(since)) => format!("running total since {since} through {}", it.through),
        (None, None) => format!("through {}", it.through),
    };
    let bound = if it.is_countable() { String::new() } else { format!("{} ", it.bound) };
    format!("{} {}: {bound}{} {}, {days}", it.series, it.basis, it.value, it.unit)
}

fn metric(it: &MetricReported) -> String {
    let period = match (&it.period, it.window) {
        (Some(period), _) => format!(", {period}"),
        (None, Some(window)) => format!(", {window}"),
        (None, None) => String::new(),
    };
    let item = it.item.as_ref().map_or_else(String::new, |item| format!(" {item}"));
    let unit = it.unit.map_or_else(String::new, |unit| format!(" {unit}"));
    format!("{}{item}: {} {} / {}{unit}{period}", it.series, it.bound, it.numerator, it.denominator)
}

fn act(what: &str, at: Instant, reference: Option<&Text>) -> String {
    match reference {
        Some(reference) => format!("{what}, {at}, by {reference}"),
        None => format!("{what}, {at}"),
    }
}

fn sets(patch: &crate::domain::TermsPatch, from: Instant) -> String {
    let set: Vec<String> =
        super::field::of_patch(patch).into_iter().map(|(field, value)| format!("{field} = {value}")).collect();
    format!("{}; from {from}", set.join(", "))
}

fn span(from: Instant, until: Option<Instant>) -> String {
    match until {
        Some(until) => format!("{from} until {until}"),
        None => format!("from {from}"),
    }
}

fn by(party: Option<impl Display>) -> String {
    party.map_or_else(String::new, |party| format!(", by {party}"))
}
