//! The layer before the pages: the console, the tree's tiles, the counters. The same rule as for gRPC, with one more way to
//! bring a credential: the cookie of a session, which the sign-in page begins.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, SET_COOKIE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::auth::{self, Access, Caller, Peer, Presented, Refused, Right, Scene};
use crate::rpc::{Connection, Proved};
use crate::web;

/// What a page needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// Nothing: there is nothing of a ledger on it.
    Nothing,
    /// A credential. The page of a ledger asks for the right to read it.
    Credential,
    /// The right to read all ledgers, whose names it tells.
    ReadEverywhere,
}

/// Every path is behind a credential but those listed here.
fn need(path: &str) -> Need {
    match path {
        // What a sign-in page is made of, and whether the server serves.
        "/sign-in" | "/sign-out" | "/favicon.ico" | "/healthz" => Need::Nothing,
        path if path.starts_with("/static/") => Need::Nothing,
        "/metrics" => Need::ReadEverywhere,
        _ => Need::Credential,
    }
}

/// Lets a request through with its [`Caller`], or answers it.
pub(super) async fn guard(State(access): State<Arc<Access>>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let need = need(&path);
    let peer = Connection::peer(request.extensions());
    let proved = request.extensions_mut().remove::<Proved>();
    let proved = proved.map_or_else(|| prove(&access, request.headers(), &peer), |Proved(outcome)| outcome);
    let scene = |principal| Scene { principal, address: peer.address, method: &path, request: "" };
    let caller = match proved {
        Ok(caller) => caller,
        Err(_) if need == Need::Nothing => return next.run(request).await,
        Err(refused) => {
            auth::denied(scene(None), refused.reason(), &refused.to_string());
            return unproved(&access, &request, &refused);
        }
    };
    if need == Need::ReadEverywhere && !caller.grants().allow_everywhere(Right::Read) {
        auth::denied(scene(Some(caller.principal().as_str())), "NOT_GRANTED", "reader of all ledgers is needed");
        return (StatusCode::FORBIDDEN, "this needs the role reader of all ledgers, which was not granted\n")
            .into_response();
    }
    request.extensions_mut().insert(caller.clone());
    let response = next.run(request).await;
    if response.status() == StatusCode::FORBIDDEN {
        auth::denied(scene(Some(caller.principal().as_str())), "NOT_GRANTED", "reader of the ledger is needed");
    }
    until_over(response, caller, &access)
}

/// The caller of the request of a page, which may also bring the cookie of the sign-in page.
pub(super) fn prove(access: &Access, headers: &HeaderMap, peer: &Peer) -> Result<Caller, Refused> {
    if access.is_open() {
        return access.prove(Presented::default());
    }
    let bearer = auth::bearer_of(headers)?;
    match auth::session_of(headers, access.session_cookie()) {
        Some(session) if bearer.is_none() => access.resume(session),
        _ => access.prove(Presented { bearer, certificate: peer.certificate.as_deref() }),
    }
}

/// People get the page to sign in; programs a sentence.
fn unproved(access: &Access, request: &Request, refused: &Refused) -> Response {
    let wants_page = request
        .headers()
        .get_all(http::header::ACCEPT)
        .iter()
        .any(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")));
    let mut response = if wants_page && request.method() == Method::GET {
        // Who brought nothing is asked, and not scolded.
        let why = (*refused != Refused::Missing).then(|| refused.to_string());
        let next = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        web::sign_in_page(next, why)
    } else {
        (StatusCode::UNAUTHORIZED, format!("{refused}\n")).into_response()
    };
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    let headers = response.headers_mut();
    headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"entente\""));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if *refused == Refused::SessionOver
        && let Ok(forgotten) = HeaderValue::try_from(access.set_session_cookie(None))
    {
        // Else it would stand in the way of a certificate.
        headers.insert(SET_COOKIE, forgotten);
    }
    response
}

/// A stream of events ends when the credential that it was asked with is over.
fn until_over(response: Response, caller: Caller, access: &Access) -> Response {
    let streams = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes() == b"text/event-stream");
    if !streams || access.is_open() {
        return response;
    }
    let over = Box::pin(caller.over(access.clock().clone()));
    response.map(|body| Body::from_stream(body.into_data_stream().take_until(over)))
}
