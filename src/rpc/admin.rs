//! What AdminService tells and does, a file each.

pub(super) mod backup;
pub(super) mod limits;
