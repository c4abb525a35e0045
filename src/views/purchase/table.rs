//! The table of purchase pledges (specification, section 5), rows Q0 to Q14, for one tranche in one series.

use super::super::rule::Rule;
use crate::domain::Status;
use crate::domain::terms::OnMissing;

/// What the rows ask about.
#[derive(Debug)]
pub(super) struct Facts {
    /// The instrument is void.
    pub(super) void: bool,
    /// Asked about before the tranche begins.
    pub(super) before_start: bool,
    /// Terminated before it was due, not surviving.
    pub(super) terminated: bool,
    /// P(due') >= T.
    pub(super) met_by_due: bool,
    /// as_of >= due'.
    pub(super) due: bool,
    /// P(cure_end) >= T.
    pub(super) met_by_cure_end: bool,
    /// A valid waiver is active.
    pub(super) waived: bool,
    /// An accepted excuse that began before the end of the cure period is active.
    pub(super) excused: bool,
    /// The statistics cover at least the first day.
    pub(super) covered: bool,
    /// as_of >= start + L.
    pub(super) first_data_late: bool,
    /// The pace is NONE.
    pub(super) no_pace: bool,
    /// P(D) >= E(D) x (1 - tolerance).
    pub(super) on_pace: bool,
    /// D < due'.
    pub(super) due_uncovered: bool,
    /// as_of < due' + L.
    pub(super) within_due_lag: bool,
    /// as_of < cure_end.
    pub(super) within_cure: bool,
    /// D < cure_end.
    pub(super) cure_uncovered: bool,
    /// as_of < cure_end + L.
    pub(super) within_cure_lag: bool,
    /// What silence means.
    pub(super) on_missing: OnMissing,
}

/// The rows, in order. P(x) is what was allocated from periods that end by x, T the target, D the last day covered, E(D)
/// what is expected by then, L the reporting lag, due' the due instant with excused days added.
pub(super) fn rules(facts: &Facts) -> [Rule<Status>; 17] {
    let early = !facts.due;
    let silence = match facts.on_missing {
        OnMissing::Unverified => Status::Unverified,
        OnMissing::NotMet => Status::NotMet,
    };
    #[rustfmt::skip]
    let rules = [
        (facts.void,                                       "Q0",  "the instrument is void", Status::Moot),
        (facts.before_start && !facts.terminated,          "Q1",  "as_of < start, and not terminated before due'", Status::Pending),
        (facts.met_by_due,                                 "Q2",  "P(due') >= T", Status::Met),
        (facts.due && facts.met_by_cure_end,               "Q3",  "as_of >= due', and P(cure_end) >= T", Status::MetLate),
        (facts.waived,                                     "Q4",  "a valid waiver is active", Status::Waived),
        (facts.excused && !facts.terminated,               "Q5",  "an accepted excuse that began before cure_end is active, and not terminated before due'", Status::Excused),
        (facts.terminated,                                 "Q6",  "terminated before due', not surviving", Status::Moot),
        (early && !facts.covered && facts.first_data_late, "Q7",  "as_of < due', no coverage, and as_of >= start + L", Status::Unverified),
        (early && !facts.covered,                          "Q7",  "as_of < due', no coverage", Status::Open),
        (early && facts.no_pace,                           "Q8",  "as_of < due', and the pace is NONE", Status::Open),
        (early && facts.on_pace,                           "Q9",  "as_of < due', and P(D) >= E(D) x (1 - tolerance)", Status::OnTrack),
        (early,                                            "Q9",  "as_of < due', and P(D) < E(D) x (1 - tolerance)", Status::Behind),
        (facts.due_uncovered && facts.within_due_lag,      "Q10", "D < due', and as_of < due' + L", Status::Unverified),
        (facts.within_cure,                                "Q11", "as_of < cure_end", Status::InGrace),
        (facts.cure_uncovered && facts.within_cure_lag,    "Q12", "D < cure_end, and as_of < cure_end + L", Status::Unverified),
        (facts.cure_uncovered,                             "Q13", "D < cure_end", silence),
        (true,                                             "Q14", "otherwise", Status::NotMet),
    ];
    rules
}
