//! Things come into a ledger once, by the event that creates them, and only then can be spoken of.

use entente::domain::{Author, Class, Reason, Terms};

use super::deal::*;
use super::{Recorded, Refused, given};

#[test]
fn everything_is_created_before_it_is_used() {
    given([]).table_of_batches(vec![
        ("an instrument", vec![signed("a", "instruments/truce")], Recorded),
        ("a measure", vec![announced("a", "measures/fees")], Recorded),
        ("a meeting that is planned", vec![scheduled("a", "meetings/visit")], Recorded),
        ("a meeting that took place unplanned", vec![held("a", "meetings/visit")], Recorded),
        ("an ask", vec![tabled("a", "asks/list", None, None)], Recorded),
        ("a shock", vec![shocked("a", "shocks/blockade", &[])], Recorded),
        ("the truce and all that stands in it, in one batch", truce(), Recorded),
        ("a statement on nothing", vec![stated("a", "instruments/truce")], Refused(Reason::UnknownSubject, "subject")),
        (
            "an amendment of an unknown commitment",
            vec![amended("a", "commitments/soy", until("2027-01-01"))],
            Refused(Reason::UnknownSubject, "subject"),
        ),
        (
            "a figure before the commitment, in one batch",
            [vec![amount("a", "2026-01-01", "2026-01-07")], truce()].concat(),
            Refused(Reason::UnknownSubject, "subject"),
        ),
        (
            "a commitment in an unknown instrument",
            vec![undertaken("a", "commitments/soy", promise(Terms::PurchasePledge(pledge())))],
            Refused(Reason::UnknownSubject, "commitment_undertaken.instrument"),
        ),
        (
            "a commitment about an unknown measure",
            vec![
                signed("t", "instruments/truce"),
                undertaken("a", "commitments/pause", promise(Terms::MeasureSuspension(suspension()))),
            ],
            Refused(Reason::UnknownSubject, "commitment_undertaken.measures[0]"),
        ),
    ]);
}

#[test]
fn nothing_is_created_twice() {
    let ledger = given(truce().into_iter().chain([
        scheduled("plan", "meetings/visit"),
        held("done", "meetings/visit"),
        tabled("ask", "asks/list", None, None),
        answered("yes", "asks/list", None),
        shocked("shock", "shocks/blockade", &[]),
    ]));
    let pledge_again = || undertaken("a", "commitments/soy", promise(Terms::PurchasePledge(pledge())));
    ledger.table(vec![
        ("the instrument", signed("a", "instruments/truce"), Refused(Reason::AlreadyCreated, "subject")),
        ("the measure", announced("a", "measures/rare-earths"), Refused(Reason::AlreadyCreated, "subject")),
        ("the commitment", pledge_again(), Refused(Reason::AlreadyUndertaken, "subject")),
        ("the plan of a meeting", scheduled("a", "meetings/visit"), Refused(Reason::AlreadyCreated, "subject")),
        ("that it took place", held("a", "meetings/visit"), Refused(Reason::AlreadyCreated, "subject")),
        ("the ask", tabled("a", "asks/list", None, None), Refused(Reason::AlreadyCreated, "subject")),
        ("its answer", answered("a", "asks/list", None), Refused(Reason::AlreadyAnswered, "subject")),
        ("the shock", shocked("a", "shocks/blockade", &[]), Refused(Reason::AlreadyCreated, "subject")),
        ("a text", published("a", "fact-sheet"), Refused(Reason::AlreadyPublished, "text_published.text")),
        ("a correction of the commitment", pledge_again().superseding("soy"), Recorded),
        ("a correction of the instrument", signed("a", "instruments/truce").superseding("truce"), Recorded),
        ("a correction of the answer", answered("a", "asks/list", None).superseding("yes"), Recorded),
        ("a correction of the text", published("a", "fact-sheet").superseding("fact-sheet"), Recorded),
        ("another text", published("a", "mofcom-statement"), Recorded),
    ]);
    ledger
        .when([pledge_again()])
        .then_refused(Reason::AlreadyUndertaken, "subject")
        .naming("soy", 5)
        .of_class(Class::FailedPrecondition)
        .saying("supersede that event");
}

#[test]
fn a_second_creation_is_seen_within_the_batch_too() {
    let twice = [signed("one", "instruments/truce"), signed("two", "instruments/truce")];
    given([]).when(twice).then_refused(Reason::AlreadyCreated, "subject").at(1).naming("one", 2);
}

#[test]
fn what_was_retracted_is_used_no_more_until_it_is_created_anew() {
    let ledger = given(truce().into_iter().chain([
        retracted("no-soy", "commitments/soy", "soy"),
        retracted("no-measure", "measures/rare-earths", "rare-earths"),
    ]));
    let soy_anew = || undertaken("anew", "commitments/soy", promise(Terms::PurchasePledge(pledge())));
    ledger.table_of_batches(vec![
        (
            "a figure about it",
            vec![amount("a", "2026-01-01", "2026-01-07")],
            Refused(Reason::SubjectRetracted, "subject"),
        ),
        (
            "a commitment about a retracted measure",
            vec![undertaken("a", "commitments/more", promise(Terms::MeasureSuspension(suspension())))],
            Refused(Reason::SubjectRetracted, "commitment_undertaken.measures[0]"),
        ),
        ("its creation anew", vec![soy_anew()], Recorded),
        ("a figure after that", vec![soy_anew(), amount("a", "2026-01-01", "2026-01-07")], Recorded),
    ]);
    ledger
        .when([amount("a", "2026-01-01", "2026-01-07")])
        .then_refused(Reason::SubjectRetracted, "subject")
        .naming("soy", 5)
        .stating(entente::domain::Fact::RetractedBy(id("no-soy")));
}

#[test]
fn a_ledger_is_created_once_and_by_the_server() {
    use entente::domain::event::{KeyRotated, LedgerCreated, LedgerKind};
    use entente::domain::{Payload, Subject};
    let created = || {
        let created = LedgerCreated { kind: LedgerKind::Replay, title: text("Another"), incarnation: text("2") };
        about(Subject::Ledger, "again", Payload::LedgerCreated(created))
    };
    let rotated = || {
        let rotated = KeyRotated { verifier_key: text("key+1"), previous_verifier_key: None };
        about(Subject::Ledger, "key", Payload::KeyRotated(rotated))
    };
    let ledger = given([]);
    ledger
        .when([created()])
        .then_refused(Reason::LedgerEventReserved, "ledger_created")
        .of_class(Class::InvalidArgument);
    ledger.when([rotated()]).then_refused(Reason::LedgerEventReserved, "key_rotated");
    ledger.when([created()]).by_the_server().then_refused(Reason::LedgerAlreadyCreated, "ledger_created");
    assert_eq!(ledger.when([rotated()]).by_the_server().then_recorded()[0].0, 2);

    let nothing = super::Given { docket: entente::domain::Docket::new() };
    nothing.when([signed("a", "instruments/truce")]).then_refused(Reason::LedgerNotCreated, "");
    nothing.when([created()]).then_refused(Reason::LedgerEventReserved, "ledger_created");
    let clock = super::live("2026-01-01T00:00:00Z");
    assert!(nothing.decide(&[created()], &Default::default(), Author::Server, clock).is_ok());
}
