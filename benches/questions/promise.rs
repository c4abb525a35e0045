//! The promises of the ledger: what each commitment, measure and instrument says.

use entente::domain::{EventId, Slug, Submission};
use entente::proto::{json, v1};
use entente::wire;
use serde_json::{Value, json};

use super::world::{LEDGER, Role, World};

type Fault = Box<dyn std::error::Error>;

/// One submission from its JSON form, with an id of its own.
pub(crate) fn submission(value: &Value, id: EventId) -> Result<Submission, Fault> {
    let message: v1::Submission = json::from_json(value)?;
    Ok(wire::submission_from_proto(&message, &Slug::parse(LEDGER)?, || id)?)
}

/// An instrument.
pub(crate) fn instrument(number: usize) -> Value {
    json!({
        "subject": format!("ledgers/{LEDGER}/instruments/deal-{number:04}"),
        "recordedAt": "2024-07-01T00:00:00Z",
        "instrumentSigned": {
            "title": format!("Deal number {number} on trade"),
            "parties": ["CN", "US"],
            "signedAt": { "at": "2024-06-28T00:00:00Z", "precision": "PRECISION_DAY" },
        },
    })
}

/// A measure, on some products of the tariff.
pub(crate) fn measure(number: usize) -> Value {
    let products: Vec<Value> = (0..4)
        .map(|line| {
            let code = format!("{:06}", 10_000 + (number * 7919 + line * 104_729) % 979_999);
            json!({ "nomenclature": "NOMENCLATURE_HS_2022", "code": code })
        })
        .collect();
    json!({
        "subject": format!("ledgers/{LEDGER}/measures/measure-{number:05}"),
        "recordedAt": "2024-07-01T00:00:00Z",
        "measureAnnounced": {
            "title": format!("Additional duty number {number}"),
            "kind": "MEASURE_KIND_TARIFF",
            "by": "US",
            "against": "CN",
            "announcedAt": { "at": "2024-01-15T00:00:00Z", "precision": "PRECISION_DAY" },
            "products": products,
        },
    })
}

/// A commitment.
pub(crate) fn commitment(world: &World, number: usize) -> Value {
    let role = Role::of(number);
    let measures: Vec<String> =
        world.measure_of(number).iter().map(|it| format!("ledgers/{LEDGER}/measures/{it}")).collect();
    let (obligor, obligee) = if number.is_multiple_of(2) { ("CN", "US") } else { ("US", "CN") };
    json!({
        "subject": format!("ledgers/{LEDGER}/commitments/{}", world.id(number)),
        "recordedAt": "2024-07-01T00:00:00Z",
        "commitmentUndertaken": {
            "title": format!("Promise number {number}: {}", role.title()),
            "instrument": format!("ledgers/{LEDGER}/instruments/deal-{:04}", world.instrument_of(number)),
            "obligor": obligor,
            "obligee": obligee,
            "statedBy": ["CN", "US"],
            "zone": if number.is_multiple_of(2) { "Asia/Shanghai" } else { "America/New_York" },
            "measures": measures,
            "products": [{ "nomenclature": "NOMENCLATURE_HS_2022", "code": format!("{:04}", 101 + number * 31 % 9_700) }],
            "admissible": ["SOURCE_CLASS_OBLIGOR_OFFICIAL", "SOURCE_CLASS_OBLIGEE_OFFICIAL"],
            "terms": terms(role, number),
        },
        "sources": [{ "publisher": "a gazette of record", "class": "SOURCE_CLASS_OBLIGOR_OFFICIAL" }],
    })
}

/// Another reading of where a suspension or a pledge ends.
pub(crate) fn reading(world: &World, number: usize) -> Option<Value> {
    let set = match Role::of(number) {
        Role::Suspension => json!({ "until": { "until": { "day": until(number), "zone": "America/New_York" } } }),
        Role::Pledge => json!({ "reportingLagDays": 45 }),
        _ => return None,
    };
    Some(json!({
        "subject": format!("ledgers/{LEDGER}/commitments/{}", world.id(number)),
        "recordedAt": "2024-07-01T00:00:00Z",
        "readingRecorded": {
            "reading": "english",
            "effectiveAt": { "at": "2024-07-01T00:00:00Z", "precision": "PRECISION_DAY" },
            "set": set,
        },
    }))
}

fn until(number: usize) -> String {
    format!("{}-{:02}-{:02}", 2026 + number % 2, 1 + number % 12, 1 + number % 28)
}

fn terms(role: Role, number: usize) -> Value {
    let begins = json!({ "instant": "2024-07-01T00:00:00Z" });
    let duty = json!({
        "effectiveFrom": begins,
        "until": { "through": { "day": until(number), "zone": "Asia/Shanghai" } },
        "onEnd": "ON_END_REVIVE",
        "cure": { "days": 10, "from": "CURE_FROM_BREACH" },
    });
    let quarters: Vec<Value> = (0..12)
        .map(|quarter| {
            let (year, first) = (2024 + (quarter + 2) / 4, 1 + (quarter + 2) % 4 * 3);
            let last = first + 2;
            let end = if last == 3 || last == 12 { 31 } else { 30 };
            json!({
                "id": format!("q{quarter:02}"),
                "window": { "start": format!("{year}-{first:02}-01"), "through": format!("{year}-{last:02}-{end}") },
            })
        })
        .collect();
    match role {
        Role::Suspension => json!({ "measureSuspension": duty }),
        Role::RateCeiling => json!({ "rateCeiling": { "maintenance": duty, "limit": "10" } }),
        Role::Pledge => pledge(number, &["us-esr", "customs"]),
        Role::Ceiling => json!({ "periodicCeiling": {
            "effectiveFrom": begins, "comparator": "COMPARATOR_LE", "limit": "0.18", "periods": quarters,
            "reportingLagDays": 45, "series": ["tracker"], "seriesRule": "SERIES_RULE_PRIMARY", "primary": "tracker",
            "disagreementPct": "10", "cureNextPeriod": true, "onMissing": "ON_MISSING_UNVERIFIED",
        } }),
        Role::Act => json!({ "oneOffAct": {
            "effectiveFrom": begins, "through": "2026-12-31", "count": 80 + number % 60, "cureDays": 30,
            "reportingLagDays": 14, "onMissing": "ON_MISSING_NOT_MET",
        } }),
        Role::Flow => json!({ "licensingFlow": {
            "effectiveFrom": begins, "decideWithinDays": 45, "minShare": "0.8", "minSample": 5, "periods": quarters,
            "reportingLagDays": 30, "cureNextPeriod": true, "onMissing": "ON_MISSING_UNVERIFIED",
        } }),
    }
}

/// The terms of a pledge that hears these series.
pub(crate) fn pledge(number: usize, series: &[&str]) -> Value {
    let target = (50_000 + number % 100 * 100).to_string();
    let year = |from: i32| {
        json!({
            "id": format!("t{from}"),
            "window": { "start": format!("{from}-07-01"), "through": format!("{}-06-30", from + 1) },
            "target": target,
            "cureDays": 30,
        })
    };
    json!({ "purchasePledge": {
        "unit": "t", "basis": "BASIS_SOLD", "series": series, "seriesRule": "SERIES_RULE_PRIMARY", "primary": series[0],
        "disagreementPct": "10", "reportingLagDays": 30, "onMissing": "ON_MISSING_UNVERIFIED", "carry": "CARRY_NONE",
        "pace": { "method": "PACE_METHOD_LINEAR_DAYS", "tolerancePct": "10" }, "conversions": { "kt": "1000" },
        "tranches": [year(2024), year(2025), year(2026)],
    } })
}
