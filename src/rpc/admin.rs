//! What AdminService tells and does, one file each.

pub(super) mod backup;
pub(super) mod limits;
pub(super) mod token;
