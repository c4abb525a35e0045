//! Keeps the answers of now at hand, in every ledger, so that whoever asks first does not wait for all of them.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::domain::Slug;
use crate::ledger::{Forwarded, Ledgers};

/// How often it is looked whether something was recorded or time has changed something.
const PERIOD: Duration = Duration::from_secs(1);
/// How many times as long it rests as it worked, so that it takes a twentieth of one core at most from those who append.
const REST: u32 = 19;

/// Brings answers forward until the server stops.
pub(super) async fn bring_forward(ledgers: Ledgers, stopping: CancellationToken) {
    let mut told: HashMap<Slug, Forwarded> = HashMap::new();
    loop {
        let begun = Instant::now();
        let now = ledgers.clock().now();
        for ledger in ledgers.all() {
            let still_holds = |it: &Forwarded| it.known == ledger.head() && it.until.is_none_or(|until| now < until);
            if told.get(ledger.name()).is_some_and(still_holds) || stopping.is_cancelled() {
                continue;
            }
            let worker = ledger.clone();
            let Ok(forwarded) = tokio::task::spawn_blocking(move || worker.bring_forward(now)).await else { return };
            tracing::debug!(ledger = %ledger.name(), anew = forwarded.anew, "answers brought forward");
            told.insert(ledger.name().clone(), forwarded);
        }
        tokio::select! {
            () = tokio::time::sleep((begun.elapsed() * REST).max(PERIOD)) => {}
            () = stopping.cancelled() => return,
        }
    }
}
