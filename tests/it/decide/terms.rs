//! Undertakings, amendments and readings: terms hold together before and after.

use std::collections::{BTreeMap, BTreeSet};

use entente::domain::event::CommitmentUndertaken;
use entente::domain::terms::{
    ActTerms, Dependence, PaceMethod, PurchaseTerms, RateCeilingTerms, ReciprocalEffect, TermsField, TranchePatch,
};
use entente::domain::{Class, Party, Reason, Status, Submission, Terms, TermsPatch};

use super::deal::*;
use super::{Given, Recorded, Refused, given};

fn new(terms: Terms) -> Submission {
    undertaken("a", "commitments/new", promise(terms))
}

fn promised(change: impl FnOnce(&mut CommitmentUndertaken)) -> Submission {
    let mut promise = promise(Terms::OneOffAct(act()));
    change(&mut promise);
    undertaken("a", "commitments/new", promise)
}

fn pledged(change: impl FnOnce(&mut PurchaseTerms)) -> Submission {
    let mut terms = pledge();
    change(&mut terms);
    new(Terms::PurchasePledge(terms))
}

#[test]
fn a_promise_has_two_sides_and_is_stated_by_them() {
    given(truce()).table(vec![
        ("jointly", promised(|p| p.stated_by = vec![Party::JOINT]), Recorded),
        ("by both", promised(|p| p.stated_by = vec![party("CN"), party("US")]), Recorded),
        ("by the obligee alone", promised(|p| p.stated_by = vec![party("US")]), Recorded),
        (
            "by a stranger",
            promised(|p| p.stated_by = vec![party("US"), party("EU")]),
            Refused(Reason::StatedByOutsider, "commitment_undertaken.stated_by[1]"),
        ),
        (
            "by nobody",
            promised(|p| p.stated_by = vec![]),
            Refused(Reason::TermsIncomplete, "commitment_undertaken.stated_by"),
        ),
        (
            "to oneself",
            promised(|p| p.obligee = party("CN")),
            Refused(Reason::ObligorIsObligee, "commitment_undertaken.obligee"),
        ),
        (
            "shown by no source",
            promised(|p| p.admissible = vec![]),
            Refused(Reason::TermsIncomplete, "commitment_undertaken.admissible"),
        ),
    ]);
}

#[test]
fn a_pledge_holds_together() {
    let window = |start, through| Some(days(start, through));
    let in_pledge = |field: &'static str| -> &'static str {
        match field {
            "window" => "commitment_undertaken.terms.purchase_pledge.tranches[1].window",
            "id" => "commitment_undertaken.terms.purchase_pledge.tranches[1]",
            "target" => "commitment_undertaken.terms.purchase_pledge.tranches[0].target",
            "by_series" => "commitment_undertaken.terms.purchase_pledge.tranches[0].target_by_series.nbs",
            "tranches" => "commitment_undertaken.terms.purchase_pledge.tranches",
            "series" => "commitment_undertaken.terms.purchase_pledge.series",
            "primary" => "commitment_undertaken.terms.purchase_pledge.primary",
            "conversion" => "commitment_undertaken.terms.purchase_pledge.conversions.t",
            "factor" => "commitment_undertaken.terms.purchase_pledge.conversions.bu_soy",
            "weights" => "commitment_undertaken.terms.purchase_pledge.pace.weights",
            "disagreement" => "commitment_undertaken.terms.purchase_pledge.disagreement_pct",
            other => panic!("no path for {other}"),
        }
    };
    let no = |reason, field| Refused(reason, in_pledge(field));
    given(truce()).table(vec![
        ("as it is", pledged(|_| {}), Recorded),
        ("tranches inside its term", pledged(|t| t.term = window("2025-11-01", "2026-12-31")), Recorded),
        (
            "a tranche outside its term",
            pledged(|t| t.term = window("2025-11-01", "2026-06-30")),
            no(Reason::TrancheOutsideTerm, "window"),
        ),
        ("tranches out of order", pledged(|t| t.tranches.reverse()), no(Reason::TermsInconsistent, "window")),
        ("tranches of one name", pledged(|t| t.tranches[1].id = slug("t2025")), no(Reason::DuplicateName, "id")),
        ("no tranche", pledged(|t| t.tranches.clear()), no(Reason::TermsIncomplete, "tranches")),
        ("no series", pledged(|t| t.series.clear()), no(Reason::TermsIncomplete, "series")),
        (
            "a primary series that is not heard",
            pledged(|t| t.primary = slug("nbs")),
            no(Reason::TermsInconsistent, "primary"),
        ),
        ("a negative target", pledged(|t| t.tranches[0].target = decimal("-1")), no(Reason::ValueOutOfRange, "target")),
        (
            "a target in a series that is not heard",
            pledged(|t| {
                t.tranches[0].target_by_series.insert(slug("nbs"), decimal("1"));
            }),
            no(Reason::UnknownSeries, "by_series"),
        ),
        (
            "its own unit converted",
            pledged(|t| {
                t.conversions.insert(unit("t"), decimal("1"));
            }),
            no(Reason::TermsInconsistent, "conversion"),
        ),
        (
            "a factor of nothing",
            pledged(|t| {
                t.conversions.insert(unit("bu_soy"), decimal("0"));
            }),
            no(Reason::ValueOutOfRange, "factor"),
        ),
        (
            "a season without weights",
            pledged(|t| t.pace.method = PaceMethod::Seasonal),
            no(Reason::TermsInconsistent, "weights"),
        ),
        (
            "more than all",
            pledged(|t| t.disagreement_pct = decimal("100.1")),
            no(Reason::ValueOutOfRange, "disagreement"),
        ),
    ]);
}

#[test]
fn the_other_kinds_hold_together() {
    let paused = |start: &str, end: &str| {
        let mut terms = suspension();
        (terms.effective_from, terms.until) = (moment(start), Some(moment(end)));
        terms
    };
    let capped = |start: &str, end: &str| RateCeilingTerms { maintenance: paused(start, end), limit: decimal("10") };
    let acted = |change: fn(&mut ActTerms)| {
        let mut terms = act();
        change(&mut terms);
        new(Terms::OneOffAct(terms))
    };
    let mut reversed = ceiling();
    reversed.periods.reverse();
    let mut too_much = licensing();
    too_much.min_share = decimal("1.01");
    given(truce()).table(vec![
        ("a suspension", new(Terms::MeasureSuspension(paused("2026-01-01", "2026-01-02"))), Recorded),
        (
            "one that ends where it starts",
            new(Terms::MeasureSuspension(paused("2026-01-01", "2026-01-01"))),
            Refused(Reason::TermEndsBeforeStart, "commitment_undertaken.terms.measure_suspension.until"),
        ),
        (
            "a ceiling that ends before it starts",
            new(Terms::RateCeiling(capped("2026-01-02", "2026-01-01"))),
            Refused(Reason::TermEndsBeforeStart, "commitment_undertaken.terms.rate_ceiling.maintenance.until"),
        ),
        (
            "periods out of order",
            new(Terms::PeriodicCeiling(reversed)),
            Refused(Reason::TermsInconsistent, "commitment_undertaken.terms.periodic_ceiling.periods[1].window"),
        ),
        (
            "more than all applications",
            new(Terms::LicensingFlow(too_much)),
            Refused(Reason::ValueOutOfRange, "commitment_undertaken.terms.licensing_flow.min_share"),
        ),
        (
            "an act due before it is promised",
            acted(|t| t.through = day("2025-11-01")),
            Refused(Reason::TermEndsBeforeStart, "commitment_undertaken.terms.one_off_act.through"),
        ),
        // The term begins on 2 November at 00:00 UTC, which is 08:00 in Shanghai: that day is not over.
        ("an act due the day it is promised", acted(|t| t.through = day("2025-11-02")), Recorded),
        (
            "an act that need not last until it is due",
            acted(|t| t.persist_through = Some(day("2025-12-01"))),
            Refused(Reason::TermEndsBeforeStart, "commitment_undertaken.terms.one_off_act.persist_through"),
        ),
        (
            "an act to be done never",
            acted(|t| t.count = 0),
            Refused(Reason::ValueOutOfRange, "commitment_undertaken.terms.one_off_act.count"),
        ),
    ]);
}

#[test]
fn an_amendment_fits_the_kind_and_leaves_terms_that_hold() {
    let soy = |set| amended("a", "commitments/soy", set);
    let pause = |set| amended("a", "commitments/pause", set);
    let share = |set| amended("a", "commitments/share", set);
    let list = |set| amended("a", "commitments/list", set);
    let limit = || TermsPatch { limit: Some(decimal("0.2")), ..TermsPatch::default() };
    let due = |date: &str| TermsPatch { through: Some(day(date)), ..TermsPatch::default() };
    given(truce()).table(vec![
        ("an extension", pause(until("2027-11-10")), Recorded),
        (
            "an end before the start",
            pause(until("2025-11-10")),
            Refused(Reason::TermEndsBeforeStart, "commitment_amended.set.until"),
        ),
        ("nothing", pause(TermsPatch::default()), Refused(Reason::PatchEmpty, "commitment_amended.set")),
        ("a limit of a share", share(limit()), Recorded),
        ("a limit of a pledge", soy(limit()), Refused(Reason::FieldNotOfKind, "commitment_amended.set.limit")),
        (
            "an end of a pledge",
            soy(until("2027-01-01")),
            Refused(Reason::FieldNotOfKind, "commitment_amended.set.until"),
        ),
        (
            "a tranche of a suspension",
            pause(tranche("t2025", None, None, Some("1"))),
            Refused(Reason::FieldNotOfKind, "commitment_amended.set.tranches"),
        ),
        ("a new target", soy(tranche("t2025", None, None, Some("10000000"))), Recorded),
        ("a tranche moved whole", soy(tranche("t2025", Some("2027-01-01"), Some("2027-12-31"), None)), Recorded),
        (
            "a tranche that would start after its end",
            soy(tranche("t2025", Some("2026-01-01"), None, None)),
            Refused(Reason::TermEndsBeforeStart, "commitment_amended.set.tranches.t2025.through"),
        ),
        ("a new tranche", soy(tranche("t2027", Some("2027-01-01"), Some("2027-12-31"), Some("1"))), Recorded),
        (
            "a new tranche without a target",
            soy(tranche("t2027", Some("2027-01-01"), Some("2027-12-31"), None)),
            Refused(Reason::UnknownTranche, "commitment_amended.set.tranches.t2027"),
        ),
        ("a new period", share(period("q3", Some("2026-07-01"), Some("2026-09-30"))), Recorded),
        (
            "a new period without an end",
            share(period("q3", Some("2026-07-01"), None)),
            Refused(Reason::UnknownPeriod, "commitment_amended.set.periods.q3"),
        ),
        (
            "a period that would end before it starts",
            share(period("q1", None, Some("2025-12-31"))),
            Refused(Reason::TermEndsBeforeStart, "commitment_amended.set.periods.q1.through"),
        ),
        ("a later due day", list(due("2026-05-31")), Recorded),
        (
            "a due day before the start",
            list(due("2025-10-01")),
            Refused(Reason::TermEndsBeforeStart, "commitment_amended.set.through"),
        ),
    ]);
    let series_target =
        TranchePatch { target_by_series: BTreeMap::from([(slug("nbs"), decimal("1"))]), ..TranchePatch::default() };
    let patch = TermsPatch { tranches: BTreeMap::from([(slug("t2025"), series_target)]), ..TermsPatch::default() };
    given(truce())
        .when([soy(patch)])
        .then_refused(Reason::UnknownSeries, "commitment_amended.set.tranches.t2025.target_by_series.nbs");
}

#[test]
fn an_amendment_takes_away_what_terms_may_lack() {
    let amend = |commitment: &str, set| amended("a", &format!("commitments/{commitment}"), set);
    let clear = |field| TermsPatch { cleared: BTreeSet::from([field]), ..TermsPatch::default() };
    let kept_through = |date: &str| TermsPatch { persist_through: Some(day(date)), ..TermsPatch::default() };
    let due = |date: &str| TermsPatch { through: Some(day(date)), ..TermsPatch::default() };
    given(truce()).table_of_batches(vec![
        ("the end", vec![amend("pause", clear(TermsField::Until))], Recorded),
        ("what is not there", vec![amend("pause", clear(TermsField::Cure))], Recorded),
        (
            "what the kind does not have",
            vec![amend("soy", clear(TermsField::Until))],
            Refused(Reason::FieldNotOfKind, "commitment_amended.set.until"),
        ),
        (
            "what it sets as well",
            vec![amend("pause", TermsPatch { cleared: BTreeSet::from([TermsField::Until]), ..until("2027-11-10") })],
            Refused(Reason::TermsInconsistent, "commitment_amended.set.cleared"),
        ),
        (
            "an act is put off until after the day through which it was to stay done",
            vec![amend("list", kept_through("2026-12-31")), amended("b", "commitments/list", due("2027-03-31"))],
            Recorded,
        ),
    ]);
}

#[test]
fn an_amendment_of_what_counts_leaves_terms_that_hold() {
    let soy = |set| amended("a", "commitments/soy", set);
    let series =
        |names: &[&str]| TermsPatch { series: names.iter().map(|name| slug(name)).collect(), ..TermsPatch::default() };
    let own_unit = BTreeMap::from([(pledge().unit, decimal("2"))]);
    let led_by = |name: &str| TermsPatch { primary: Some(slug(name)), ..TermsPatch::default() };
    let bound_to = |commitment: &str, triggers: Vec<Status>| {
        let depends_on = Dependence { commitment: slug(commitment), triggers, effect: ReciprocalEffect::AutoSuspend };
        let set = TermsPatch { depends_on: Some(depends_on), ..TermsPatch::default() };
        amended("a", "commitments/pause", set)
    };
    given(truce()).table(vec![
        (
            "series without the one that leads",
            soy(series(&["nbs"])),
            Refused(Reason::TermsInconsistent, "commitment_amended.set.primary"),
        ),
        ("with it", soy(TermsPatch { primary: Some(slug("nbs")), ..series(&["nbs"]) }), Recorded),
        (
            "a series twice",
            soy(series(&["nbs", "nbs"])),
            Refused(Reason::DuplicateName, "commitment_amended.set.series[1]"),
        ),
        (
            "a leading one that is not heard",
            soy(led_by("nbs")),
            Refused(Reason::TermsInconsistent, "commitment_amended.set.primary"),
        ),
        (
            "a factor for the pledge's own unit",
            soy(TermsPatch { conversions: own_unit, ..TermsPatch::default() }),
            Refused(Reason::TermsInconsistent, "commitment_amended.set.conversions.t"),
        ),
        ("a dependence", bound_to("soy", vec![Status::Breached]), Recorded),
        (
            "a dependence on nothing",
            bound_to("soy", Vec::new()),
            Refused(Reason::TermsIncomplete, "commitment_amended.set.depends_on.triggers"),
        ),
        (
            "a dependence on itself",
            bound_to("pause", vec![Status::Breached]),
            Refused(Reason::RefersToItself, "commitment_amended.set.depends_on.commitment"),
        ),
    ]);
}

#[test]
fn an_amendment_of_an_unknown_commitment_is_refused() {
    given(truce())
        .when([amended("a", "commitments/none", until("2027-01-01"))])
        .then_refused(Reason::UnknownSubject, "subject")
        .of_class(Class::FailedPrecondition)
        .saying("CommitmentUndertaken");
}

#[test]
fn amendments_build_on_each_other_within_a_batch_too() {
    let add = || amended("add", "commitments/soy", tranche("t2027", Some("2027-01-01"), Some("2027-12-31"), Some("1")));
    let change = || amended("change", "commitments/soy", tranche("t2027", None, None, Some("2")));
    let pause = |label: &str, date: &str| amended(label, "commitments/pause", until(date));
    given(truce()).table_of_batches(vec![
        ("what was added is changed", vec![add(), change()], Recorded),
        (
            "changed before it is added",
            vec![change(), add()],
            Refused(Reason::UnknownTranche, "commitment_amended.set.tranches.t2027"),
        ),
        ("shortened, then extended", vec![pause("a", "2026-01-01"), pause("b", "2027-01-01")], Recorded),
    ]);
}

/// An amendment adds a tranche, a second one changes it.
fn built_up() -> Given {
    given(truce().into_iter().chain([
        amended("add", "commitments/soy", tranche("t2027", Some("2027-01-01"), Some("2027-12-31"), Some("1"))),
        amended("change", "commitments/soy", tranche("t2027", None, None, Some("2"))),
    ]))
}

#[test]
fn a_correction_leaves_no_amendment_without_what_it_builds_on() {
    let shorter = |label: &str| {
        let mut terms = pledge();
        terms.tranches.truncate(1);
        undertaken(label, "commitments/soy", promise(Terms::PurchasePledge(terms))).superseding("soy")
    };
    let another_kind = undertaken("a", "commitments/soy", promise(Terms::OneOffAct(act()))).superseding("soy");
    let undo = |label: &str, target: &str| retracted(label, "commitments/soy", target);
    let rename = amended("a", "commitments/soy", tranche("t2029", Some("2029-01-01"), Some("2029-12-31"), Some("1")));
    built_up().table_of_batches(vec![
        ("the later one is taken back", vec![undo("a", "change")], Recorded),
        (
            "the earlier one is taken back",
            vec![undo("a", "add")],
            Refused(Reason::TermsNoLongerFit, "event_retracted.event"),
        ),
        ("the later one first", vec![undo("a", "change"), undo("b", "add")], Recorded),
        (
            "the earlier one corrected away",
            vec![rename.superseding("add")],
            Refused(Reason::TermsNoLongerFit, "supersedes"),
        ),
        ("the base corrected", vec![shorter("a")], Recorded),
        (
            "the base corrected to another kind",
            vec![another_kind],
            Refused(Reason::TermsNoLongerFit, "commitment_undertaken.terms"),
        ),
    ]);
    built_up()
        .when([undo("a", "add")])
        .then_refused(Reason::TermsNoLongerFit, "event_retracted.event")
        .naming("change", 12)
        .of_class(Class::FailedPrecondition);
}

#[test]
fn a_reading_fits_the_terms_and_stands_in_no_amendments_way() {
    let moves = || tranche("t2025", Some("2025-12-01"), Some("2026-02-28"), None);
    let read = |label: &str, set| reading(label, "commitments/soy", "season", set);
    let ledger = given(truce().into_iter().chain([read("season", moves())]));
    let added = || tranche("t2028", Some("2028-01-01"), Some("2028-12-31"), Some("1"));
    ledger.table_of_batches(vec![
        (
            "a reading that ends before it starts",
            vec![read("a", tranche("t2025", None, Some("2025-10-01"), None))],
            Refused(Reason::TermEndsBeforeStart, "reading_recorded.set.tranches.t2025.through"),
        ),
        // The base begins on 1 November, this reading on 1 December.
        (
            "held against its own earlier record",
            vec![read("a", tranche("t2025", None, Some("2025-11-15"), None))],
            Refused(Reason::TermEndsBeforeStart, "reading_recorded.set.tranches.t2025.through"),
        ),
        (
            "another reading is not",
            vec![reading("a", "commitments/soy", "autumn", tranche("t2025", None, Some("2025-11-15"), None))],
            Recorded,
        ),
        (
            "nor is an amendment",
            vec![amended("a", "commitments/soy", tranche("t2025", None, Some("2025-11-15"), None))],
            Recorded,
        ),
        (
            "it builds on its own tranche",
            vec![read("a", added()), read("b", tranche("t2028", None, None, Some("2")))],
            Recorded,
        ),
        (
            "an amendment does not",
            vec![read("a", added()), amended("b", "commitments/soy", tranche("t2028", None, None, Some("2")))],
            Refused(Reason::UnknownTranche, "commitment_amended.set.tranches.t2028"),
        ),
        (
            "of a field of another kind",
            vec![read("a", until("2027-01-01"))],
            Refused(Reason::FieldNotOfKind, "reading_recorded.set.until"),
        ),
        ("nothing", vec![read("a", TermsPatch::default())], Refused(Reason::PatchEmpty, "reading_recorded.set")),
    ]);
}
