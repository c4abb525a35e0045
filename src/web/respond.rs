//! How an answer leaves: with a policy under which a page cannot run, show or call anything that is not this server's.

use axum::response::{IntoResponse as _, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, StatusCode};

/// No inline script, no inline style, no other host, no frame around the page. A text of the ledger that slipped through
/// the escaping would still do nothing.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Every answer of the console passes here.
pub(super) async fn guarded(response: Response) -> Response {
    under_policy(response)
}

pub(super) fn under_policy(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(CONTENT_SECURITY_POLICY, POLICY);
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Nothing to other hosts. Under `no-referrer` a browser would not say either that a form of ours is ours (`sign_in`).
    set(REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    response
}

/// A page. It is not kept: what it says of now is over in a moment.
pub(super) fn html(text: String) -> Response {
    text_of(text, "text/html; charset=utf-8")
}

/// A text of another kind, also not kept.
pub(super) fn text_of(text: String, kind: &'static str) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-store")], text).into_response()
}

/// The way to another address, for a form that was understood.
pub(super) fn see(address: &str) -> Response {
    match HeaderValue::from_str(address) {
        Ok(location) => (StatusCode::SEE_OTHER, [(http::header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}
