//! FindExposure over gRPC: the whole answer, what it refuses, and a list as long as a company's.

use entente::proto::v1;
use tonic::Code;

use super::appends::reason;
use super::sample::{announced, deal, id};
use crate::server::{NOON, TestServer, stamp};

async fn with_deal() -> (TestServer, String) {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    (server, ledger)
}

fn item(code: &str, nomenclature: v1::Nomenclature) -> v1::ExposureItem {
    v1::ExposureItem { code: code.to_owned(), nomenclature: nomenclature.into(), name: String::new() }
}

fn request(ledger: &str, items: Vec<v1::ExposureItem>) -> v1::FindExposureRequest {
    v1::FindExposureRequest { parent: ledger.to_owned(), items, clocks: None }
}

async fn find(
    server: &TestServer,
    request: v1::FindExposureRequest,
) -> Result<v1::FindExposureResponse, tonic::Status> {
    server.client.compliance().find_exposure(request).await.map(tonic::Response::into_inner)
}

#[tokio::test]
async fn items_are_answered_in_their_order_and_what_touches_them_is_judged_once() {
    let (server, ledger) = with_deal().await;
    let unspecified = v1::Nomenclature::Unspecified;
    let items = vec![
        item("850511", unspecified),
        item("8505119090", v1::Nomenclature::ChinaTariff),
        item("magnets", unspecified),
        item("640399", unspecified),
        item("280", unspecified),
    ];
    let found = find(&server, request(&ledger, items)).await.unwrap();
    let kinds: Vec<Vec<(v1::MatchKind, &str)>> = found
        .items
        .iter()
        .map(|it| it.matches.iter().map(|it| (it.kind(), it.subject.rsplit('/').next().unwrap())).collect())
        .collect();
    use v1::MatchKind::{Approximate, Exact, Text};
    let expected = [
        vec![(Exact, "magnets"), (Exact, "suspension")],
        vec![(Approximate, "magnets"), (Approximate, "suspension")],
        vec![(Text, "magnets"), (Text, "suspension")],
        vec![],
        vec![],
    ];
    assert_eq!(kinds, expected);
    assert_eq!(found.items[0].matches[1].through, format!("{ledger}/measures/magnets"));
    assert_eq!(found.items[0].matches[0].listed.as_ref().unwrap().code, "850511");
    assert_eq!(found.items[2].words, ["magnet"]);
    assert_eq!(found.items[2].matches[0].found_in(), v1::FoundIn::Title);
    assert_eq!((found.items[3].problem.as_str(), found.items[3].codes[0].from.as_str()), ("", "640399"));
    assert!(found.items[4].problem.contains("leading zero"), "one bad line spoils no other");

    let measures: Vec<_> = found.measures.iter().map(|it| (it.standing(), it.in_effect(), it.next_change_at)).collect();
    let lapse = Some(stamp("2026-11-10T16:00:00Z"));
    assert_eq!(measures, [(v1::MeasureStanding::Suspended, v1::InEffect::No, lapse)]);
    let commitments: Vec<_> =
        found.commitments.iter().map(|it| (it.obligor.as_str(), it.assessment.as_ref().unwrap().status())).collect();
    assert_eq!(commitments, [("CN", v1::Status::OnTrack)]);
    assert_eq!(found.clocks.unwrap().as_of, Some(stamp(NOON)));
}

#[tokio::test]
async fn both_clocks_count() {
    let (server, ledger) = with_deal().await;
    let magnets = || vec![item("850511", v1::Nomenclature::Hs2022)];
    let at = |as_of: &str, known_position| {
        let clocks = v1::Clocks { as_of: Some(stamp(as_of)), known_position, ..v1::Clocks::default() };
        v1::FindExposureRequest { clocks: Some(clocks), ..request(&ledger, magnets()) }
    };
    let before = find(&server, at(NOON, Some(2))).await.unwrap();
    assert!(before.items[0].matches.is_empty(), "nothing was announced yet");
    let announced_only = find(&server, at(NOON, Some(3))).await.unwrap();
    assert_eq!(announced_only.measures[0].standing(), v1::MeasureStanding::Announced);
    assert!(announced_only.commitments.is_empty());
    let lapsed = find(&server, at("2026-11-24T00:00:00Z", None)).await.unwrap();
    assert_eq!(lapsed.measures[0].in_effect(), v1::InEffect::Yes, "by acts it is suspended, but the promise lapsed");
    assert_eq!(lapsed.measures[0].standing(), v1::MeasureStanding::Suspended);
}

#[tokio::test]
async fn what_cannot_be_asked_is_named() {
    let (server, ledger) = with_deal().await;
    let good = || item("850511", v1::Nomenclature::Hs2022);
    let cases: Vec<(&str, Vec<v1::ExposureItem>)> = vec![
        ("items", vec![]),
        ("items", vec![good(); 10_001]),
        ("items[1].nomenclature", vec![good(), v1::ExposureItem { nomenclature: 99, ..good() }]),
        ("items[0].code", vec![v1::ExposureItem { code: "x".repeat(201), ..good() }]),
        ("items[0].name", vec![v1::ExposureItem { name: "x".repeat(1001), ..good() }]),
    ];
    for (field, items) in cases {
        let status = find(&server, request(&ledger, items)).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).0.as_str()), (Code::InvalidArgument, "INVALID_FIELD"), "{field}");
        assert!(status.message().starts_with(&format!("{field}: ")), "{field}: {}", status.message());
    }
    let status = find(&server, request("ledgers/none", vec![good()])).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
}

/// A measure that lists so many codes of China's tariff.
fn listing(ledger: &str, number: u32, codes: std::ops::Range<u32>) -> v1::Submission {
    let mut submission = announced(ledger);
    submission.event_id = id(number);
    submission.subject = format!("{ledger}/measures/list-{number}");
    if let Some(v1::submission::Payload::MeasureAnnounced(announced)) = &mut submission.payload {
        let list = v1::Nomenclature::ChinaTariff.into();
        announced.products = codes
            .map(|code| v1::Product {
                nomenclature: list,
                code: format!("{:010}", 2_800_000_000_u64 + u64::from(code)),
            })
            .collect();
    }
    submission
}

#[tokio::test]
async fn ten_thousand_lines_are_answered_line_by_line() {
    let (server, ledger) = with_deal().await;
    // 20 measures of 500 codes: 2800000000 to 2800009999.
    let lists = (0..20).map(|number| listing(&ledger, 100 + number, number * 500..(number + 1) * 500));
    server.append(&ledger, lists.collect()).await.unwrap();
    let lines =
        (0..10_000_u64).map(|line| item(&format!("{:010}", 2_800_000_000 + line * 2), v1::Nomenclature::ChinaTariff));
    let found = find(&server, request(&ledger, lines.collect())).await.unwrap();
    assert_eq!(found.items.len(), 10_000);
    for (line, exposed) in found.items.iter().enumerate() {
        let expected: Vec<String> =
            if line < 5_000 { vec![format!("{ledger}/measures/list-{}", 100 + line * 2 / 500)] } else { Vec::new() };
        let subjects: Vec<&String> = exposed.matches.iter().map(|it| &it.subject).collect();
        assert_eq!(subjects, expected.iter().collect::<Vec<_>>(), "line {line}");
    }
    assert_eq!(found.measures.len(), 20);
    // One line that touches everything says how much of it.
    let chapter = find(&server, request(&ledger, vec![item("28", v1::Nomenclature::ChinaTariff)])).await.unwrap();
    assert_eq!(chapter.items[0].matches.iter().map(|it| it.listed_count).sum::<u32>(), 10_000);
}
