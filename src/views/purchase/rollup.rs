//! Roll-up: one status from those of several series, or of several tranches (specification, section 5).

use super::super::rule::{self, Rule};
use crate::domain::Status;

/// From the worst to the best, for series that decide conservatively.
const WORST_FIRST: [Status; 15] = [
    Status::NotMet,
    Status::Breached,
    Status::Disputed,
    Status::InGrace,
    Status::Unverified,
    Status::Behind,
    Status::Excused,
    Status::OnTrack,
    Status::Open,
    Status::Pending,
    Status::Cured,
    Status::MetLate,
    Status::Waived,
    Status::Moot,
    Status::Met,
];

/// What makes a pledge what it is, wherever one tranche is that.
const DECIDES_ALONE: [Status; 9] = [
    Status::NotMet,
    Status::Breached,
    Status::Disputed,
    Status::InGrace,
    Status::Unverified,
    Status::Behind,
    Status::Excused,
    Status::OnTrack,
    Status::Open,
];

const DECIDES_ALONE_ASKED: &str =
    "the first present of NOT_MET, BREACHED, DISPUTED, IN_GRACE, UNVERIFIED, BEHIND, EXCUSED, ON_TRACK, OPEN";

/// What a pledge is where every tranche is settled.
const FINALS: [Status; 5] = [Status::Cured, Status::MetLate, Status::Met, Status::Waived, Status::Moot];

const FINALS_ASKED: &str = "the first present of CURED, MET_LATE, MET, WAIVED, MOOT";

/// The worst of several.
pub(super) fn worst(statuses: &[Status]) -> Status {
    first_of(&WORST_FIRST, statuses).unwrap_or(Status::Open)
}

/// The one that all share, else DISPUTED.
pub(super) fn common(statuses: &[Status]) -> Status {
    match statuses.split_first() {
        Some((first, rest)) if rest.iter().all(|status| status == first) => *first,
        _ => Status::Disputed,
    }
}

/// The status of a pledge from those of its tranches.
pub(super) fn roll_up(tranches: &[Status]) -> Status {
    rule::first(&rules(tranches)).1
}

/// The rows by which the statuses of the tranches make one, in order.
pub(super) fn rules(tranches: &[Status]) -> [Rule<Status>; 4] {
    let alone = first_of(&DECIDES_ALONE, tranches);
    let settled = first_of(&FINALS, tranches);
    let pending = tranches.contains(&Status::Pending);
    [
        (alone.is_some(), "", DECIDES_ALONE_ASKED, alone.unwrap_or(Status::Open)),
        (settled.is_some() && pending, "", "tranches are settled, and others are PENDING", Status::Open),
        (settled.is_some(), "", FINALS_ASKED, settled.unwrap_or(Status::Pending)),
        (true, "", "all tranches are PENDING", Status::Pending),
    ]
}

fn first_of(order: &[Status], present: &[Status]) -> Option<Status> {
    order.iter().copied().find(|status| present.contains(status))
}
