//! Supposing events: what would be known is what is known once they are recorded, and nothing else changes.

use std::sync::Arc;

use entente::domain::{Docket, Event, Hypothesis, Instant, Position, Reason, Slug, Submission};
use entente::views::{Assessment, assess, assess_dossier, project};

use crate::real_ledger::TRUCE;

/// The commitment as it would be told with the events supposed.
fn supposed(hypothesis: &Hypothesis, commitment: &Slug, as_of: Instant) -> Assessment {
    let after = hypothesis.after();
    assess_dossier(after.dossier(commitment).unwrap(), after, as_of, after.known())
}

/// The real ledger folded up to a position.
fn folded(events: &[Arc<Event>], through: usize) -> Docket {
    let mut docket = Docket::new();
    events[..through].iter().for_each(|event| docket.fold(Arc::clone(event)));
    docket
}

fn submissions(events: &[Arc<Event>]) -> Vec<Submission> {
    events.iter().map(|event| event.submission.clone()).collect()
}

#[test]
fn supposing_what_came_next_tells_what_was_then_known() {
    let docket = &TRUCE.docket;
    for known in (1..TRUCE.events.len()).step_by(7) {
        // One event, and then some together.
        for count in [1, 9] {
            let next = &TRUCE.events[known..(known + count).min(TRUCE.events.len())];
            let position = Position::new(known as u64);
            let then = next.last().unwrap();
            let as_of = then.recorded_at;
            let hypothesis = Hypothesis::suppose(docket, position, &submissions(next), as_of)
                .unwrap_or_else(|refusal| panic!("{known}: {refusal}"));
            assert!(!hypothesis.is_replayed(), "as known at {known} they were not recorded");
            let sealed = hypothesis.events().iter().map(|event| (event.position, event.recorded_at));
            assert!(sealed.eq(next.iter().map(|event| (event.position, event.recorded_at))), "{known}");
            for dossier in docket.dossiers() {
                let commitment = dossier.commitment();
                let told = assess(docket, commitment, as_of, then.position);
                if hypothesis.reached().contains(commitment) {
                    assert_eq!(supposed(&hypothesis, commitment, as_of), told, "{commitment} after {known}");
                } else {
                    let before = assess(docket, commitment, as_of, position);
                    assert_eq!(before.judgement, told.judgement, "{commitment} is not reached after {known}");
                    assert_eq!(before.numbers, told.numbers, "{commitment} is not reached after {known}");
                }
            }
        }
    }
}

#[test]
fn at_the_head_and_in_the_past_the_rules_say_the_same() {
    let whole = &TRUCE.docket;
    let as_of = Instant::parse("2027-01-01T00:00:00Z").unwrap();
    for known in [40, 120, 250] {
        let then = folded(&TRUCE.events, known);
        let position = Position::new(known as u64);
        // Every later event alone: many need something that comes between, and are refused for it.
        for event in &TRUCE.events[known..] {
            let batch = [event.submission.clone()];
            let at_head = Hypothesis::suppose(&then, position, &batch, as_of);
            let in_past = Hypothesis::suppose(whole, position, &batch, as_of);
            match (at_head, in_past) {
                (Ok(at_head), Ok(in_past)) => {
                    assert_eq!(at_head.events(), in_past.events());
                    assert_eq!(at_head.reached(), in_past.reached(), "{}", event.position);
                }
                (Err(at_head), Err(in_past)) => assert_eq!(at_head, in_past, "{}", event.position),
                (at_head, in_past) => panic!("{} after {known}: {at_head:?} or {in_past:?}", event.position),
            }
        }
    }
}

#[test]
fn what_is_recorded_already_is_not_supposed_and_an_id_with_other_content_is_refused() {
    let docket = &TRUCE.docket;
    let last = TRUCE.events.last().unwrap();
    let head = docket.head();
    let again = Hypothesis::suppose(docket, head, &submissions(std::slice::from_ref(last)), last.recorded_at).unwrap();
    assert!(again.is_replayed() && again.reached().is_empty());
    assert_eq!(again.events()[0].position, last.position);
    let mut other = last.submission.clone();
    other.note = None;
    let refusal = Hypothesis::suppose(docket, head, &[other], last.recorded_at).unwrap_err();
    assert_eq!(refusal.reason(), Reason::IdReused);
}

#[test]
fn with_nothing_supposed_baseline_and_scenario_are_one() {
    let docket = &TRUCE.docket;
    let (from, until) = ("2026-10-01T00:00:00Z", "2027-06-01T00:00:00Z");
    let (from, until) = (Instant::parse(from).unwrap(), Instant::parse(until).unwrap());
    let nothing = Hypothesis::suppose(docket, docket.head(), &[], from).unwrap();
    for dossier in docket.dossiers() {
        let commitment = dossier.commitment();
        let mut taken = entente::domain::Extract::at(docket.head());
        taken.take(docket, commitment);
        let effect = project(&nothing.beside(taken), commitment, from, until).unwrap();
        assert!(!effect.flips());
        assert_eq!(effect.steps[0].at, from);
        for step in &effect.steps {
            assert_eq!(step.baseline, step.scenario, "{commitment} at {}", step.at);
            assert_eq!(
                step.baseline,
                assess(docket, commitment, step.at, docket.head()),
                "{commitment} at {}",
                step.at
            );
        }
        // The walk stops at every change that the answer announces.
        let mut next = effect.steps[0].baseline.next_change_at;
        while let Some(at) = next.filter(|at| *at <= until) {
            let step = effect.steps.iter().find(|step| step.at == at);
            next = step.unwrap_or_else(|| panic!("{commitment} changes at {at}")).baseline.next_change_at;
        }
    }
}
