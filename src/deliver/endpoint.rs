//! One endpoint of a webhook file, checked.

use std::collections::BTreeSet;

use http::Uri;

use super::Secret;
use crate::domain::{Docket, Party, Position, Slug};
use crate::ledger::EventFilter;

/// Where events go.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Its name; its cursor is kept as `webhook-` and this.
    pub name: Slug,
    /// Where to post, `http://` only.
    pub url: Uri,
    /// What is signed with.
    pub secret: Secret,
    /// The ledger that is followed.
    pub ledger: Slug,
    /// What is posted.
    pub follows: Follows,
    /// Where to begin where no cursor is kept yet.
    pub after: Begin,
    /// How long the endpoint may take to answer.
    pub patience: std::time::Duration,
}

/// What an endpoint is posted.
#[derive(Debug, Clone)]
pub enum Follows {
    /// The events that a filter takes.
    Events(EventFilter),
    /// What these and time change: transitions of statuses, revisions, and deadlines that come near.
    Transitions(Changes),
}

/// Which changes of statuses.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Of these commitments; empty is of all.
    pub commitments: BTreeSet<Slug>,
    /// Of promises by or to these parties; empty is of all.
    pub parties: BTreeSet<Party>,
    /// How many seconds before a lapse or a due date it is told.
    pub leads: BTreeSet<i64>,
}

impl Changes {
    /// Whether a commitment is asked about, as known at a position.
    pub fn take(&self, docket: &Docket, commitment: &Slug, known: Position) -> bool {
        let of_a_party = || {
            docket.undertaking(commitment, known).is_some_and(|(_, undertaken)| {
                self.parties.contains(&undertaken.obligor) || self.parties.contains(&undertaken.obligee)
            })
        };
        (self.commitments.is_empty() || self.commitments.contains(commitment))
            && (self.parties.is_empty() || of_a_party())
    }
}

/// Where an endpoint begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Begin {
    /// With what is recorded from the first start on.
    #[default]
    Now,
    /// With the first event.
    Start,
}
