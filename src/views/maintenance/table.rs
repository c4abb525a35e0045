//! The table of maintenance duties (specification, section 4), rows M0 to M12.

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

/// The first row that matches; no row where a rate ceiling without a rate stands in place of M2 to M12.
pub(super) fn decide(facts: &Facts) -> (Option<&'static str>, Lifecycle, Status) {
    use Lifecycle::{InForce, Lapsed, Pending, Suspended, Terminated};
    let live = facts.live;
    let running = if facts.suspended { Suspended } else { InForce };
    let ended = if facts.by_act { Terminated } else { Lapsed };
    let unknown = facts.unknown_rate;
    let not_kept = facts.in_breach_at_the_end || facts.late;
    #[rustfmt::skip]
    let rows = [
        (facts.void,                  Some("M0"),  Terminated, Status::Moot),
        (facts.ended_before_it_began, Some("M0a"), Terminated, Status::Moot),
        (facts.before_start,          Some("M1"),  Pending,    Status::Pending),
        (live && unknown,             None,        running,    Status::Unverified),
        (unknown,                     None,        ended,      Status::Unverified),
        (live && facts.ongoing
              && facts.within_cure,   Some("M2"),  running,    Status::InGrace),
        (live && facts.ongoing,       Some("M3"),  running,    Status::Breached),
        (live && facts.contested,     Some("M4"),  running,    Status::Disputed),
        (live && facts.suspended,     Some("M5"),  Suspended,  Status::Excused),
        (live && facts.waived,        Some("M6"),  running,    Status::Waived),
        (live && facts.excused,       Some("M6"),  running,    Status::Excused),
        (live && facts.past,          Some("M7"),  running,    Status::Cured),
        (live,                        Some("M8"),  running,    Status::OnTrack),
        (not_kept,                    Some("M9"),  ended,      Status::NotMet),
        (facts.contested,             Some("M10"), ended,      Status::Disputed),
        (facts.past,                  Some("M11"), ended,      Status::Cured),
    ];
    let matching = rows.into_iter().find(|(applies, ..)| *applies);
    matching.map_or((Some("M12"), ended, Status::Met), |(_, row, lifecycle, status)| (row, lifecycle, status))
}
