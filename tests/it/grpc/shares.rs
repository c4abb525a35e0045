//! GetShares over gRPC: series side by side, corrections left out, and a ceiling where one was agreed.

use entente::proto::v1;
use tonic::Code;
use v1::submission::Payload;
use v1::terms::Promise;

use super::appends::reason;
use super::sample::{at, dated, deal, id, pledge, source, submission};
use crate::server::{TestServer, stamp};

fn window(start: &str, through: &str) -> Option<v1::Window> {
    Some(v1::Window { start: start.to_owned(), through: through.to_owned() })
}

fn ask(ledger: &str) -> v1::Submission {
    let tabled = v1::AskTabled {
        title: "Buy less oil of one origin".to_owned(),
        by: "US".to_owned(),
        of: "CN".to_owned(),
        tabled_at: dated("2025-11-01T00:00:00Z"),
        ..v1::AskTabled::default()
    };
    submission(ledger, 50, "asks/oil", Payload::AskTabled(tabled))
}

/// A share of January 2026.
fn metric(ledger: &str, number: u32, subject: &str, series: &str, share: (&str, &str)) -> v1::Submission {
    let reported = v1::MetricReported {
        series: series.to_owned(),
        window: window("2026-01-01", "2026-01-31"),
        item: "IR".to_owned(),
        numerator: share.0.to_owned(),
        denominator: share.1.to_owned(),
        unit: "Mt".to_owned(),
        bound: v1::Bound::Exact.into(),
        period: String::new(),
    };
    let mut submission = submission(ledger, number, subject, Payload::MetricReported(reported));
    submission.sources = vec![source(v1::SourceClass::ObligorOfficial)];
    submission
}

fn changed(mut submission: v1::Submission, change: impl FnOnce(&mut v1::MetricReported)) -> v1::Submission {
    if let Some(Payload::MetricReported(metric)) = &mut submission.payload {
        change(metric);
    }
    submission
}

/// A promise to keep the share at 18 per cent or less in January and February 2026.
fn ceiling(ledger: &str) -> v1::Submission {
    let period =
        |id: &str, start: &str, through: &str| v1::Period { id: id.to_owned(), window: window(start, through) };
    let terms = v1::PeriodicTerms {
        effective_from: at("2026-01-01T00:00:00Z"),
        comparator: v1::Comparator::Le.into(),
        limit: "0.18".to_owned(),
        periods: vec![period("jan", "2026-01-01", "2026-01-31"), period("feb", "2026-02-01", "2026-02-28")],
        reporting_lag_days: 30,
        series: vec!["customs".to_owned(), "tracker".to_owned()],
        series_rule: v1::SeriesRule::Conservative.into(),
        primary: "customs".to_owned(),
        disagreement_pct: "10".to_owned(),
        cure_next_period: false,
        on_missing: v1::OnMissing::Unverified.into(),
    };
    let mut submission = pledge(ledger);
    submission.event_id = id(60);
    submission.subject = format!("{ledger}/commitments/share");
    if let Some(Payload::CommitmentUndertaken(undertaken)) = &mut submission.payload {
        undertaken.terms = Some(v1::Terms { promise: Some(Promise::PeriodicCeiling(terms)) });
    }
    submission
}

async fn with_deal() -> (TestServer, String) {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    server.append(&ledger, deal(&ledger)).await.unwrap();
    (server, ledger)
}

async fn shares(server: &TestServer, name: String, as_of: &str) -> Result<v1::GetSharesResponse, tonic::Status> {
    let clocks = v1::Clocks { as_of: Some(stamp(as_of)), ..v1::Clocks::default() };
    let request = v1::GetSharesRequest { name, clocks: Some(clocks) };
    server.client.compliance().get_shares(request).await.map(tonic::Response::into_inner)
}

#[tokio::test]
async fn series_stand_side_by_side_and_what_was_corrected_is_left_out() {
    let (server, ledger) = with_deal().await;
    let level = |metric: &mut v1::MetricReported| {
        (metric.denominator, metric.unit) = ("1".to_owned(), "Mbbl_d".to_owned());
    };
    let mut corrected = metric(&ledger, 73, "asks/oil", "customs", ("0", "50"));
    corrected.supersedes = id(71);
    let events = vec![
        ask(&ledger),
        metric(&ledger, 71, "asks/oil", "customs", ("40", "50")),
        metric(&ledger, 72, "asks/oil", "tracker", ("6", "48")),
        corrected,
        changed(metric(&ledger, 74, "asks/oil", "level-a", ("1.2", "1")), level),
        changed(metric(&ledger, 75, "asks/oil", "level-b", ("1.5", "1")), level),
        changed(metric(&ledger, 76, "asks/oil", "customs", ("1", "0")), |it| {
            it.window = window("2026-02-01", "2026-02-28")
        }),
    ];
    server.append(&ledger, events).await.unwrap();
    let answer = shares(&server, format!("{ledger}/asks/oil"), "2026-02-15T00:00:00Z").await.unwrap();
    assert!(answer.ceiling.is_none());
    assert_eq!(answer.rows.len(), 1, "February is not over");
    let row = &answer.rows[0];
    let said: Vec<_> = row.figures.iter().map(|it| (it.series.as_str(), it.value.as_deref(), it.form())).collect();
    use v1::FigureForm::{Level, Share};
    let expected = [
        ("customs", Some("0"), Share),
        ("level-a", Some("1.2"), Level),
        ("level-b", Some("1.5"), Level),
        ("tracker", Some("0.125"), Share),
    ];
    assert_eq!(said, expected, "an official zero stands beside the rest");
    let apart: Vec<_> = row
        .differences
        .iter()
        .map(|it| (it.lower.as_str(), it.higher.as_str(), it.by.as_str(), it.pct_of_larger.as_str()))
        .collect();
    assert_eq!(apart, [("customs", "tracker", "0.125", "100"), ("level-a", "level-b", "0.3", "20")]);
    let later = shares(&server, format!("{ledger}/asks/oil"), "2026-03-01T12:00:00Z").await.unwrap();
    assert_eq!(later.rows[1].figures[0].value, None, "no share of nothing");
}

#[tokio::test]
async fn figures_of_a_promise_are_held_against_its_ceiling() {
    let (server, ledger) = with_deal().await;
    let about = "commitments/share";
    let mut press = metric(&ledger, 82, about, "tracker", ("1", "50"));
    press.sources = vec![source(v1::SourceClass::Media)];
    let events = vec![
        ceiling(&ledger),
        metric(&ledger, 80, about, "customs", ("9", "50")),
        metric(&ledger, 81, about, "tracker", ("10", "50")),
        press,
        metric(&ledger, 83, about, "unheard", ("1", "50")),
        changed(metric(&ledger, 84, about, "customs", ("11", "50")), |it| it.bound = v1::Bound::AtLeast.into()),
    ];
    server.append(&ledger, events).await.unwrap();
    let answer = shares(&server, format!("{ledger}/{about}"), "2026-03-01T12:00:00Z").await.unwrap();
    let ceiling = answer.ceiling.unwrap();
    assert_eq!((ceiling.limit.as_str(), ceiling.comparator()), ("0.18", v1::Comparator::Le));
    let row = &answer.rows[0];
    assert_eq!((row.period.as_str(), row.verdict()), ("jan", v1::PeriodVerdict::Fail));
    let sides: Vec<_> = row.figures.iter().map(|it| (it.position, it.side())).collect();
    use v1::PeriodVerdict::{Fail, Pass, Unspecified};
    // By series: customs exactly at the limit, its bound, the tracker, the press that does not count, the unheard.
    assert_eq!(sides, [(8, Pass), (12, Unspecified), (9, Fail), (10, Unspecified), (11, Unspecified)]);
}

#[tokio::test]
async fn an_ask_shows_the_ceiling_that_came_of_it() {
    let (server, ledger) = with_deal().await;
    let answered = v1::AskAnswered {
        answer: v1::AskAnswer::Accepted.into(),
        by: "CN".to_owned(),
        answered_at: dated("2025-12-01T00:00:00Z"),
        commitment: format!("{ledger}/commitments/share"),
    };
    let events =
        vec![ask(&ledger), ceiling(&ledger), submission(&ledger, 90, "asks/oil", Payload::AskAnswered(answered))];
    server.append(&ledger, events).await.unwrap();
    let before = shares(&server, format!("{ledger}/asks/oil"), "2025-11-15T00:00:00Z").await.unwrap();
    assert!(before.ceiling.is_none(), "it was not answered yet");
    let after = shares(&server, format!("{ledger}/asks/oil"), "2026-01-01T00:00:00Z").await.unwrap();
    assert_eq!(after.ceiling.unwrap().commitment, format!("{ledger}/commitments/share"));
}

#[tokio::test]
async fn a_subject_that_is_not_there_is_not_found_and_one_that_is_no_name_is_refused() {
    let (server, ledger) = with_deal().await;
    let at = "2026-01-01T00:00:00Z";
    let status = shares(&server, format!("{ledger}/asks/none"), at).await.unwrap_err();
    assert_eq!(status.code(), Code::NotFound);
    for name in ["asks/oil".to_owned(), ledger.clone(), format!("{ledger}/nothing/x"), format!("{ledger}/asks/X")] {
        let status = shares(&server, name.clone(), at).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).0.as_str()), (Code::InvalidArgument, "INVALID_FIELD"), "{name}");
    }
}
