//! What an event points at is there, of the right kind, and belongs to its subject.

use entente::domain::event::{CommitmentConfirmed, CommitmentDisowned};
use entente::domain::terms::{Dependence, ReciprocalEffect};
use entente::domain::{Fact, Party, Payload, Reason, Status, Submission, Terms};

use super::deal::*;
use super::{Recorded, Refused, given};

#[test]
fn claims_and_acceptances_point_at_what_was_claimed_there() {
    let ledger = given(truce().into_iter().chain([
        notified("notice", "commitments/soy"),
        notified("elsewhere", "commitments/pause"),
        excused("excuse", "commitments/soy"),
        excused("first", "commitments/soy"),
        excused("second", "commitments/soy").superseding("first"),
        notified("mistake", "commitments/soy"),
        retracted("sorry", "commitments/soy", "mistake"),
    ]));
    let resolve = |claim| resolved("a", "commitments/soy", claim);
    let accept = |claim| accepted("a", "commitments/soy", claim);
    let (no_claim, no_excuse) = ("claim_resolved.claim", "excuse_accepted.claim");
    ledger.table(vec![
        ("a notice of it", resolve("notice"), Recorded),
        ("a notice of another commitment", resolve("elsewhere"), Refused(Reason::WrongEvent, no_claim)),
        ("no notice", resolve("excuse"), Refused(Reason::WrongEvent, no_claim)),
        ("a notice nobody knows", resolve("nobody"), Refused(Reason::UnknownEvent, no_claim)),
        ("a notice that was retracted since", resolve("mistake"), Recorded),
        ("an excuse of it", accept("excuse"), Recorded),
        ("an excuse as last corrected", accept("second"), Recorded),
        ("an excuse since corrected", accept("first"), Refused(Reason::EventSuperseded, no_excuse)),
        ("no excuse", accept("notice"), Refused(Reason::WrongEvent, no_excuse)),
    ]);
    ledger
        .when([accept("first")])
        .then_refused(Reason::EventSuperseded, no_excuse)
        .stating(Fact::SupersededBy(id("second")));
}

#[test]
fn a_waiver_relies_on_figures_that_bear_on_it() {
    let ledger = given(truce().into_iter().chain([
        amount("figure", "2026-01-01", "2026-01-07"),
        amount("revised", "2026-01-01", "2026-01-07").superseding("figure"),
        metric("context", "instruments/truce", None),
        rated("rate-1", "measures/rare-earths"),
        metric("elsewhere", "commitments/share", Some("q1")),
        notified("notice", "commitments/soy"),
    ]));
    let no = |reason, index: usize| {
        Refused(reason, ["waiver_granted.conditional_on[0]", "waiver_granted.conditional_on[1]"][index])
    };
    ledger.table(vec![
        ("a figure of it", waived("a", "commitments/soy", None, &["revised"]), Recorded),
        (
            "a figure corrected since: it is what the waiver relied on",
            waived("a", "commitments/soy", None, &["figure"]),
            Recorded,
        ),
        ("a figure of its instrument", waived("a", "commitments/soy", None, &["context"]), Recorded),
        ("a rate of its measure", waived("a", "commitments/pause", None, &["rate-1"]), Recorded),
        (
            "a rate of no measure of it",
            waived("a", "commitments/soy", None, &["revised", "rate-1"]),
            no(Reason::WrongEvent, 1),
        ),
        (
            "a figure of another commitment",
            waived("a", "commitments/soy", None, &["elsewhere"]),
            no(Reason::WrongEvent, 0),
        ),
        ("no figure", waived("a", "commitments/soy", None, &["notice"]), no(Reason::WrongEvent, 0)),
        ("a figure nobody knows", waived("a", "commitments/soy", None, &["nobody"]), no(Reason::UnknownEvent, 0)),
    ]);
}

#[test]
fn meetings_and_asks() {
    let ledger = given(truce().into_iter().chain([
        scheduled("plan", "meetings/visit"),
        held("talks", "meetings/talks"),
        tabled("want", "asks/list", None, None),
        scheduled("dropped", "meetings/dropped"),
        retracted("no", "meetings/dropped", "dropped"),
    ]));
    ledger.table(vec![
        ("a planned meeting is moved", moved("a", "meetings/visit"), Recorded),
        (
            "a meeting that was never planned",
            moved("a", "meetings/talks"),
            Refused(Reason::MeetingNotScheduled, "subject"),
        ),
        ("a plan that was retracted", moved("a", "meetings/dropped"), Refused(Reason::SubjectRetracted, "subject")),
        ("an unknown meeting", moved("a", "meetings/none"), Refused(Reason::UnknownSubject, "subject")),
        ("a planned meeting takes place", held("a", "meetings/visit"), Recorded),
        ("an ask at a meeting, for another", tabled("a", "asks/b", Some("talks"), Some("list")), Recorded),
        (
            "at an unknown meeting",
            tabled("a", "asks/b", Some("none"), None),
            Refused(Reason::UnknownSubject, "ask_tabled.meeting"),
        ),
        (
            "for an unknown ask",
            tabled("a", "asks/b", None, Some("none")),
            Refused(Reason::UnknownSubject, "ask_tabled.in_exchange_for"),
        ),
        (
            "for itself",
            tabled("a", "asks/b", None, Some("b")),
            Refused(Reason::RefersToItself, "ask_tabled.in_exchange_for"),
        ),
        ("an answer that became a commitment", answered("a", "asks/list", Some("soy")), Recorded),
        (
            "an unknown commitment",
            answered("a", "asks/list", Some("none")),
            Refused(Reason::UnknownSubject, "ask_answered.commitment"),
        ),
        ("an answer to nothing", answered("a", "asks/none", None), Refused(Reason::UnknownSubject, "subject")),
    ]);
}

#[test]
fn shocks_and_survivors() {
    let mut other = promise(Terms::OneOffAct(act()));
    other.instrument = slug("deal");
    let ledger = given(
        truce()
            .into_iter()
            .chain([signed("deal", "instruments/deal"), undertaken("else", "commitments/elsewhere", other)]),
    );
    let end = |surviving: &[(&str, Option<&str>)]| terminated("a", "instruments/truce", surviving);
    ledger.table(vec![
        (
            "a shock touches what is recorded",
            shocked("a", "shocks/x", &["commitments/soy", "instruments/truce"]),
            Recorded,
        ),
        (
            "nothing unknown",
            shocked("a", "shocks/x", &["commitments/soy", "asks/no"]),
            Refused(Reason::UnknownSubject, "shock_recorded.touches[1]"),
        ),
        (
            "no shock",
            shocked("a", "shocks/x", &["shocks/x"]),
            Refused(Reason::SubjectNotAllowed, "shock_recorded.touches[0]"),
        ),
        ("an end that nothing survives", end(&[]), Recorded),
        ("a commitment survives", end(&[("pause", None)]), Recorded),
        ("a tranche survives", end(&[("soy", Some("t2025"))]), Recorded),
        (
            "an unknown commitment",
            end(&[("none", None)]),
            Refused(Reason::UnknownSubject, "instrument_terminated.surviving[0].commitment"),
        ),
        (
            "one of another instrument",
            end(&[("elsewhere", None)]),
            Refused(Reason::SurvivorNotOfInstrument, "instrument_terminated.surviving[0].commitment"),
        ),
        (
            "an unknown tranche",
            end(&[("pause", None), ("soy", Some("t2030"))]),
            Refused(Reason::UnknownTranche, "instrument_terminated.surviving[1].tranche"),
        ),
        (
            "a tranche of what has none",
            end(&[("pause", Some("t2025"))]),
            Refused(Reason::UnknownTranche, "instrument_terminated.surviving[0].tranche"),
        ),
    ]);
}

#[test]
fn only_the_sides_confirm_or_disown() {
    let confirm = |by| {
        let confirmed = CommitmentConfirmed { by, effective_at: on("2026-01-02") };
        event("a", "commitments/soy", Payload::CommitmentConfirmed(confirmed))
    };
    let disown = |by| {
        let disowned = CommitmentDisowned { by, effective_at: on("2026-01-02") };
        event("a", "commitments/soy", Payload::CommitmentDisowned(disowned))
    };
    given(truce()).table(vec![
        ("the obligor", confirm(party("CN")), Recorded),
        ("the obligee", confirm(party("US")), Recorded),
        ("both", confirm(Party::JOINT), Recorded),
        ("a stranger", confirm(party("EU")), Refused(Reason::PartyNotOfCommitment, "commitment_confirmed.by")),
        ("the obligor disowns", disown(party("CN")), Recorded),
        ("a stranger disowns", disown(party("JP")), Refused(Reason::PartyNotOfCommitment, "commitment_disowned.by")),
    ]);
}

#[test]
fn a_commitment_may_depend_on_one_that_comes_later_but_not_on_itself() {
    let depending = |label: &str, name: &str, counterpart: &str| -> Submission {
        let mut terms = suspension();
        terms.depends_on = Some(Dependence {
            commitment: slug(counterpart),
            triggers: vec![Status::Breached],
            effect: ReciprocalEffect::AutoSuspend,
        });
        undertaken(label, name, promise(Terms::MeasureSuspension(terms)))
    };
    let field = "commitment_undertaken.terms.measure_suspension.depends_on.commitment";
    given(truce()).table_of_batches(vec![
        ("on each other", vec![depending("a", "commitments/a", "b"), depending("b", "commitments/b", "a")], Recorded),
        ("on one that is not recorded yet", vec![depending("a", "commitments/a", "later")], Recorded),
        ("on itself", vec![depending("a", "commitments/a", "a")], Refused(Reason::RefersToItself, field)),
    ]);
}
