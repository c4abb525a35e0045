//! The terms that are judged by figures.

use entente::wire::Reason::{self, Count, Disagrees, Duplicate, Invalid, OutOfRange, Required, Reversed, Unspecified};
use serde_json::{Value, json};

use super::Sound;

fn undertaken(terms: Value) -> Sound {
    Sound::new(json!({ "commitmentUndertaken": {
        "title": "A promise", "instrument": "ledgers/us-china/instruments/busan",
        "obligor": "CN", "obligee": "US", "statedBy": ["US"], "zone": "America/New_York",
        "admissible": ["SOURCE_CLASS_OBLIGEE_OFFICIAL"],
        "terms": terms
    }}))
}

/// Spoils a field of the terms of one kind, given in both spellings.
fn spoiler(sound: Sound, camel: &'static str, snake: &'static str) -> impl Fn(&str, Value, &str, Reason) {
    move |field, value, named, reason| {
        let field = format!("/commitmentUndertaken/terms/{camel}/{field}");
        sound.spoiled(&field, value, &format!("commitment_undertaken.terms.{snake}.{named}"), reason);
    }
}

fn tranche(id: &str, start: &str, through: &str) -> Value {
    json!({ "id": id, "window": { "start": start, "through": through }, "target": "25" })
}

fn soybeans() -> Value {
    json!({ "purchasePledge": {
        "unit": "Mt", "basis": "BASIS_SOLD", "series": ["us-esr", "us-census"], "primary": "us-esr",
        "seriesRule": "SERIES_RULE_PRIMARY", "disagreementPct": "5", "reportingLagDays": 14,
        "onMissing": "ON_MISSING_UNVERIFIED", "carry": "CARRY_NONE",
        "pace": { "method": "PACE_METHOD_LINEAR_DAYS", "tolerancePct": "10" },
        "conversions": { "t": "0.000001" },
        "tranches": [tranche("2026", "2026-01-01", "2026-12-31"), tranche("2027", "2027-01-01", "2027-12-31")],
        "term": { "start": "2026-01-01", "through": "2027-12-31" }
    }})
}

#[test]
fn a_pledge() {
    let spoil = spoiler(undertaken(soybeans()), "purchasePledge", "purchase_pledge");
    spoil("unit", json!("tons"), "unit", Invalid);
    spoil("basis", json!(null), "basis", Unspecified);
    spoil("series/1", json!("us-esr"), "series[1]", Duplicate);
    spoil("primary", json!("cn-customs"), "primary", Disagrees);
    spoil("primary", json!(null), "primary", Required);
    spoil("disagreementPct", json!("-1"), "disagreement_pct", OutOfRange);
    spoil("disagreementPct", json!("100.5"), "disagreement_pct", OutOfRange);
    spoil("reportingLagDays", json!(40_000), "reporting_lag_days", OutOfRange);
    spoil("pace", json!(null), "pace", Required);
    spoil("conversions/bushels", json!("1"), "conversions[\"bushels\"]", Invalid);
    spoil("conversions/kt", json!("0"), "conversions[\"kt\"]", OutOfRange);
    spoil("conversions/Mt", json!("1"), "conversions[\"Mt\"]", Disagrees);
    spoil("term/through", json!("2025-12-31"), "term.through", Reversed);
    let series: Vec<String> = (0..65).map(|number| format!("s{number}")).collect();
    spoil("series", json!(series), "series", Count);
}

#[test]
fn tranches() {
    let spoil = spoiler(undertaken(soybeans()), "purchasePledge", "purchase_pledge");
    spoil("tranches", json!([]), "tranches", Required);
    let many: Vec<Value> = (0..257).map(|number| tranche(&format!("t{number}"), "2026-01-01", "2026-12-31")).collect();
    spoil("tranches", json!(many), "tranches", Count);
    spoil("tranches/1/id", json!("2026"), "tranches[1].id", Duplicate);
    spoil("tranches/1/window", json!(null), "tranches[1].window", Required);
    spoil("tranches/1/window/through", json!("2026-12-31"), "tranches[1].window.through", Reversed);
    spoil("tranches/1/window/through", json!("2028-01-01"), "tranches[1].window", Disagrees);
    spoil("tranches/0/window/start", json!("2025-12-31"), "tranches[0].window", Disagrees);
    spoil("tranches/2", tranche("late", "2026-06-01", "2026-06-30"), "tranches[2].window", Disagrees);
    spoil("tranches/0/target", json!("-1"), "tranches[0].target", OutOfRange);
    spoil("tranches/0/target", json!("-25"), "tranches[0].target", OutOfRange);
    spoil("tranches/0/target", json!(null), "tranches[0].target", Required);
    let other = json!({ "cn-customs": "20" });
    spoil("tranches/0/targetBySeries", other, "tranches[0].target_by_series[\"cn-customs\"]", Disagrees);
    let none = json!({ "us-esr": "-1" });
    spoil("tranches/0/targetBySeries", none, "tranches[0].target_by_series[\"us-esr\"]", OutOfRange);
}

#[test]
fn a_pace() {
    let spoil = spoiler(undertaken(soybeans()), "purchasePledge", "purchase_pledge");
    let pace = |method: &str, weights: Value| json!({ "method": method, "tolerancePct": "10", "weights": weights });
    let (linear, seasonal) = ("PACE_METHOD_LINEAR_DAYS", "PACE_METHOD_SEASONAL");
    spoil("pace/tolerancePct", json!("101"), "pace.tolerance_pct", OutOfRange);
    spoil("pace/method", json!(null), "pace.method", Unspecified);
    spoil("pace", pace(linear, json!({ "2026-01": "1" })), "pace.weights", Disagrees);
    spoil("pace", pace(seasonal, json!({})), "pace.weights", Disagrees);
    spoil("pace", pace(seasonal, json!({ "2026-13": "1" })), "pace.weights[\"2026-13\"]", Invalid);
    spoil("pace", pace(seasonal, json!({ "2026-1": "1" })), "pace.weights[\"2026-1\"]", Invalid);
    spoil("pace", pace(seasonal, json!({ "2026-01": "1.5" })), "pace.weights[\"2026-01\"]", OutOfRange);
    let sound = undertaken(soybeans());
    sound.allows("/commitmentUndertaken/terms/purchasePledge/pace", pace(seasonal, json!({ "2026-12": "0.5" })));
}

#[test]
fn terms_by_periods() {
    let quarters = json!([
        { "id": "q1", "window": { "start": "2026-01-01", "through": "2026-03-31" } },
        { "id": "q2", "window": { "start": "2026-04-01", "through": "2026-06-30" } }
    ]);
    let start = json!({ "instant": "2026-01-01T00:00:00Z" });
    let ceiling = undertaken(json!({ "periodicCeiling": {
        "effectiveFrom": start, "comparator": "COMPARATOR_LE", "limit": "0.18", "periods": quarters,
        "series": ["eu-customs"], "primary": "eu-customs", "seriesRule": "SERIES_RULE_CONCUR",
        "disagreementPct": "0", "onMissing": "ON_MISSING_NOT_MET"
    }}));
    ceiling.allows("/commitmentUndertaken/terms/periodicCeiling/series", json!([]));
    let spoil = spoiler(ceiling, "periodicCeiling", "periodic_ceiling");
    spoil("comparator", json!(null), "comparator", Unspecified);
    spoil("limit", json!("-0.1"), "limit", OutOfRange);
    spoil("primary", json!("us-census"), "primary", Disagrees);
    spoil("periods", json!([]), "periods", Required);
    spoil("periods/1/id", json!("q1"), "periods[1].id", Duplicate);
    spoil("periods/1/window/start", json!("2025-12-31"), "periods[1].window", Disagrees);

    let licensing = undertaken(json!({ "licensingFlow": {
        "effectiveFrom": start, "decideWithinDays": 45, "minShare": "0.9", "minSample": 10, "periods": quarters,
        "onMissing": "ON_MISSING_UNVERIFIED"
    }}));
    let spoil = spoiler(licensing, "licensingFlow", "licensing_flow");
    spoil("minShare", json!("1.01"), "min_share", OutOfRange);
    spoil("minShare", json!("90%"), "min_share", Invalid);
    spoil("decideWithinDays", json!(40_000), "decide_within_days", OutOfRange);
    spoil("periods/0/window", json!(null), "periods[0].window", Required);
}

#[test]
fn ceilings_and_acts() {
    let start = json!({ "instant": "2026-01-01T00:00:00Z" });
    let maintenance = json!({ "effectiveFrom": start, "onEnd": "ON_END_EXPIRE" });
    let ceiling = undertaken(json!({ "rateCeiling": { "maintenance": maintenance, "limit": "15" } }));
    ceiling.allows("/commitmentUndertaken/terms/rateCeiling/limit", json!("0"));
    let spoil = spoiler(ceiling, "rateCeiling", "rate_ceiling");
    spoil("limit", json!("-1"), "limit", OutOfRange);
    spoil("maintenance", json!(null), "maintenance", Required);
    spoil("maintenance/onEnd", json!(null), "maintenance.on_end", Unspecified);

    let act = undertaken(json!({ "oneOffAct": {
        "effectiveFrom": start, "through": "2026-03-31", "count": 1, "onMissing": "ON_MISSING_NOT_MET"
    }}));
    let spoil = spoiler(act, "oneOffAct", "one_off_act");
    spoil("count", json!(null), "count", OutOfRange);
    spoil("through", json!("2025-12-30"), "through", Reversed);
    spoil("persistThrough", json!("2026-03-30"), "persist_through", Reversed);
    spoil("cureDays", json!(40_000), "cure_days", OutOfRange);
    spoil("onMissing", json!(null), "on_missing", Unspecified);
}
