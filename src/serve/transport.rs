//! The transport under its limits: HTTP/2 and HTTP/1.1 as hyper and h2 speak them.

use std::time::Duration;

use tonic::transport::Server;

use crate::rpc::Limits;

/// A transport that holds these limits.
///
/// A connection that is old is asked to end (GOAWAY) by the transport, and ended by `watched` after its grace: with a grace of
/// its own, tonic 0.14 cuts it without having asked.
pub(super) fn server(limits: &Limits) -> Server {
    let server = Server::builder()
        .accept_http1(true)
        .max_concurrent_streams(number(limits.connection_requests_max))
        .http2_keepalive_interval(Some(Duration::from_secs(limits.keepalive_seconds)))
        .http2_keepalive_timeout(Some(Duration::from_secs(limits.keepalive_timeout_seconds)))
        .http2_max_header_list_size(number(limits.header_kib_max.saturating_mul(1024)))
        // Rapid reset (CVE-2023-44487): beyond this the connection ends with ENHANCE_YOUR_CALM.
        .http2_max_pending_accept_reset_streams(usize::try_from(limits.pending_resets_max).ok())
        // The same by way of errors that the client provokes (CVE-2025-8671).
        .http2_max_local_error_reset_streams(usize::try_from(limits.protocol_resets_max).ok());
    match limits.connection_age() {
        Some(age) => server.max_connection_age(age),
        None => server,
    }
}

fn number(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
