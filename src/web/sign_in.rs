//! Signing in: a token, entered once, begins a session. Its id is in a cookie that no script can read and no other site can
//! have sent; the token itself is in none.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header::{HOST, LOCATION, ORIGIN, SET_COOKIE};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};

use super::respond::html;
use super::{asset, respond};
use crate::auth::{self, Access, Caller, Presented};

/// The longest form that is read, in bytes; a JWT can be long.
pub(super) const FORM_BYTES_MAX: usize = 16 << 10;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    stylesheet: &'a str,
    icon: &'a str,
    next: &'a str,
    why: Option<String>,
    /// Who is signed in already, if so.
    principal: Option<String>,
}

/// The page that asks for a token, and then leads to `next`.
pub fn page(next: &str, why: Option<String>) -> Response {
    guarded(render(next, why, None))
}

fn render(next: &str, why: Option<String>, principal: Option<String>) -> Response {
    let (stylesheet, icon) = (asset::STYLE.path(), asset::ICON.path());
    match (SignInPage { stylesheet, icon, next: own_path(next), why, principal }).render() {
        Ok(text) => html(text),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Sends a page that did not come through the console's own layer under its policy all the same.
fn guarded(response: Response) -> Response {
    respond::under_policy(response)
}

/// The page itself.
pub(super) async fn show(caller: Option<Extension<Caller>>) -> Response {
    let principal = caller.filter(|caller| !caller.is_anybody()).map(|caller| caller.principal().to_string());
    render("/", None, principal)
}

/// Takes the form.
pub(super) async fn enter(State(access): State<Arc<Access>>, headers: HeaderMap, body: axum::body::Bytes) -> Response {
    if !is_of_this_site(&headers) {
        return (StatusCode::FORBIDDEN, "this form is sent from the page of this server alone\n").into_response();
    }
    if body.len() > FORM_BYTES_MAX {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    let field = |name: &str| form_urlencoded::parse(&body).find(|(key, _)| key == name).map(|(_, value)| value);
    let next = field("next").unwrap_or_default().into_owned();
    let token = field("token").unwrap_or_default().trim().to_owned();
    let bearer = (!token.is_empty()).then_some(token.as_str());
    let refuse = |why: String| {
        let mut response = render(&next, Some(why), None);
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        response
    };
    if access.is_open() {
        // Nobody is asked who they are, so there is nobody to remember.
        return respond::see(own_path(&next));
    }
    let caller = match access.prove(Presented { bearer, certificate: None }) {
        Ok(caller) => caller,
        Err(refused) => return refuse(refused.to_string()),
    };
    end(&access, &headers);
    match access.sessions().begin(&caller, access.clock().now()) {
        Ok(id) => leave_for(own_path(&next), access.set_session_cookie(Some(&id))),
        Err(error) => {
            tracing::error!(%error, "the system gives no random numbers, so nobody can sign in");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Ends the session, and forgets the cookie.
pub(super) async fn leave(State(access): State<Arc<Access>>, headers: HeaderMap) -> Response {
    if !is_of_this_site(&headers) {
        return (StatusCode::FORBIDDEN, "this form is sent from the page of this server alone\n").into_response();
    }
    end(&access, &headers);
    leave_for("/sign-in", access.set_session_cookie(None))
}

/// Ends the session that a request brings, if it brings one.
fn end(access: &Access, headers: &HeaderMap) {
    if let Some(id) = auth::session_of(headers, access.session_cookie()) {
        access.sessions().end(id);
    }
}

/// The way on, with another cookie. An id is Base64 for addresses, which no header can be broken out of.
fn leave_for(path: &str, cookie: String) -> Response {
    let (Ok(location), Ok(mut cookie)) = (HeaderValue::from_str(path), HeaderValue::try_from(cookie)) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    cookie.set_sensitive(true);
    (StatusCode::SEE_OTHER, [(LOCATION, location), (SET_COOKIE, cookie)]).into_response()
}

/// A path of this server, whatever was asked for: `//elsewhere` would lead elsewhere.
fn own_path(next: &str) -> &str {
    let is_own = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n', '\t']);
    if is_own { next } else { "/" }
}

/// Whether a form comes from a page of this server: a browser says of which origin the page is.
fn is_of_this_site(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    match text(ORIGIN) {
        None => true,
        Some(origin) => {
            let origin: Option<Uri> = origin.parse().ok();
            let of = origin.as_ref().and_then(Uri::authority).map(http::uri::Authority::as_str);
            of.is_some() && of == text(HOST)
        }
    }
}
