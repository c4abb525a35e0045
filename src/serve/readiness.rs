//! Whether the server can do its work: gRPC health, and `/healthz` for those who speak only HTTP.

use std::time::Duration;

use axum::routing::get;
use axum::{Extension, Router};
use http::StatusCode;
use tokio_util::sync::CancellationToken;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use crate::auth::{Caller, Right};
use crate::ledger::{Ledger, Ledgers};
use crate::rpc;

/// How often readiness is looked at.
const PERIOD: Duration = Duration::from_secs(1);
/// A commit that takes longer than this hangs; a slow disk takes a tenth of it.
const COMMIT_MAX: Duration = Duration::from_secs(10);

/// Keeps the gRPC health status true until the server stops.
pub(super) async fn report(ledgers: Ledgers, health: HealthReporter, stopping: CancellationToken) {
    loop {
        let ready = unready(&ledgers).is_none() && !stopping.is_cancelled();
        let records = read_only(&ledgers).is_none();
        for service in rpc::SERVICES.into_iter().chain([""]) {
            // A ledger with a hole still answers questions, and its server records in the others; so does one that is full.
            let serves = ready && (records || service != rpc::LEDGER_SERVICE);
            let status = if serves { ServingStatus::Serving } else { ServingStatus::NotServing };
            health.set_service_status(service, status).await;
        }
        if stopping.is_cancelled() {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(PERIOD) => {}
            () = stopping.cancelled() => {}
        }
    }
}

/// Why the server cannot record in any ledger, if so.
fn unready(ledgers: &Ledgers) -> Option<String> {
    let hangs = |ledger: &Ledger| ledger.committing_for().is_some_and(|time| time > COMMIT_MAX);
    ledgers.poisoned().or_else(|| {
        let stuck = ledgers.all().into_iter().find(hangs)?;
        Some(format!(
            "a commit of ledger {} has been waiting for the disk for over {} s",
            stuck.name(),
            COMMIT_MAX.as_secs()
        ))
    })
}

/// Why some ledger takes no events although it answers: it cannot be read whole, or there is no room for more.
fn read_only(ledgers: &Ledgers) -> Option<String> {
    let damaged = |ledger: &Ledger| Some(format!("ledger {}: {}", ledger.name(), ledger.damage()?));
    ledgers.all().iter().find_map(damaged).or_else(|| ledgers.full())
}

/// The page `/healthz`: 200 while every ledger takes changes, 503 with the reason otherwise.
pub(super) fn router(ledgers: Ledgers) -> Router {
    let page = move |caller: Option<Extension<Caller>>| {
        // The reason names ledgers.
        let may_know = caller.is_some_and(|caller| caller.grants().allow_everywhere(Right::Read));
        let reason = unready(&ledgers).or_else(|| read_only(&ledgers));
        async move {
            match reason {
                None => (StatusCode::OK, "ok\n".to_owned()),
                Some(reason) if may_know => (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")),
                Some(_) => (StatusCode::SERVICE_UNAVAILABLE, "not ready; the server's log has the reason\n".to_owned()),
            }
        }
    };
    Router::new().route("/healthz", get(page))
}
