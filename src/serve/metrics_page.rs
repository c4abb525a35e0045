//! Counters, and the page that shows them to Prometheus.

use std::sync::OnceLock;

use axum::Router;
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::ledger::Ledgers;
use crate::rpc::Limits;

/// Upper bounds of the buckets for durations, in seconds: from a memory write to a very slow disk.
const SECONDS: [f64; 14] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
/// Upper bounds of the buckets for the number of events in a commit.
const EVENTS: [f64; 8] = [1.0, 2.0, 5.0, 10.0, 50.0, 100.0, 500.0, 1000.0];

/// Makes the process count; a second server in one process shares the counters of the first.
pub(super) fn install() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let builder = PrometheusBuilder::new();
            let recorder = match with_buckets(builder) {
                Ok(builder) => builder.build_recorder(),
                Err(_) => PrometheusBuilder::new().build_recorder(),
            };
            let handle = recorder.handle();
            if metrics::set_global_recorder(recorder).is_err() {
                tracing::warn!("another recorder counts in this process; /metrics stays empty");
            }
            describe();
            // A rate can only be taken of what was there before its first refusal.
            for limit in Limits::all() {
                metrics::counter!("entente_limit_refusals_total", "limit" => limit.name).increment(0);
            }
            handle
        })
        .clone()
}

/// The page `/metrics`.
pub(super) fn router(handle: PrometheusHandle, ledgers: Ledgers) -> Router {
    let page = move || {
        let (handle, ledgers) = (handle.clone(), ledgers.clone());
        async move {
            // Damage shows itself to whoever reads, at any time, so it is counted when it is asked for.
            for ledger in ledgers.all() {
                metrics::gauge!("entente_damaged_positions", "ledger" => ledger.name().as_str().to_owned())
                    .set(ledger.damaged_positions() as f64);
            }
            handle.run_upkeep();
            handle.render()
        }
    };
    Router::new().route("/metrics", get(page))
}

fn with_buckets(builder: PrometheusBuilder) -> Result<PrometheusBuilder, metrics_exporter_prometheus::BuildError> {
    builder
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_events".to_owned()), &EVENTS)
}

fn describe() {
    metrics::describe_counter!("entente_requests_total", "Requests ended, by method and gRPC code.");
    metrics::describe_histogram!("entente_request_seconds", "Time from a request to the end of its answer.");
    metrics::describe_histogram!("entente_commit_events", "Events in one group commit.");
    metrics::describe_histogram!("entente_commit_seconds", "Time of one group commit: decide, write, sync, fold.");
    metrics::describe_histogram!("entente_sync_seconds", "Time of one durable write of the store.");
    metrics::describe_counter!(
        "entente_connections_refused_total",
        "Connections that were closed at once, or could not be accepted, for want of descriptors."
    );
    metrics::describe_counter!("entente_denials_total", "Requests that were not let in or not let through, by reason.");
    metrics::describe_counter!("entente_audited_acts_total", "Acts in the audit trail, such as token_revoked.");
    metrics::describe_counter!("entente_tls_handshakes_failed_total", "Connections that did not agree on TLS.");
    metrics::describe_gauge!(
        "entente_access_file_broken",
        "1 while the access file cannot be used and an older one holds."
    );
    metrics::describe_gauge!(
        "entente_tls_files_broken",
        "1 while the files of TLS cannot be used and older ones hold."
    );
    metrics::describe_gauge!("entente_head", "Position of the last durable event.");
    metrics::describe_gauge!("entente_open_seconds", "How long a ledger took to open.");
    metrics::describe_gauge!(
        "entente_events_transcribed",
        "Events that a ledger took out of transcripts as it opened."
    );
    metrics::describe_gauge!("entente_events_held", "Events that all ledgers hold in memory.");
    metrics::describe_gauge!("entente_events_max", "The most events that all ledgers may hold.");
    metrics::describe_gauge!("entente_append_queue_depth", "Appends that wait for the writer.");
    metrics::describe_counter!("entente_limit_refusals_total", "Refusals by a limit, by its name.");
    metrics::describe_gauge!("entente_connections", "Open connections.");
    metrics::describe_gauge!("entente_requests_under_way", "Requests whose answer has not ended, streams among them.");
    metrics::describe_gauge!("entente_subscribers", "Subscriptions of a ledger.");
    metrics::describe_gauge!("entente_webhook_lag_events", "Events that a webhook is still to be sent.");
    metrics::describe_gauge!(
        "entente_damaged_positions",
        "Positions that cannot be read; with any, no appends are taken."
    );
}
