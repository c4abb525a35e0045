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
    // One that was changed to begin elsewhere is not taken: it would leave lines out without a word.
    let mut edited = page.next_page_token.clone().into_bytes();
    let last = edited.len() - 2;
    edited[last] = if edited[last] == b'A' { b'B' } else { b'A' };
    let edited = String::from_utf8(edited).unwrap();
    let request = v1::ListAssessmentsRequest {
        page_size: 2,
        page_token: edited,
        ..board(&ledger, v1::CommitmentFilter::default())
    };
    let status = server.client.compliance().list_assessments(request).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(status.message().starts_with("page_token: is not a token of this server"), "{}", status.message());
    let too_many = v1::ListAssessmentsRequest { page_size: 1001, ..board(&ledger, v1::CommitmentFilter::default()) };
    let status = server.client.compliance().list_assessments(too_many).await.unwrap_err();
    assert!(status.message().starts_with("page_size"), "{}", status.message());
}

#[tokio::test]
async fn an_instrument_that_nobody_has_recorded_is_not_found_whatever_is_listed() {
    let (server, ledger) = many(0).await;
    let of_x = || v1::CommitmentFilter {
        instruments: vec![format!("{ledger}/instruments/x")],
        ..v1::CommitmentFilter::default()
    };
    let compliance = || server.client.compliance();
    let listed = v1::ListCommitmentsRequest { parent: ledger.clone(), filter: Some(of_x()), ..Default::default() };
    let deadlines = v1::ListDeadlinesRequest { parent: ledger.clone(), filter: Some(of_x()), ..Default::default() };
    let compared = v1::CompareAssessmentsRequest {
        parent: ledger.clone(),
        filter: Some(of_x()),
        then: Some(v1::Clocks::default()),
        ..Default::default()
    };
    let statuses = [
        compliance().list_assessments(board(&ledger, of_x())).await.unwrap_err(),
        compliance().list_commitments(listed).await.unwrap_err(),
        compliance().list_deadlines(deadlines).await.unwrap_err(),
        compliance().compare_assessments(compared).await.unwrap_err(),
    ];
    for status in statuses {
        assert_eq!(status.code(), Code::NotFound, "{}", status.message());
        assert!(status.message().contains("/instruments/x"), "{}", status.message());
    }
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

#[tokio::test]
async fn an_expression_is_a_filter_in_the_language_of_aip_160() {
    let (server, ledger) = many(0).await;
    server.append(&ledger, vec![amount(&ledger, 20, "2026-01-01", "2026-01-31", "100")]).await.unwrap();
    let both = vec!["soybeans", "suspension"];
    let cases: Vec<(&str, Vec<&str>)> = vec![
        ("", both.clone()),
        ("status = BEHIND", vec!["soybeans"]),
        ("status = STATUS_BEHIND", vec!["soybeans"]),
        ("status != BEHIND", vec!["suspension"]),
        ("NOT status = BEHIND", vec!["suspension"]),
        ("party = US AND kind = PURCHASE_PLEDGE", vec!["soybeans"]),
        ("kind = PURCHASE_PLEDGE OR kind = MEASURE_SUSPENSION", both.clone()),
        ("obligor = US", vec![]),
        ("product:8505", vec!["suspension"]),
        ("title = \"buy*\"", vec!["soybeans"]),
        ("title:CONTROL", vec!["suspension"]),
        ("soybeans", vec!["soybeans"]),
        ("lifecycle = IN_FORCE standing = AGREED", both.clone()),
        ("next_change_at <= \"2026-11-10T16:00:00Z\"", vec!["suspension"]),
        ("next_change_at > \"2026-11-10T16:00:00Z\"", vec!["soybeans"]),
        ("next_change_at = null", vec![]),
        ("flags:AWAITING_DATA", vec![]),
        ("(id = soybeans OR id = suspension) AND -status = ON_TRACK", vec!["soybeans"]),
    ];
    for (expression, expected) in cases {
        let filter = v1::CommitmentFilter { expression: expression.to_owned(), ..v1::CommitmentFilter::default() };
        let answer = server.client.compliance().list_assessments(board(&ledger, filter)).await.unwrap().into_inner();
        assert_eq!(ids(&answer.lines), expected, "{expression}");
    }
}

#[tokio::test]
async fn an_expression_that_asks_for_nonsense_is_refused_with_what_would_be_right() {
    let (server, ledger) = many(0).await;
    let cases = [
        ("colour = red", "the fields are id, title"),
        ("status = BROKEN", "it is one of"),
        ("party = XX", "ISO 3166-1"),
        ("status > MET", "takes = and !="),
        ("next_change_at < tomorrow", "RFC 3339"),
        ("status =", "filter"),
        ("regex(title, \"x\")", "not supported"),
        ("((((((((((((((((((((a))))))))))))))))))))", "deep"),
    ];
    for (expression, words) in cases {
        let filter = v1::CommitmentFilter { expression: expression.to_owned(), ..v1::CommitmentFilter::default() };
        let status = server.client.compliance().list_assessments(board(&ledger, filter)).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).0.as_str()), (Code::InvalidArgument, "INVALID_FIELD"));
        assert!(status.message().starts_with("filter.expression: "), "{}", status.message());
        assert!(status.message().contains(words), "{expression}: {}", status.message());
    }
    let expression = "status = BEHIND".to_owned();
    let request = v1::ListCommitmentsRequest {
        parent: ledger,
        filter: Some(v1::CommitmentFilter { expression, ..v1::CommitmentFilter::default() }),
        ..v1::ListCommitmentsRequest::default()
    };
    let status = server.client.compliance().list_commitments(request).await.unwrap_err();
    assert!(status.message().contains("is for ListAssessments"), "{}", status.message());
}

#[tokio::test]
async fn a_board_is_sorted_as_asked_over_all_its_pages() {
    let (server, ledger) = many(5).await;
    server.append(&ledger, vec![amount(&ledger, 20, "2026-01-01", "2026-01-31", "100")]).await.unwrap();
    let pledges: Vec<String> = (0..5).map(|number| format!("pledge-{number:03}")).collect();
    let with = |before: &[&str], after: &[&str]| -> Vec<String> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        [owned(before), pledges.clone(), owned(after)].concat()
    };
    // On 1 March: soybeans are BEHIND, the pledges UNVERIFIED, the suspension ON_TRACK until November.
    let cases = [
        ("status", with(&["soybeans", "suspension"], &[])),
        ("status desc", with(&[], &["suspension", "soybeans"])),
        ("next_change_at", [vec!["suspension".to_owned()], with(&[], &["soybeans"])].concat()),
        ("obligor", with(&[], &["soybeans", "suspension"])),
    ];
    for (order_by, expected) in cases {
        let mut request = v1::ListAssessmentsRequest {
            page_size: 3,
            order_by: order_by.to_owned(),
            ..board(&ledger, v1::CommitmentFilter::default())
        };
        let mut seen = Vec::new();
        loop {
            let page = server.client.compliance().list_assessments(request.clone()).await.unwrap().into_inner();
            seen.extend(ids(&page.lines));
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        assert_eq!(seen, expected, "by {order_by}");
    }
    let request =
        v1::ListAssessmentsRequest { order_by: "colour".to_owned(), ..board(&ledger, v1::CommitmentFilter::default()) };
    let status = server.client.compliance().list_assessments(request).await.unwrap_err();
    assert!(status.message().starts_with("order_by: \"colour\" is not an order"), "{}", status.message());
}

#[tokio::test]
async fn a_read_mask_fills_only_the_fields_wanted() {
    let (server, ledger) = many(0).await;
    let mask =
        |paths: &[&str]| Some(prost_types::FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() });
    let request = v1::ListAssessmentsRequest {
        read_mask: mask(&["title", "assessment.status"]),
        ..board(&ledger, v1::CommitmentFilter::default())
    };
    let lines = server.client.compliance().list_assessments(request).await.unwrap().into_inner().lines;
    let status = v1::Status::OnTrack.into();
    let assessment = Some(v1::Assessment { status, ..v1::Assessment::default() });
    let expected = v1::BoardLine { title: "Suspend the control".to_owned(), assessment, ..v1::BoardLine::default() };
    assert_eq!(lines[1], expected);
    let name = format!("{ledger}/commitments/soybeans");
    let request = v1::GetCommitmentRequest { name, clocks: None, read_mask: mask(&["undertaken.obligor", "colour"]) };
    let status = server.client.compliance().get_commitment(request).await.unwrap_err();
    assert!(status.message().starts_with("read_mask: \"colour\" is not a field of Commitment"), "{}", status.message());
}
