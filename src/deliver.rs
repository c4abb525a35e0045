//! Webhooks: events, or the changes of statuses, posted to addresses as they come, each signed, each until it is taken, in
//! order.
//!
//! Here: the file of endpoints ([`Webhooks::read`]), signatures, and one task an endpoint with a durable cursor of its own
//! ([`deliver`]), so that a slow or broken endpoint delays no other. Not here: what an event looks like outside (`exchange`).

mod changes;
mod endpoint;
mod post;
mod secret;
mod task;
mod webhook_file;

pub use endpoint::{Begin, Changes, Endpoint, Follows};
pub use secret::{Secret, SecretError};
pub use webhook_file::{WebhookError, Webhooks};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::ledger::Ledgers;

/// Delivers to every endpoint until `stopping` is cancelled; ends once every place reached is kept.
pub async fn deliver(webhooks: Webhooks, ledgers: Ledgers, stopping: CancellationToken) {
    let mut tasks = JoinSet::new();
    for endpoint in webhooks.endpoints {
        tasks.spawn(task::run(endpoint, ledgers.clone(), stopping.clone()));
    }
    while let Some(ended) = tasks.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a webhook's task ended by itself");
        }
    }
}
