//! The table of one-off acts (specification, section 6). The specification gives its rows in order without names; here
//! they are A0 to A13.

use super::super::rule::Rule;
use crate::domain::Status;
use crate::domain::terms::OnMissing;

/// What the rows ask about.
#[derive(Debug)]
pub(super) struct Facts {
    /// The instrument is void.
    pub(super) void: bool,
    /// as_of < start.
    pub(super) before_start: bool,
    /// t known, N now below the target, as_of before the persistence end.
    pub(super) undone: bool,
    /// as_of at or past the persistence end, and N below the target at it.
    pub(super) not_kept_to_the_end: bool,
    /// t < due.
    pub(super) done_in_time: bool,
    /// t < cure_end.
    pub(super) done_in_cure: bool,
    /// A valid waiver is active.
    pub(super) waived: bool,
    /// Terminated before due.
    pub(super) terminated: bool,
    /// as_of < due.
    pub(super) before_due: bool,
    /// as_of < due + L.
    pub(super) within_due_lag: bool,
    /// as_of < cure_end.
    pub(super) within_cure: bool,
    /// t known.
    pub(super) done: bool,
    /// as_of < cure_end + L.
    pub(super) within_cure_lag: bool,
    /// What silence means.
    pub(super) on_missing: OnMissing,
}

/// The rows, in order. N is the running count, t the first time it reached the target, L the reporting lag.
pub(super) fn rules(facts: &Facts) -> [Rule<Status>; 14] {
    let silence = match facts.on_missing {
        OnMissing::Unverified => Status::Unverified,
        OnMissing::NotMet => Status::NotMet,
    };
    #[rustfmt::skip]
    let rules = [
        (facts.void,                "A0",  "the instrument is void", Status::Moot),
        (facts.before_start,        "A1",  "as_of < start", Status::Pending),
        (facts.undone,              "A2",  "t known, N now below the target, and as_of before the persistence end", Status::Breached),
        (facts.not_kept_to_the_end, "A3",  "as_of at or past the persistence end, and N below the target at it", Status::NotMet),
        (facts.done_in_time,        "A4",  "t < due", Status::Met),
        (facts.done_in_cure,        "A5",  "t < cure_end", Status::MetLate),
        (facts.waived,              "A6",  "a valid waiver is active", Status::Waived),
        (facts.terminated,          "A7",  "terminated before due", Status::Moot),
        (facts.before_due,          "A8",  "as_of < due", Status::Open),
        (facts.within_due_lag,      "A9",  "as_of < due + L", Status::Unverified),
        (facts.within_cure,         "A10", "as_of < cure_end", Status::InGrace),
        (facts.done,                "A11", "t known", Status::NotMet),
        (facts.within_cure_lag,     "A12", "as_of < cure_end + L", Status::Unverified),
        (true,                      "A13", "otherwise", silence),
    ];
    rules
}
