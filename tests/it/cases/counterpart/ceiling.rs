//! A ceiling on a figure of each period. Amendments move its periods, long past or far off, and its limit: so it can be
//! open, on track, in grace, broken, mended, unverified, disputed, kept or not kept, in any order.

use std::collections::BTreeMap;

use entente::domain::event::{Bound, CommitmentAmended, MetricReported};
use entente::domain::terms::{Comparator, OnMissing, Period, PeriodPatch, PeriodicTerms, SeriesRule};
use entente::domain::{
    Dated, Day, Decimal, Instant, Moment, Payload, Slug, SourceClass, Status, Terms, TermsPatch, Window,
};

use super::super::example::slug;
use super::{LAST_DAY, Segment, Telling};

/// A period in which the figure was low, two in which it was high, one without any, and one on which series disagree.
const LOW: &str = "low";
const HIGH: &str = "high";
const HIGHER: &str = "higher";
const SILENT: &str = "silent";
const TORN: &str = "torn";

/// What the figures were, by series, and what the limit is unless all or none shall pass.
const FIGURES: [(&str, &str, &str); 5] =
    [(LOW, "one", "1"), (HIGH, "one", "8"), (HIGHER, "one", "9"), (TORN, "one", "1"), (TORN, "two", "9")];
const LIMIT: &str = "5";

pub(super) fn tell(segments: &[Segment], telling: &mut Telling) -> Option<Terms> {
    let has = |status: Status| segments.iter().any(|segment| segment.status == status);
    let mut periods = vec![LOW, HIGH, HIGHER];
    // A period without a figure, or with two, would show where all periods are over.
    periods.extend(has(Status::Unverified).then_some(SILENT));
    periods.extend(has(Status::Disputed).then_some(TORN));
    for (period, series, figure) in FIGURES.into_iter().filter(|(period, ..)| periods.contains(period)) {
        telling.say(Some(SourceClass::ThirdOfficial), Payload::MetricReported(metric(period, series, figure).into()));
    }
    let start = segments.first()?.from;
    for segment in segments {
        let (over, limit): (&[&str], &str) = match segment.status {
            Status::Pending | Status::Open => (&[], LIMIT),
            Status::OnTrack => (&[LOW], LIMIT),
            Status::InGrace => (&[HIGH], LIMIT),
            Status::Breached => (&[HIGH, HIGHER], LIMIT),
            Status::Cured => (&[HIGH, LOW], LIMIT),
            Status::Unverified => (&[SILENT], LIMIT),
            Status::Disputed => (&[TORN], LIMIT),
            Status::Met => (&periods, "9"),
            Status::NotMet => (&periods, "0"),
            Status::Moot => {
                telling.void(segment.from);
                continue;
            }
            _ => return None,
        };
        let begins = if segment.status == Status::Pending { Instant::MAX } else { start };
        let set = TermsPatch {
            effective_from: Some(Moment::at(begins)),
            limit: Some(decimal(limit)),
            periods: moved(&periods, over),
            ..TermsPatch::default()
        };
        let effective_at = Dated::exact(segment.from);
        telling.say(
            None,
            Payload::CommitmentAmended(Box::new(CommitmentAmended { effective_at, retroactive_to: None, set })),
        );
    }
    Some(Terms::PeriodicCeiling(terms(&periods, start)))
}

fn terms(periods: &[&str], start: Instant) -> PeriodicTerms {
    let far_off = Window::new(day(LAST_DAY), day(LAST_DAY)).expect("a day");
    let listed = periods.iter().map(|id| Period { id: slug(id), window: far_off });
    PeriodicTerms {
        effective_from: Moment::at(start),
        comparator: Comparator::Le,
        limit: decimal(LIMIT),
        periods: listed.collect(),
        reporting_lag_days: 0,
        series: Vec::new(),
        series_rule: SeriesRule::Concur,
        primary: slug("one"),
        disagreement_pct: decimal("10"),
        cure_next_period: true,
        on_missing: OnMissing::Unverified,
    }
}

/// Those that shall be over were days of January 2000, in this order; the rest never are.
fn moved(periods: &[&str], over: &[&str]) -> BTreeMap<Slug, PeriodPatch> {
    let day_of = |id: &str| match over.iter().position(|name| *name == id) {
        Some(place) => day(&format!("2000-01-{:02}", place + 1)),
        None => day(LAST_DAY),
    };
    let patch = |id: &str| PeriodPatch { start: Some(day_of(id)), through: Some(day_of(id)) };
    periods.iter().map(|id| (slug(id), patch(id))).collect()
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn metric(period: &str, series: &str, figure: &str) -> MetricReported {
    MetricReported {
        series: slug(series),
        period: Some(slug(period)),
        window: None,
        item: None,
        numerator: decimal(figure),
        denominator: decimal("1"),
        unit: None,
        bound: Bound::Exact,
    }
}

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).expect("a number")
}
