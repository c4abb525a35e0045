//! A batch: its size, its ids, and what must still be so.

use entente::domain::{BATCH_EVENTS_MAX, Class, Fact, Position, Reason, Submission};

use super::deal::*;
use super::{event_id, given};

fn statements(count: usize) -> Vec<Submission> {
    (0..count).map(|number| stated(&format!("{number}-s"), "instruments/truce")).collect()
}

#[test]
fn a_batch_has_1_to_1000_events() {
    let ledger = given(truce());
    ledger.when([]).then_refused(Reason::BatchEmpty, "submissions").of_class(Class::InvalidArgument);
    assert_eq!(BATCH_EVENTS_MAX, 1000);
    assert_eq!(ledger.when(statements(1000)).then_recorded().len(), 1000);
    ledger.when(statements(1001)).then_refused(Reason::BatchTooLarge, "submissions").saying("at most 1000");
}

#[test]
fn positions_follow_the_head_without_a_hole() {
    let positions: Vec<u64> =
        given(truce()).when(statements(3)).then_recorded().into_iter().map(|(position, _)| position).collect();
    assert_eq!(positions, [11, 12, 13]);
}

#[test]
fn the_first_event_that_is_refused_is_named_by_its_index() {
    let batch = [stated("a", "instruments/truce"), stated("b", "commitments/nobody"), stated("c", "asks/nothing")];
    given(truce()).when(batch).then_refused(Reason::UnknownSubject, "subject").at(1);
}

#[test]
fn a_batch_sent_again_gets_the_original_result_whatever_the_preconditions() {
    let ledger = given(truce());
    let again = || [published("fact-sheet", "fact-sheet"), signed("truce", "instruments/truce")];
    assert_eq!(ledger.when(again()).then_recorded_already(), [3, 2]);
    assert_eq!(ledger.when(again()).if_head_is(1).then_recorded_already(), [3, 2]);
    assert_eq!(ledger.when(again()).if_head_is(99).then_recorded_already(), [3, 2]);
    // Refused today, by the rule that an instrument is signed once: but it was recorded, so that is the answer.
    assert_eq!(ledger.when([signed("truce", "instruments/truce")]).then_recorded_already(), [2]);
}

#[test]
fn an_id_means_one_content_for_ever() {
    let ledger = given(truce());
    ledger
        .when([stated("new", "instruments/truce"), signed("truce", "instruments/other")])
        .then_refused(Reason::IdReused, "event_id")
        .at(1)
        .naming("truce", 2)
        .of_class(Class::AlreadyExists);
    ledger
        .when([signed("truce", "instruments/truce"), stated("new", "instruments/truce")])
        .then_refused(Reason::IdKnown, "event_id")
        .at(0)
        .naming("truce", 2)
        .of_class(Class::AlreadyExists);
    ledger
        .when([
            stated("new", "instruments/truce"),
            stated("other", "instruments/truce"),
            stated("new", "commitments/soy"),
        ])
        .then_refused(Reason::IdTwice, "event_id")
        .at(2)
        .of_class(Class::InvalidArgument);
}

#[test]
fn the_words_of_a_refusal_name_every_event() {
    let batch = [
        signed("truce", "instruments/truce"),
        published("fact-sheet", "fact-sheet"),
        stated("new", "instruments/truce"),
    ];
    let refusal = given(truce()).when(batch).then_refused(Reason::IdKnown, "event_id");
    let words = refusal.0.metadata();
    assert_eq!(words["event_id"], format!("{}, {}", event_id("truce"), event_id("fact-sheet")));
    assert_eq!(words["position"], "2, 3");
}

#[test]
fn the_head_must_be_what_the_client_saw() {
    let ledger = given(truce());
    let statement = || [stated("a", "instruments/truce")];
    assert_eq!(ledger.when(statement()).if_head_is(10).then_recorded()[0].0, 11);
    ledger
        .when(statement())
        .if_head_is(7)
        .then_refused(Reason::StaleHead, "preconditions.ledger_head")
        .of_class(Class::Aborted)
        .stating(Fact::Expected(Position::new(7)))
        .stating(Fact::Conflict(Position::new(8)))
        .stating(Fact::Head(Position::new(10)));
    ledger
        .when(statement())
        .if_head_is(11)
        .then_refused(Reason::FuturePosition, "preconditions.ledger_head")
        .of_class(Class::InvalidArgument)
        .stating(Fact::Head(Position::new(10)));
}

#[test]
fn the_last_event_about_a_subject_must_be_what_the_client_saw() {
    let ledger = given(truce().into_iter().chain([amount("w1", "2026-01-01", "2026-01-07")]));
    let statement = || [stated("a", "commitments/soy")];
    let (soy, pause) = (|| subject("commitments/soy"), || subject("commitments/pause"));
    assert_eq!(ledger.when(statement()).if_last_about(soy(), 11).if_last_about(pause(), 6).then_recorded()[0].0, 12);
    // Nothing may be recorded about it yet.
    assert_eq!(ledger.when(statement()).if_last_about(subject("asks/new"), 0).then_recorded()[0].0, 12);
    ledger
        .when(statement())
        .if_last_about(pause(), 6)
        .if_last_about(soy(), 5)
        .then_refused(Reason::StaleSubject, "preconditions.subject_revisions[1].revision")
        .of_class(Class::Aborted)
        .stating(Fact::Subject(soy()))
        .stating(Fact::Expected(Position::new(5)))
        .stating(Fact::Conflict(Position::new(11)))
        .stating(Fact::Head(Position::new(11)));
    ledger
        .when(statement())
        .if_last_about(soy(), 12)
        .then_refused(Reason::FuturePosition, "preconditions.subject_revisions[0].revision");
}
