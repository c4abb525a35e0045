//! The deal of 2020 and 2021: what became of it is known, so the rules are held against history. The ledger is loaded
//! over gRPC; totals and pace are the server's own numbers.

use std::path::Path;

use entente::proto::v1;
use num_rational::BigRational;

use crate::server::{TestServer, stamp};

const LEDGER: &str = "ledgers/phase-one";

async fn loaded() -> TestServer {
    let server = TestServer::in_memory().await;
    server.create("phase-one", v1::LedgerKind::Replay).await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/phase-one/events");
    let events = entente::exchange::event_file::read_folder(&folder).unwrap();
    server.append(LEDGER, events).await.unwrap();
    server
}

/// A commitment on a day, as known on that day.
async fn ask(server: &TestServer, commitment: &str, day: &str) -> v1::Assessment {
    let instant = Some(stamp(&format!("{day}T00:00:00Z")));
    let request = v1::AssessCommitmentRequest {
        name: format!("{LEDGER}/commitments/{commitment}"),
        clocks: Some(v1::Clocks { as_of: instant, known_at: instant, ..v1::Clocks::default() }),
        ..v1::AssessCommitmentRequest::default()
    };
    server.client.compliance().assess_commitment(request).await.unwrap().into_inner().assessment.unwrap()
}

fn flow(assessment: &v1::Assessment, tranche: &str) -> v1::Flow {
    let Some(v1::assessment::Numbers::Purchase(numbers)) = &assessment.numbers else {
        panic!("a purchase pledge: {assessment:?}")
    };
    numbers.tranches.iter().find(|it| it.id == tranche).unwrap().flow.clone().unwrap()
}

fn number(decimal: &str) -> BigRational {
    entente::domain::Decimal::parse(decimal).unwrap().fraction()
}

/// Whether one is within a percentage point of so many per cent of the other.
fn within_a_point(part: &str, whole: &str, percent: &str) -> bool {
    let hundred = BigRational::from_integer(100.into());
    let distance = number(part) / number(whole) * hundred - number(percent);
    let point = BigRational::from_integer(1.into());
    distance <= point && distance >= -point
}

#[tokio::test]
async fn the_outcome_is_57_per_cent_of_what_was_promised() {
    let server = loaded().await;
    let outcome = ask(&server, "all-purchases", "2022-02-10").await;
    assert_eq!(outcome.status(), v1::Status::NotMet);
    let both = flow(&outcome, "both-years");
    assert_eq!((both.performed.as_str(), both.target.as_str()), ("288.8", "502.4"));
    assert!(within_a_point(&both.performed, &both.target, "57"), "{both:?}");
    let by_year = ask(&server, "purchases-by-year", "2022-02-10").await;
    let targets = ["y2020", "y2021"].map(|year| flow(&by_year, year).target);
    assert_eq!(targets, ["227.9", "274.5"]);
    assert_eq!(by_year.status(), v1::Status::Unverified, "no figure for a year alone is known");
    assert_eq!(number("227.9") + number("274.5"), number(&both.target));
}

#[tokio::test]
async fn the_pace_is_what_the_tracker_published_in_the_vintage_of_its_day() {
    let server = loaded().await;
    // The day on which the snapshot is known, its actual, its pro-rated target, and the published percentage; those of
    // March were published without one and are the quotient of the two.
    let snapshots = [
        ("goods-cn-imports", "2020-05-11", "19.8", "43.2", "45.8"),
        ("goods-us-exports", "2020-05-11", "14.4", "35.7", "40.3"),
        ("goods-cn-imports", "2020-06-11", "26", "57.6", "45"),
        ("goods-us-exports", "2020-06-11", "20.4", "47.6", "43"),
    ];
    for (commitment, day, actual, prorated, percent) in snapshots {
        let said = ask(&server, commitment, day).await;
        let year = flow(&said, "y2020");
        let expected = year.expected.clone().unwrap();
        assert_eq!(year.performed, actual, "{commitment} on {day}");
        let rounding = number(&expected) - number(prorated);
        assert!(
            rounding.clone() * &rounding <= number("0.0025"),
            "{commitment}: {expected} is {prorated} to one digit"
        );
        assert!(within_a_point(&year.performed, &expected, percent), "{commitment} on {day}: {year:?}");
        assert_eq!(said.status(), v1::Status::Behind, "{commitment} on {day}");
    }
}

#[tokio::test]
async fn a_restated_baseline_does_not_reach_back_before_its_day() {
    let server = loaded().await;
    for (commitment, before, after) in [("goods-us-exports", "142.7", "159"), ("goods-cn-imports", "172.7", "173.1")] {
        assert_eq!(flow(&ask(&server, commitment, "2020-10-26").await, "y2020").target, before);
        let restated = ask(&server, commitment, "2020-10-27").await;
        assert_eq!(flow(&restated, "y2020").target, after);
        assert!(!restated.flags().any(|flag| flag == v1::Flag::Amended), "the parties amended nothing");
    }
}

#[tokio::test]
async fn categories_are_there_and_wait_for_figures() {
    let server = loaded().await;
    let mut sum = number("0");
    for (category, target) in
        [("manufactures", "99.4"), ("agriculture", "33.4"), ("energy", "26.1"), ("services", "68.9")]
    {
        let said = ask(&server, category, "2022-02-10").await;
        assert_eq!(said.status(), v1::Status::Unverified, "{category}: silence proves nothing");
        assert_eq!(flow(&said, "y2020").target, target);
        sum += number(target);
    }
    let rounding = number("227.9") - sum;
    assert!(rounding.clone() * &rounding <= number("0.01"), "they add up to the total but for the rounding of 2017");
}
