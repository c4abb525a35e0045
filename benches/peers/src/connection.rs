//! What every store can do, so that the load is the same on each.

use std::pin::Pin;

use futures_util::stream::BoxStream;
use uuid::Uuid;

use crate::event::{Contents, Event};

/// An answer of a store.
pub(crate) type Answer<'a, T> = Pin<Box<dyn Future<Output = anyhow::Result<T>> + Send + 'a>>;

/// A client's connection to a store.
pub(crate) trait Connection: Send + Sync {
    /// Records events; resolves when they are durable.
    fn append<'a>(&'a self, events: &'a [Event]) -> Answer<'a, ()>;

    /// Records one event if its subject is still at a revision, and gives its new one. The error of a stale one is
    /// [`Stale`].
    fn append_if<'a>(&'a self, event: &'a Event, revision: u64) -> Answer<'a, u64>;

    /// Reads everything, in the order of the store.
    fn read(&self) -> Answer<'_, Contents>;

    /// The ids of what is recorded from now on, as it is recorded.
    fn follow(&self) -> Answer<'_, BoxStream<'static, anyhow::Result<Uuid>>>;
}

/// The subject was not at the revision.
#[derive(Debug)]
pub(crate) struct Stale;

impl std::fmt::Display for Stale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the revision is stale")
    }
}

impl std::error::Error for Stale {}

/// What a store cannot be asked.
pub(crate) fn cannot<'a, T: Send + 'a>(what: &'static str) -> Answer<'a, T> {
    Box::pin(std::future::ready(Err(anyhow::anyhow!("{what}"))))
}
