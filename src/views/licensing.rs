//! Licensing flow: a share of each period's applications decided in time (specification, section 8).

mod explain;

pub(super) use explain::explain;

use std::collections::BTreeSet;

use num_rational::BigRational;

use super::PeriodVerdict;
use super::case::Case;
use super::outcome::{Outcome, raise};
use super::periodic::sequence::{self, Sequence, Tested};
use super::record::Record;
use crate::domain::event::CohortReported;
use crate::domain::terms::{LicensingTerms, Period};
use crate::domain::{Day, Evidence, Flag, Instant, fraction};

/// The outcome for a licensing flow.
pub(super) fn judge(case: &Case<'_>, terms: &LicensingTerms, as_of: Instant) -> Outcome {
    let mut because = BTreeSet::new();
    let tested = sequence::counting(case, &terms.periods, as_of).into_iter().map(|period| {
        let snapshot = latest_snapshot(case, period, as_of);
        because.extend(snapshot.map(|record| record.position()));
        test(case, terms, period, snapshot.map(|record| record.body), as_of)
    });
    let tested: Vec<Tested> = tested.collect();
    let mut outcome = sequence_of(terms, tested).outcome(case, as_of);
    // Cohorts have no series, and the snapshot of one period never confirms that of another.
    outcome.evidence = if because.is_empty() { Evidence::None } else { Evidence::Single };
    outcome.wake.at_each(terms.periods.iter().map(|period| case.zone().end_of(matures(terms, period))));
    let mut known = case.records.cohorts.iter().filter(|record| is_over(case, record, as_of));
    raise(&mut outcome.flags, Flag::InadmissibleClaim, known.any(|record| !case.admits(record.class())));
    outcome.because.extend(because);
    outcome
}

fn sequence_of(terms: &LicensingTerms, tested: Vec<Tested>) -> Sequence<'_> {
    Sequence {
        start: terms.effective_from.instant(),
        all: &terms.periods,
        tested,
        cure_next_period: terms.cure_next_period,
        on_missing: terms.on_missing,
    }
}

/// The latest snapshot that is over, covers the whole period and counts; of two through one day, the one recorded later.
fn latest_snapshot<'a>(case: &Case<'a>, period: &Period, as_of: Instant) -> Option<Record<'a, CohortReported>> {
    let of_period = case.cohorts.get(period).into_iter();
    let whole = of_period.filter(|record| period.window.through() <= record.body.snapshot_through);
    let counted = whole.filter(|record| is_over(case, record, as_of) && case.admits(record.class()));
    counted.max_by_key(|record| (record.body.snapshot_through, record.position()))
}

fn is_over(case: &Case<'_>, record: &Record<'_, CohortReported>, as_of: Instant) -> bool {
    case.zone().end_of(record.body.snapshot_through) <= as_of
}

/// The verdict on one period's applications.
fn test(
    case: &Case<'_>,
    terms: &LicensingTerms,
    period: &Period,
    snapshot: Option<&CohortReported>,
    as_of: Instant,
) -> Tested {
    let zone = case.zone();
    let through = period.window.through();
    let matures = matures(terms, period);
    let over_at = zone.end_of(through);
    let lag_ends = zone.end_of(matures.plus_days(i64::from(terms.reporting_lag_days)));
    let mut tested = Tested::new(period.id.clone(), over_at, lag_ends);
    let missing = (lag_ends <= as_of).then_some(PeriodVerdict::Missing);
    match snapshot {
        None => {
            tested.verdict = missing;
            raise(&mut tested.flags, Flag::AwaitingData, over_at <= as_of && missing.is_none());
        }
        Some(snapshot) => {
            let cohort = Cohort::of(snapshot);
            tested.value = cohort.value();
            tested.insufficient = cohort.applications < i128::from(terms.min_sample);
            raise(&mut tested.flags, Flag::InsufficientSample, tested.insufficient);
            if !tested.insufficient {
                let is_mature = matures <= snapshot.snapshot_through;
                tested.verdict = cohort.verdict(&terms.min_share.fraction(), is_mature).or(missing);
                raise(&mut tested.flags, Flag::ImmatureCohort, tested.verdict.is_none());
            }
        }
    }
    tested.waive(case, as_of);
    tested
}

/// The last day on which an application of a period may be decided in time.
fn matures(terms: &LicensingTerms, period: &Period) -> Day {
    period.window.through().plus_days(i64::from(terms.decide_within_days))
}

/// The counts of one snapshot.
struct Cohort {
    /// n: submitted, less withdrawn.
    applications: i128,
    on_time: i128,
    late: i128,
}

impl Cohort {
    fn of(snapshot: &CohortReported) -> Self {
        Cohort {
            applications: i128::from(snapshot.submitted) - i128::from(snapshot.withdrawn),
            on_time: i128::from(snapshot.on_time),
            late: i128::from(snapshot.late),
        }
    }

    fn value(&self) -> Option<BigRational> {
        (self.applications > 0).then(|| fraction::quotient(self.on_time, self.applications))
    }

    /// How many must be on time.
    fn needed(&self, share: &BigRational) -> BigRational {
        fraction::times(share, &whole(self.applications))
    }

    /// Enough on time passes and too many late fails whatever is pending; otherwise only a mature cohort fails.
    fn verdict(&self, share: &BigRational, is_mature: bool) -> Option<PeriodVerdict> {
        let needed = self.needed(share);
        let enough = |count: i128| fraction::compare(&whole(count), &needed).is_ge();
        if enough(self.on_time) {
            Some(PeriodVerdict::Pass)
        } else if !enough(self.applications - self.late) || is_mature {
            Some(PeriodVerdict::Fail)
        } else {
            None
        }
    }
}

fn whole(count: i128) -> BigRational {
    BigRational::from_integer(count.into())
}
