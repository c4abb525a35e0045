//! What would follow for one commitment, to the wire.

use crate::domain::{Collection, Instant, Slug};
use crate::proto::v1;
use crate::proto::v1::ScenarioLinkKind as Kind;
use crate::views::{Difference, Effect, Link, Step};

use super::assessment::{AssessedIn, assessment_to_proto};
use super::spell::{Speller, instant_to_proto};
use super::word::Word;

/// An effect as a message. `made` is where the baseline was assessed; the scenario was at `supposed_at`, when its last
/// event would have been recorded.
pub fn effect_to_proto(effect: &Effect, made: &AssessedIn<'_>, supposed_at: Option<Instant>) -> v1::ScenarioEffect {
    let to = Speller::new(made.ledger, true);
    let supposed = AssessedIn { known_at: supposed_at.or(made.known_at), ..*made };
    let step = |step: &Step| v1::ScenarioStep {
        at: Some(instant_to_proto(step.at)),
        baseline: Some(assessment_to_proto(&step.baseline, made)),
        scenario: Some(assessment_to_proto(&step.scenario, &supposed)),
        difference: step.difference.as_ref().map(difference),
        change: step.change.as_ref().map(difference),
        links: step.links.iter().map(|it| link(it, &effect.commitment, &to)).collect(),
    };
    v1::ScenarioEffect {
        commitment: to.name(Collection::Commitments, &effect.commitment),
        title: effect.promise.title.to_string(),
        obligor: effect.promise.obligor.to_string(),
        obligee: effect.promise.obligee.to_string(),
        instrument: to.name(Collection::Instruments, &effect.promise.instrument),
        flips: effect.flips(),
        steps: effect.steps.iter().map(step).collect(),
    }
}

fn difference(difference: &Difference) -> v1::ScenarioDifference {
    v1::ScenarioDifference {
        judgement: difference.judgement,
        measure_in_effect: difference.in_effect,
        parts: difference.parts.iter().map(ToString::to_string).collect(),
        readings: difference.readings.clone(),
        flags_gained: difference.gained.iter().map(|flag| flag.number()).collect(),
        flags_lost: difference.lost.iter().map(|flag| flag.number()).collect(),
    }
}

fn link(link: &Link, commitment: &Slug, to: &Speller<'_>) -> v1::ScenarioLink {
    let itself = || to.name(Collection::Commitments, commitment);
    let (kind, position, subject, reading) = match link {
        Link::Event(position) => (Kind::Event, position.get(), itself(), String::new()),
        Link::Reading(position, reading) => (Kind::Reading, position.get(), itself(), reading.to_string()),
        Link::Measure(position, measure) => {
            (Kind::Measure, position.get(), to.name(Collection::Measures, measure), String::new())
        }
        Link::Instrument(position, instrument) => {
            (Kind::Instrument, position.get(), to.name(Collection::Instruments, instrument), String::new())
        }
        Link::Reciprocity(counterpart) => {
            (Kind::Reciprocity, 0, to.name(Collection::Commitments, counterpart), String::new())
        }
        Link::Time => (Kind::Time, 0, String::new(), String::new()),
    };
    v1::ScenarioLink { kind: kind.into(), position, subject, reading }
}
