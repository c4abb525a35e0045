//! A refusal at the gate, in the words of whoever asked: a gRPC status, or a page with 429.

use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use tonic::Status;

use super::super::reached::Reached;
use super::super::status::Fault;
use super::super::{observe, rule};
use super::Kind;

/// Tells that a limit is reached.
pub(super) fn refuse(request: &Request, kind: Kind, reached: Reached) -> Response {
    let path = request.uri().path();
    if !kind.is_grpc {
        reached.count();
        let seconds = reached.retry_after.map_or(1, |wait| wait.as_secs().max(1));
        let sentence = format!("{} ({} is {}).\n", reached.message, reached.limit, reached.value);
        return (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, seconds)], sentence).into_response();
    }
    let mut response: Response = Status::from(Fault::Limit(reached)).into_http();
    let headers = response.headers_mut();
    headers.insert(observe::REQUEST_ID, observe::request_id(request.headers()));
    // gRPC-Web is answered in the form that it asked in.
    let form = request.headers().get(CONTENT_TYPE).cloned();
    headers.insert(CONTENT_TYPE, form.unwrap_or(HeaderValue::from_static("application/grpc")));
    let label = rule::of(path.trim_start_matches('/')).map_or(observe::NO_METHOD, |rule| rule.method);
    observe::count(label, tonic::Code::ResourceExhausted);
    response
}
