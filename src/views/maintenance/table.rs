//! The table of maintenance duties (specification, section 4), rows M0 to M12.

use super::super::rule::Rule;
use crate::domain::{Lifecycle, Status};

/// What the rows ask about.
#[derive(Debug)]
pub(super) struct Facts {
    /// Terminated, mode void.
    pub(super) void: bool,
    /// Terminated at or before the start.
    pub(super) ended_before_it_began: bool,
    /// Asked about before the start.
    pub(super) before_start: bool,
    /// Begun and not ended.
    pub(super) live: bool,
    /// Its end is by act, not by time.
    pub(super) by_act: bool,
    /// A breach goes on.
    pub(super) ongoing: bool,
    /// Its cure period runs.
    pub(super) within_cure: bool,
    /// A contested interval has begun.
    pub(super) contested: bool,
    /// The duty is suspended.
    pub(super) suspended: bool,
    /// The measure is applied, and that is waived.
    pub(super) waived: bool,
    /// The measure is applied, and that is excused.
    pub(super) excused: bool,
    /// Some breach is over.
    pub(super) past: bool,
    /// Some breach ended after its cure period.
    pub(super) late: bool,
    /// A breach was going on at the end.
    pub(super) in_breach_at_the_end: bool,
    /// A rate ceiling of which no rate is known.
    pub(super) unknown_rate: bool,
}

/// The rows, in order; those without a name are the rate ceiling without a rate, in place of M2 to M12.
pub(super) fn rules(facts: &Facts) -> [Rule<(Lifecycle, Status)>; 17] {
    use Lifecycle::{InForce, Lapsed, Pending, Suspended, Terminated};
    let live = facts.live;
    let running = if facts.suspended { Suspended } else { InForce };
    let ended = if facts.by_act { Terminated } else { Lapsed };
    let unknown = facts.unknown_rate;
    let not_kept = facts.in_breach_at_the_end || facts.late;
    #[rustfmt::skip]
    let rules = [
        (facts.void,                  "M0",  "terminated, mode void", (Terminated, Status::Moot)),
        (facts.ended_before_it_began, "M0a", "terminated at or before the start", (Terminated, Status::Moot)),
        (facts.before_start,          "M1",  "as_of < start", (Pending, Status::Pending)),
        (live && unknown,             "",    "live, a rate ceiling with no rate known", (running, Status::Unverified)),
        (unknown,                     "",    "ended, a rate ceiling with no rate known", (ended, Status::Unverified)),
        (live && facts.ongoing
              && facts.within_cure,   "M2",  "live, breach ongoing, as_of < cure_end", (running, Status::InGrace)),
        (live && facts.ongoing,       "M3",  "live, breach ongoing", (running, Status::Breached)),
        (live && facts.contested,     "M4",  "live, a contested interval has begun by as_of", (running, Status::Disputed)),
        (live && facts.suspended,     "M5",  "live, duty suspended at as_of", (Suspended, Status::Excused)),
        (live && facts.waived,        "M6",  "live, measure applied at as_of but waived", (running, Status::Waived)),
        (live && facts.excused,       "M6",  "live, measure applied at as_of but excused", (running, Status::Excused)),
        (live && facts.past,          "M7",  "live, some past breach", (running, Status::Cured)),
        (live,                        "M8",  "live", (running, Status::OnTrack)),
        (not_kept,                    "M9",  "ended, breach ongoing at the end, or any late", (ended, Status::NotMet)),
        (facts.contested,             "M10", "ended, contested", (ended, Status::Disputed)),
        (facts.past,                  "M11", "ended, some breach, all cured in time", (ended, Status::Cured)),
        (true,                        "M12", "ended", (ended, Status::Met)),
    ];
    rules
}
