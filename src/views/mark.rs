//! Marks: which flags a reader of an overview must not overlook.

use crate::domain::Flag;

/// Whether a mark tells of a doubt, a right or a quarrel; the others keep books: what was counted, by which terms.
pub(super) fn must_be_seen(flag: Flag) -> bool {
    !matches!(
        flag,
        Flag::Amended
            | Flag::BoundOnly
            | Flag::DeMinimis
            | Flag::FindingApplied
            | Flag::ImmatureCohort
            | Flag::InadmissibleClaim
            | Flag::InsufficientSample
            | Flag::OtherBasisIgnored
            | Flag::ReadingAdopted
            | Flag::StraddlesDue
            | Flag::StraddlesStart
            | Flag::WaiverApplied
    )
}
