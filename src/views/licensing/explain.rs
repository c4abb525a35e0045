//! Explain: the cohort, the comparison and the verdict of every period of a licensing flow.

use super::super::case::Case;
use super::super::explain::{Uses, Worked};
use super::super::periodic::{self, sequence};
use super::super::{FigureDerivation, PeriodicDerivation, Quantity, RecordUse, exact};
use super::{Cohort, is_over, latest_snapshot, sequence_of, test};
use crate::domain::Instant;
use crate::domain::event::CohortReported;
use crate::domain::terms::{LicensingTerms, Period};

/// How the licensing flow was judged.
pub(in super::super) fn explain(case: &Case<'_>, terms: &LicensingTerms, as_of: Instant) -> Worked {
    let mut uses = Uses::new();
    let mut periods = Vec::new();
    let mut all_tested = Vec::new();
    for period in sequence::counting(case, &terms.periods, as_of) {
        let snapshot = latest_snapshot(case, period, as_of);
        let tested = test(case, terms, period, snapshot.map(|record| record.body), as_of);
        let figures = snapshot.iter().map(|record| FigureDerivation {
            position: record.position(),
            series: None,
            working: working(terms, period, record.body),
            value: tested.value.clone(),
            // A waiver makes a pass of a failure; the cohort itself still says what it says.
            verdict: tested.verdict.filter(|_| tested.waiver.is_none()),
        });
        periods.push(periodic::period(period, &tested, figures.collect()));
        uses.extend(snapshot.map(|record| (record.position(), periodic::used(period))));
        all_tested.push(tested);
    }
    let counts = |period: &&Period| periods.iter().any(|counting| counting.id == period.id);
    for record in &case.records.cohorts {
        let of_counting = terms.periods.iter().filter(counts).any(|period| period.id == record.body.period);
        let usage = match () {
            () if !is_over(case, record, as_of) => RecordUse::NotYetEffective,
            () if !case.admits(record.class()) => RecordUse::Inadmissible,
            () if ends_early(terms, record.body) => RecordUse::PeriodNotOver,
            () if of_counting => RecordUse::Overtaken,
            () => RecordUse::OtherPeriod,
        };
        let cut_short = "the snapshot ends before its period does".to_owned();
        let reason = if usage == RecordUse::PeriodNotOver { cut_short } else { String::new() };
        uses.entry(record.position()).or_insert_with(|| (usage, reason));
    }
    let quantity = |name, working: &str, value: String| Quantity { name, working: working.to_owned(), value };
    let quantities = vec![
        quantity("share", "of n, to be on time", terms.min_share.to_string()),
        quantity("min_sample", "with fewer applications a period is skipped", terms.min_sample.to_string()),
        quantity("start", "", terms.effective_from.instant().to_string()),
    ];
    let sequence = sequence_of(terms, all_tested);
    periodic::worked(case, &sequence, PeriodicDerivation { quantities, periods }, uses, as_of)
}

/// Whether a snapshot does not cover the whole of its period.
fn ends_early(terms: &LicensingTerms, snapshot: &CohortReported) -> bool {
    let of_period = terms.periods.iter().find(|period| period.id == snapshot.period);
    of_period.is_some_and(|period| snapshot.snapshot_through < period.window.through())
}

fn working(terms: &LicensingTerms, period: &Period, snapshot: &CohortReported) -> String {
    let cohort = Cohort::of(snapshot);
    let matures = period.window.through().plus_days(i64::from(terms.decide_within_days));
    format!(
        "n = {} - {} = {}; needed {} x n = {}; on time {}, late {}; through {}, mature from {matures}",
        snapshot.submitted,
        snapshot.withdrawn,
        cohort.applications,
        terms.min_share,
        exact(&cohort.needed(&terms.min_share.fraction())),
        snapshot.on_time,
        snapshot.late,
        snapshot.snapshot_through
    )
}
