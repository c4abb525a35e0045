//! JWTs that were verified lately, so that a signature is verified once and not with every request.

use std::collections::HashMap;

use parking_lot::RwLock;

use super::caller::Caller;
use super::secret::Digest;
use crate::domain::Instant;

/// How many are remembered. Beyond that all are forgotten: it costs a signature each to learn them again.
const PROVED_MAX: usize = 4096;

/// Callers by what is kept of their JWT.
#[derive(Default)]
pub(super) struct Proved(RwLock<HashMap<Digest, Caller>>);

impl Proved {
    pub(super) fn get(&self, digest: &Digest, now: Instant) -> Option<Caller> {
        self.0.read().get(digest).filter(|caller| !caller.is_over(now)).cloned()
    }

    pub(super) fn remember(&self, digest: Digest, caller: Caller) {
        let mut proved = self.0.write();
        if proved.len() >= PROVED_MAX {
            proved.clear();
        }
        proved.insert(digest, caller);
    }
}
