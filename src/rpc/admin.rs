//! What the AdminService does, one thing a file.

pub(super) mod token;
