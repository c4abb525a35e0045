//! One endpoint of a webhook file, checked.

use http::Uri;

use super::Secret;
use crate::domain::Slug;
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
    /// Which events.
    pub filter: EventFilter,
    /// Where to begin where no cursor is kept yet.
    pub after: Begin,
    /// How long the endpoint may take to answer.
    pub patience: std::time::Duration,
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
