//! What AdminService does, a file each.

pub(super) mod backup;
pub(super) mod token;
