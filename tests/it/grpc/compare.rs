//! CompareAssessments: two coordinates, what became known and what happened, pages, and what is refused.

use entente::proto::v1;
use tonic::Code;

use super::sample::{amount, deal, id, pledge};
use crate::server::{TestServer, stamp};

fn clocks(as_of: &str, position: u64) -> Option<v1::Clocks> {
    Some(v1::Clocks { as_of: Some(stamp(as_of)), known_position: Some(position), ..v1::Clocks::default() })
}

async fn compare(
    server: &TestServer,
    request: v1::CompareAssessmentsRequest,
) -> Result<v1::CompareAssessmentsResponse, tonic::Status> {
    server.client.compliance().compare_assessments(request).await.map(tonic::Response::into_inner)
}

async fn deal_server() -> (TestServer, String) {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    server.append(&ledger, vec![amount(&ledger, 20, "2026-01-01", "2026-01-31", "100")]).await.unwrap();
    (server, ledger)
}

fn request(ledger: &str, then: Option<v1::Clocks>, now: Option<v1::Clocks>) -> v1::CompareAssessmentsRequest {
    v1::CompareAssessmentsRequest { parent: ledger.to_owned(), then, now, ..v1::CompareAssessmentsRequest::default() }
}

#[tokio::test]
async fn a_report_became_known_and_a_lapse_happened() {
    let (server, ledger) = deal_server().await;
    let asked = request(&ledger, clocks("2026-02-20T00:00:00Z", 6), clocks("2026-11-10T16:00:00Z", 7));
    let answer = compare(&server, asked).await.unwrap();
    assert_eq!((answer.then.unwrap().known_position, answer.now.unwrap().known_position), (6, 7));
    let [soybeans, suspension] = answer.changes.as_slice() else { panic!("{:?}", answer.changes) };

    assert_eq!(soybeans.change(), v1::ChangeKind::Changed);
    let known = soybeans.became_known.clone().unwrap();
    assert!(known.fields().any(|field| field == v1::AssessmentField::Status), "unverified, then behind");
    let [event] = known.events.as_slice() else { panic!("{:?}", known.events) };
    assert_eq!((event.position, event.timing()), (7, v1::EffectTiming::ByThen));
    assert!(event.relied_on);
    assert_eq!(event.effective_at, Some(stamp("2026-01-31T16:00:00Z")));
    assert!(soybeans.happened.clone().unwrap().transitions.is_empty());

    assert_eq!((suspension.change(), suspension.title.as_str()), (v1::ChangeKind::Ended, "Suspend the control"));
    assert!(suspension.became_known.clone().unwrap().events.is_empty());
    let happened = suspension.happened.clone().unwrap();
    let [lapse] = happened.transitions.as_slice() else { panic!("{:?}", happened.transitions) };
    assert_eq!((lapse.row.as_str(), lapse.deadlines[0].kind()), ("M12", v1::DeadlineKind::Lapse));
}

#[tokio::test]
async fn a_correction_is_marked_with_what_it_corrects() {
    let (server, ledger) = deal_server().await;
    let corrected = v1::Submission { supersedes: id(20), ..amount(&ledger, 21, "2026-01-01", "2026-01-31", "9000000") };
    server.append(&ledger, vec![corrected]).await.unwrap();
    let (then, now) = (clocks("2026-02-20T00:00:00Z", 7), clocks("2026-02-20T00:00:00Z", 8));
    let answer = compare(&server, request(&ledger, then, now)).await.unwrap();
    let event = answer.changes[0].became_known.clone().unwrap().events[0].clone();
    assert_eq!((event.position, event.corrects_position, event.corrected), (8, 7, false));
    // Seen from before both, the first figure was corrected since.
    let answer = compare(&server, request(&ledger, clocks("2026-02-20T00:00:00Z", 6), now)).await.unwrap();
    let events = answer.changes[0].became_known.clone().unwrap().events;
    let marks: Vec<(u64, bool)> = events.iter().map(|event| (event.position, event.corrected)).collect();
    assert_eq!(marks, [(7, true), (8, false)]);
}

#[tokio::test]
async fn what_is_unchanged_is_shown_only_when_asked_for() {
    let (server, ledger) = deal_server().await;
    let (then, now) = (clocks("2026-03-01T00:00:00Z", 7), clocks("2026-03-02T00:00:00Z", 7));
    let asked = request(&ledger, then, now);
    assert!(compare(&server, asked.clone()).await.unwrap().changes.is_empty());
    let all = compare(&server, v1::CompareAssessmentsRequest { show_unchanged: true, ..asked }).await.unwrap().changes;
    let kinds: Vec<v1::ChangeKind> = all.iter().map(v1::AssessmentChange::change).collect();
    assert_eq!(kinds, [v1::ChangeKind::Unchanged; 2]);
}

#[tokio::test]
async fn pages_of_differences_keep_both_coordinates() {
    let (server, ledger) = deal_server().await;
    let more = (0..4).map(|number| v1::Submission {
        event_id: id(100 + number),
        subject: format!("{ledger}/commitments/pledge-{number}"),
        ..pledge(&ledger)
    });
    server.append(&ledger, more.collect()).await.unwrap();
    // Without clocks, now is the first page's now.
    let mut asked =
        v1::CompareAssessmentsRequest { page_size: 2, ..request(&ledger, clocks("2026-02-20T00:00:00Z", 7), None) };
    let (mut seen, mut coordinates) = (Vec::new(), Vec::new());
    for number in 0.. {
        let page = compare(&server, asked.clone()).await.unwrap();
        coordinates.push((page.then, page.now));
        seen.extend(page.changes.into_iter().map(|change| change.commitment));
        if page.next_page_token.is_empty() {
            break;
        }
        asked.page_token = page.next_page_token;
        let late = v1::Submission {
            event_id: id(200 + number),
            subject: format!("{ledger}/commitments/pledge-{number}-late"),
            ..pledge(&ledger)
        };
        server.append(&ledger, vec![late]).await.unwrap();
    }
    let expected: Vec<String> = (0..4).map(|number| format!("{ledger}/commitments/pledge-{number}")).collect();
    assert_eq!(seen, expected);
    assert!(coordinates.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn coordinates_that_cannot_be_compared_are_refused() {
    let (server, ledger) = deal_server().await;
    let (early, late) = ("2026-02-20T00:00:00Z", "2026-02-21T00:00:00Z");
    let both = v1::Clocks { known_at: Some(stamp(early)), ..clocks(early, 5).unwrap() };
    let cases = [
        (request(&ledger, None, None), "then: is missing"),
        (request(&ledger, clocks(late, 6), clocks(early, 7)), "now.as_of: "),
        (request(&ledger, clocks(early, 7), clocks(late, 6)), "now.known_at: "),
        (request(&ledger, clocks(early, 99), clocks(late, 6)), "then.known_position: "),
        (request(&ledger, Some(both), clocks(late, 6)), "then.known_position: is given beside known_at"),
    ];
    for (request, words) in cases {
        let status = compare(&server, request).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        assert!(status.message().starts_with(words), "{}", status.message());
    }
}
