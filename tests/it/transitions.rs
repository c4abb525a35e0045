//! Status transitions: the walk along the diagonal.

mod simulation;
mod truce;

use std::sync::Arc;

use entente::domain::{Event, Instant, Slug};
use entente::views::transitions::{Juncture, Shelf, Step, Walker, Wants};

/// Every commitment.
pub(crate) fn all() -> Wants {
    Arc::new(|_, _, _| true)
}

/// One commitment.
pub(crate) fn only(commitment: &str) -> Wants {
    let wanted = Slug::parse(commitment).unwrap();
    Arc::new(move |_, commitment, _| *commitment == wanted)
}

/// The steps of a ledger's events.
pub(crate) fn steps(events: &[Arc<Event>]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut rest = events;
    while !rest.is_empty() {
        let step = Step::first(rest.iter().map(Arc::as_ref)).expect("the last event ends its append");
        let taken = rest.partition_point(|event| event.position <= step.through);
        rest = &rest[taken..];
        steps.push(step);
    }
    steps
}

/// Everything that is told of steps, and of the time after them through an instant.
pub(crate) fn walk(shelf: &impl Shelf, walker: &mut Walker, steps: &[Step], through: Instant) -> Vec<Juncture> {
    let mut junctures = Vec::new();
    for step in steps {
        while walker.next_at().is_some_and(|at| at <= step.at) {
            junctures.extend(walker.turn(shelf));
        }
        junctures.push(walker.learn(shelf, step));
    }
    while walker.next_at().is_some_and(|at| at <= through) {
        junctures.extend(walker.turn(shelf));
    }
    junctures.retain(|juncture| !juncture.news.is_empty());
    junctures
}
