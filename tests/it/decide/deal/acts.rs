//! What happens once the deal is struck.

use std::collections::BTreeMap;

use super::{day, days, decimal, event, id, moment, on, party, slug, subject, text, unit};
use entente::domain::event::*;
use entente::domain::terms::{PeriodPatch, TranchePatch};
use entente::domain::{Basis, Payload, Submission, TermsPatch};

/// A week's sales of soybeans, in tonnes.
pub(in crate::decide) fn amount(label: &str, start: &str, through: &str) -> Submission {
    event(label, "commitments/soy", Payload::AmountReported(sold(start, through)))
}

pub(in crate::decide) fn sold(start: &str, through: &str) -> AmountReported {
    AmountReported {
        series: slug("us-esr"),
        basis: Basis::Sold,
        from: Some(day(start)),
        through: day(through),
        value: decimal("100000"),
        unit: unit("t"),
        covers: true,
        bound: Bound::Exact,
        running_since: None,
    }
}

pub(in crate::decide) fn amount_with(
    label: &str,
    start: &str,
    through: &str,
    change: impl FnOnce(&mut AmountReported),
) -> Submission {
    let mut reported = sold(start, through);
    change(&mut reported);
    event(label, "commitments/soy", Payload::AmountReported(reported))
}

pub(in crate::decide) fn amended(label: &str, commitment: &str, set: TermsPatch) -> Submission {
    let amended = CommitmentAmended { effective_at: on("2026-01-15"), retroactive_to: None, set };
    event(label, commitment, Payload::CommitmentAmended(Box::new(amended)))
}

pub(in crate::decide) fn reading(label: &str, commitment: &str, name: &str, set: TermsPatch) -> Submission {
    let recorded = ReadingRecorded { reading: slug(name), effective_at: on("2026-01-15"), by: None, text: None, set };
    event(label, commitment, Payload::ReadingRecorded(Box::new(recorded)))
}

pub(in crate::decide) fn adopted(label: &str, commitment: &str, name: &str) -> Submission {
    let adopted = ReadingAdopted { reading: slug(name), effective_at: on("2026-02-15") };
    event(label, commitment, Payload::ReadingAdopted(adopted))
}

pub(in crate::decide) fn retracted(label: &str, subject: &str, target: &str) -> Submission {
    let retracted = EventRetracted { event: id(target), by: Retractor::Recorder, reason: text("a mistake") };
    event(label, subject, Payload::EventRetracted(retracted))
}

pub(in crate::decide) fn waived(label: &str, commitment: &str, target: Option<&str>, premises: &[&str]) -> Submission {
    let waiver = WaiverGranted {
        by: party("US"),
        target: target.map(slug),
        covers_from: None,
        until: None,
        effective_at: on("2026-01-20"),
        conditional_on: premises.iter().map(|premise| id(premise)).collect(),
    };
    event(label, commitment, Payload::WaiverGranted(waiver.into()))
}

pub(in crate::decide) fn notified(label: &str, commitment: &str) -> Submission {
    let notified = BreachNotified { by: party("US"), effective_at: on("2026-01-20") };
    event(label, commitment, Payload::BreachNotified(notified))
}

pub(in crate::decide) fn resolved(label: &str, commitment: &str, claim: &str) -> Submission {
    let resolved = ClaimResolved { claim: id(claim), effective_at: on("2026-01-25") };
    event(label, commitment, Payload::ClaimResolved(resolved))
}

pub(in crate::decide) fn excused(label: &str, commitment: &str) -> Submission {
    let claimed = ExcuseClaimed { ground: text("force majeure"), from: moment("2026-01-01"), until: None };
    event(label, commitment, Payload::ExcuseClaimed(Box::new(claimed)))
}

pub(in crate::decide) fn accepted(label: &str, commitment: &str, claim: &str) -> Submission {
    event(label, commitment, Payload::ExcuseAccepted(ExcuseAccepted { claim: id(claim), by: party("US") }))
}

pub(in crate::decide) fn stated(label: &str, subject: &str) -> Submission {
    let stated = StatementMade { by: text("a minister"), made_at: on("2026-01-05"), summary: text("on track") };
    event(label, subject, Payload::StatementMade(stated))
}

pub(in crate::decide) fn scheduled(label: &str, meeting: &str) -> Submission {
    let scheduled = MeetingScheduled {
        title: text("The visit"),
        parties: vec![party("CN"), party("US")],
        level: MeetingLevel::Leader,
        place: None,
        window: days("2026-05-13", "2026-05-15"),
    };
    event(label, meeting, Payload::MeetingScheduled(scheduled.into()))
}

pub(in crate::decide) fn moved(label: &str, meeting: &str) -> Submission {
    event(label, meeting, Payload::MeetingMoved(MeetingMoved { window: None, reason: None }))
}

pub(in crate::decide) fn held(label: &str, meeting: &str) -> Submission {
    let held = MeetingHeld {
        title: text("The visit"),
        parties: vec![party("CN"), party("US")],
        level: MeetingLevel::Leader,
        place: None,
        window: days("2026-05-13", "2026-05-15"),
        outcome: None,
        days_unknown: false,
    };
    event(label, meeting, Payload::MeetingHeld(held.into()))
}

pub(in crate::decide) fn tabled(
    label: &str,
    ask: &str,
    meeting: Option<&str>,
    in_exchange_for: Option<&str>,
) -> Submission {
    let tabled = AskTabled {
        title: text("Lift the entity listings"),
        by: party("CN"),
        of: party("US"),
        tabled_at: on("2026-01-10"),
        meeting: meeting.map(slug),
        in_exchange_for: in_exchange_for.map(slug),
        products: Vec::new(),
    };
    event(label, ask, Payload::AskTabled(tabled.into()))
}

pub(in crate::decide) fn answered(label: &str, ask: &str, commitment: Option<&str>) -> Submission {
    let answered = AskAnswered {
        answer: AskAnswer::Accepted,
        by: party("US"),
        answered_at: on("2026-02-10"),
        commitment: commitment.map(slug),
    };
    event(label, ask, Payload::AskAnswered(answered))
}

pub(in crate::decide) fn shocked(label: &str, shock: &str, touches: &[&str]) -> Submission {
    let touches = touches.iter().map(|name| subject(name)).collect();
    let shock_recorded = ShockRecorded { title: text("A blockade"), occurred_at: on("2026-01-03"), touches };
    event(label, shock, Payload::ShockRecorded(shock_recorded))
}

pub(in crate::decide) fn terminated(label: &str, instrument: &str, surviving: &[(&str, Option<&str>)]) -> Submission {
    let surviving = surviving
        .iter()
        .map(|(commitment, tranche)| Survivor { commitment: slug(commitment), tranche: tranche.map(slug) })
        .collect();
    let terminated = InstrumentTerminated {
        effective_at: on("2026-06-15"),
        mode: TerminationMode::Prospective,
        by: None,
        surviving,
    };
    event(label, instrument, Payload::InstrumentTerminated(terminated))
}

pub(in crate::decide) fn metric(label: &str, subject: &str, period: Option<&str>) -> Submission {
    let window = match period {
        Some(_) => None,
        None => Some(days("2026-01-01", "2026-03-31")),
    };
    let metric = MetricReported {
        series: slug("gacc"),
        period: period.map(slug),
        window,
        item: None,
        numerator: decimal("17"),
        denominator: decimal("100"),
        unit: None,
        bound: Bound::Exact,
    };
    event(label, subject, Payload::MetricReported(metric.into()))
}

pub(in crate::decide) fn cohort(label: &str, commitment: &str, period: &str) -> Submission {
    let cohort = CohortReported {
        period: slug(period),
        snapshot_through: day("2026-03-20"),
        submitted: 100,
        withdrawn: 2,
        on_time: 90,
        late: 8,
        pending: 0,
    };
    event(label, commitment, Payload::CohortReported(cohort))
}

pub(in crate::decide) fn rated(label: &str, subject: &str) -> Submission {
    let rate = RateSet {
        component: slug("reciprocal"),
        rate: Some(decimal("10")),
        effective_at: on("2025-11-10"),
        reference: None,
    };
    event(label, subject, Payload::RateSet(rate.into()))
}

/// A patch that moves the end of a suspension.
pub(in crate::decide) fn until(date: &str) -> TermsPatch {
    TermsPatch { until: Some(moment(date)), ..TermsPatch::default() }
}

/// A patch of one tranche.
pub(in crate::decide) fn tranche(
    name: &str,
    start: Option<&str>,
    through: Option<&str>,
    target: Option<&str>,
) -> TermsPatch {
    let change = TranchePatch {
        start: start.map(day),
        through: through.map(day),
        target: target.map(decimal),
        ..TranchePatch::default()
    };
    TermsPatch { tranches: BTreeMap::from([(slug(name), change)]), ..TermsPatch::default() }
}

/// A patch of one period.
pub(in crate::decide) fn period(name: &str, start: Option<&str>, through: Option<&str>) -> TermsPatch {
    let change = PeriodPatch { start: start.map(day), through: through.map(day) };
    TermsPatch { periods: BTreeMap::from([(slug(name), change)]), ..TermsPatch::default() }
}
