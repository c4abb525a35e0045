//! Assessments on the wire: every number exact until it is written, and rounded once.

use std::collections::{BTreeMap, BTreeSet};

use entente::domain::event::LedgerKind;
use entente::domain::{Day, Decimal, Evidence, Flag, Instant, Kind, Lifecycle, Position, Slug, Standing, Status};
use entente::proto::json;
use entente::views::{Assessment, Breach, Flow, InEffect, Judgement, Numbers, Row, TrancheAssessment};
use entente::wire::{self, AssessedIn, four_places};
use num_bigint::BigInt;
use num_rational::BigRational;
use serde_json::json;

use super::ledger;

fn ratio(numerator: i64, denominator: i64) -> BigRational {
    BigRational::new(BigInt::from(numerator), BigInt::from(denominator))
}

fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

#[test]
fn numbers_are_rounded_half_even_to_four_places() {
    let cases = [
        (ratio(25, 1), "25"),
        (ratio(0, 1), "0"),
        (ratio(1, 2), "0.5"),
        (ratio(2, 3), "0.6667"),
        (ratio(-2, 3), "-0.6667"),
        (ratio(1, 20_000), "0"),      // 0.00005, down to the even 0
        (ratio(3, 20_000), "0.0002"), // 0.00015, up to the even 2
        (ratio(-1, 20_000), "0"),     // never -0
        (ratio(-3, 20_000), "-0.0002"),
        (ratio(1_000_001, 1_000_000), "1"),
        (ratio(99_999_999, 1_000), "99999.999"),
        (ratio(-5, 4), "-1.25"),
    ];
    for (value, expected) in cases {
        assert_eq!(four_places(&value), expected, "{value}");
    }
    let largest = Decimal::parse("999999999999999.999999999999").unwrap();
    assert_eq!(four_places(&largest.fraction()), "1000000000000000");
}

fn assessed(numbers: Numbers, kind: Kind) -> Assessment {
    Assessment {
        commitment: slug("soybeans"),
        kind: Some(kind),
        as_of: instant("2026-03-01T00:00:00Z"),
        known: Position::new(12),
        judgement: Judgement { lifecycle: Lifecycle::InForce, status: Status::Behind },
        evidence: Evidence::Single,
        standing: Some(Standing::Agreed),
        flags: BTreeSet::from([Flag::SeriesMissing, Flag::Amended]),
        row: Some(Row("Q9")),
        because: BTreeSet::from([Position::new(9), Position::new(4)]),
        next_change_at: None,
        by_reading: BTreeMap::new(),
        adopted_reading: None,
        numbers,
        numbers_by_reading: BTreeMap::new(),
    }
}

fn as_json(assessment: &Assessment) -> serde_json::Value {
    let name = ledger();
    let made = AssessedIn { ledger: &name, kind: LedgerKind::Replay, known_at: Some(instant("2026-02-20T10:00:00Z")) };
    json::to_json(&wire::assessment_to_proto(assessment, &made)).unwrap()
}

#[test]
fn a_purchase_is_shown_with_its_tranches() {
    let flow = Flow {
        performed: ratio(25, 3),
        target: ratio(25, 1),
        expected: Some(ratio(9, 1)),
        ratio: Some(ratio(1, 3)),
        shortfall: ratio(50, 3),
        required_per_day: None,
        data_through: Some(Day::parse("2026-02-12").unwrap()),
    };
    let tranche = TrancheAssessment {
        id: slug("2026"),
        status: Status::Behind,
        row: Some(Row("Q9")),
        due: instant("2027-01-01T05:00:00Z"),
        cure_end: instant("2027-01-31T05:00:00Z"),
        flow: flow.clone(),
    };
    let series = BTreeMap::from([(slug("us-esr"), Status::Behind)]);
    let assessment = assessed(
        Numbers::Purchase {
            unit: entente::domain::Unit::parse("t").unwrap(),
            latest: Some(flow),
            tranches: vec![tranche],
            series,
        },
        Kind::PurchasePledge,
    );
    let shown = json!({
        "performed": "8.3333", "target": "25", "expected": "9", "ratio": "0.3333", "shortfall": "16.6667",
        "dataThrough": "2026-02-12"
    });
    let expected = json!({
        "commitment": "ledgers/us-china/commitments/soybeans",
        "ledgerKind": "LEDGER_KIND_REPLAY",
        "kind": "KIND_PURCHASE_PLEDGE",
        "asOf": "2026-03-01T00:00:00Z",
        "knownPosition": "12",
        "knownAt": "2026-02-20T10:00:00Z",
        "lifecycle": "LIFECYCLE_IN_FORCE",
        "status": "STATUS_BEHIND",
        "evidence": "EVIDENCE_SINGLE",
        "standing": "STANDING_AGREED",
        "flags": ["FLAG_AMENDED", "FLAG_SERIES_MISSING"],
        "row": "Q9",
        "because": ["4", "9"],
        "purchase": {
            "latest": shown,
            "tranches": [{
                "id": "2026", "status": "STATUS_BEHIND", "row": "Q9",
                "dueAt": "2027-01-01T05:00:00Z", "cureEndAt": "2027-01-31T05:00:00Z", "flow": shown
            }],
            "unit": "t",
            "series": { "us-esr": "STATUS_BEHIND" }
        }
    });
    assert_eq!(as_json(&assessment), expected);
}

#[test]
fn a_suspension_is_shown_with_its_breaches_and_readings() {
    let breach = Breach { from: instant("2026-01-05T00:00:00Z"), until: None };
    let numbers = Numbers::Maintenance {
        measure_in_effect: InEffect::Unknown,
        breaches: vec![breach],
        value: None,
        end: Some(instant("2026-11-09T16:00:00Z")),
    };
    let mut assessment = assessed(numbers, Kind::MeasureSuspension);
    let lapsed = Judgement { lifecycle: Lifecycle::Lapsed, status: Status::Met };
    assessment.by_reading = BTreeMap::from([("base".to_owned(), lapsed)]);
    let shown = as_json(&assessment);
    assert_eq!(
        shown["maintenance"],
        json!({
            "measureInEffect": "IN_EFFECT_UNKNOWN",
            "breaches": [{ "from": "2026-01-05T00:00:00Z" }],
            "until": "2026-11-09T16:00:00Z"
        })
    );
    assert_eq!(shown["byReading"], json!({ "base": { "lifecycle": "LIFECYCLE_LAPSED", "status": "STATUS_MET" } }));
}

#[test]
fn a_commitment_that_is_not_recorded_yet_has_neither_kind_nor_numbers() {
    let mut assessment = assessed(Numbers::None, Kind::OneOffAct);
    (assessment.kind, assessment.standing, assessment.row) = (None, None, None);
    let shown = as_json(&assessment);
    for absent in ["kind", "standing", "row", "maintenance", "purchase", "act", "periodic", "nextChangeAt"] {
        assert_eq!(shown.get(absent), None, "{absent}");
    }
}
