//! Figures of one series and basis do not overlap, where they count.

use entente::domain::event::Bound;
use entente::domain::{Basis, Class, Fact, Reason, SourceClass, Submission, Terms};

use super::deal::*;
use super::{Given, Recorded, Refused, given};

/// The pledge with one week of sales, 1 to 7 January 2026.
fn one_week() -> Given {
    given(truce().into_iter().chain([amount("w1", "2026-01-01", "2026-01-07")]))
}

fn overlap() -> super::Expected {
    Refused(Reason::OverlappingAmount, "amount_reported.from")
}

#[test]
fn figures_that_count_do_not_overlap() {
    let same_days =
        |change: fn(&mut entente::domain::event::AmountReported)| amount_with("a", "2026-01-01", "2026-01-07", change);
    one_week().table(vec![
        ("the same days", amount("a", "2026-01-01", "2026-01-07"), overlap()),
        ("days inside", amount("a", "2026-01-03", "2026-01-04"), overlap()),
        ("days around", amount("a", "2025-12-01", "2026-01-31"), overlap()),
        ("the last day shared", amount("a", "2026-01-07", "2026-01-13"), overlap()),
        ("the first day shared", amount("a", "2025-12-26", "2026-01-01"), overlap()),
        ("the week after", amount("a", "2026-01-08", "2026-01-14"), Recorded),
        ("the week before", amount("a", "2025-12-25", "2025-12-31"), Recorded),
        ("its revision", amount("a", "2026-01-01", "2026-01-07").superseding("w1"), Recorded),
        ("its revision, of more days", amount("a", "2025-12-25", "2026-01-09").superseding("w1"), Recorded),
        ("another series", same_days(|a| a.series = slug("cn-customs")), Recorded),
        ("another basis", same_days(|a| a.basis = Basis::Shipped), Recorded),
        ("a unit that the terms convert", same_days(|a| a.unit = unit("bu_soy")), overlap()),
        ("a unit that they do not", same_days(|a| a.unit = unit("cargo")), Recorded),
        ("a bound", same_days(|a| a.bound = Bound::AtLeast), Recorded),
        ("a running total", same_days(|a| a.running_since = Some(day("2025-11-01"))), Recorded),
        ("net cancellations", same_days(|a| a.value = decimal("-5")), overlap()),
        ("an official zero", same_days(|a| a.value = decimal("0")), overlap()),
        (
            "a class that is admissible",
            amount("a", "2026-01-01", "2026-01-07").said_by(SourceClass::ObligeeOfficial),
            overlap(),
        ),
        ("a class that is not", amount("a", "2026-01-01", "2026-01-07").said_by(SourceClass::Media), Recorded),
        ("another commitment", amount("a", "2026-01-01", "2026-01-07").on_subject("commitments/list"), Recorded),
    ]);
}

#[test]
fn the_refusal_names_the_figure_and_its_days() {
    one_week()
        .when([amount("a", "2026-01-05", "2026-01-11")])
        .then_refused(Reason::OverlappingAmount, "amount_reported.from")
        .naming("w1", 11)
        .stating(Fact::Window(days("2026-01-01", "2026-01-07")))
        .of_class(Class::FailedPrecondition)
        .saying("2026-01-01 through 2026-01-07");
}

#[test]
fn a_batch_is_held_to_it_too() {
    let weeks = |labels: &[(&str, &str, &str)]| -> Vec<Submission> {
        labels.iter().map(|(label, from, through)| amount(label, from, through)).collect()
    };
    one_week().table_of_batches(vec![
        ("two weeks", weeks(&[("a", "2026-01-08", "2026-01-14"), ("b", "2026-01-15", "2026-01-21")]), Recorded),
        (
            "two weeks that share a day",
            weeks(&[("a", "2026-01-08", "2026-01-15"), ("b", "2026-01-15", "2026-01-21")]),
            overlap(),
        ),
        (
            "a week taken back and reported anew",
            vec![retracted("a", "commitments/soy", "w1"), amount("b", "2026-01-01", "2026-01-07")],
            Recorded,
        ),
        (
            "a week moved, its old days reported anew",
            vec![amount("a", "2026-02-01", "2026-02-07").superseding("w1"), amount("b", "2026-01-02", "2026-01-08")],
            Recorded,
        ),
        (
            "a week moved onto days reported in the batch",
            vec![amount("a", "2026-02-01", "2026-02-07"), amount("b", "2026-02-07", "2026-02-13").superseding("w1")],
            overlap(),
        ),
        (
            "a week split in two",
            vec![amount("a", "2026-01-01", "2026-01-03").superseding("w1"), amount("b", "2026-01-04", "2026-01-07")],
            Recorded,
        ),
    ]);
}

#[test]
fn what_was_taken_back_or_moved_frees_its_days_for_good() {
    let ledger = given(truce().into_iter().chain([
        amount("w1", "2026-01-01", "2026-01-07"),
        amount("w1b", "2026-01-01", "2026-01-05").superseding("w1"),
        amount("w2", "2026-01-08", "2026-01-14"),
        retracted("no", "commitments/soy", "w2"),
        amount("w3", "2026-01-06", "2026-01-07"),
    ]));
    ledger.table(vec![
        ("days of the retracted one", amount("a", "2026-01-08", "2026-01-14"), Recorded),
        ("days of the superseder", amount("a", "2026-01-05", "2026-01-05"), overlap()),
        (
            "the superseder retracted frees them, and revives nothing",
            retracted("a", "commitments/soy", "w1b"),
            Recorded,
        ),
    ]);
    ledger.table_of_batches(vec![(
        "and then the days are free",
        vec![retracted("a", "commitments/soy", "w1b"), amount("b", "2026-01-01", "2026-01-05")],
        Recorded,
    )]);
}

#[test]
fn a_correction_of_the_terms_weighs_every_figure_again() {
    let mut wider = promise(Terms::PurchasePledge(pledge()));
    wider.admissible.push(SourceClass::Media);
    let mut narrower = promise(Terms::PurchasePledge(pledge()));
    narrower.admissible = vec![SourceClass::ObligeeOfficial];
    let ledger = given(truce().into_iter().chain([
        amount("official", "2026-01-01", "2026-01-07").said_by(SourceClass::ObligorOfficial),
        amount("press", "2026-01-03", "2026-01-09").said_by(SourceClass::Media),
    ]));
    let widen = || undertaken("a", "commitments/soy", wider.clone()).superseding("soy");
    let narrow = || undertaken("a", "commitments/soy", narrower.clone()).superseding("soy");
    ledger.table_of_batches(vec![
        (
            "the press would count, and overlaps",
            vec![widen()],
            Refused(Reason::OverlappingAmount, "commitment_undertaken"),
        ),
        ("after one of the two is taken back", vec![retracted("r", "commitments/soy", "press"), widen()], Recorded),
        ("fewer count", vec![narrow()], Recorded),
        (
            "and then the official figure's days are free",
            vec![narrow(), amount("b", "2026-01-01", "2026-01-07").said_by(SourceClass::ObligeeOfficial)],
            Recorded,
        ),
    ]);
    ledger
        .when([widen()])
        .then_refused(Reason::OverlappingAmount, "commitment_undertaken")
        .naming("official", 11)
        .naming("press", 12);
}
