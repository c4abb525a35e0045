//! A caller: somebody whose credential was checked, and what they may do.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::grant::Grants;
use super::role::Right;
use crate::clock::Clock;
use crate::domain::{Instant, Slug, Text};

/// Whoever calls a server that asks for no credential. Proved principals have a colon.
const LOCAL: &str = "local";

/// Somebody whose credential was checked. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Caller(Arc<Known>);

#[derive(Debug)]
struct Known {
    principal: Text,
    grants: Grants,
    /// When the credential runs out by itself.
    until: Option<Instant>,
    /// Cancelled when it was taken back, or is to be proved again.
    taken_back: CancellationToken,
}

impl Caller {
    /// Whoever calls a server that asks for no credential: the operator of the machine.
    pub(super) fn local() -> Self {
        let principal = Text::new(LOCAL).expect("a word is a text");
        Self::new(principal, Grants::every(), None, CancellationToken::new())
    }

    pub(super) fn new(principal: Text, grants: Grants, until: Option<Instant>, taken_back: CancellationToken) -> Self {
        Caller(Arc::new(Known { principal, grants, until, taken_back }))
    }

    /// The same until some instant at most; what ends this one ends that one too, and not the other way round.
    pub(super) fn lent(&self, until: Instant) -> Self {
        let until = self.0.until.map_or(until, |own| own.min(until));
        Self::new(self.0.principal.clone(), self.0.grants.clone(), Some(until), self.0.taken_back.child_token())
    }

    /// Takes it back: it is over, and what waits for its end hears so.
    pub(super) fn take_back(&self) {
        self.0.taken_back.cancel();
    }

    /// Who it is, with how that was proved: `local`, `token:NAME`, `certificate:IDENTITY` or `jwt:ISSUER:SUBJECT`. This is the
    /// `recorded_by` of what they record.
    pub fn principal(&self) -> &Text {
        &self.0.principal
    }

    /// Whether nobody was asked who they are.
    pub fn is_anybody(&self) -> bool {
        self.0.principal.as_str() == LOCAL
    }

    /// What was granted.
    pub fn grants(&self) -> &Grants {
        &self.0.grants
    }

    /// Whether they may do something in a ledger.
    pub fn may(&self, right: Right, ledger: &Slug) -> bool {
        self.0.grants.allow(right, ledger)
    }

    /// Whether the credential was taken back or has run out.
    pub fn is_over(&self, now: Instant) -> bool {
        self.0.taken_back.is_cancelled() || self.0.until.is_some_and(|until| until <= now)
    }

    /// Waits until the credential is taken back, runs out, or is to be proved again.
    pub async fn over(self, clock: Clock) {
        let runs_out = async {
            match self.0.until {
                Some(until) => clock.reached(until).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.0.taken_back.cancelled() => {}
            () = runs_out => {}
        }
    }
}
