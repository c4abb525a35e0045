//! Lists: filters, and pages that stay right while events arrive.

use entente::proto::v1;
use tonic::Code;

use super::appends::reason;
use super::sample::{amount, deal, id, pledge};
use crate::server::TestServer;

async fn many(commitments: u32) -> (TestServer, String) {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    if commitments == 0 {
        return (server, ledger);
    }
    let more = (0..commitments).map(|number| v1::Submission {
        event_id: id(1000 + number),
        subject: format!("{ledger}/commitments/pledge-{number:03}"),
        ..pledge(&ledger)
    });
    server.append(&ledger, more.collect()).await.unwrap();
    (server, ledger)
}

fn board(ledger: &str, filter: v1::CommitmentFilter) -> v1::ListAssessmentsRequest {
    v1::ListAssessmentsRequest {
        parent: ledger.to_owned(),
        filter: Some(filter),
        ..v1::ListAssessmentsRequest::default()
    }
}

fn ids(lines: &[v1::BoardLine]) -> Vec<String> {
    let name =
        |line: &v1::BoardLine| line.assessment.as_ref().unwrap().commitment.rsplit('/').next().unwrap().to_owned();
    lines.iter().map(name).collect()
}

#[tokio::test]
async fn the_board_is_filtered_by_party_kind_status_instrument_product_and_words() {
    let (server, ledger) = many(0).await;
    server.append(&ledger, vec![amount(&ledger, 20, "2026-01-01", "2026-01-31", "100")]).await.unwrap();
    let empty = v1::CommitmentFilter::default;
    let cases: Vec<(&str, v1::CommitmentFilter, Vec<&str>)> = vec![
        ("nothing asked", empty(), vec!["soybeans", "suspension"]),
        ("party", v1::CommitmentFilter { parties: vec!["US".to_owned()], ..empty() }, vec!["soybeans", "suspension"]),
        ("obligor", v1::CommitmentFilter { obligors: vec!["US".to_owned()], ..empty() }, vec![]),
        ("kind", v1::CommitmentFilter { kinds: vec![v1::Kind::PurchasePledge.into()], ..empty() }, vec!["soybeans"]),
        ("status", v1::CommitmentFilter { statuses: vec![v1::Status::Behind.into()], ..empty() }, vec!["soybeans"]),
        (
            "instrument",
            v1::CommitmentFilter { instruments: vec![format!("{ledger}/instruments/truce")], ..empty() },
            vec!["soybeans", "suspension"],
        ),
        (
            "another instrument",
            v1::CommitmentFilter { instruments: vec![format!("{ledger}/instruments/x")], ..empty() },
            vec![],
        ),
        ("product", v1::CommitmentFilter { product_prefixes: vec!["12".to_owned()], ..empty() }, vec!["soybeans"]),
        (
            "product of a measure",
            v1::CommitmentFilter { product_prefixes: vec!["850511".to_owned()], ..empty() },
            vec!["suspension"],
        ),
        ("words", v1::CommitmentFilter { text: "SOY buy".to_owned(), ..empty() }, vec!["soybeans"]),
    ];
    for (name, filter, expected) in cases {
        let answer = server.client.compliance().list_assessments(board(&ledger, filter)).await.unwrap().into_inner();
        assert_eq!(ids(&answer.lines), expected, "by {name}");
    }
}

#[tokio::test]
async fn pages_answer_as_the_first_did_while_events_arrive() {
    let (server, ledger) = many(25).await;
    let mut request = v1::ListAssessmentsRequest { page_size: 10, ..board(&ledger, v1::CommitmentFilter::default()) };
    let mut seen = Vec::new();
    let mut clocks = Vec::new();
    loop {
        let page = server.client.compliance().list_assessments(request.clone()).await.unwrap().into_inner();
        assert!(page.lines.len() <= 10);
        seen.extend(ids(&page.lines));
        clocks.push(page.clocks.unwrap());
        // A commitment that sorts before everything, and one that sorts in between.
        let number = u32::try_from(clocks.len()).unwrap();
        let late = v1::Submission {
            event_id: id(5000 + number),
            subject: format!("{ledger}/commitments/pledge-00{number}-late"),
            ..pledge(&ledger)
        };
        server.append(&ledger, vec![late]).await.unwrap();
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    let mut expected: Vec<String> = (0..25).map(|number| format!("pledge-{number:03}")).collect();
    expected.extend(["soybeans".to_owned(), "suspension".to_owned()]);
    assert_eq!(seen, expected);
    assert!(clocks.windows(2).all(|pair| pair[0] == pair[1]), "one question, one pair of clocks");
}

#[tokio::test]
async fn a_token_belongs_to_its_question() {
    let (server, ledger) = many(5).await;
    let first = v1::ListAssessmentsRequest { page_size: 2, ..board(&ledger, v1::CommitmentFilter::default()) };
    let page = server.client.compliance().list_assessments(first).await.unwrap().into_inner();
    let other = v1::CommitmentFilter { obligors: vec!["CN".to_owned()], ..v1::CommitmentFilter::default() };
    for token in [page.next_page_token.as_str(), "made-up", "!"] {
        let request = v1::ListAssessmentsRequest { page_token: token.to_owned(), ..board(&ledger, other.clone()) };
        let status = server.client.compliance().list_assessments(request).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).0.as_str()), (Code::InvalidArgument, "INVALID_FIELD"), "{token}");
    }
    let too_many = v1::ListAssessmentsRequest { page_size: 1001, ..board(&ledger, v1::CommitmentFilter::default()) };
    let status = server.client.compliance().list_assessments(too_many).await.unwrap_err();
    assert!(status.message().starts_with("page_size"), "{}", status.message());
}

#[tokio::test]
async fn instruments_and_measures_are_shown_with_what_became_of_them() {
    let (server, ledger) = many(0).await;
    let request = v1::GetInstrumentRequest { name: format!("{ledger}/instruments/truce"), clocks: None };
    let truce = server.client.compliance().get_instrument(request).await.unwrap().into_inner().instrument.unwrap();
    assert_eq!(truce.signed.unwrap().parties, ["CN", "US"]);
    assert_eq!(
        truce.commitments,
        [format!("{ledger}/commitments/soybeans"), format!("{ledger}/commitments/suspension")]
    );
    let request = v1::ListMeasuresRequest {
        parent: ledger.clone(),
        product_prefixes: vec!["8505".to_owned()],
        ..v1::ListMeasuresRequest::default()
    };
    let list = server.client.compliance().list_measures(request).await.unwrap().into_inner();
    assert_eq!(list.measures.len(), 1);
    assert_eq!(list.measures[0].standing(), v1::MeasureStanding::Suspended);
    assert_eq!(list.measures[0].commitments, [format!("{ledger}/commitments/suspension")]);
    let request = v1::ListInstrumentsRequest { parent: ledger.clone(), ..v1::ListInstrumentsRequest::default() };
    assert_eq!(server.client.compliance().list_instruments(request).await.unwrap().into_inner().instruments.len(), 1);
    let request = v1::ListCommitmentsRequest { parent: ledger, ..v1::ListCommitmentsRequest::default() };
    let commitments = server.client.compliance().list_commitments(request).await.unwrap().into_inner().commitments;
    assert_eq!(commitments.len(), 2);
    assert_eq!(commitments[0].revision, 6);
    assert_eq!(commitments[0].standing(), v1::Standing::Agreed);
}
