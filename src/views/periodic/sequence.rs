//! Sequence: one status from the verdicts on all test periods (specification, sections 7 and 8). The specification gives
//! its rows in order without names; here they are P0 to P14.

use std::collections::BTreeSet;

use num_rational::BigRational;

use super::super::case::Case;
use super::super::outcome::{Outcome, Wake, raise};
use super::super::rule::{self, Rule};
use super::super::{Numbers, PeriodAssessment, PeriodVerdict};
use crate::domain::terms::{OnMissing, Period};
use crate::domain::{Flag, Instant, Lifecycle, Position, Slug, Status};

/// One test period with its verdict.
#[derive(Debug)]
pub(in super::super) struct Tested {
    /// Its name.
    pub(in super::super) id: Slug,
    /// When it is over.
    pub(in super::super) over_at: Instant,
    /// When figures for it must be out.
    pub(in super::super) lag_ends: Instant,
    /// Its verdict; none while it is skipped.
    pub(in super::super) verdict: Option<PeriodVerdict>,
    /// It is skipped for good: too few applications.
    pub(in super::super) insufficient: bool,
    /// Its value.
    pub(in super::super) value: Option<BigRational>,
    /// Its marks.
    pub(in super::super) flags: BTreeSet<Flag>,
    /// The waiver by which a failure counts as a pass.
    pub(in super::super) waiver: Option<Position>,
}

impl Tested {
    /// A period on which there is no verdict yet.
    pub(in super::super) fn new(id: Slug, over_at: Instant, lag_ends: Instant) -> Self {
        let (verdict, value, flags, waiver) = (None, None, BTreeSet::new(), None);
        Tested { id, over_at, lag_ends, verdict, insufficient: false, value, flags, waiver }
    }

    /// A waived failure counts as a pass.
    pub(in super::super) fn waive(&mut self, case: &Case<'_>, as_of: Instant) {
        if self.verdict == Some(PeriodVerdict::Fail)
            && let Some(waiver) = case.relief.waiving(Some(&self.id), as_of)
        {
            self.verdict = Some(PeriodVerdict::Pass);
            self.flags.insert(Flag::WaiverApplied);
            self.waiver = Some(waiver.position());
        }
    }
}

/// The periods that count: those that end after a termination do not.
pub(in super::super) fn counting<'p>(case: &Case<'_>, periods: &'p [Period], as_of: Instant) -> Vec<&'p Period> {
    let ended = case.termination(None, as_of).map(|(at, _)| at);
    let ends = |period: &Period| case.zone().end_of(period.window.through());
    periods.iter().filter(|period| ended.is_none_or(|at| ends(period) <= at)).collect()
}

/// All that the status is decided by.
#[derive(Debug)]
pub(in super::super) struct Sequence<'t> {
    /// When the commitment begins.
    pub(in super::super) start: Instant,
    /// Every period of the terms.
    pub(in super::super) all: &'t [Period],
    /// Those that count, in order, with their verdicts.
    pub(in super::super) tested: Vec<Tested>,
    /// Whether a failure is mended by passing the next period.
    pub(in super::super) cure_next_period: bool,
    /// What silence means.
    pub(in super::super) on_missing: OnMissing,
}

impl Sequence<'_> {
    /// The outcome, but for evidence and the records behind the verdicts.
    pub(in super::super) fn outcome(self, case: &Case<'_>, as_of: Instant) -> Outcome {
        let termination = case.termination(None, as_of);
        let (_, lifecycle) = rule::first(&self.lifecycle_rules(case, as_of));
        let verdicts = self.verdicts();
        let (row, status) = rule::first(&self.rules(case, as_of));

        let mut wake = Wake::after(as_of);
        wake.at(self.start);
        wake.at_each(self.all.iter().map(|period| case.zone().end_of(period.window.through())));
        wake.at_each(self.tested.iter().map(|tested| tested.lag_ends));
        let mut outcome = Outcome::of(row, lifecycle, status, wake);
        let all_cured = (0..verdicts.len()).all(|index| self.is_mended(&verdicts, index));
        raise(&mut outcome.flags, Flag::CuredLate, row == "P13" && !all_cured);
        raise(&mut outcome.flags, Flag::CoverageGap, row == "P14" && verdicts.contains(&PeriodVerdict::Missing));
        outcome.because.extend(termination.map(|(_, position)| position));
        outcome.because.extend(self.tested.iter().filter_map(|tested| tested.waiver));
        outcome.flags.extend(self.tested.iter().flat_map(|tested| tested.flags.iter().copied()));
        let periods = self.tested.into_iter();
        let periods = periods.map(|t| PeriodAssessment { id: t.id, verdict: t.verdict, value: t.value });
        outcome.numbers = Numbers::Periodic { periods: periods.collect() };
        outcome
    }

    /// The verdicts of the periods that are not skipped, in order.
    pub(in super::super) fn verdicts(&self) -> Vec<PeriodVerdict> {
        self.tested.iter().filter_map(|tested| tested.verdict).collect()
    }

    /// The rows of the lifecycle, in order.
    pub(in super::super) fn lifecycle_rules(&self, case: &Case<'_>, as_of: Instant) -> [Rule<Lifecycle>; 5] {
        let last_end = self.all.iter().map(|period| case.zone().end_of(period.window.through())).max();
        let last_end = last_end.unwrap_or(Instant::MIN);
        let ended = case.termination(None, as_of).is_some_and(|(at, _)| at < last_end);
        [
            (case.voided(as_of).is_some(), "", "the instrument is void", Lifecycle::Terminated),
            (as_of < self.start, "", "as_of < start", Lifecycle::Pending),
            (ended, "", "terminated before the end of the last period", Lifecycle::Terminated),
            (last_end <= as_of, "", "the last period is over", Lifecycle::Lapsed),
            (true, "", "otherwise", Lifecycle::InForce),
        ]
    }

    /// The rows, in order, over the verdicts that are not skipped. Final: the last period is over and none is skipped, but
    /// for too few applications.
    pub(in super::super) fn rules(&self, case: &Case<'_>, as_of: Instant) -> [Rule<Status>; 15] {
        use PeriodVerdict::{Disputed, Fail, Missing, Pass};
        let verdicts = &self.verdicts();
        let (_, lifecycle) = rule::first(&self.lifecycle_rules(case, as_of));
        let silence = match self.on_missing {
            OnMissing::Unverified => Status::Unverified,
            OnMissing::NotMet => Status::NotMet,
        };
        let any = |verdict: PeriodVerdict| verdicts.contains(&verdict);
        let (last, previous) = (verdicts.last(), verdicts.iter().rev().nth(1));
        let closed = self.tested.iter().all(|t| t.over_at <= as_of && (t.verdict.is_some() || t.insufficient));
        let none_left = closed && !self.tested.is_empty() && self.tested.iter().all(|tested| tested.insufficient);
        let uncured = (0..verdicts.len()).any(|index| !self.is_mended(verdicts, index));
        let in_grace = self.cure_next_period && previous != Some(&Fail) && lifecycle == Lifecycle::InForce;
        #[rustfmt::skip]
        let rules = [
            (case.voided(as_of).is_some(),     "P0",  "the instrument is void", Status::Moot),
            (as_of < self.start,               "P1",  "as_of < start", Status::Pending),
            (any(Disputed),                    "P2",  "any verdict is DISPUTED", Status::Disputed),
            (none_left,                        "P3",  "final, and every period had too few applications", Status::Moot),
            (verdicts.is_empty(),              "P4",  "no verdict yet", Status::Open),
            (!any(Pass) && !any(Fail),         "P5",  "no PASS and no FAIL", Status::Unverified),
            (closed && uncured,                "P6",  "final, and a FAIL is not cured", Status::NotMet),
            (closed && any(Missing),           "P7",  "final, and a verdict is MISSING", silence),
            (closed && any(Fail),              "P8",  "final, and a FAIL (cured)", Status::Cured),
            (closed,                           "P9",  "final", Status::Met),
            (last == Some(&Missing),           "P10", "the last verdict is MISSING", Status::Unverified),
            (last == Some(&Fail) && in_grace,  "P11", "the last is FAIL, the previous is not, cure is by the next period, and in force", Status::InGrace),
            (last == Some(&Fail),              "P12", "the last verdict is FAIL", Status::Breached),
            (any(Fail),                        "P13", "an earlier verdict is FAIL", Status::Cured),
            (true,                             "P14", "otherwise", Status::OnTrack),
        ];
        rules
    }

    /// Whether the verdict is no failure, or one that the next verdict mends.
    fn is_mended(&self, verdicts: &[PeriodVerdict], index: usize) -> bool {
        let next_passes = verdicts.get(index + 1) == Some(&PeriodVerdict::Pass);
        verdicts[index] != PeriodVerdict::Fail || (self.cure_next_period && next_passes)
    }
}
