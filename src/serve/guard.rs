//! Who is answered on the loopback: whoever calls the server by a name of the loopback.
//!
//! Without access control only the programs of this machine may reach the server. A page in a browser of this machine is
//! none of them, although its requests come over the loopback: its author can let a name of his resolve to 127.0.0.1 (DNS
//! rebinding), and to the browser the answers are then the page's own. Such a request still says by which name it was
//! made, and a browser says of which origin the page is; either one gives it away.
//!
//! CORS is not offered: no answer has an `Access-Control-*` header, so no browser shows an answer to a page of another
//! origin than the console's own.

use std::net::{Ipv4Addr, Ipv6Addr};

use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::header::{HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderValue, StatusCode, Uri};

use super::nowhere;
use crate::rpc;

/// The refusal of what is called by another name than the loopback's, or comes from a page of elsewhere. What says neither
/// passes: a browser always says by which name it calls.
pub(super) fn foreign(request: &Request) -> Option<Response> {
    let headers = request.headers();
    let is_called_here = request.uri().authority().is_none_or(is_loopback)
        && headers.get_all(HOST).iter().all(|host| read::<Authority>(host).as_ref().is_some_and(is_loopback));
    let is_from_here = headers.get_all(ORIGIN).iter().all(|origin| {
        let origin = read::<Uri>(origin);
        origin.as_ref().and_then(Uri::authority).is_some_and(is_loopback)
    });
    let why = if !is_called_here {
        "this server answers to the names of the loopback only, such as localhost, 127.0.0.1 and [::1]"
    } else if !is_from_here {
        "this server does not answer to pages of another origin than the loopback, such as http://localhost"
    } else {
        return None;
    };
    tracing::debug!(host = ?headers.get(HOST), origin = ?headers.get(ORIGIN), "a request by a foreign name is refused");
    if nowhere::is_grpc(headers) {
        // A body that is no message would hide the sentence from gRPC clients.
        return Some((StatusCode::FORBIDDEN, rpc::foreign_name(why)).into_response());
    }
    Some((StatusCode::FORBIDDEN, format!("{why}.\n")).into_response())
}

fn read<T: std::str::FromStr>(value: &HeaderValue) -> Option<T> {
    value.to_str().ok()?.parse().ok()
}

/// localhost, 127.0.0.0/8 or `[::1]`, on any port.
fn is_loopback(authority: &Authority) -> bool {
    let host = authority.host();
    let v6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || v6.is_some_and(|host| host.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback()))
}
