//! What an event says by itself: sources, spans of time, counts.

use entente::domain::event::*;
use entente::domain::{Payload, Reason, Submission};

use super::deal::*;
use super::{Expected, Recorded, Refused, given};

fn on_soy(payload: Payload) -> Submission {
    event("a", "commitments/soy", payload)
}

#[test]
fn reports_allegations_and_texts_have_a_source() {
    let no = || Refused(Reason::SourceMissing, "sources");
    let alleged = BreachAlleged { by: text("a senator"), effective_at: on("2026-01-02") };
    given(truce()).table(vec![
        ("a figure without a source", amount("a", "2026-01-01", "2026-01-07").unsourced(), no()),
        ("a metric without a source", metric("a", "commitments/share", Some("q1")).unsourced(), no()),
        ("a cohort without a source", cohort("a", "commitments/licences", "jan").unsourced(), no()),
        ("an allegation without a source", on_soy(Payload::BreachAlleged(alleged)).unsourced(), no()),
        ("a text without a source", published("a", "other").unsourced(), no()),
        (
            "an amendment speaks for itself",
            amended("a", "commitments/pause", until("2027-01-01")).unsourced(),
            Recorded,
        ),
        ("so does a notice", notified("a", "commitments/soy").unsourced(), Recorded),
        ("so does a waiver", waived("a", "commitments/soy", None, &[]).unsourced(), Recorded),
    ]);
}

#[test]
fn what_ends_ends_after_it_starts() {
    let spans =
        [("2026-01-02", "2026-01-03", true), ("2026-01-02", "2026-01-02", false), ("2026-01-02", "2026-01-01", false)];
    for (from, to, fits) in spans {
        let expect =
            |field| -> Expected { if fits { Recorded } else { Refused(Reason::IntervalEndsBeforeStart, field) } };
        let (start, until) = (on(from).at, Some(on(to).at));
        let observed = MeasureObserved { state: MeasureState::Applied, from: start, until };
        let finding = FindingIssued {
            by: text("a panel"),
            verdict: Verdict::NoBreach,
            from: start,
            until,
            effective_at: on("2026-02-01"),
        };
        let waiver = WaiverGranted {
            by: party("US"),
            target: None,
            covers_from: Some(start),
            until,
            effective_at: on("2026-02-01"),
            conditional_on: Vec::new(),
        };
        let unbacked = WaiverGranted { covers_from: None, effective_at: on(from), ..waiver.clone() };
        let excuse = ExcuseClaimed { ground: text("force majeure"), from: moment(from), until: Some(moment(to)) };
        let exercised = SuspensionExercised { effective_at: on(from), until };
        given(truce()).table(vec![
            ("an observation", on_soy(Payload::MeasureObserved(observed)), expect("measure_observed.until")),
            ("a finding", on_soy(Payload::FindingIssued(finding)), expect("finding_issued.until")),
            (
                "a waiver, from when it covers",
                on_soy(Payload::WaiverGranted(waiver.into())),
                expect("waiver_granted.until"),
            ),
            (
                "a waiver, from its grant",
                on_soy(Payload::WaiverGranted(unbacked.into())),
                expect("waiver_granted.until"),
            ),
            ("an excuse", on_soy(Payload::ExcuseClaimed(Box::new(excuse))), expect("excuse_claimed.until")),
            ("a suspension", on_soy(Payload::SuspensionExercised(exercised)), expect("suspension_exercised.until")),
        ]);
    }
}

#[test]
fn an_amendment_reaches_back_and_not_forward() {
    let amended = |back_to: &str| {
        let amended = CommitmentAmended {
            effective_at: on("2026-01-15"),
            retroactive_to: Some(on(back_to).at),
            set: until("2027-01-01"),
        };
        event("a", "commitments/pause", Payload::CommitmentAmended(Box::new(amended)))
    };
    given(truce()).table(vec![
        ("back", amended("2025-12-01"), Recorded),
        ("to its own time", amended("2026-01-15"), Recorded),
        (
            "forward",
            amended("2026-01-16"),
            Refused(Reason::IntervalEndsBeforeStart, "commitment_amended.retroactive_to"),
        ),
    ]);
}

#[test]
fn a_figure_is_for_some_time() {
    let mut timeless = metric("a", "commitments/share", Some("q1"));
    if let Payload::MetricReported(metric) = &mut timeless.payload {
        metric.period = None;
    }
    let through = "2026-01-31";
    given(truce()).table(vec![
        ("a day", amount("a", "2026-01-31", through), Recorded),
        (
            "days that end before they start",
            amount_with("a", "2026-01-01", through, |a| a.from = Some(day("2026-02-01"))),
            Refused(Reason::IntervalEndsBeforeStart, "amount_reported.from"),
        ),
        (
            "a running total since a later day",
            amount_with("a", "2026-01-01", through, |a| a.running_since = Some(day("2026-02-01"))),
            Refused(Reason::IntervalEndsBeforeStart, "amount_reported.running_since"),
        ),
        (
            "a bare running total",
            amount_with("a", "2026-01-01", through, |a| {
                a.from = None;
                a.running_since = Some(day("2025-11-01"));
            }),
            Recorded,
        ),
        (
            "a figure for no time",
            amount_with("a", "2026-01-01", through, |a| a.from = None),
            Refused(Reason::PeriodMissing, "amount_reported.from"),
        ),
        ("a metric for no time", timeless, Refused(Reason::PeriodMissing, "metric_reported.window")),
    ]);
}

#[test]
fn the_figures_of_a_cohort_add_up() {
    let cohort = |submitted, withdrawn, on_time, late, pending| {
        let cohort = CohortReported {
            period: slug("jan"),
            snapshot_through: day("2026-03-20"),
            submitted,
            withdrawn,
            on_time,
            late,
            pending,
        };
        event("a", "commitments/licences", Payload::CohortReported(cohort))
    };
    let no = |field| Refused(Reason::CountsContradict, field);
    given(truce()).table(vec![
        ("all decided", cohort(100, 2, 90, 8, 0), Recorded),
        ("some pending", cohort(100, 2, 70, 0, 28), Recorded),
        ("overdue ones are late and pending at once", cohort(100, 0, 70, 30, 30), Recorded),
        ("none at all", cohort(0, 0, 0, 0, 0), Recorded),
        ("more withdrawn than made", cohort(5, 6, 0, 0, 0), no("cohort_reported.withdrawn")),
        ("more decided than made", cohort(100, 2, 90, 9, 0), no("cohort_reported.late")),
        ("more pending than left", cohort(100, 2, 90, 0, 9), no("cohort_reported.pending")),
        ("numbers at the edge", cohort(u64::MAX, 0, u64::MAX, u64::MAX, 0), Recorded),
    ]);
}

#[test]
fn counts_lists_and_digests() {
    let act = |count| {
        on_soy(Payload::ActPerformed(ActPerformed {
            performed_at: on("2026-01-02"),
            stage: Stage::Effective,
            count,
            reference: None,
        }))
    };
    let reversal = ActReversed { performed_at: on("2026-01-02"), count: 0 };
    let meeting = |parties: &[&str]| {
        let mut meeting = scheduled("a", "meetings/visit");
        if let Payload::MeetingScheduled(scheduled) = &mut meeting.payload {
            scheduled.parties = parties.iter().map(|code| party(code)).collect();
        }
        meeting
    };
    let digested = |digest: &str| {
        let mut published = published("a", "other");
        if let Payload::TextPublished(text_published) = &mut published.payload {
            text_published.digest = Some(text(digest));
        }
        published
    };
    let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    given(truce()).table(vec![
        ("an act done once", act(1), Recorded),
        ("an act done never", act(0), Refused(Reason::ValueOutOfRange, "act_performed.count")),
        (
            "an act undone never",
            on_soy(Payload::ActReversed(reversal)),
            Refused(Reason::ValueOutOfRange, "act_reversed.count"),
        ),
        ("a meeting of two", meeting(&["CN", "US"]), Recorded),
        ("a meeting of one", meeting(&["CN"]), Refused(Reason::ValueOutOfRange, "meeting_scheduled.parties")),
        ("a meeting with oneself", meeting(&["CN", "CN"]), Refused(Reason::DuplicateName, "meeting_scheduled.parties")),
        ("a digest", digested(digest), Recorded),
        ("a digest in capitals", digested(&digest.to_uppercase()), Refused(Reason::Malformed, "text_published.digest")),
        ("half a digest", digested(&digest[..32]), Refused(Reason::Malformed, "text_published.digest")),
    ]);
}
