//! GetPace: performed against expected over time, where the rates lead, and series side by side.

use std::collections::BTreeMap;

use entente::proto::v1;
use tonic::Code;
use v1::pace_reading::Pace;
use v1::submission::Payload;
use v1::terms::Promise;

use super::sample::{amount, deal, id, pledge, source, submission};
use crate::server::{TestServer, stamp};

struct Asked {
    server: TestServer,
    ledger: String,
}

/// The small deal, with the pledge changed and some amounts reported.
async fn with(change: impl FnOnce(&mut v1::PurchaseTerms), amounts: &[(&str, &str, &str)]) -> Asked {
    let server = TestServer::in_memory().await;
    let ledger = server.create("deal", v1::LedgerKind::Live).await;
    let mut events = deal(&ledger);
    change(purchase_terms(&mut events[4]));
    for (number, (from, through, value)) in (100..).zip(amounts) {
        events.push(amount(&ledger, number, from, through, value));
    }
    server.append(&ledger, events).await.unwrap();
    Asked { server, ledger }
}

fn purchase_terms(pledge: &mut v1::Submission) -> &mut v1::PurchaseTerms {
    let Some(Payload::CommitmentUndertaken(undertaken)) = &mut pledge.payload else { panic!("not a promise") };
    match undertaken.terms.as_mut().and_then(|terms| terms.promise.as_mut()) {
        Some(Promise::PurchasePledge(terms)) => terms,
        _ => panic!("not a pledge"),
    }
}

impl Asked {
    async fn ask(&self, commitment: &str, as_of: &str) -> Result<v1::PaceReport, tonic::Status> {
        let clocks = v1::Clocks { as_of: Some(stamp(as_of)), ..v1::Clocks::default() };
        let name = format!("{}/commitments/{commitment}", self.ledger);
        let request = v1::GetPaceRequest { name, clocks: Some(clocks) };
        let answer = self.server.client.compliance().get_pace(request).await?.into_inner();
        Ok(answer.pace.unwrap())
    }

    async fn course(&self, as_of: &str) -> v1::PaceCourse {
        courses(&self.ask("soybeans", as_of).await.unwrap(), 0).remove(0)
    }
}

fn courses(report: &v1::PaceReport, reading: usize) -> Vec<v1::PaceCourse> {
    match report.readings[reading].pace.clone() {
        Some(Pace::Purchase(pace)) => pace.courses,
        other => panic!("not a pledge: {other:?}"),
    }
}

/// Span, days, rate, day reached, total when due.
fn forecasts(course: &v1::PaceCourse) -> Vec<(v1::PaceSpan, u32, &str, &str, &str)> {
    let told = course.forecasts.iter().map(|it| {
        let rate = it.per_day.as_deref().unwrap_or_default();
        (it.span(), it.days, rate, it.reached_on.as_str(), it.total_at_due.as_str())
    });
    told.collect()
}

const TO_DATE: &str = "2026-03-01T12:00:00Z";
/// 100,000 t a day in January, 50,000 in February.
const TWO_MONTHS: &[(&str, &str, &str)] =
    &[("2026-01-01", "2026-01-31", "3100000"), ("2026-02-01", "2026-02-28", "1400000")];

#[tokio::test]
async fn a_course_says_what_was_expected_what_is_required_and_where_each_rate_leads() {
    let course = with(|_| {}, TWO_MONTHS).await.course(TO_DATE).await;
    assert_eq!((course.tranche.as_str(), course.series.as_str()), ("t2026", "us-esr"));
    assert_eq!(course.status(), v1::Status::OnTrack);
    assert_eq!((course.from.as_str(), course.due_through.as_str()), ("2026-01-01", "2026-12-31"));
    assert_eq!(course.data_through, "2026-02-28");
    assert_eq!(course.performed_to_date.as_deref(), Some("4500000"));
    // 25,000,000 x 59 / 365.
    assert_eq!(course.expected_to_date.as_deref(), Some("4041095.8904"));
    assert_eq!(course.shortfall, "20500000");
    // Over the 306 days that remain.
    assert_eq!(course.required_per_day.as_deref(), Some("66993.4641"));
    assert_eq!(course.reached_on, "");
    // The last 13 weeks are longer than the window's data.
    assert_eq!(
        forecasts(&course),
        [
            (v1::PaceSpan::Covered, 59, "76271.1864", "2026-11-24", "27838983.0508"),
            (v1::PaceSpan::FourWeeks, 28, "50000", "2027-04-14", "19800000"),
        ]
    );
    let points: Vec<_> = course
        .points
        .iter()
        .map(|it| (it.day.as_str(), it.performed.as_str(), it.expected.as_deref(), it.covered, it.positions.as_slice()))
        .collect();
    assert_eq!(
        points,
        [
            ("2026-01-31", "3100000", Some("2123287.6712"), true, &[7][..]),
            ("2026-02-28", "4500000", Some("4041095.8904"), true, &[8][..]),
        ]
    );
}

#[tokio::test]
async fn a_rate_of_the_last_weeks_is_not_taken_from_a_period_twice_as_long() {
    let course = with(|_| {}, &[("2026-01-01", "2026-04-30", "4500000")]).await.course("2026-05-02T00:00:00Z").await;
    let spans: Vec<(v1::PaceSpan, u32)> = course.forecasts.iter().map(|it| (it.span(), it.days)).collect();
    assert_eq!(spans, [(v1::PaceSpan::Covered, 120), (v1::PaceSpan::ThirteenWeeks, 120)]);
}

#[tokio::test]
async fn a_rate_that_leads_nowhere_has_no_day_and_what_is_reached_has_one() {
    let cancelled = with(|_| {}, &[TWO_MONTHS[0], ("2026-02-01", "2026-02-28", "-140000")]).await.course(TO_DATE).await;
    let four_weeks = forecasts(&cancelled)[1];
    // 2,960,000 less 5,000 a day for 306 days.
    assert_eq!(four_weeks, (v1::PaceSpan::FourWeeks, 28, "-5000", "", "1430000"));
    let nothing = with(|_| {}, &[("2026-01-01", "2026-01-31", "0")]).await.course(TO_DATE).await;
    assert_eq!(forecasts(&nothing)[0], (v1::PaceSpan::Covered, 31, "0", "", "0"));
    let reached = with(|_| {}, &[("2026-01-01", "2026-01-31", "26000000")]).await.course(TO_DATE).await;
    assert_eq!(reached.reached_on, "2026-01-31");
    assert_eq!((reached.shortfall.as_str(), reached.status()), ("0", v1::Status::Met));
    let undone = [("2026-01-01", "2026-01-31", "26000000"), ("2026-02-01", "2026-02-28", "-2000000")];
    let undone = with(|_| {}, &undone).await.course(TO_DATE).await;
    assert_eq!(undone.reached_on, "", "what was reached and then cancelled is not reached");
    let silent = with(|_| {}, &[]).await.course(TO_DATE).await;
    assert!(silent.points.is_empty() && silent.forecasts.is_empty());
    assert_eq!((silent.data_through.as_str(), silent.performed_to_date), ("", None));
}

#[tokio::test]
async fn after_a_hole_points_are_shown_and_rates_are_taken_from_before_it() {
    let holed = &[TWO_MONTHS[0], ("2026-02-15", "2026-02-28", "700000")];
    let course = with(|_| {}, holed).await.course(TO_DATE).await;
    assert_eq!(course.data_through, "2026-01-31");
    assert_eq!((course.performed.as_str(), course.performed_to_date.as_deref()), ("3800000", Some("3100000")));
    let covered: Vec<bool> = course.points.iter().map(|point| point.covered).collect();
    assert_eq!(covered, [true, false]);
    assert_eq!(forecasts(&course)[0].2, "100000");
}

#[tokio::test]
async fn once_the_data_reach_the_end_nothing_is_forecast() {
    let asked = with(|_| {}, &[("2026-01-01", "2026-12-31", "20000000")]).await;
    let course = asked.course("2027-01-02T00:00:00Z").await;
    assert_eq!(course.status(), v1::Status::NotMet);
    assert!(course.forecasts.is_empty() && course.required_per_day.is_none());
}

#[tokio::test]
async fn a_season_has_its_own_forecast() {
    let seasonal = |terms: &mut v1::PurchaseTerms| {
        let weights = [("2026-01", "0.1"), ("2026-02", "0.1"), ("2026-11", "0.3"), ("2026-12", "0.5")];
        let weights = weights.map(|(month, weight)| (month.to_owned(), weight.to_owned()));
        let method = v1::PaceMethod::Seasonal.into();
        terms.pace = Some(v1::Pace { method, weights: BTreeMap::from(weights), ..terms.pace.clone().unwrap() });
    };
    // 4.5 of the 5 million expected by the end of February: nine tenths of the whole at the end.
    let behind = with(seasonal, TWO_MONTHS).await.course(TO_DATE).await;
    assert_eq!(behind.expected_to_date.as_deref(), Some("5000000"));
    assert_eq!(forecasts(&behind).last(), Some(&(v1::PaceSpan::Season, 59, "", "", "22500000")));
    let ahead = with(seasonal, &[("2026-01-01", "2026-02-28", "12500000")]).await.course(TO_DATE).await;
    // Two and a half times what is expected: the November share already passes the target.
    assert_eq!(forecasts(&ahead).last(), Some(&(v1::PaceSpan::Season, 59, "", "2026-11-30", "62500000")));
}

#[tokio::test]
async fn series_stand_side_by_side_over_the_days_in_common() {
    let asked = with(|_| {}, TWO_MONTHS).await;
    let mirrored = |number: u32, from: &str, through: &str, value: &str| {
        let mut event = amount(&asked.ledger, number, from, through, value);
        let Some(Payload::AmountReported(reported)) = &mut event.payload else { panic!("an amount") };
        reported.series = "cn-customs".to_owned();
        reported.basis = v1::Basis::Customs.into();
        v1::Submission { sources: vec![source(v1::SourceClass::ObligorOfficial)], ..event }
    };
    let events = vec![
        mirrored(200, "2026-01-01", "2026-01-31", "2790000"),
        // Of February the customs have only a part, so February is not in common.
        mirrored(201, "2026-02-01", "2026-02-10", "1000000"),
    ];
    let strangers = [("tracker-one", 202), ("tracker-two", 203)].map(|(series, number)| {
        let mut event = mirrored(number, "2026-03-01", "2026-03-31", "1");
        let Some(Payload::AmountReported(reported)) = &mut event.payload else { panic!("an amount") };
        reported.series = series.to_owned();
        event
    });
    let late = "2026-04-02T00:00:00Z";
    asked.server.append(&asked.ledger, strangers.to_vec()).await.unwrap();
    let report = asked.ask("soybeans", late).await.unwrap();
    assert_eq!(
        (report.strands.len(), report.mirrors.len()),
        (3, 0),
        "two series that the promise does not name are no pair"
    );
    asked.server.append(&asked.ledger, events).await.unwrap();
    let report = asked.ask("soybeans", TO_DATE).await.unwrap();
    let strands: Vec<(&str, bool, &str, &str)> = report
        .strands
        .iter()
        .map(|it| (it.series.as_str(), it.heard, it.through.as_str(), it.total.as_str()))
        .collect();
    assert_eq!(strands, [("us-esr", true, "2026-02-28", "4500000"), ("cn-customs", false, "2026-02-10", "3790000")]);
    let [mirror] = report.mirrors.as_slice() else { panic!("one pair: {:?}", report.mirrors) };
    let total = |side: &Option<v1::PaceMirrorSide>| side.as_ref().unwrap().total.clone();
    assert_eq!((total(&mirror.one), total(&mirror.other)), ("3100000".to_owned(), "2790000".to_owned()));
    assert_eq!((mirror.from.as_str(), mirror.through.as_str(), mirror.days), ("2026-01-01", "2026-01-31", 31));
    assert_eq!((mirror.difference.as_str(), mirror.difference_pct.as_deref()), ("310000", Some("10")));
    assert!(!mirror.disagrees, "ten per cent is what they may differ by");
    assert_eq!(courses(&report, 0).len(), 1, "a series that is not heard has no course");
}

#[tokio::test]
async fn each_reading_with_terms_of_its_own_has_its_pace() {
    let asked = with(|_| {}, TWO_MONTHS).await;
    let reading = |number: u32, name: &str, through: &str| {
        let window = v1::TranchePatch { through: Some(through.to_owned()), ..v1::TranchePatch::default() };
        let set =
            v1::TermsPatch { tranches: BTreeMap::from([("t2026".to_owned(), window)]), ..v1::TermsPatch::default() };
        let recorded = v1::ReadingRecorded {
            reading: name.to_owned(),
            effective_at: super::sample::dated("2026-01-01T00:00:00Z"),
            set: Some(set),
            ..v1::ReadingRecorded::default()
        };
        submission(&asked.ledger, number, "commitments/soybeans", Payload::ReadingRecorded(recorded))
    };
    let events = vec![reading(300, "early", "2026-06-30"), reading(301, "same", "2026-12-31")];
    asked.server.append(&asked.ledger, events).await.unwrap();
    let report = asked.ask("soybeans", TO_DATE).await.unwrap();
    let names: Vec<&str> = report.readings.iter().map(|it| it.reading.as_str()).collect();
    assert_eq!(names, ["base", "early"], "a reading that changes nothing is not told twice");
    assert_eq!(courses(&report, 1)[0].due_through, "2026-06-30");
    let adopted =
        v1::ReadingAdopted { reading: "early".to_owned(), effective_at: super::sample::dated("2026-02-01T00:00:00Z") };
    let adopted = submission(&asked.ledger, 302, "commitments/soybeans", Payload::ReadingAdopted(adopted));
    asked.server.append(&asked.ledger, vec![adopted]).await.unwrap();
    let report = asked.ask("soybeans", TO_DATE).await.unwrap();
    assert_eq!(report.readings.iter().map(|it| it.reading.as_str()).collect::<Vec<_>>(), ["early"]);
}

/// A ceiling of 18 per cent in each of two months.
fn ceiling(ledger: &str) -> v1::Submission {
    let period = |id: &str, start: &str, through: &str| v1::Period {
        id: id.to_owned(),
        window: Some(v1::Window { start: start.to_owned(), through: through.to_owned() }),
    };
    let terms = v1::PeriodicTerms {
        effective_from: super::sample::at("2026-01-01T00:00:00Z"),
        comparator: v1::Comparator::Le.into(),
        limit: "0.18".to_owned(),
        periods: vec![period("jan", "2026-01-01", "2026-01-31"), period("feb", "2026-02-01", "2026-02-28")],
        series: vec!["customs".to_owned()],
        series_rule: v1::SeriesRule::Primary.into(),
        primary: "customs".to_owned(),
        disagreement_pct: "10".to_owned(),
        on_missing: v1::OnMissing::Unverified.into(),
        ..v1::PeriodicTerms::default()
    };
    let mut event =
        v1::Submission { event_id: id(400), subject: format!("{ledger}/commitments/share"), ..pledge(ledger) };
    let Some(Payload::CommitmentUndertaken(undertaken)) = &mut event.payload else { panic!("a promise") };
    undertaken.terms = Some(v1::Terms { promise: Some(Promise::PeriodicCeiling(terms)) });
    event
}

#[tokio::test]
async fn a_ceiling_is_shown_period_by_period_with_the_margin_that_is_left() {
    let asked = with(|_| {}, &[]).await;
    let share = |number: u32, period: &str, numerator: &str| {
        let metric = v1::MetricReported {
            series: "customs".to_owned(),
            period: period.to_owned(),
            numerator: numerator.to_owned(),
            denominator: "100".to_owned(),
            bound: v1::Bound::Exact.into(),
            ..v1::MetricReported::default()
        };
        let event = submission(&asked.ledger, number, "commitments/share", Payload::MetricReported(metric));
        v1::Submission { sources: vec![source(v1::SourceClass::ObligorOfficial)], ..event }
    };
    let events = vec![ceiling(&asked.ledger), share(401, "jan", "17.5"), share(402, "feb", "20")];
    asked.server.append(&asked.ledger, events).await.unwrap();
    let report = asked.ask("share", TO_DATE).await.unwrap();
    let Some(Pace::Periodic(pace)) = &report.readings[0].pace else { panic!("periods") };
    assert_eq!((pace.limit.as_str(), pace.comparator()), ("0.18", v1::Comparator::Le));
    let told: Vec<_> = pace
        .periods
        .iter()
        .map(|it| (it.id.as_str(), it.value.as_deref(), it.margin.as_deref(), it.verdict(), it.series[0].position))
        .collect();
    assert_eq!(
        told,
        [
            ("jan", Some("0.175"), Some("0.005"), v1::PeriodVerdict::Pass, 8),
            ("feb", Some("0.2"), Some("-0.02"), v1::PeriodVerdict::Fail, 9),
        ]
    );
}

#[tokio::test]
async fn kinds_without_a_pace_and_names_without_a_commitment_are_refused() {
    let asked = with(|_| {}, &[]).await;
    let none = asked.ask("suspension", TO_DATE).await.unwrap_err();
    assert_eq!(none.code(), Code::InvalidArgument);
    assert!(none.message().contains("has no pace; ask for a purchase pledge"), "{}", none.message());
    assert_eq!(asked.ask("barley", TO_DATE).await.unwrap_err().code(), Code::NotFound);
}
