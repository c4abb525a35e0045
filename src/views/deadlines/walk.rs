//! Walk: from one instant at which something begins, ends or runs out to the next, with the clocks that do.

use super::super::Judgement;
use super::super::case::Case;
use super::super::effects::{Effect, effects};
use super::super::intervals::Span;
use super::super::purchase::Tallies;
use super::super::readings::{self, BASE, glance};
use super::super::terms_in_force::InForce;
use super::super::{act, maintenance, purchase};
use super::clock::{Clock, Consequence, DeadlineKind};
use super::{periods, records};
use crate::domain::{Instant, Moment, Slug, Terms};

/// One instant at which something begins, ends or runs out.
pub(in super::super) struct Step {
    /// When.
    pub(in super::super) at: Instant,
    /// What is said just before.
    pub(in super::super) before: Judgement,
    /// What is said then.
    pub(in super::super) after: Judgement,
    /// What does, each with the reading it follows where not all agree.
    pub(in super::super) clocks: Vec<(Option<String>, Clock)>,
}

/// Every step in `[from, until)`. Between two steps nothing that an answer depends on begins, ends or runs out, so
/// whatever changes is found. Each step is seen from its own instant, with all that is effective by then: an end that an
/// extension known already takes back is no end.
pub(in super::super) fn walk(case: &Case<'_>, from: Instant, until: Option<Instant>) -> Vec<Step> {
    let until = until.unwrap_or(Span::UNENDING);
    let mut now = from.plus_seconds(-1);
    let mut tallies = Tallies::default();
    let (mut before, mut wake) = glance(case, now, &mut tallies);
    let mut readings = by_reading(case, now);
    let effects = by_time(case);
    let mut steps = Vec::new();
    loop {
        let planned = readings.iter().flat_map(|(_, clocks)| clocks).map(|clock| clock.at);
        let next = planned.chain(wake).filter(|at| now < *at && *at < until).min();
        let Some(at) = next else { return steps };
        let (after, next) = glance(case, at, &mut tallies);
        readings = by_reading(case, at);
        steps.push(Step::of(case, &readings, &effects, at, (before, after)));
        (now, before, wake) = (at, after, next);
    }
}

/// The steps of [`walk`] at which lifecycle or status differs, without a look at the clocks of the others.
pub(in super::super) fn changes(case: &Case<'_>, from: Instant, until: Instant) -> Vec<Step> {
    let mut tallies = Tallies::default();
    let (mut before, mut wake) = glance(case, from.plus_seconds(-1), &mut tallies);
    let mut effects: Option<Vec<Effect>> = None;
    let mut steps = Vec::new();
    while let Some(at) = wake.filter(|at| *at < until) {
        let (after, next) = glance(case, at, &mut tallies);
        if before != after {
            let effects = effects.get_or_insert_with(|| by_time(case));
            steps.push(Step::of(case, &by_reading(case, at), effects, at, (before, after)));
        }
        (before, wake) = (after, next);
    }
    steps
}

fn by_time(case: &Case<'_>) -> Vec<Effect> {
    let mut effects = effects(case);
    effects.sort_by_key(|effect| effect.at);
    effects
}

impl Step {
    /// The step at an instant, with what is said before and then.
    fn of(
        case: &Case<'_>,
        readings: &[(String, Vec<Clock>)],
        effects: &[Effect],
        at: Instant,
        (before, after): (Judgement, Judgement),
    ) -> Self {
        let mut clocks = of_terms(readings, at);
        clocks.extend(records::clocks(case, effects, at));
        if clocks.is_empty() && before != after {
            let unnamed = Clock::new(DeadlineKind::RecordEffective, Moment::at(at), Consequence::EvidenceChanges);
            clocks.push((None, unnamed));
        }
        Step { at, before, after, clocks }
    }
}

/// The clocks of the terms at one instant: one line where all readings that count have the same, else one for each
/// reading that has it.
fn of_terms(readings: &[(String, Vec<Clock>)], at: Instant) -> Vec<(Option<String>, Clock)> {
    let mut found: Vec<(Option<String>, Clock)> = Vec::new();
    for (name, clocks) in readings {
        for clock in clocks.iter().filter(|clock| clock.at == at) {
            if readings.iter().all(|(_, others)| others.contains(clock)) {
                let line = (None, clock.clone());
                found.extend((!found.contains(&line)).then_some(line));
            } else {
                found.push((Some(name.clone()), clock.clone()));
            }
        }
    }
    found
}

/// Every clock of the terms, in each reading that counts at an instant: the one adopted, or all side by side.
fn by_reading(case: &Case<'_>, as_of: Instant) -> Vec<(String, Vec<Clock>)> {
    if let Some(adoption) = readings::adoption(case, as_of) {
        let adopted = &adoption.body.reading;
        let read = Some(adopted).filter(|reading| reading.as_str() != BASE);
        return vec![(adopted.to_string(), clocks(case, read, as_of))];
    }
    let named =
        readings::names(case, as_of).into_iter().map(|name| (name.to_string(), clocks(case, Some(name), as_of)));
    std::iter::once((BASE.to_owned(), clocks(case, None, as_of))).chain(named).collect()
}

fn clocks(case: &Case<'_>, reading: Option<&Slug>, as_of: Instant) -> Vec<Clock> {
    let mut in_force = InForce::at(case, reading, as_of);
    match in_force.reworded.take() {
        // Its days are read in the zone that it has now, as they are judged.
        Some(reworded) => in_terms(&case.under(&reworded), &in_force, as_of),
        None => in_terms(case, &in_force, as_of),
    }
}

fn in_terms(case: &Case<'_>, in_force: &InForce<'_>, as_of: Instant) -> Vec<Clock> {
    match in_force.terms.as_ref() {
        Terms::MeasureSuspension(terms) => maintenance::clocks::clocks(case, in_force, terms, None, as_of),
        Terms::RateCeiling(terms) => {
            maintenance::clocks::clocks(case, in_force, &terms.maintenance, Some(terms.limit), as_of)
        }
        Terms::PurchasePledge(terms) => purchase::clocks::clocks(case, terms, as_of),
        Terms::OneOffAct(terms) => act::clocks::clocks(case, terms, as_of),
        Terms::PeriodicCeiling(terms) => periods::of_ceiling(case, terms, as_of),
        Terms::LicensingFlow(terms) => periods::of_flow(case, terms, as_of),
    }
}
