//! A comparison of two answers, to the wire.

use std::collections::BTreeSet;

use crate::domain::Slug;
use crate::domain::event::CommitmentUndertaken;
use crate::proto::v1;
use crate::views::{Assessment, AssessmentField, Comparison, Fact, JudgementChange, Learned};

use super::assessment::{AssessedIn, assessment_to_proto, judgement, row};
use super::deadline::deadline_to_proto;
use super::spell::{Speller, instant_to_proto};
use super::value::optional_instant_to_proto;
use super::word::Word;

/// Where two answers were compared: what the message says beside the comparison itself.
#[derive(Debug, Clone, Copy)]
pub struct ComparedIn<'a> {
    /// The earlier coordinate.
    pub then: AssessedIn<'a>,
    /// The later one.
    pub now: AssessedIn<'a>,
    /// How the commitment was undertaken.
    pub undertaken: &'a CommitmentUndertaken,
}

/// A comparison as a message.
pub fn comparison_to_proto(comparison: &Comparison, made: &ComparedIn<'_>) -> v1::AssessmentChange {
    let then = assessment_to_proto(&comparison.then, &made.then);
    let later = |assessment: &Assessment| assessment_to_proto(assessment, &made.now);
    v1::AssessmentChange {
        commitment: then.commitment.clone(),
        title: made.undertaken.title.to_string(),
        obligor: made.undertaken.obligor.to_string(),
        obligee: made.undertaken.obligee.to_string(),
        change: comparison.change.number(),
        fields: fields(&comparison.fields),
        then: Some(then),
        in_hindsight: Some(later(&comparison.in_hindsight)),
        now: Some(later(&comparison.now)),
        became_known: Some(v1::BecameKnown {
            fields: fields(&comparison.by_knowledge),
            events: comparison.learned.iter().map(|event| learned(event, made.now.ledger)).collect(),
        }),
        happened: Some(v1::Happened {
            fields: fields(&comparison.by_time),
            transitions: comparison.transitions.iter().map(|it| transition(it, made.now.ledger)).collect(),
            facts: comparison.facts.iter().map(fact).collect(),
        }),
    }
}

fn fields(fields: &BTreeSet<AssessmentField>) -> Vec<i32> {
    fields.iter().map(|field| field.number()).collect()
}

fn learned(event: &Learned, ledger: &Slug) -> v1::LearnedEvent {
    v1::LearnedEvent {
        position: event.position.get(),
        event_id: event.event.to_string(),
        kind: event.kind.number(),
        subject: Speller::new(ledger, true).subject(&event.subject),
        recorded_at: Some(instant_to_proto(event.recorded_at)),
        effective_at: optional_instant_to_proto(event.effective_at),
        timing: event.timing.number(),
        corrects_position: event.corrects.map_or(0, crate::domain::Position::get),
        corrected: event.is_corrected,
        relied_on: event.is_relied_on,
    }
}

fn transition(transition: &JudgementChange, ledger: &Slug) -> v1::JudgementChange {
    v1::JudgementChange {
        at: Some(instant_to_proto(transition.at)),
        before: Some(judgement(transition.before)),
        after: Some(judgement(transition.after)),
        row: row(transition.row),
        deadlines: transition.deadlines.iter().map(|deadline| deadline_to_proto(deadline, ledger)).collect(),
    }
}

fn fact(fact: &Fact) -> v1::EffectiveFact {
    v1::EffectiveFact {
        position: fact.position.get(),
        effective_at: Some(instant_to_proto(fact.effective_at)),
        was_known: fact.was_known,
    }
}
