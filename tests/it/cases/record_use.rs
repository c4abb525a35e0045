//! Record use: what an explanation says became of each record, word by word of the closed list; and which record set each
//! field of the terms in force.

use std::path::Path;

use entente::domain::{Instant, Position};
use entente::views::RecordUse::{
    self, AnnouncedOnly, BoundOnly, Cleared, Contested, Context, Corrects, DeMinimis, EvidenceOnly, FlagOnly,
    Inadmissible, NoAuthority, NoBearing, NotAccepted, NotAdopted, NotHeard, NotYetEffective, OtherBasis, OtherPeriod,
    OtherSeries, OutsideTerm, Overtaken, PeriodNotOver, PremiseCorrected, Retracted, StandingOnly, Superseded,
    Survived, Suspended, UnitUnknown, Used, Waived,
};
use entente::views::{Explanation, TermOrigin, explain_dossier};
use serde_json::{Value, json};

use super::example::{Example, docket_of, event_id};
use super::{OWN_EXAMPLES, WORKED_EXAMPLES, read};

/// Example, instant, and what became of its records.
type Row<'r> = (&'r str, &'r str, &'r [(&'r str, RecordUse)]);

fn explain(story: &Example, as_of: &str) -> Explanation {
    let dossier = story.docket.dossier(&story.commitment).expect("it is recorded");
    explain_dossier(dossier, &story.counterpart, Instant::parse(as_of).unwrap(), story.docket.head())
}

/// Where the event of a record stands.
fn position(story: &Example, record: &str) -> Position {
    let id = event_id(record);
    let event = story.events.iter().find(|event| event.submission.event_id == id);
    event.unwrap_or_else(|| panic!("no record {record}")).position
}

fn check(story: &Example, name: &str, as_of: &str, expected: &[(&str, RecordUse)]) -> Explanation {
    let explanation = explain(story, as_of);
    for (record, usage) in expected {
        let position = position(story, record);
        let found = explanation.records.iter().find(|it| it.position == position).map(|it| it.usage);
        assert_eq!(found, Some(*usage), "{record} of {name} as of {as_of}: {:#?}", explanation.records);
    }
    explanation
}

fn check_file(file: &str, rows: &[Row<'_>]) {
    let examples = read(Path::new(file));
    let all = examples["examples"].as_array().expect("there are examples");
    for (id, as_of, expected) in rows {
        let example = all.iter().find(|it| it["id"] == *id).unwrap_or_else(|| panic!("no example {id}"));
        check(&docket_of(example).unwrap(), id, as_of, expected);
    }
}

#[test]
fn what_became_of_the_records_of_the_worked_examples() {
    check_file(
        WORKED_EXAMPLES,
        &[
            ("S02", "2020-01-01T00:00:00Z", &[("imp", NotYetEffective)]),
            ("S07", "2026-12-01T00:00:00Z", &[("imp", Used), ("b1", Superseded), ("b2", Used)]),
            ("S10", "2026-03-01T00:00:00Z", &[("al", FlagOnly), ("o1", Contested), ("o2", Contested)]),
            ("S10", "2026-04-02T00:00:00Z", &[("o1", Cleared), ("f1", Used)]),
            ("S11", "2026-03-20T00:00:00Z", &[("w0", NoAuthority), ("w1", Used), ("b1", Used)]),
            ("S13", "2026-09-05T00:00:00Z", &[("r1", Used), ("n1", NoBearing), ("n2", Used)]),
            ("S14", "2026-05-01T00:00:00Z", &[("b1", Suspended), ("x1", Used)]),
            ("S16", "2026-12-01T00:00:00Z", &[("v", FlagOnly)]),
            ("S20", "2026-12-01T00:00:00Z", &[("b1", Retracted), ("rt", Corrects)]),
            ("Q12", "2026-12-31T00:00:00Z", &[("season", Used), ("ad", Used), ("n", Used)]),
            ("Q14a", "2026-12-31T00:00:00Z", &[("n", Used), ("d1", Superseded), ("w", PremiseCorrected), ("d2", Used)]),
            ("Q15a", "2026-12-31T00:00:00Z", &[("x1", Superseded), ("x2", Used), ("x2 accepted", Used)]),
            ("Q16a", "2026-12-31T00:00:00Z", &[("x", Used)]),
            ("C01", "2026-01-01T00:00:00Z", &[("r1", Overtaken), ("r2", Used), ("r3", Used)]),
            ("C09", "2026-07-01T00:00:00Z", &[("a", Used), ("w", Used), ("d", PeriodNotOver)]),
            ("A05a", "2026-06-01T00:00:00Z", &[("a", Used), ("r", Used)]),
            ("L01", "2020-01-01T00:00:00Z", &[("a", NotYetEffective)]),
        ],
    );
    check_file(
        OWN_EXAMPLES[0],
        &[
            ("F12", "2026-12-01T00:00:00Z", &[("t1", Survived)]),
            ("F13", "2026-12-01T00:00:00Z", &[("c1", StandingOnly), ("d1", StandingOnly)]),
            (
                "F15",
                "2026-12-01T00:00:00Z",
                &[
                    ("at-least", BoundOnly),
                    ("since", BoundOnly),
                    ("press", Inadmissible),
                    ("shipped", OtherBasis),
                    ("cargo", UnitUnknown),
                ],
            ),
        ],
    );
}

/// A commitment of a kind with records of its own, each known from the start.
fn story(kind: &str, terms: Value, mut records: Vec<Value>) -> Example {
    let mut commitment = json!({
        "id": "promise", "obligor": "CN", "obligee": "US", "recorded_at": "2025-11-02T00:00:00Z", "zone": "UTC",
        "admissible": ["OBLIGOR_OFFICIAL", "OBLIGEE_OFFICIAL"]
    });
    for (field, value) in terms.as_object().into_iter().flatten() {
        commitment[field] = value.clone();
    }
    for (index, record) in records.iter_mut().enumerate() {
        record["recorded_at"] = json!("2025-11-03T00:00:00Z");
        record["seq"] = json!(index + 1);
    }
    docket_of(&json!({ "id": "own", "kind": kind, "commitment": commitment, "ledger": records })).unwrap()
}

fn suspension(cure_and_more: Value, records: Vec<Value>) -> Example {
    let mut terms = json!({ "effective_from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z",
        "on_end": "revive", "cure": { "days": 0 }, "tolerance_hours": 24 });
    for (field, value) in cure_and_more.as_object().into_iter().flatten() {
        terms[field] = value.clone();
    }
    story("measure_suspension", terms, records)
}

fn observed(id: &str, state: &str, class: &str, from: &str, to: &str) -> Value {
    json!({ "type": "observe", "id": id, "state": state, "source_class": class, "from": from, "to": to })
}

#[test]
fn what_became_of_observations() {
    let official = "OBLIGEE_OFFICIAL";
    let records = vec![
        observed("early", "APPLIED", official, "2025-11-10T00:00:00Z", "2025-11-20T00:00:00Z"),
        observed("short", "APPLIED", official, "2026-02-01T00:00:00Z", "2026-02-01T10:00:00Z"),
        observed("quiet", "NOT_APPLIED", official, "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"),
        observed("press", "APPLIED", "MEDIA", "2026-03-05T00:00:00Z", "2026-03-07T00:00:00Z"),
        observed("waived", "APPLIED", official, "2026-04-01T00:00:00Z", "2026-04-05T00:00:00Z"),
        json!({ "type": "waive", "id": "w", "by": "US", "effective_at": "2026-04-01T00:00:00Z",
            "until": "2026-05-01T00:00:00Z" }),
        observed("broken", "APPLIED", official, "2026-06-01T00:00:00Z", "2026-06-05T00:00:00Z"),
        observed("later", "APPLIED", official, "2026-09-01T00:00:00Z", "2026-09-05T00:00:00Z"),
        json!({ "type": "notice", "id": "own-notice", "by": "CN", "effective_at": "2026-06-02T00:00:00Z" }),
    ];
    let expected = [
        ("early", OutsideTerm),
        ("short", DeMinimis),
        ("quiet", EvidenceOnly),
        ("press", Inadmissible),
        ("waived", Waived),
        ("w", Used),
        ("broken", Used),
        ("later", NotYetEffective),
        ("own-notice", NoAuthority),
    ];
    check(&suspension(json!({}), records), "suspension", "2026-07-01T00:00:00Z", &expected);
}

#[test]
fn what_became_of_amounts_that_do_not_decide() {
    let amount = |id: &str, series: &str, from: &str, through: &str| {
        json!({ "type": "amount", "id": id, "series": series, "basis": "SOLD", "unit": "t", "value": 5, "covers": true,
            "from": from, "through": through, "source_class": "OBLIGEE_OFFICIAL" })
    };
    let terms = json!({ "unit": "t", "basis": "SOLD", "series": ["main", "beside"], "series_rule": "PRIMARY",
        "primary": "main", "disagreement_pct": 10, "reporting_lag_days": 10, "on_missing": "UNVERIFIED",
        "carry": "none", "pace": { "method": "NONE" },
        "tranches": [{ "id": "t", "start": "2026-01-01", "through": "2026-06-30", "target": 10, "cure_days": 0 }] });
    let records = vec![
        amount("counts", "main", "2026-01-01", "2026-01-31"),
        amount("beside", "beside", "2026-01-01", "2026-01-31"),
        amount("stranger", "other", "2026-01-01", "2026-01-31"),
        amount("before", "main", "2025-12-01", "2025-12-31"),
        amount("running", "main", "2026-02-01", "2026-02-28"),
        json!({ "type": "excuse", "id": "claim", "from": "2026-01-10T00:00:00Z" }),
        json!({ "type": "act", "id": "act", "performed_at": "2026-01-10T00:00:00Z" }),
    ];
    let expected = [
        ("counts", Used),
        ("beside", NotHeard),
        ("stranger", OtherSeries),
        ("before", RecordUse::NoTranche),
        ("running", PeriodNotOver),
        ("claim", NotAccepted),
        ("act", Context),
    ];
    check(&story("purchase_pledge", terms, records), "pledge", "2026-02-10T00:00:00Z", &expected);
}

#[test]
fn what_became_of_metrics_and_acts_that_do_not_decide() {
    let metric = |id: &str, period: &str| {
        json!({ "type": "metric", "id": id, "period": period, "num": "1", "den": "10", "series": "s",
            "source_class": "OBLIGOR_OFFICIAL" })
    };
    let terms = json!({ "effective_from": "2026-01-01T00:00:00Z", "comparator": "LE", "limit": "0.2",
        "periods": [{ "id": "q1", "start": "2026-01-01", "through": "2026-03-31" }], "reporting_lag_days": 10,
        "series_rule": "PRIMARY", "primary": "s", "cure": null, "on_missing": "UNVERIFIED" });
    let records = vec![metric("first", "q1"), metric("again", "q1"), metric("elsewhere", "q9")];
    let expected = [("first", Overtaken), ("again", Used), ("elsewhere", OtherPeriod)];
    check(&story("periodic_ceiling", terms, records), "ceiling", "2026-05-01T00:00:00Z", &expected);

    let terms = json!({ "effective_from": "2025-11-02T00:00:00Z", "through": "2026-12-31", "count": 1, "cure_days": 0,
        "reporting_lag_days": 0, "on_missing": "NOT_MET" });
    let records = vec![
        json!({ "type": "act", "id": "said", "performed_at": "2026-01-10T00:00:00Z", "stage": "ANNOUNCED" }),
        json!({ "type": "act", "id": "rumour", "performed_at": "2026-01-10T00:00:00Z", "source_class": "MEDIA" }),
    ];
    let expected = [("said", AnnouncedOnly), ("rumour", Inadmissible)];
    check(&story("one_off_act", terms, records), "act", "2026-05-01T00:00:00Z", &expected);
}

#[test]
fn each_field_in_force_names_the_record_that_set_it() {
    let records = vec![
        json!({ "type": "amend", "id": "longer", "effective_at": "2026-02-01T00:00:00Z",
            "set": { "until": "2027-06-01T00:00:00Z", "tolerance_hours": 48 } }),
        json!({ "type": "reading", "id": "other", "effective_at": "2026-01-10T00:00:00Z",
            "set": { "until": "2027-03-01T00:00:00Z", "cure": { "days": 5, "from": "breach" } } }),
        json!({ "type": "amend", "id": "wider", "effective_at": "2026-02-02T00:00:00Z",
            "set": { "admissible": ["OBLIGOR_OFFICIAL", "MEDIA"], "snapback_notice_days": null } }),
        observed("press", "APPLIED", "MEDIA", "2026-02-05T00:00:00Z", "2026-02-09T00:00:00Z"),
        json!({ "type": "amend", "id": "not-yet", "effective_at": "2026-09-01T00:00:00Z",
            "set": { "tolerance_hours": 72 } }),
    ];
    let story = suspension(json!({ "snapback": { "notice_days": 30 } }), records);
    let said = check(
        &story,
        "suspension",
        "2026-03-01T00:00:00Z",
        &[("longer", Used), ("other", Used), ("not-yet", NotYetEffective), ("wider", Used), ("press", Used)],
    );
    let origins = |reading: usize| -> Vec<(&str, TermOrigin, Position)> {
        let terms = said.readings[reading].terms.iter();
        terms.map(|it| (it.field.as_str(), it.origin, it.position)).collect()
    };
    let [base, longer, wider] = ["commitment promise", "longer", "wider"].map(|record| position(&story, record));
    assert_eq!(
        origins(0),
        [
            ("zone", TermOrigin::Undertaken, base),
            ("admissible", TermOrigin::Amended, wider),
            ("effective_from", TermOrigin::Undertaken, base),
            ("until", TermOrigin::Amended, longer),
            ("cure", TermOrigin::Undertaken, base),
            ("tolerance_hours", TermOrigin::Amended, longer),
            ("on_end", TermOrigin::Undertaken, base),
            ("snapback_notice_days", TermOrigin::Amended, wider),
        ]
    );
    // The amendment is later than the reading, so it takes the end over again; the cure stays as the reading has it.
    let read: Vec<(&str, TermOrigin)> = origins(1).into_iter().map(|(field, origin, _)| (field, origin)).collect();
    assert!(read.contains(&("until", TermOrigin::Amended)) && read.contains(&("cure", TermOrigin::Read)));
}

#[test]
fn once_a_reading_is_adopted_the_others_are_set_aside() {
    let reading = |id: &str, until: &str| json!({ "type": "reading", "id": id, "effective_at": "2026-01-10T00:00:00Z", "set": { "until": until } });
    let adopt = |id: &str, reading: &str, at: &str| json!({ "type": "adopt_reading", "id": id, "reading": reading, "effective_at": at });
    let records = vec![
        reading("one", "2027-03-01T00:00:00Z"),
        reading("two", "2027-06-01T00:00:00Z"),
        adopt("first", "one", "2026-02-01T00:00:00Z"),
        adopt("second", "two", "2026-03-01T00:00:00Z"),
    ];
    let expected = [("one", NotAdopted), ("two", Used), ("first", Overtaken), ("second", Used)];
    let said = check(&suspension(json!({}), records), "suspension", "2026-04-01T00:00:00Z", &expected);
    assert_eq!(said.readings.iter().map(|it| it.reading.as_str()).collect::<Vec<_>>(), ["two"]);
}
