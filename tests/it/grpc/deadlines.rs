//! ListDeadlines: windows, kinds, pages, and what is refused.

use entente::proto::v1;
use tonic::Code;

use super::appends::reason;
use super::sample::{deal, id, pledge};
use crate::server::{TestServer, stamp};

async fn deal_server() -> (TestServer, String) {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    (server, ledger)
}

fn ask(ledger: &str) -> v1::ListDeadlinesRequest {
    v1::ListDeadlinesRequest { parent: ledger.to_owned(), ..v1::ListDeadlinesRequest::default() }
}

async fn list(
    server: &TestServer,
    request: v1::ListDeadlinesRequest,
) -> Result<v1::ListDeadlinesResponse, tonic::Status> {
    server.client.compliance().list_deadlines(request).await.map(tonic::Response::into_inner)
}

fn shown(deadlines: &[v1::Deadline]) -> Vec<String> {
    let one = |it: &v1::Deadline| {
        let kind = it.kind().as_str_name().trim_start_matches("DEADLINE_KIND_");
        format!("{} {kind} {}", it.commitment.rsplit('/').next().unwrap(), it.local_time)
    };
    deadlines.iter().map(one).collect()
}

#[tokio::test]
async fn deadlines_are_listed_by_time_from_now_on() {
    let (server, ledger) = deal_server().await;
    let answer = list(&server, ask(&ledger)).await.unwrap();
    assert_eq!(
        shown(&answer.deadlines),
        [
            "suspension LAPSE 2026-11-11T00:00:00",
            "soybeans DUE 2027-01-01T00:00:00",
            "soybeans REPORTING_LAG 2027-02-15T00:00:00",
        ]
    );
    let lapse = &answer.deadlines[0];
    assert_eq!(lapse.at, Some(stamp("2026-11-10T16:00:00Z")));
    assert_eq!(lapse.consequence(), v1::Consequence::MeasuresComeBack);
    assert_eq!(lapse.measures[0].title, "Export control on magnets");
    assert!(lapse.changes_status);
    assert_eq!(lapse.before.unwrap().status(), v1::Status::OnTrack);
    assert_eq!(lapse.after.unwrap().lifecycle(), v1::Lifecycle::Lapsed);
    let due = &answer.deadlines[1];
    assert_eq!(
        (due.text.as_str(), due.zone.as_str(), due.target.as_str()),
        ("through 2026-12-31", "Asia/Shanghai", "t2026")
    );
    assert_eq!(answer.clocks.unwrap().known_position, 6);
}

#[tokio::test]
async fn a_window_begins_at_its_first_instant_and_ends_before_its_last() {
    let (server, ledger) = deal_server().await;
    let window = |from: &str, until: &str| v1::ListDeadlinesRequest {
        from: Some(stamp(from)),
        until: Some(stamp(until)),
        ..ask(&ledger)
    };
    let lapse = "2026-11-10T16:00:00Z";
    let in_it = list(&server, window(lapse, "2026-11-10T16:00:01Z")).await.unwrap();
    assert_eq!(in_it.deadlines.len(), 1);
    let before = list(&server, window("2026-11-01T00:00:00Z", lapse)).await.unwrap();
    assert!(before.deadlines.is_empty());
    // NOON is 1 March 2026: 254 days and 4 hours before the lapse.
    let within = |seconds| v1::ListDeadlinesRequest {
        within: Some(prost_types::Duration { seconds, nanos: 0 }),
        ..ask(&ledger)
    };
    let span = 254 * 86_400 + 4 * 3600;
    assert!(list(&server, within(span)).await.unwrap().deadlines.is_empty());
    assert_eq!(list(&server, within(span + 1)).await.unwrap().deadlines.len(), 1);
}

#[tokio::test]
async fn deadlines_are_filtered_by_commitment_clock_status_and_change() {
    let (server, ledger) = deal_server().await;
    let kinds = vec![v1::DeadlineKind::Due.into(), v1::DeadlineKind::Lapse.into()];
    let of_kinds = list(&server, v1::ListDeadlinesRequest { kinds, ..ask(&ledger) }).await.unwrap();
    assert_eq!(of_kinds.deadlines.len(), 2);
    let changing = list(&server, v1::ListDeadlinesRequest { only_changes: true, ..ask(&ledger) }).await.unwrap();
    // The lag runs out over a promise that is unverified already.
    assert_eq!(shown(&changing.deadlines).len(), 2);
    let filter = |statuses: Vec<i32>, text: &str| v1::ListDeadlinesRequest {
        filter: Some(v1::CommitmentFilter { statuses, text: text.to_owned(), ..v1::CommitmentFilter::default() }),
        ..ask(&ledger)
    };
    let by_words = list(&server, filter(Vec::new(), "soybeans")).await.unwrap();
    assert!(by_words.deadlines.iter().all(|it| it.commitment.ends_with("/soybeans")));
    let by_status = list(&server, filter(vec![v1::Status::OnTrack.into()], "")).await.unwrap();
    assert_eq!(shown(&by_status.deadlines), ["suspension LAPSE 2026-11-11T00:00:00"]);
}

#[tokio::test]
async fn pages_of_deadlines_answer_as_the_first_did_while_events_arrive() {
    let (server, ledger) = deal_server().await;
    let whole = list(&server, ask(&ledger)).await.unwrap();
    let mut request = v1::ListDeadlinesRequest { page_size: 1, ..ask(&ledger) };
    let mut seen = Vec::new();
    for number in 0.. {
        let page = list(&server, request.clone()).await.unwrap();
        assert_eq!(page.clocks, whole.clocks);
        seen.extend(page.deadlines);
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
        let late = v1::Submission {
            event_id: id(500 + number),
            subject: format!("{ledger}/commitments/another-{number}"),
            ..pledge(&ledger)
        };
        server.append(&ledger, vec![late]).await.unwrap();
    }
    assert_eq!(seen, whole.deadlines);
    let foreign = v1::ListDeadlinesRequest { only_changes: true, ..request };
    let refused = list(&server, foreign).await.unwrap_err();
    assert!(refused.message().starts_with("page_token: belongs to another question"), "{}", refused.message());
}

#[tokio::test]
async fn windows_and_kinds_that_cannot_be_are_refused() {
    let (server, ledger) = deal_server().await;
    let length = |seconds, nanos| Some(prost_types::Duration { seconds, nanos });
    let cases = [
        (v1::ListDeadlinesRequest { until: Some(stamp("2026-01-01T00:00:00Z")), ..ask(&ledger) }, "until: "),
        (v1::ListDeadlinesRequest { within: length(0, 0), ..ask(&ledger) }, "within: "),
        (v1::ListDeadlinesRequest { within: length(1, 5), ..ask(&ledger) }, "within: "),
        (
            v1::ListDeadlinesRequest {
                within: length(9, 0),
                until: Some(stamp("2027-01-01T00:00:00Z")),
                ..ask(&ledger)
            },
            "within: is given beside until",
        ),
        (v1::ListDeadlinesRequest { kinds: vec![1, 99], ..ask(&ledger) }, "kinds[1]: 99 is not a kind of deadline"),
        (v1::ListDeadlinesRequest { page_size: 1001, ..ask(&ledger) }, "page_size: "),
    ];
    for (request, words) in cases {
        let status = list(&server, request).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).0.as_str()), (Code::InvalidArgument, "INVALID_FIELD"));
        assert!(status.message().starts_with(words), "{}", status.message());
    }
}
