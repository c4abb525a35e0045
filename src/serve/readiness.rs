//! Whether the server can do its work: gRPC health, and `/healthz` for those who speak only HTTP.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use http::StatusCode;
use tokio_util::sync::CancellationToken;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use crate::ledger::Ledgers;
use crate::rpc;

/// How often readiness is looked at.
const PERIOD: Duration = Duration::from_secs(1);

/// Keeps the gRPC health status true until the server stops.
pub(super) async fn report(ledgers: Ledgers, health: HealthReporter, stopping: CancellationToken) {
    loop {
        let ready = ledgers.poisoned().is_none() && !stopping.is_cancelled();
        let status = if ready { ServingStatus::Serving } else { ServingStatus::NotServing };
        for service in rpc::SERVICES.into_iter().chain([""]) {
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

/// The page `/healthz`: 200 while the store takes changes, 503 with the reason otherwise.
pub(super) fn router(ledgers: Ledgers) -> Router {
    let page = move || {
        let reason = ledgers.poisoned();
        async move {
            match reason {
                None => (StatusCode::OK, "ok\n".to_owned()),
                Some(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")),
            }
        }
    };
    Router::new().route("/healthz", get(page))
}
