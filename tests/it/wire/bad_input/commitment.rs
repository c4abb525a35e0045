//! Undertakings, amendments and readings, and the moments in them.

use entente::wire::Reason::{Count, Disagrees, Duplicate, Invalid, OutOfRange, Required, Reversed, Unspecified};
use serde_json::{Value, json};

use super::Sound;

/// The suspension of China's rare-earth controls, undertaken.
fn suspension() -> Sound {
    Sound::new(json!({ "commitmentUndertaken": {
        "title": "Suspend the October 2025 rare-earth controls",
        "instrument": "ledgers/us-china/instruments/busan",
        "obligor": "CN", "obligee": "US", "statedBy": ["CN", "JOINT"], "zone": "Asia/Shanghai",
        "measures": ["ledgers/us-china/measures/announcement-61"],
        "products": [{ "nomenclature": "NOMENCLATURE_HS_2022", "code": "2846" }],
        "admissible": ["SOURCE_CLASS_OBLIGOR_OFFICIAL"],
        "terms": { "measureSuspension": {
            "effectiveFrom": { "local": { "at": "2025-11-07T00:00:00", "zone": "Asia/Shanghai" } },
            "until": { "through": { "day": "2026-11-10", "zone": "Asia/Shanghai" } },
            "onEnd": "ON_END_REVIVE"
        }}
    }}))
}

#[test]
fn who_owes_what_to_whom() {
    let sound = suspension();
    let at = |field: &str| format!("commitment_undertaken.{field}");
    sound.spoiled("/commitmentUndertaken/obligor", json!("PRC"), &at("obligor"), Invalid);
    sound.spoiled("/commitmentUndertaken/obligor", json!("cn"), &at("obligor"), Invalid);
    sound.with("/commitmentUndertaken/obligee", json!("CN")).names(&[(&at("obligee"), Disagrees)]);
    sound.spoiled("/commitmentUndertaken/statedBy", json!([]), &at("stated_by"), Required);
    sound.spoiled("/commitmentUndertaken/statedBy/1", json!("MX"), &at("stated_by[1]"), Disagrees);
    sound.spoiled("/commitmentUndertaken/statedBy/1", json!("CN"), &at("stated_by[1]"), Duplicate);
    sound.spoiled("/commitmentUndertaken/zone", json!("Asia/Peking"), &at("zone"), Invalid);
    sound.spoiled("/commitmentUndertaken/zone", json!("asia/shanghai"), &at("zone"), Invalid);
    sound.spoiled("/commitmentUndertaken/zone", json!("fixed:5"), &at("zone"), Invalid);
    sound.spoiled("/commitmentUndertaken/zone", json!(null), &at("zone"), Required);
    let instrument = json!("ledgers/eu-us/instruments/busan");
    sound.spoiled("/commitmentUndertaken/instrument", instrument, &at("instrument"), Invalid);
    let measure = json!("ledgers/us-china/measures/announcement-61");
    sound.spoiled("/commitmentUndertaken/measures/1", measure.clone(), &at("measures[1]"), Duplicate);
    sound.spoiled("/commitmentUndertaken/measures/1", json!("announcement-62"), &at("measures[1]"), Invalid);
    sound.spoiled("/commitmentUndertaken/measures", json!(vec![measure; 1_001]), &at("measures"), Count);
    sound.spoiled("/commitmentUndertaken/admissible", json!([]), &at("admissible"), Required);
    sound.spoiled("/commitmentUndertaken/admissible", json!([0]), &at("admissible[0]"), Unspecified);
    let twice = json!(["SOURCE_CLASS_MEDIA", "SOURCE_CLASS_MEDIA"]);
    sound.spoiled("/commitmentUndertaken/admissible", twice, &at("admissible[1]"), Duplicate);
    sound.spoiled("/commitmentUndertaken/terms", json!(null), &at("terms"), Required);
    sound.spoiled("/commitmentUndertaken/terms", json!({}), &at("terms"), Required);
}

#[test]
fn a_duty_in_time() {
    let sound = suspension();
    let terms = "/commitmentUndertaken/terms/measureSuspension";
    let at = |field: &str| format!("commitment_undertaken.terms.measure_suspension.{field}");
    let spoil = |field: &str, value: Value, named: &str, reason| {
        sound.spoiled(&format!("{terms}/{field}"), value, &at(named), reason);
    };
    spoil("effectiveFrom", json!(null), "effective_from", Required);
    spoil("until", json!({ "until": { "day": "2025-11-07", "zone": "Asia/Shanghai" } }), "until", Reversed);
    spoil("until", json!({}), "until", Required);
    spoil("onEnd", json!(null), "on_end", Unspecified);
    spoil("toleranceHours", json!(u32::MAX), "tolerance_hours", OutOfRange);
    spoil("snapbackNoticeDays", json!(36_526), "snapback_notice_days", OutOfRange);
    spoil("cure", json!({ "days": 30 }), "cure.from", Unspecified);
    spoil("cure", json!({ "days": 40_000, "from": "CURE_FROM_BREACH" }), "cure.days", OutOfRange);
    let counterpart = "ledgers/us-china/commitments/affiliates-rule";
    let depends = |triggers: Value| json!({ "commitment": counterpart, "triggers": triggers, "effect": "RECIPROCAL_EFFECT_AUTO_SUSPEND" });
    spoil("dependsOn", depends(json!([])), "depends_on.triggers", Required);
    let twice = json!(["STATUS_BREACHED", "STATUS_BREACHED"]);
    spoil("dependsOn", depends(twice), "depends_on.triggers[1]", Duplicate);
    spoil(
        "dependsOn",
        json!({ "commitment": counterpart, "triggers": ["STATUS_BREACHED"] }),
        "depends_on.effect",
        Unspecified,
    );
}

#[test]
fn a_moment_in_the_words_of_a_text() {
    let sound = suspension();
    let until = "/commitmentUndertaken/terms/measureSuspension/until";
    let at = |field: &str| format!("commitment_undertaken.terms.measure_suspension.until{field}");
    let spoil = |moment: Value, named: &str, reason| sound.spoiled(until, moment, &at(named), reason);
    let shanghai = "Asia/Shanghai";
    spoil(json!({ "through": { "day": "2026-02-29", "zone": shanghai } }), ".through.day", Invalid);
    spoil(json!({ "through": { "day": "2026-11-10", "zone": "China" } }), ".through.zone", Invalid);
    spoil(json!({ "through": { "day": "2026-11-10" } }), ".through.zone", Required);
    spoil(json!({ "until": { "zone": shanghai } }), ".until.day", Required);
    for wrong in
        ["2026-11-10", "2026-11-10T24:00:00", "2026-11-10T00:00:00Z", "2026-11-10T00:00:00.5", "2026-11-10 00:00:00"]
    {
        spoil(json!({ "local": { "at": wrong, "zone": shanghai } }), ".local.at", Invalid);
    }
    spoil(json!({ "local": { "at": "2600-11-10T00:00:00", "zone": shanghai } }), "", OutOfRange);
    spoil(json!({ "instant": "2026-11-10T00:00:00.000000001Z" }), ".instant", Invalid);
    spoil(json!({ "instant": "9999-11-10T00:00:00Z" }), ".instant", OutOfRange);
    let period = |months: u32| json!({ "periodEnd": { "start": "2025-11-10", "months": months, "zone": shanghai } });
    spoil(period(0), ".period_end.months", OutOfRange);
    spoil(period(6_000), "", OutOfRange);
    spoil(period(100_000), "", OutOfRange);
    spoil(json!({ "elapsed": { "days": 90 } }), ".elapsed.from", Required);
    sound.allows(until, period(12));
}

#[test]
fn a_resolved_instant_agrees_with_the_words() {
    let sound = suspension();
    let until = "/commitmentUndertaken/terms/measureSuspension/until";
    let moment =
        |resolved: &str| json!({ "through": { "day": "2026-11-10", "zone": "Asia/Shanghai" }, "resolvedAt": resolved });
    sound.allows(until, moment("2026-11-10T16:00:00Z"));
    // One day off: the hazard of "through" against "until".
    sound.spoiled(
        until,
        moment("2026-11-09T16:00:00Z"),
        "commitment_undertaken.terms.measure_suspension.until.resolved_at",
        Disagrees,
    );
}

#[test]
fn amendments_and_readings() {
    let amended = Sound::new(json!({ "commitmentAmended": {
        "effectiveAt": { "at": "2026-11-01T00:00:00Z" },
        "set": { "until": { "until": { "day": "2027-01-10", "zone": "Asia/Shanghai" } } }
    }}));
    amended.spoiled("/commitmentAmended/set", json!(null), "commitment_amended.set", Required);
    amended.spoiled("/commitmentAmended/set", json!({}), "commitment_amended.set", Required);
    let later = json!("2026-11-01T00:00:01Z");
    amended.spoiled("/commitmentAmended/retroactiveTo", later, "commitment_amended.retroactive_to", Disagrees);
    let set = |value: Value, named: &str, reason| {
        amended.spoiled("/commitmentAmended/set", value, &format!("commitment_amended.set.{named}"), reason);
    };
    set(json!({ "limit": "" }), "limit", Required);
    set(json!({ "limit": "-1" }), "limit", OutOfRange);
    set(json!({ "minShare": "1.1" }), "min_share", OutOfRange);
    set(json!({ "disagreementPct": "101" }), "disagreement_pct", OutOfRange);
    set(json!({ "count": 0 }), "count", OutOfRange);
    set(json!({ "unit": "tons" }), "unit", Invalid);
    set(json!({ "zone": "Asia" }), "zone", Invalid);
    set(json!({ "series": ["a", "a"] }), "series[1]", Duplicate);
    set(json!({ "conversions": { "kt": "0" } }), "conversions[\"kt\"]", OutOfRange);
    set(json!({ "admissible": ["SOURCE_CLASS_UNSPECIFIED"] }), "admissible[0]", Unspecified);
    set(json!({ "cleared": ["TERMS_FIELD_CURE", "TERMS_FIELD_CURE"] }), "cleared[1]", Duplicate);
    let end = json!({ "instant": "2027-01-01T00:00:00Z" });
    set(json!({ "until": end, "cleared": ["TERMS_FIELD_UNTIL"] }), "cleared[0]", Disagrees);
    set(json!({ "onMissing": 7 }), "on_missing", entente::wire::Reason::UnknownEnum);
    set(json!({ "through": "2026-12-31", "persistThrough": "2026-12-30" }), "persist_through", Reversed);
    set(json!({ "tranches": { "2026": {} } }), "tranches[\"2026\"]", Required);
    set(json!({ "tranches": { "Year 1": { "target": "8" } } }), "tranches[\"Year 1\"]", Invalid);
    set(json!({ "tranches": { "2026": { "target": "-1" } } }), "tranches[\"2026\"].target", OutOfRange);
    let reversed = json!({ "start": "2026-02-01", "through": "2026-01-31" });
    set(json!({ "tranches": { "2026": reversed } }), "tranches[\"2026\"].through", Reversed);
    set(json!({ "periods": { "q1": reversed } }), "periods[\"q1\"].through", Reversed);
    set(json!({ "periods": { "q1": {} } }), "periods[\"q1\"]", Required);

    let reading = Sound::new(json!({ "readingRecorded": {
        "reading": "extended", "effectiveAt": { "at": "2026-11-01T00:00:00Z" }, "set": { "toleranceHours": 0 }
    }}));
    reading.spoiled("/readingRecorded/reading", json!("base"), "reading_recorded.reading", Invalid);
    reading.spoiled("/readingRecorded/set", json!({}), "reading_recorded.set", Required);
}
