//! What changed of the truce between two looks, and whether because it became known or because it happened.

use entente::domain::{Position, Status};
use entente::views::{
    AssessmentField, ChangeKind, Comparison, Coordinate, DeadlineKind, EffectTiming, assess, compare, trail,
};

use super::{TRUCE, at, slug};

/// What differs of a commitment between two instants, each as known then.
fn between(commitment: &str, then: &str, now: &str) -> Comparison {
    let coordinate = |instant| Coordinate { as_of: at(instant), known: TRUCE.docket.known_at(at(instant)) };
    compare(&TRUCE.docket, &slug(commitment), coordinate(then), coordinate(now))
}

const THEN: &str = "2026-09-01T00:00:00Z";
const NOW: &str = "2026-11-24T00:00:00Z";

#[test]
fn from_september_to_november_2026() {
    let changed = |kind: ChangeKind| -> Vec<&str> {
        let ids = TRUCE.docket.dossiers().map(|dossier| dossier.commitment().as_str());
        ids.filter(|id| between(id, THEN, NOW).change == kind).collect()
    };
    assert_eq!(changed(ChangeKind::Appeared), ["coal"]);
    assert_eq!(
        changed(ChangeKind::Ended),
        [
            "chip-probes-end",
            "fentanyl-precursors",
            "fentanyl-precursors-worldwide",
            "rare-earth-general-licences",
            "sorghum-and-logs",
            "us-301-exclusions",
            "us-reciprocal-duty-suspension"
        ]
    );
    assert_eq!(
        changed(ChangeKind::Changed),
        [
            "cn-24pct-suspension",
            "cn-30bn-tariff-cuts",
            "cn-exclusions",
            "cn-port-fees-suspension",
            "rare-earth-suspension",
            "soybeans",
            "us-30bn-tariff-cuts",
            "us-affiliates-rule-suspension",
            "us-port-fees-suspension"
        ]
    );
    assert!(changed(ChangeKind::Gone).is_empty());
}

#[test]
fn a_week_of_soybeans_became_known_and_nothing_happened() {
    let soybeans = between("soybeans", THEN, NOW);
    assert_eq!(soybeans.by_knowledge.iter().copied().collect::<Vec<_>>(), [AssessmentField::Numbers]);
    assert!(soybeans.by_time.is_empty() && soybeans.transitions.is_empty());
    let relied_on: Vec<Position> =
        soybeans.learned.iter().filter(|event| event.is_relied_on).map(|event| event.position).collect();
    assert_eq!(relied_on, [Position::new(269)], "the week to 27 August, out on 3 September");
    assert!(soybeans.learned.iter().all(|event| event.timing == EffectTiming::ByThen));
}

#[test]
fn a_lapse_happened_that_was_known_all_along() {
    let exclusions = between("us-301-exclusions", THEN, NOW);
    assert!(exclusions.by_knowledge.is_empty() && exclusions.learned.is_empty());
    let steps: Vec<(&str, Status, DeadlineKind)> = exclusions
        .transitions
        .iter()
        .map(|it| (it.deadlines[0].reading.as_deref().unwrap_or("-"), it.after.status, it.deadlines[0].kind))
        .collect();
    assert_eq!(
        steps,
        [("base", Status::Disputed, DeadlineKind::Lapse), ("fact-sheet", Status::Met, DeadlineKind::Lapse)]
    );
    assert_eq!(exclusions.transitions[1].row.map(|row| row.0), Some("M12"));
}

#[test]
fn a_dispute_came_with_a_statement_and_an_end_that_passed() {
    let rare_earths = between("rare-earth-suspension", THEN, NOW);
    // On 1 September the statement of 28 September was not yet made, whatever is known of it later.
    assert!(rare_earths.by_knowledge.is_empty());
    let learned: Vec<(u64, EffectTiming)> =
        rare_earths.learned.iter().map(|it| (it.position.get(), it.timing)).collect();
    assert_eq!(learned, [(293, EffectTiming::InBetween)]);
    assert_eq!(rare_earths.facts.len(), 1);
    assert!(!rare_earths.facts[0].was_known);
    assert_eq!(rare_earths.transitions.len(), 1);
    assert_eq!(rare_earths.transitions[0].at, at("2026-11-09T16:00:00Z"));
    assert!(rare_earths.fields.contains(&AssessmentField::ByReading));
}

#[test]
fn the_same_moment_with_more_knowledge_is_knowledge_alone() {
    let known = |instant: &str| TRUCE.docket.known_at(at(instant));
    let then = Coordinate { as_of: at(NOW), known: known("2026-10-01T00:00:00Z") };
    let now = Coordinate { as_of: at(NOW), known: known(NOW) };
    let rule = compare(&TRUCE.docket, &slug("us-affiliates-rule-suspension"), then, now);
    assert_eq!(rule.change, ChangeKind::Changed);
    assert!(rule.by_time.is_empty() && rule.transitions.is_empty() && rule.facts.is_empty());
    assert!(rule.by_knowledge.contains(&AssessmentField::Lifecycle), "it had lapsed; now a reading says otherwise");
    assert_eq!(rule.learned.iter().map(|it| it.position.get()).collect::<Vec<_>>(), [288]);
}

#[test]
fn a_promise_that_appeared_was_not_known_before() {
    let coal = between("coal", THEN, NOW);
    assert!(coal.by_knowledge.contains(&AssessmentField::Status));
    assert_eq!(coal.then.judgement.status, Status::NotRecorded);
    assert_eq!(coal.learned.first().map(|event| event.kind.name()), Some("CommitmentUndertaken"));
}

#[test]
fn the_trail_of_every_commitment_is_what_is_said_of_it_at_every_instant() {
    let (from, until, known) = (at("2025-06-01T00:00:00Z"), at("2029-06-01T00:00:00Z"), TRUCE.docket.head());
    for id in TRUCE.docket.dossiers().map(|dossier| dossier.commitment()) {
        let (first, turns) = trail(&TRUCE.docket, id, from, until, known);
        let said = |as_of| assess(&TRUCE.docket, id, as_of, known).judgement;
        assert_eq!(first, said(from), "{id} at first");
        let mut before = first;
        for turn in &turns {
            assert_eq!((turn.before, turn.after), (before, said(turn.at)), "{id} at {}", turn.at);
            assert_eq!(said(turn.at.plus_seconds(-1)), before, "{id} a second before {}", turn.at);
            before = turn.after;
        }
        assert_eq!(said(until), before, "{id} at last");
    }
}
