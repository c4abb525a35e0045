//! Form: what an event says by itself, whatever the ledger holds.

use crate::domain::event::{AmountReported, CohortReported, MetricReported};
use crate::domain::refusal::{Reason, Refusal};
use crate::domain::{EventKind, Family, Instant, Party, Payload, Submission};

/// Sources, spans of time, counts and lists.
pub(super) fn check(submission: &Submission) -> Result<(), Refusal> {
    check_sources(submission)?;
    match &submission.payload {
        Payload::InstrumentSigned(signed) => at_least(1, &signed.parties, "instrument_signed.parties"),
        Payload::TextPublished(published) => match &published.digest {
            Some(digest) => check_digest(digest.as_str()),
            None => Ok(()),
        },
        Payload::CommitmentAmended(amended) => {
            reaches_back(amended.retroactive_to, amended.effective_at.at, "commitment_amended.retroactive_to")
        }
        Payload::MeasureObserved(observed) => ends_after(observed.from, observed.until, "measure_observed.until"),
        Payload::AmountReported(amount) => check_amount(amount),
        Payload::MetricReported(metric) => check_metric(metric),
        Payload::CohortReported(cohort) => check_cohort(cohort),
        Payload::ActPerformed(act) => counts_some(act.count, "act_performed.count"),
        Payload::ActReversed(act) => counts_some(act.count, "act_reversed.count"),
        Payload::FindingIssued(finding) => ends_after(finding.from, finding.until, "finding_issued.until"),
        Payload::WaiverGranted(waiver) => {
            let from = waiver.covers_from.unwrap_or(waiver.effective_at.at);
            ends_after(from, waiver.until, "waiver_granted.until")
        }
        Payload::ExcuseClaimed(excuse) => {
            let until = excuse.until.as_ref().map(|until| until.instant());
            ends_after(excuse.from.instant(), until, "excuse_claimed.until")
        }
        Payload::SuspensionExercised(exercised) => {
            ends_after(exercised.effective_at.at, exercised.until, "suspension_exercised.until")
        }
        Payload::MeetingScheduled(meeting) => at_least(2, &meeting.parties, "meeting_scheduled.parties"),
        Payload::MeetingHeld(meeting) => at_least(2, &meeting.parties, "meeting_held.parties"),
        Payload::ConsultationHeld(held) => at_least(1, &held.parties, "consultation_held.parties"),
        _ => Ok(()),
    }
}

/// Who reports, alleges or publishes must be named; an act of the parties speaks for itself.
fn check_sources(submission: &Submission) -> Result<(), Refusal> {
    let kind = submission.payload.kind();
    let needs_source =
        kind.family() == Family::Observations || matches!(kind, EventKind::BreachAlleged | EventKind::TextPublished);
    if needs_source && submission.sources.is_empty() {
        let message = format!("{kind} without a source; name at least one");
        return Err(Refusal::new(Reason::SourceMissing, "sources", message));
    }
    Ok(())
}

fn check_digest(digest: &str) -> Result<(), Refusal> {
    let is_hexadecimal = digest.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if digest.len() == 64 && is_hexadecimal {
        return Ok(());
    }
    let message = "not a SHA-256 digest: 64 hexadecimal digits in lower case";
    Err(Refusal::new(Reason::Malformed, "text_published.digest", message))
}

fn check_amount(amount: &AmountReported) -> Result<(), Refusal> {
    let starts = [(amount.from, "amount_reported.from"), (amount.running_since, "amount_reported.running_since")];
    for (start, field) in starts {
        if let Some(start) = start.filter(|start| *start > amount.through) {
            let message = format!("the days end on {}, before they start on {start}", amount.through);
            return Err(Refusal::new(Reason::IntervalEndsBeforeStart, field, message));
        }
    }
    if amount.from.is_none() && amount.running_since.is_none() {
        let message = "an amount for no period; give from, or running_since for a running total";
        return Err(Refusal::new(Reason::PeriodMissing, "amount_reported.from", message));
    }
    Ok(())
}

fn check_metric(metric: &MetricReported) -> Result<(), Refusal> {
    if metric.period.is_none() && metric.window.is_none() {
        let message = "a metric for no time; name the period, or give the window of days";
        return Err(Refusal::new(Reason::PeriodMissing, "metric_reported.window", message));
    }
    Ok(())
}

fn check_cohort(cohort: &CohortReported) -> Result<(), Refusal> {
    // "late" takes in the overdue, which may still be pending, so late and pending may overlap.
    let decided = cohort.on_time.saturating_add(cohort.late);
    let open = cohort.on_time.saturating_add(cohort.pending);
    let remaining = cohort.submitted.checked_sub(cohort.withdrawn);
    let (field, what) = match remaining {
        None => ("cohort_reported.withdrawn", "more withdrawn than submitted"),
        Some(remaining) if decided > remaining => {
            ("cohort_reported.late", "more on time or late than submitted and not withdrawn")
        }
        Some(remaining) if open > remaining => {
            ("cohort_reported.pending", "more on time or pending than submitted and not withdrawn")
        }
        Some(_) => return Ok(()),
    };
    let message = format!("{what}; check the figures against the source");
    Err(Refusal::new(Reason::CountsContradict, field, message))
}

fn counts_some(count: u32, field: &str) -> Result<(), Refusal> {
    if count == 0 {
        return Err(Refusal::new(Reason::ValueOutOfRange, field, "a count of 0; at least 1"));
    }
    Ok(())
}

fn at_least(count: usize, parties: &[Party], field: &str) -> Result<(), Refusal> {
    if parties.len() < count {
        let message = format!("{} parties; at least {count}", parties.len());
        return Err(Refusal::new(Reason::ValueOutOfRange, field, message));
    }
    match parties.iter().enumerate().find(|(index, party)| parties[..*index].contains(party)) {
        Some((_, party)) => {
            Err(Refusal::new(Reason::DuplicateName, field, format!("{party} stands twice; name each party once")))
        }
        None => Ok(()),
    }
}

fn ends_after(from: Instant, until: Option<Instant>, field: &str) -> Result<(), Refusal> {
    match until {
        Some(until) if until <= from => {
            let message = format!("it would end at {until}, not after it starts at {from}");
            Err(Refusal::new(Reason::IntervalEndsBeforeStart, field, message))
        }
        _ => Ok(()),
    }
}

fn reaches_back(retroactive_to: Option<Instant>, effective_at: Instant, field: &str) -> Result<(), Refusal> {
    match retroactive_to {
        Some(back_to) if back_to > effective_at => {
            let message = format!("it reaches back to {back_to}, which is after {effective_at}, when it takes effect");
            Err(Refusal::new(Reason::IntervalEndsBeforeStart, field, message))
        }
        _ => Ok(()),
    }
}
