//! Purchase pledge: so much of something by then, per tranche and per series (specification, section 5).

mod allocation;
mod arithmetic;
pub(super) mod clocks;
mod course;
mod coverage;
mod evidence;
mod explain;
mod forecast;
mod item;
mod mirror;
mod pace;
mod plan;
mod rollup;
mod series;
mod sum;
mod table;
mod tally;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use course::courses;
pub use course::{Course, Point, PurchasePace};
pub(super) use evidence::{differ, of_a_hundred};
pub(super) use explain::explain;
pub use forecast::{Forecast, ForecastSpan};
pub(super) use item::Item;
pub(super) use mirror::mirrors;
pub use mirror::{Mirror, MirrorSide, Strand};
use plan::Plan;
use series::{Hearing, SeriesView, Verdict};
pub(super) use tally::Tallies;

use super::case::Case;
use super::outcome::{Outcome, Wake};
use super::rule::{self, Rule};
use super::{Flow, Judgement, Numbers, TrancheAssessment};
use crate::domain::terms::PurchaseTerms;
use crate::domain::{Flag, Instant, Lifecycle, Position, Status, Unit};

/// The outcome for a pledge.
pub(super) fn judge(case: &Case<'_>, terms: &PurchaseTerms, as_of: Instant) -> Outcome {
    let plans = plans(case, terms, as_of);
    let mut tallies = Tallies::default();
    let views: Vec<SeriesView<'_>> = tallies.views(case, terms, &plans, as_of);
    let hearing = Hearing::of(terms, &views);
    let (judgement, tranches) = judgement(case, &plans, &hearing, as_of);
    let evidence = evidence::evidence(terms, &views);
    let mut outcome = Outcome {
        judgement,
        row: tranches.first().filter(|_| tranches.len() == 1).and_then(|verdict| verdict.row),
        evidence,
        flags: set_aside(case, as_of),
        because: because(case, &plans, &hearing, judgement, as_of),
        numbers: numbers(terms.unit, &plans, &hearing, &tranches, &views, as_of),
        wake: wake(&plans, as_of),
    };
    outcome.flags.extend(hearing.flags(terms, evidence));
    outcome
}

/// As [`judge`], lifecycle and status alone and when to ask again. Whoever asks about later and later instants hands the
/// same tallies in, and pays for the amounts in between only.
pub(super) fn glance<'i>(
    case: &'i Case<'_>,
    terms: &PurchaseTerms,
    as_of: Instant,
    tallies: &mut Tallies<'i>,
) -> (Judgement, Wake) {
    let plans = plans(case, terms, as_of);
    let views = tallies.deciding_views(case, terms, &plans, as_of);
    let (judgement, _) = judgement(case, &plans, &Hearing::of(terms, &views), as_of);
    (judgement, wake(&plans, as_of))
}

fn judgement(
    case: &Case<'_>,
    plans: &[Plan<'_>],
    hearing: &Hearing<'_, '_>,
    as_of: Instant,
) -> (Judgement, Vec<Verdict>) {
    let tranches: Vec<Verdict> = (0..plans.len()).map(|index| hearing.verdict(index)).collect();
    let statuses: Vec<Status> = tranches.iter().map(|verdict| verdict.status).collect();
    let (_, lifecycle) = rule::first(&lifecycle_rules(case, plans, &statuses, as_of));
    (Judgement { lifecycle, status: rollup::roll_up(&statuses) }, tranches)
}

fn wake(plans: &[Plan<'_>], as_of: Instant) -> Wake {
    let mut wake = Wake::after(as_of);
    plans.iter().for_each(|plan| wake.at_each(plan.wakes));
    wake
}

fn plans<'t>(case: &Case<'_>, terms: &'t PurchaseTerms, as_of: Instant) -> Vec<Plan<'t>> {
    terms.tranches.iter().map(|tranche| Plan::of(case, terms, tranche, as_of)).collect()
}

/// The rows of the lifecycle, in order.
fn lifecycle_rules(case: &Case<'_>, plans: &[Plan<'_>], statuses: &[Status], as_of: Instant) -> [Rule<Lifecycle>; 5] {
    let last_end = plans.iter().map(|plan| plan.cure_end_at).max().unwrap_or(Instant::MIN);
    let terminated = case.termination(None, as_of).is_some_and(|(at, _)| at < last_end);
    let all_pending = statuses.iter().all(|status| *status == Status::Pending);
    [
        (terminated, "", "terminated before the last cure_end", Lifecycle::Terminated),
        (statuses.contains(&Status::Excused), "", "a tranche is EXCUSED", Lifecycle::Suspended),
        (all_pending, "", "all tranches are PENDING", Lifecycle::Pending),
        (last_end <= as_of, "", "as_of at or past the last cure_end", Lifecycle::Lapsed),
        (true, "", "otherwise", Lifecycle::InForce),
    ]
}

/// The marks of amounts that are shown but do not count.
fn set_aside(case: &Case<'_>, as_of: Instant) -> BTreeSet<Flag> {
    case.items.iter().filter(|item| item.over_at <= as_of).filter_map(|item| item.set_aside).collect()
}

fn numbers(
    unit: Unit,
    plans: &[Plan<'_>],
    hearing: &Hearing<'_, '_>,
    tranches: &[Verdict],
    views: &[SeriesView<'_>],
    as_of: Instant,
) -> Numbers {
    let flows: Vec<Flow> = hearing.leading().tranches.iter().map(|tranche| tranche.flow.clone()).collect();
    let mut begun = plans.iter().zip(&flows).filter(|(plan, _)| plan.starts_at <= as_of);
    let latest = begun.next_back().map(|(_, flow)| flow.clone());
    let listed = plans.iter().zip(tranches).zip(flows).map(|((plan, verdict), flow)| TrancheAssessment {
        id: plan.tranche.id.clone(),
        status: verdict.status,
        row: verdict.row,
        due: plan.due_at,
        cure_end: plan.cure_end_at,
        flow,
    });
    let heard = views.iter().filter(|view| view.has_evidence());
    let series: BTreeMap<_, _> = heard
        .map(|view| {
            let statuses: Vec<Status> = view.tranches.iter().map(|tranche| tranche.status).collect();
            (view.series.clone(), rollup::roll_up(&statuses))
        })
        .collect();
    Numbers::Purchase { unit, latest, tranches: listed.collect(), series }
}

fn because(
    case: &Case<'_>,
    plans: &[Plan<'_>],
    hearing: &Hearing<'_, '_>,
    judgement: Judgement,
    as_of: Instant,
) -> BTreeSet<Position> {
    let mut because: BTreeSet<Position> = BTreeSet::new();
    if judgement.lifecycle == Lifecycle::Pending {
        return because;
    }
    because.extend(hearing.heard().flat_map(|view| view.items.iter().map(|item| item.position)));
    because.extend(case.relief.accepted(as_of).flat_map(|excuse| excuse.positions()));
    for plan in plans {
        because.extend(case.relief.waiving(Some(&plan.tranche.id), as_of).map(|waiver| waiver.position()));
        because.extend(plan.terminated_by);
    }
    because.extend(case.voided(as_of));
    because
}
