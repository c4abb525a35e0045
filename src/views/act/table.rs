//! The table of one-off acts (specification, section 6). The specification gives its rows in order without names; here
//! they are A0 to A13.

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

/// The first row that matches.
pub(super) fn decide(facts: &Facts) -> (&'static str, Status) {
    let silence = match facts.on_missing {
        OnMissing::Unverified => Status::Unverified,
        OnMissing::NotMet => Status::NotMet,
    };
    #[rustfmt::skip]
    let rows = [
        (facts.void,                "A0",  Status::Moot),
        (facts.before_start,        "A1",  Status::Pending),
        (facts.undone,              "A2",  Status::Breached),
        (facts.not_kept_to_the_end, "A3",  Status::NotMet),
        (facts.done_in_time,        "A4",  Status::Met),
        (facts.done_in_cure,        "A5",  Status::MetLate),
        (facts.waived,              "A6",  Status::Waived),
        (facts.terminated,          "A7",  Status::Moot),
        (facts.before_due,          "A8",  Status::Open),
        (facts.within_due_lag,      "A9",  Status::Unverified),
        (facts.within_cure,         "A10", Status::InGrace),
        (facts.done,                "A11", Status::NotMet),
        (facts.within_cure_lag,     "A12", Status::Unverified),
    ];
    let matching = rows.into_iter().find(|(applies, ..)| *applies);
    matching.map_or(("A13", silence), |(_, row, status)| (row, status))
}
