//! Corrections are events: each corrects or takes back one event of its own kind and subject, once.

use entente::domain::{Class, Fact, Reason, Terms};

use super::deal::*;
use super::{Recorded, Refused, given, superseded_by};

/// The truce with figures: `w1` superseded by `w1b`, `w2` retracted, `w3` as it was.
fn with_figures() -> super::Given {
    given(truce().into_iter().chain([
        amount("w1", "2026-01-01", "2026-01-07"),
        amount("w1b", "2026-01-01", "2026-01-07").superseding("w1"),
        amount("w2", "2026-01-08", "2026-01-14"),
        retracted("no-w2", "commitments/soy", "w2"),
        amount("w3", "2026-01-15", "2026-01-21"),
        undertaken("soy2", "commitments/more", promise(Terms::PurchasePledge(pledge()))),
    ]))
}

#[test]
fn what_a_correction_may_correct() {
    let week = || amount("a", "2026-01-01", "2026-01-07");
    let no = |reason| Refused(reason, "supersedes");
    with_figures().table(vec![
        ("a figure that stands", week().superseding("w3"), Refused(Reason::OverlappingAmount, "amount_reported.from")),
        ("the last of a chain", week().superseding("w1b"), Recorded),
        ("a figure moved to free days", amount("a", "2026-02-01", "2026-02-07").superseding("w3"), Recorded),
        ("itself", week().superseding("a"), no(Reason::SupersedesItself)),
        ("an event nobody knows", week().superseding("nobody"), no(Reason::SupersedesUnknown)),
        ("an event of another kind", week().superseding("soy"), no(Reason::SupersedesOtherKind)),
        (
            "a figure of another commitment",
            week().on_subject("commitments/more").superseding("w3"),
            no(Reason::SupersedesOtherSubject),
        ),
        ("a figure that is superseded", week().superseding("w1"), no(Reason::AlreadySuperseded)),
        ("a figure that is retracted", week().superseding("w2"), no(Reason::SupersedesRetracted)),
        ("a retraction", retracted("a", "commitments/soy", "w3").superseding("no-w2"), no(Reason::NotCorrectable)),
        (
            "a text by another name",
            published("a", "another").superseding("fact-sheet"),
            no(Reason::SupersedesOtherName),
        ),
    ]);
}

#[test]
fn the_refusal_names_the_superseder() {
    with_figures()
        .when([amount("a", "2026-01-01", "2026-01-07").superseding("w1")])
        .then_refused(Reason::AlreadySuperseded, "supersedes")
        .naming("w1", 11)
        .stating(superseded_by("w1b"))
        .of_class(Class::FailedPrecondition)
        .saying("supersede that one");
}

#[test]
fn what_a_retraction_may_take_back() {
    let no = |reason| Refused(reason, "event_retracted.event");
    let from_soy = |target: &str| retracted("a", "commitments/soy", target);
    with_figures().table(vec![
        ("a figure that stands", from_soy("w3"), Recorded),
        ("the superseder of a figure", from_soy("w1b"), Recorded),
        ("the undertaking itself", from_soy("soy"), Recorded),
        ("an event nobody knows", from_soy("nobody"), no(Reason::RetractsUnknown)),
        ("an event about something else", from_soy("truce"), no(Reason::RetractsOtherSubject)),
        ("a figure that is retracted", from_soy("w2"), no(Reason::RetractedTwice)),
        ("a figure that is superseded", from_soy("w1"), no(Reason::RetractsSuperseded)),
        ("a retraction", from_soy("no-w2"), no(Reason::NotCorrectable)),
        ("the creation of the ledger", from_soy("created"), no(Reason::NotCorrectable)),
    ]);
    with_figures()
        .when([from_soy("w2")])
        .then_refused(Reason::RetractedTwice, "event_retracted.event")
        .naming("w2", 13)
        .stating(Fact::RetractedBy(id("no-w2")));
}

#[test]
fn a_batch_sees_its_own_corrections() {
    let ledger = with_figures();
    let revise = |label: &str, of: &str| amount(label, "2026-01-15", "2026-01-21").superseding(of);
    ledger.table_of_batches(vec![
        ("a chain in one batch", vec![revise("a", "w3"), revise("b", "a"), revise("c", "b")], Recorded),
        (
            "one figure corrected twice",
            vec![revise("a", "w3"), revise("b", "w3")],
            Refused(Reason::AlreadySuperseded, "supersedes"),
        ),
        (
            "taken back, then corrected",
            vec![retracted("a", "commitments/soy", "w3"), revise("b", "w3")],
            Refused(Reason::SupersedesRetracted, "supersedes"),
        ),
        (
            "recorded and taken back at once",
            vec![amount("a", "2026-03-01", "2026-03-07"), retracted("b", "commitments/soy", "a")],
            Recorded,
        ),
        (
            "taken back twice at once",
            vec![retracted("a", "commitments/soy", "w3"), retracted("b", "commitments/soy", "w3")],
            Refused(Reason::RetractedTwice, "event_retracted.event"),
        ),
    ]);
    let refused =
        ledger.when([revise("a", "w3"), revise("b", "w3")]).then_refused(Reason::AlreadySuperseded, "supersedes");
    refused.at(1).stating(superseded_by("a"));
}
