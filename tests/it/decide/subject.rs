//! What each kind of event can be about.

use entente::domain::event::*;
use entente::domain::{Payload, Reason, Subject};

use super::deal::*;
use super::{Recorded, Refused, given};

/// One of each kind of event that is not in the vocabulary of `deal` already.
fn confirmed(subject: &str) -> Submission {
    event(
        "a",
        subject,
        Payload::CommitmentConfirmed(CommitmentConfirmed { by: party("US"), effective_at: on("2026-01-02") }),
    )
}

fn observed(subject: &str) -> Submission {
    let observed =
        MeasureObserved { state: MeasureState::Applied, from: on("2026-01-02").at, until: Some(on("2026-01-03").at) };
    event("a", subject, Payload::MeasureObserved(observed))
}

fn alleged(subject: &str) -> Submission {
    event("a", subject, Payload::BreachAlleged(BreachAlleged { by: text("a senator"), effective_at: on("2026-01-02") }))
}

fn consulted(subject: &str) -> Submission {
    let held = ConsultationHeld { parties: vec![party("CN"), party("US")], held_at: on("2026-01-02"), outcome: None };
    event("a", subject, Payload::ConsultationHeld(held))
}

fn performed(subject: &str) -> Submission {
    let act = ActPerformed { performed_at: on("2025-12-02"), stage: Stage::Effective, count: 1, reference: None };
    event("a", subject, Payload::ActPerformed(act))
}

use entente::domain::Submission;

#[test]
fn each_kind_of_event_has_its_subjects() {
    let ledger = given(truce().into_iter().chain([
        scheduled("plan", "meetings/visit"),
        tabled("ask", "asks/list", None, None),
        shocked("shock", "shocks/blockade", &[]),
    ]));
    let no = || Refused(Reason::SubjectNotAllowed, "subject");
    let sold_on = |subject: &str| amount("a", "2026-01-01", "2026-01-07").on_subject(subject);
    let at_ledger = |mut event: Submission| {
        event.subject = Subject::Ledger;
        event
    };
    ledger.table(vec![
        ("an instrument is no commitment", signed("a", "commitments/other"), no()),
        ("a text is of an instrument", published("a", "x").on_subject("commitments/soy"), no()),
        (
            "a promise is no measure",
            undertaken("a", "measures/x", promise(entente::domain::Terms::OneOffAct(act()))),
            no(),
        ),
        ("an amendment is of a commitment", amended("a", "instruments/truce", until("2027-01-01")), no()),
        ("a party confirms a commitment", confirmed("commitments/soy"), Recorded),
        ("a party does not confirm a measure", confirmed("measures/rare-earths"), no()),
        ("a measure is observed", observed("measures/rare-earths"), Recorded),
        ("a duty as a whole is observed", observed("commitments/pause"), Recorded),
        ("a meeting is not observed", observed("meetings/visit"), no()),
        ("a rate is set on a measure", rated("a", "measures/rare-earths"), Recorded),
        ("a rate is set on a commitment", rated("a", "commitments/rate"), Recorded),
        ("a rate is not set on an ask", rated("a", "asks/list"), no()),
        ("an amount of a pledge", sold_on("commitments/soy"), Recorded),
        ("an amount as context of an ask", sold_on("asks/list"), Recorded),
        ("an amount as context of a measure", sold_on("measures/rare-earths"), Recorded),
        ("an amount as context of an instrument", sold_on("instruments/truce"), Recorded),
        ("no amount of a shock", sold_on("shocks/blockade"), no()),
        ("a metric of an instrument", metric("a", "instruments/truce", None), Recorded),
        ("no metric of a meeting", metric("a", "meetings/visit", None), no()),
        ("an act is of a commitment", performed("commitments/list"), Recorded),
        ("no act of an instrument", performed("instruments/truce"), no()),
        ("a breach of a commitment is alleged", alleged("commitments/soy"), Recorded),
        ("a breach of an instrument is alleged", alleged("instruments/truce"), Recorded),
        ("no breach of a measure", alleged("measures/rare-earths"), no()),
        ("a notice is of a commitment", notified("a", "instruments/truce"), no()),
        ("a waiver is of a commitment", waived("a", "instruments/truce", None, &[]), no()),
        ("an excuse is of a commitment", excused("a", "measures/rare-earths"), no()),
        ("a consultation about an instrument", consulted("instruments/truce"), Recorded),
        ("a consultation about a commitment", consulted("commitments/soy"), Recorded),
        ("a consultation at a meeting", consulted("meetings/visit"), Recorded),
        ("no consultation about an ask", consulted("asks/list"), no()),
        ("a statement on a shock", stated("a", "shocks/blockade"), Recorded),
        ("a statement on a meeting", stated("a", "meetings/visit"), Recorded),
        ("no statement on the ledger", at_ledger(stated("a", "instruments/truce")), no()),
        ("a shock is no instrument", shocked("a", "instruments/other", &[]), no()),
    ]);
}
