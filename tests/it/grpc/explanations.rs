//! Explanations: the answer beside its derivation, exact, at any clocks.

use entente::proto::{json, v1};
use serde_json::{Value, json};
use tonic::Code;

use super::sample::{amount, deal, id};
use crate::server::{TestServer, stamp};

async fn explain(
    server: &TestServer,
    name: &str,
    clocks: v1::Clocks,
) -> Result<v1::ExplainAssessmentResponse, tonic::Status> {
    let request = v1::ExplainAssessmentRequest { name: name.to_owned(), clocks: Some(clocks), read_mask: None };
    server.client.compliance().explain_assessment(request).await.map(tonic::Response::into_inner)
}

fn as_of(text: &str) -> v1::Clocks {
    v1::Clocks { as_of: Some(stamp(text)), ..v1::Clocks::default() }
}

/// A server with a pledge of 25 million tonnes, of which nine are sold in two months, one of them corrected.
async fn with_sales() -> (TestServer, String) {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    let corrected =
        v1::Submission { supersedes: id(11), ..amount(&ledger, 12, "2026-02-01", "2026-02-28", "2000000.5") };
    let sales = vec![
        amount(&ledger, 10, "2026-01-01", "2026-01-31", "7000000"),
        amount(&ledger, 11, "2026-02-01", "2026-02-28", "9000000"),
    ];
    server.append(&ledger, sales).await.unwrap();
    server.append(&ledger, vec![corrected]).await.unwrap();
    (server, format!("{ledger}/commitments/soybeans"))
}

#[tokio::test]
async fn an_explanation_comes_with_the_answer_that_it_explains() {
    let (server, name) = with_sales().await;
    let clocks = as_of("2026-03-01T12:00:00Z");
    let explained = explain(&server, &name, clocks).await.unwrap();
    let request = v1::AssessCommitmentRequest { name, clocks: Some(clocks), read_mask: None };
    let assessed = server.client.compliance().assess_commitment(request).await.unwrap().into_inner();
    assert_eq!(explained.assessment, assessed.assessment);
    assert_eq!(explained.clocks, assessed.clocks);
}

#[tokio::test]
async fn a_pledge_is_worked_out_with_exact_figures() {
    let (server, name) = with_sales().await;
    let answer = explain(&server, &name, as_of("2026-03-01T12:00:00Z")).await.unwrap();
    let shown = json::to_json(&answer).unwrap();
    let reading = &shown["explanation"]["readings"][0];
    assert_eq!(reading["reading"], "base");
    let amounts = &reading["purchase"]["series"][0]["amounts"];
    let share = |amount: &str| json!([{ "tranche": "t2026", "amount": amount, "reason": "LOT_REASON_TAKES_THE_REST" }]);
    let window = json!({ "start": "2026-02-01", "through": "2026-02-28" });
    assert_eq!(amounts[0]["shares"], share("7000000"));
    assert_eq!(
        amounts[1],
        json!({ "position": "9", "window": window, "reported": "2000000.5", "reportedUnit": "t", "factor": "1",
            "amount": "2000000.5", "covers": true, "shares": share("2000000.5") })
    );
    let of_series = &reading["purchase"]["tranches"][0]["series"][0];
    let quantities: Vec<(&str, &str)> = of_series["quantities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["name"].as_str().unwrap(), it["value"].as_str().unwrap()))
        .collect();
    let expected = [
        ("T", "25000000"),
        ("D", "2026-02-28"),
        ("P(due')", "9000000.5"),
        ("P(cure_end)", "9000000.5"),
        ("P(D)", "9000000.5"),
        // 59 of 365 days, and nine tenths of that: neither has a finite decimal.
        ("E(D)", "295000000/73"),
        ("required at D", "265500000/73"),
        ("P", "9000000.5"),
        ("P / T", "0.36000002"),
        ("shortfall", "15999999.5"),
        ("required per day", "31999999/612"),
    ];
    assert_eq!(quantities, expected);
    let last = of_series["rows"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["row"], &last["says"]), (&json!("Q9"), &json!("ON_TRACK")));
}

#[tokio::test]
async fn every_record_known_is_used_or_set_aside_with_the_reason() {
    let (server, name) = with_sales().await;
    let uses = |answer: &Value| -> Vec<(String, String)> {
        let records = answer["explanation"]["records"].as_array().cloned().unwrap_or_default();
        let text = |it: &Value, field: &str| it[field].as_str().unwrap_or_default().to_owned();
        records.iter().map(|it| (text(it, "usage"), text(it, "reason"))).collect()
    };
    let shown = json::to_json(&explain(&server, &name, as_of("2026-02-20T00:00:00Z")).await.unwrap()).unwrap();
    let said = uses(&shown);
    let said: Vec<(&str, &str)> = said.iter().map(|(usage, reason)| (usage.as_str(), reason.as_str())).collect();
    assert_eq!(
        said,
        [
            ("RECORD_USE_CONTEXT", "never decides a commitment of this kind"),
            ("RECORD_USE_USED", "the answer rests on it"),
            ("RECORD_USE_USED", "counted to t2026"),
            ("RECORD_USE_SUPERSEDED", "superseded by event 9"),
            ("RECORD_USE_PERIOD_NOT_OVER", "its period is over at 2026-02-28T16:00:00Z"),
        ]
    );
    // What was not known yet is not there at all.
    let earlier = v1::Clocks { known_position: Some(7), ..as_of("2026-02-20T00:00:00Z") };
    let shown = json::to_json(&explain(&server, &name, earlier).await.unwrap()).unwrap();
    assert_eq!(uses(&shown).len(), 3);
}

#[tokio::test]
async fn what_is_not_recorded_yet_has_no_derivation_and_what_is_unknown_is_not_found() {
    let (server, name) = with_sales().await;
    let clocks = v1::Clocks { known_position: Some(3), ..as_of("2026-03-01T12:00:00Z") };
    let answer = explain(&server, &name, clocks).await.unwrap();
    assert_eq!(answer.assessment.unwrap().status(), v1::Status::NotRecorded);
    let explanation = answer.explanation.unwrap();
    assert_eq!((explanation.agreement(), explanation.readings.len()), (v1::Agreement::Unspecified, 0));
    let status = explain(&server, "ledgers/deal/commitments/none", as_of("2026-03-01T12:00:00Z")).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
}

#[tokio::test]
async fn a_client_that_wants_only_the_records_gets_only_those() {
    let (server, name) = with_sales().await;
    let read_mask = Some(prost_types::FieldMask { paths: vec!["records.usage".to_owned()] });
    let clocks = Some(as_of("2026-03-01T12:00:00Z"));
    let request = v1::ExplainAssessmentRequest { name, clocks, read_mask };
    let answer = server.client.compliance().explain_assessment(request).await.unwrap().into_inner();
    let explanation = answer.explanation.unwrap();
    assert!(explanation.readings.is_empty() && explanation.records.len() == 5);
    assert_eq!(explanation.records[1].usage(), v1::RecordUse::Used);
    assert_eq!(explanation.records[1].position, 0, "what was not asked for is not filled");
}
