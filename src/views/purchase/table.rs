//! The table of purchase pledges (specification, section 5), rows Q0 to Q14, for one tranche in one series.

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

/// The first row that matches.
pub(super) fn decide(facts: &Facts) -> (&'static str, Status) {
    let early = !facts.due;
    let silence = match facts.on_missing {
        OnMissing::Unverified => Status::Unverified,
        OnMissing::NotMet => Status::NotMet,
    };
    #[rustfmt::skip]
    let rows = [
        (facts.void,                                       "Q0",  Status::Moot),
        (facts.before_start && !facts.terminated,          "Q1",  Status::Pending),
        (facts.met_by_due,                                 "Q2",  Status::Met),
        (facts.due && facts.met_by_cure_end,               "Q3",  Status::MetLate),
        (facts.waived,                                     "Q4",  Status::Waived),
        (facts.excused && !facts.terminated,               "Q5",  Status::Excused),
        (facts.terminated,                                 "Q6",  Status::Moot),
        (early && !facts.covered && facts.first_data_late, "Q7",  Status::Unverified),
        (early && !facts.covered,                          "Q7",  Status::Open),
        (early && facts.no_pace,                           "Q8",  Status::Open),
        (early && facts.on_pace,                           "Q9",  Status::OnTrack),
        (early,                                            "Q9",  Status::Behind),
        (facts.due_uncovered && facts.within_due_lag,      "Q10", Status::Unverified),
        (facts.within_cure,                                "Q11", Status::InGrace),
        (facts.cure_uncovered && facts.within_cure_lag,    "Q12", Status::Unverified),
        (facts.cure_uncovered,                             "Q13", silence),
    ];
    let matching = rows.into_iter().find(|(applies, ..)| *applies);
    matching.map_or(("Q14", Status::NotMet), |(_, row, status)| (row, status))
}
