//! The envelope, and events that are about what happened.

use entente::proto::v1;
use entente::wire::Reason::{
    Count, Disagrees, Duplicate, Invalid, OutOfRange, Required, Reversed, UnknownEnum, Unspecified,
};
use entente::wire::WireError;
use serde_json::json;

use super::super::read;
use super::{Sound, digits};

fn amount() -> Sound {
    Sound::new(json!({ "amountReported": {
        "series": "us-esr", "basis": "BASIS_SOLD", "from": "2026-01-01", "through": "2026-01-07",
        "value": "0.4", "unit": "Mt", "bound": "BOUND_EXACT", "covers": true
    }}))
}

#[test]
fn the_envelope() {
    let sound = amount();
    sound.spoiled("/eventId", json!("018F4E3A-0000-7000-8000-000000000001"), "event_id", Invalid);
    sound.spoiled("/eventId", json!("00000000-0000-0000-0000-000000000000"), "event_id", Invalid);
    sound.allows("/eventId", json!(null));
    sound.spoiled("/supersedes", json!("the last one"), "supersedes", Invalid);
    sound.spoiled("/subject", json!(null), "subject", Required);
    for name in [
        "ledgers/other/commitments/soybeans",
        "ledgers/us-china/commitments",
        "ledgers/us-china/commitments/soy/beans",
        "ledgers/us-china/commitments/../asks",
        "ledgers/us-china/promises/soybeans",
        "commitments/soybeans",
        "ledgers/us-china/commitments/Soybeans",
        "ledgers/us-china/",
    ] {
        sound.spoiled("/subject", json!(name), "subject", Invalid);
    }
    let long = format!("ledgers/us-china/commitments/{}", "a".repeat(300));
    sound.spoiled("/subject", json!(long), "subject", Invalid);
    sound.allows("/subject", json!("ledgers/us-china"));

    sound.spoiled("/sources/0/publisher", json!(null), "sources[0].publisher", Required);
    sound.spoiled("/sources/0/title", json!("  "), "sources[0].title", Invalid);
    sound.spoiled("/sources/0/title", json!("a".repeat(4_097)), "sources[0].title", Invalid);
    sound.spoiled("/sources/0/quality", json!("bell \u{7}"), "sources[0].quality", Invalid);
    sound.spoiled("/sources/0/class", json!(99), "sources[0].class", UnknownEnum);
    sound.allows("/sources/0/class", json!(null));
    sound.spoiled("/sources", json!(vec![json!({ "publisher": "USDA" }); 65]), "sources", Count);
    sound.spoiled("/confidence", json!(17), "confidence", UnknownEnum);

    sound.spoiled("/recordedAt", json!("2025-11-10T05:01:00.5Z"), "recorded_at", Invalid);
    sound.spoiled("/recordedAt", json!("9999-01-01T00:00:00Z"), "recorded_at", OutOfRange);
    sound.spoiled("/recordedBasis", json!("RECORD_BASIS_INFERRED"), "recorded_basis", Disagrees);
    sound.spoiled("/amountReported", json!(null), "payload", Required);
}

#[test]
fn a_reported_amount() {
    let sound = amount();
    sound.spoiled("/amountReported/series", json!("US ESR"), "amount_reported.series", Invalid);
    sound.spoiled("/amountReported/basis", json!(null), "amount_reported.basis", Unspecified);
    sound.spoiled("/amountReported/basis", json!(12), "amount_reported.basis", UnknownEnum);
    sound.spoiled("/amountReported/unit", json!("tons"), "amount_reported.unit", Invalid);
    sound.spoiled("/amountReported/unit", json!(null), "amount_reported.unit", Required);
    sound.spoiled("/amountReported/from", json!("2026-02-30"), "amount_reported.from", Invalid);
    sound.spoiled("/amountReported/from", json!("20260101"), "amount_reported.from", Invalid);
    sound.spoiled("/amountReported/through", json!("2600-01-01"), "amount_reported.through", OutOfRange);
    sound.spoiled("/amountReported/through", json!("2025-12-31"), "amount_reported.through", Reversed);
    sound.spoiled("/amountReported/runningSince", json!("2026-02-01"), "amount_reported.through", Reversed);
    sound.spoiled("/amountReported/bound", json!(null), "amount_reported.bound", Unspecified);
    for value in ["NaN", "Infinity", "1e6", "+1", "1.", ".5", "01", "-0", "1,000", " 1", &digits(40), "1.0000000000001"]
    {
        sound.spoiled("/amountReported/value", json!(value), "amount_reported.value", Invalid);
    }
    sound.allows("/amountReported/value", json!("-0.25"));
    sound
        .with("/amountReported/from", json!(null))
        .names(&[("amount_reported.from", Required), ("amount_reported.covers", Disagrees)]);
    let bare = sound.with("/amountReported/from", json!(null)).with("/amountReported/covers", json!(null));
    bare.allows("/amountReported/runningSince", json!("2025-10-01"));
}

#[test]
fn everything_that_is_wrong_is_named_at_once() {
    amount()
        .with("/subject", json!("soybeans"))
        .with("/sources/0/publisher", json!(null))
        .with("/amountReported/unit", json!("tons"))
        .with("/amountReported/value", json!("1e6"))
        .with("/amountReported/bound", json!(null))
        .names(&[
            ("subject", Invalid),
            ("sources[0].publisher", Required),
            ("amount_reported.value", Invalid),
            ("amount_reported.unit", Invalid),
            ("amount_reported.bound", Unspecified),
        ]);
}

#[test]
fn an_error_is_of_bounded_size_whatever_was_sent() {
    let huge = "x".repeat(1_000_000);
    let names = vec![huge.clone(); 1_000];
    let error = read(&v1::Submission {
        subject: huge.clone(),
        payload: Some(v1::submission::Payload::MeetingHeld(v1::MeetingHeld {
            parties: names.into_iter().take(200).collect(),
            title: huge,
            ..v1::MeetingHeld::default()
        })),
        ..v1::Submission::default()
    })
    .unwrap_err();
    assert_eq!(error.violations.len(), WireError::VIOLATIONS_MAX);
    assert!(error.to_string().len() < 100_000, "{} bytes", error.to_string().len());
}

#[test]
fn a_violation_says_what_would_be_right() {
    let message = entente::proto::json::from_json(&amount().with("/amountReported/unit", json!("tons")).0).unwrap();
    let error = read(&message).unwrap_err().under("submissions[3]");
    assert_eq!(error.violations[0].field, "submissions[3].amount_reported.unit");
    assert!(error.violations[0].description.contains("\"tons\" is not a unit of this ledger; the units are t, kt, Mt"));
}

#[test]
fn metrics_cohorts_and_acts() {
    let metric = Sound::new(json!({ "metricReported": {
        "series": "eu-customs", "period": "2026-q1", "numerator": "3", "denominator": "10", "bound": "BOUND_EXACT"
    }}));
    metric.spoiled("/metricReported/period", json!(null), "metric_reported.period", Required);
    metric.spoiled("/metricReported/denominator", json!("-1"), "metric_reported.denominator", OutOfRange);
    metric.spoiled("/metricReported/denominator", json!(null), "metric_reported.denominator", Required);
    metric.allows("/metricReported/denominator", json!("0"));

    let cohort = Sound::new(json!({ "cohortReported": {
        "period": "2026-q1", "snapshotThrough": "2026-03-31",
        "submitted": "10", "withdrawn": "1", "onTime": "6", "late": "2", "pending": "1"
    }}));
    cohort.spoiled("/cohortReported/pending", json!("2"), "cohort_reported.submitted", Disagrees);
    cohort.spoiled("/cohortReported/late", json!("18446744073709551615"), "cohort_reported.submitted", Disagrees);

    let act = Sound::new(json!({ "actPerformed": {
        "performedAt": { "at": "2026-01-05T00:00:00Z" }, "stage": "STAGE_EFFECTIVE", "count": 1
    }}));
    act.spoiled("/actPerformed/count", json!(null), "act_performed.count", OutOfRange);
    act.spoiled("/actPerformed/performedAt", json!(null), "act_performed.performed_at", Required);
    act.spoiled("/actPerformed/performedAt/at", json!(null), "act_performed.performed_at.at", Required);
    act.spoiled("/actPerformed/performedAt/precision", json!(9), "act_performed.performed_at.precision", UnknownEnum);
}

#[test]
fn intervals_end_after_they_start() {
    let (at, before) = (json!("2026-01-05T00:00:00Z"), json!("2026-01-04T23:59:59Z"));
    let observed = Sound::new(json!({ "measureObserved": { "state": "MEASURE_STATE_APPLIED", "from": at } }));
    observed.spoiled("/measureObserved/until", at.clone(), "measure_observed.until", Reversed);

    let finding = Sound::new(json!({ "findingIssued": {
        "by": "WTO panel", "verdict": "VERDICT_BREACH", "from": at, "effectiveAt": { "at": at }
    }}));
    finding.spoiled("/findingIssued/until", before.clone(), "finding_issued.until", Reversed);

    let waiver = Sound::new(json!({ "waiverGranted": { "by": "US", "effectiveAt": { "at": at } } }));
    waiver.spoiled("/waiverGranted/until", before.clone(), "waiver_granted.until", Reversed);
    waiver
        .with("/waiverGranted/until", before.clone())
        .allows("/waiverGranted/coversFrom", json!("2026-01-01T00:00:00Z"));
    let id = "018f4e3a-0000-7000-8000-000000000009";
    waiver.spoiled("/waiverGranted/conditionalOn", json!([id, id]), "waiver_granted.conditional_on[1]", Duplicate);

    let suspension = Sound::new(json!({ "suspensionExercised": { "effectiveAt": { "at": at } } }));
    suspension.spoiled("/suspensionExercised/until", at.clone(), "suspension_exercised.until", Reversed);

    let excuse = Sound::new(json!({ "excuseClaimed": { "ground": "flood", "from": { "instant": at } } }));
    excuse.spoiled("/excuseClaimed/until", json!({ "instant": before }), "excuse_claimed.until", Reversed);
    excuse.spoiled("/excuseClaimed/from", json!({}), "excuse_claimed.from", Required);
}

#[test]
fn instruments_meetings_and_asks() {
    let text = Sound::new(json!({ "textPublished": {
        "text": "wh-fact-sheet", "language": "en", "publishedAt": { "at": "2025-11-01T00:00:00Z" }
    }}));
    text.spoiled("/textPublished/language", json!("English, US"), "text_published.language", Invalid);
    text.spoiled("/textPublished/digest", json!("abc"), "text_published.digest", Invalid);
    text.spoiled("/textPublished/digest", json!("A".repeat(64)), "text_published.digest", Invalid);
    text.allows("/textPublished/digest", json!("a".repeat(64)));

    let signed = Sound::new(json!({ "instrumentSigned": {
        "title": "Busan truce", "parties": ["US", "CN"], "signedAt": { "at": "2025-10-30T00:00:00Z" }
    }}));
    signed.spoiled("/instrumentSigned/parties", json!([]), "instrument_signed.parties", Required);
    signed.spoiled("/instrumentSigned/parties/1", json!("PRC"), "instrument_signed.parties[1]", Invalid);
    signed.spoiled("/instrumentSigned/parties/1", json!("US"), "instrument_signed.parties[1]", Duplicate);

    let ended = Sound::new(json!({ "instrumentTerminated": {
        "effectiveAt": { "at": "2026-10-30T00:00:00Z" }, "mode": "TERMINATION_MODE_PROSPECTIVE",
        "surviving": [{ "commitment": "ledgers/us-china/commitments/soybeans", "tranche": "2026" }]
    }}));
    let survivor = "instrument_terminated.surviving";
    ended.spoiled(
        "/instrumentTerminated/surviving/0/commitment",
        json!("ledgers/us-china/asks/soybeans"),
        &format!("{survivor}[0].commitment"),
        Invalid,
    );
    ended.spoiled(
        "/instrumentTerminated/surviving/1",
        json!({ "commitment": "ledgers/us-china/commitments/soybeans", "tranche": "2026" }),
        &format!("{survivor}[1]"),
        Duplicate,
    );
    ended.allows(
        "/instrumentTerminated/surviving/1",
        json!({ "commitment": "ledgers/us-china/commitments/soybeans", "tranche": "2027" }),
    );

    let meeting = Sound::new(json!({ "meetingScheduled": {
        "title": "Shenzhen", "parties": ["US", "CN"], "level": "MEETING_LEVEL_LEADER",
        "window": { "start": "2026-11-18", "through": "2026-11-19" }
    }}));
    meeting.spoiled("/meetingScheduled/parties", json!(["US"]), "meeting_scheduled.parties", Count);
    let window = "meeting_scheduled.window";
    meeting.spoiled("/meetingScheduled/window", json!(null), window, Required);
    meeting.spoiled("/meetingScheduled/window/through", json!("2026-11-17"), &format!("{window}.through"), Reversed);
    meeting.spoiled("/meetingScheduled/window/start", json!("2026-11-31"), &format!("{window}.start"), Invalid);

    let ask = Sound::new(json!({ "askTabled": {
        "title": "Nexperia", "by": "CN", "of": "US", "tabledAt": { "at": "2026-01-05T00:00:00Z" }
    }}));
    ask.spoiled("/askTabled/meeting", json!("ledgers/us-china/asks/x"), "ask_tabled.meeting", Invalid);
    ask.spoiled("/askTabled/meeting", json!("paris"), "ask_tabled.meeting", Invalid);
    ask.spoiled("/askTabled/of", json!(null), "ask_tabled.of", Required);
}

#[test]
fn products_have_the_form_of_their_list() {
    let measure = Sound::new(json!({ "measureAnnounced": {
        "title": "Announcement 61", "kind": "MEASURE_KIND_EXPORT_CONTROL", "by": "CN", "against": "ALL",
        "announcedAt": { "at": "2025-10-09T00:00:00Z" },
        "products": [{ "nomenclature": "NOMENCLATURE_CHINA_CONTROL", "code": "1C902" }]
    }}));
    let code = "measure_announced.products[0].code";
    for (nomenclature, wrong) in [
        ("NOMENCLATURE_HS_2022", "12.01"),
        ("NOMENCLATURE_HS_2022", "12019000"),
        ("NOMENCLATURE_HS_2022", "123"),
        ("NOMENCLATURE_HS_2022", "0012"),
        ("NOMENCLATURE_HTSUS", "9903.03.01"),
        ("NOMENCLATURE_CN_2025", "1201900010"),
        ("NOMENCLATURE_ECCN", "EAR99"),
        ("NOMENCLATURE_ECCN", "3a090"),
        ("NOMENCLATURE_CHINA_CONTROL", "9C902Z"),
    ] {
        let product = json!({ "nomenclature": nomenclature, "code": wrong });
        measure.spoiled("/measureAnnounced/products/0", product, code, Invalid);
    }
    measure.spoiled("/measureAnnounced/products/0/code", json!(null), code, Required);
    let nomenclature = "measure_announced.products[0].nomenclature";
    measure.spoiled("/measureAnnounced/products/0/nomenclature", json!(null), nomenclature, Unspecified);
    let twice = json!({ "nomenclature": "NOMENCLATURE_CHINA_CONTROL", "code": "1C902" });
    measure.spoiled("/measureAnnounced/products/1", twice.clone(), "measure_announced.products[1]", Duplicate);
    measure.spoiled("/measureAnnounced/products", json!(vec![twice; 1_001]), "measure_announced.products", Count);
}
