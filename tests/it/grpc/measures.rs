//! Whether a measure applies: by its acts, and where it is suspended by the commitments that are about it.

use entente::proto::v1;
use v1::submission::Payload;

use super::sample::{at, dated, deal, source, submission, suspended, suspension};
use crate::server::{TestServer, stamp};

const MAGNETS: &str = "measures/magnets";

async fn ledger_with(submissions: impl FnOnce(&str) -> Vec<v1::Submission>) -> (TestServer, String) {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, submissions(&ledger)).await.unwrap();
    (server, ledger)
}

async fn measure(server: &TestServer, ledger: &str, as_of: &str) -> (v1::MeasureStanding, v1::InEffect) {
    let clocks = Some(v1::Clocks { as_of: Some(stamp(as_of)), ..v1::Clocks::default() });
    let request = v1::GetMeasureRequest { name: format!("{ledger}/{MAGNETS}"), clocks };
    let shown = server.client.compliance().get_measure(request).await.unwrap().into_inner().measure.unwrap();
    let request = v1::ListMeasuresRequest { parent: ledger.to_owned(), clocks, ..v1::ListMeasuresRequest::default() };
    let listed = server.client.compliance().list_measures(request).await.unwrap().into_inner().measures;
    assert_eq!(listed, std::slice::from_ref(&shown), "a list says the same");
    (shown.standing(), shown.in_effect())
}

fn act(ledger: &str, number: u32, payload: Payload) -> v1::Submission {
    let sources = vec![source(v1::SourceClass::ObligorOfficial)];
    v1::Submission { sources, ..submission(ledger, number, MAGNETS, payload) }
}

fn observed(ledger: &str, number: u32, state: v1::MeasureState, class: v1::SourceClass) -> v1::Submission {
    let observed = v1::MeasureObserved { state: state.into(), from: Some(stamp("2026-01-10T00:00:00Z")), until: None };
    let sources = vec![source(class)];
    v1::Submission { sources, ..submission(ledger, number, MAGNETS, Payload::MeasureObserved(observed)) }
}

/// A second suspension of the same measure, until `until`.
fn another_suspension(ledger: &str, until: &str) -> v1::Submission {
    let mut other = suspension(ledger);
    other.event_id = super::sample::id(50);
    other.subject = format!("{ledger}/commitments/other-suspension");
    if let Some(Payload::CommitmentUndertaken(undertaken)) = &mut other.payload
        && let Some(v1::terms::Promise::MeasureSuspension(terms)) =
            undertaken.terms.as_mut().and_then(|terms| terms.promise.as_mut())
    {
        terms.until = at(until);
    }
    other
}

#[tokio::test]
async fn a_suspension_that_has_lapsed_leaves_the_measure_in_effect() {
    let (server, ledger) = ledger_with(deal).await;
    let cases = [
        ("2025-10-20T00:00:00Z", v1::MeasureStanding::Announced, v1::InEffect::No),
        ("2026-03-01T00:00:00Z", v1::MeasureStanding::Suspended, v1::InEffect::No),
        ("2026-11-10T15:59:59Z", v1::MeasureStanding::Suspended, v1::InEffect::No),
        ("2026-11-10T16:00:00Z", v1::MeasureStanding::Suspended, v1::InEffect::Yes),
    ];
    for (as_of, standing, in_effect) in cases {
        assert_eq!(measure(&server, &ledger, as_of).await, (standing, in_effect), "{as_of}");
    }
}

#[tokio::test]
async fn one_suspension_that_runs_keeps_the_measure_out_of_effect() {
    let (server, ledger) = ledger_with(|ledger| {
        let mut events = deal(ledger);
        events.push(another_suspension(ledger, "2027-11-10T16:00:00Z"));
        events
    })
    .await;
    let in_effect = async |as_of| measure(&server, &ledger, as_of).await.1;
    assert_eq!(in_effect("2026-12-01T00:00:00Z").await, v1::InEffect::No);
    assert_eq!(in_effect("2027-12-01T00:00:00Z").await, v1::InEffect::Yes, "both have lapsed");
}

#[tokio::test]
async fn sources_that_disagree_make_it_unknown() {
    let (server, ledger) = ledger_with(|ledger| {
        let mut events = deal(ledger);
        events.push(observed(ledger, 60, v1::MeasureState::Applied, v1::SourceClass::ObligeeOfficial));
        events.push(observed(ledger, 61, v1::MeasureState::NotApplied, v1::SourceClass::ObligorOfficial));
        events
    })
    .await;
    let expected = (v1::MeasureStanding::Suspended, v1::InEffect::Unknown);
    assert_eq!(measure(&server, &ledger, "2026-02-01T00:00:00Z").await, expected);
}

#[tokio::test]
async fn without_a_suspension_agreed_the_acts_decide() {
    let (server, ledger) = ledger_with(|ledger| {
        let reinstated = v1::MeasureReinstated {
            effective_at: dated("2026-01-01T00:00:00Z"),
            by: "CN".to_owned(),
            reference: String::new(),
        };
        let voided = v1::MeasureVoided {
            effective_at: dated("2026-02-01T00:00:00Z"),
            court: "a court".to_owned(),
            reference: String::new(),
        };
        vec![
            super::sample::announced(ledger),
            suspended(ledger),
            act(ledger, 62, Payload::MeasureReinstated(reinstated)),
            act(ledger, 63, Payload::MeasureVoided(voided)),
        ]
    })
    .await;
    let cases = [
        ("2025-12-01T00:00:00Z", v1::MeasureStanding::Suspended, v1::InEffect::No),
        ("2026-01-01T00:00:00Z", v1::MeasureStanding::InEffect, v1::InEffect::Yes),
        ("2026-02-01T00:00:00Z", v1::MeasureStanding::Void, v1::InEffect::No),
    ];
    for (as_of, standing, in_effect) in cases {
        assert_eq!(measure(&server, &ledger, as_of).await, (standing, in_effect), "{as_of}");
    }
}
