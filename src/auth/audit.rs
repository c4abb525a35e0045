//! The audit trail: every denial and every act that changes who may do what, or takes something back, as a log line at the
//! target `entente::audit` and as a count. Nothing here is given a secret.

use std::net::SocketAddr;

/// Where something was asked for, and by whom.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// Who, where that was proved.
    pub principal: Option<&'a str>,
    /// From which address.
    pub address: Option<SocketAddr>,
    /// Which method or page.
    pub method: &'a str,
    /// Which request.
    pub request: &'a str,
}

/// Somebody was not let in, or not let through.
pub fn denied(scene: Scene<'_>, reason: &'static str, why: &str) {
    let address = scene.address.map_or_else(|| "unknown".to_owned(), |address| address.to_string());
    let principal = scene.principal.unwrap_or("nobody");
    tracing::warn!(
        target: "entente::audit", act = "denied", reason, principal, address, method = scene.method,
        request = scene.request, why
    );
    metrics::counter!("entente_denials_total", "reason" => reason).increment(1);
}

/// Somebody did what is to be remembered: `token_created`, `token_revoked`, `ledger_created`, `retraction` …
pub fn acted(scene: Scene<'_>, act: &'static str, what: &str) {
    let address = scene.address.map_or_else(|| "unknown".to_owned(), |address| address.to_string());
    let principal = scene.principal.unwrap_or("nobody");
    tracing::info!(
        target: "entente::audit", act, principal, address, method = scene.method, request = scene.request, what
    );
    metrics::counter!("entente_audited_acts_total", "act" => act).increment(1);
}
