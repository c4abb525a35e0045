//! Scenario: what would follow for a commitment from events that nobody has recorded, and from time.

mod facets;
mod link;
mod turns;

pub use facets::Difference;
pub use link::Link;

use super::assess::{assess_case, not_recorded, open};
use super::case::Case;
use super::{Assessment, Promise};
use crate::domain::{Hypothesis, Instant, Position, Slug};
use facets::Facets;
use link::links;
use turns::{Turn, turns};

/// What the events supposed, and time, do to one commitment.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// Which commitment.
    pub commitment: Slug,
    /// Who promised what to whom; as supposed where it is not recorded.
    pub promise: Promise,
    /// Both answers at the first instant, and at each at which one of them changes.
    pub steps: Vec<Step>,
}

/// Both answers at one instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// When.
    pub at: Instant,
    /// By what is recorded.
    pub baseline: Assessment,
    /// With the events supposed.
    pub scenario: Assessment,
    /// What differs beside figures; none where nothing does.
    pub difference: Option<Difference>,
    /// What the supposed answer has changed since the step before, beside figures.
    pub change: Option<Difference>,
    /// Through what they differ; time alone where they do not, at every step but the first.
    pub links: Vec<Link>,
}

impl Effect {
    /// Whether lifecycle or status differ at some step.
    pub fn flips(&self) -> bool {
        self.steps.iter().any(|step| step.baseline.judgement != step.scenario.judgement)
    }
}

/// Walks one commitment from one instant to another, by what is recorded and as supposed, side by side; none where it is
/// in neither. The hypothesis must hold it: it reaches it, or the commitment was taken into the extract of what is known.
pub fn project(hypothesis: &Hypothesis, commitment: &Slug, from: Instant, until: Instant) -> Option<Effect> {
    let (before, after) = (hypothesis.before(), hypothesis.after());
    let recorded = before.dossier(commitment).and_then(|dossier| open(dossier, before, before.known()));
    let supposed = after.dossier(commitment).and_then(|dossier| open(dossier, after, after.known()));
    let pair = Pair { commitment, hypothesis, recorded, supposed };
    let promise = Promise::of(pair.recorded.as_ref().or(pair.supposed.as_ref())?);

    let baseline = turns(pair.recorded.as_ref(), from, until);
    let scenario = turns(pair.supposed.as_ref(), from, until);
    let mut instants: Vec<Instant> = baseline.iter().chain(&scenario).map(|turn| turn.at).collect();
    instants.sort_unstable();
    instants.dedup();
    let mut steps: Vec<Step> = Vec::with_capacity(instants.len());
    let mut before: Option<&Facets> = None;
    for at in instants {
        let (one, other) = (holding(&baseline, at), holding(&scenario, at));
        let mut step = pair.step(at, Facets::difference(one, other), steps.is_empty());
        step.change = before.and_then(|before| Facets::difference(before, other));
        before = Some(other);
        steps.push(step);
    }
    // Figures grow between the turns: what has become of them is told at the end of the walk.
    if let Some(last) = steps.last().filter(|last| last.at < until && hypothesis.reached().contains(commitment)) {
        let end = pair.step(until, last.difference.clone(), false);
        if end.baseline.numbers != last.baseline.numbers || end.scenario.numbers != last.scenario.numbers {
            steps.push(end);
        }
    }
    Some(Effect { commitment: commitment.clone(), promise, steps })
}

/// One commitment by what is recorded, and as supposed.
struct Pair<'h> {
    commitment: &'h Slug,
    hypothesis: &'h Hypothesis,
    recorded: Option<Case<'h>>,
    supposed: Option<Case<'h>>,
}

impl Pair<'_> {
    fn step(&self, at: Instant, difference: Option<Difference>, is_first: bool) -> Step {
        let (before, after) = (self.hypothesis.before().known(), self.hypothesis.after().known());
        let links = match &difference {
            Some(_) => links(self.hypothesis, self.commitment, self.supposed.as_ref(), at),
            None if is_first => Vec::new(),
            None => vec![Link::Time],
        };
        Step {
            at,
            baseline: self.told(self.recorded.as_ref(), at, before),
            scenario: self.told(self.supposed.as_ref(), at, after),
            difference,
            change: None,
            links,
        }
    }

    fn told(&self, case: Option<&Case<'_>>, at: Instant, known: Position) -> Assessment {
        case.map_or_else(|| not_recorded(self.commitment, at, known), |case| assess_case(case, at, known))
    }
}

/// What holds at an instant: the last turn by then.
fn holding(turns: &[Turn], at: Instant) -> &Facets {
    let by_then = turns.partition_point(|turn| turn.at <= at);
    &turns[by_then.saturating_sub(1)].facets
}
