//! What AdminService does, a file each.

pub(super) mod backup;
