//! What is seen of every request: an id that the client gets back, a span, a count by method and code.

use std::time::Instant as Stopwatch;

use axum::extract::Request;
use axum::response::Response;
use http::{HeaderMap, HeaderValue};
use http_body_util::BodyExt as _;
use tracing::Instrument as _;

use super::rule;

/// The header that carries a request's id, both ways.
pub(super) const REQUEST_ID: &str = "x-request-id";
const REQUEST_ID_BYTES_MAX: usize = 128;
/// What is counted as the method of a path that none has: anybody could make up any number of paths.
pub(super) const NO_METHOD: &str = "unknown";

/// Gives a request its id and its span, and counts it when its answer has ended. `mend` is given the headers of the answer and
/// its trailers, before anything is counted.
pub(super) async fn observe<F: Future<Output = Response>>(
    mut request: Request,
    answer: impl FnOnce(Request) -> F,
    mend: impl Fn(&mut HeaderMap) + Send + 'static,
) -> Response {
    let id = request_id(request.headers());
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let path = request.uri().path().trim_start_matches('/');
    let span = tracing::info_span!("request", method = path, id = id.to_str().unwrap_or_default());
    let method = rule::of(path).map_or(NO_METHOD, |rule| rule.method);
    let count = Count { method, begun: Stopwatch::now(), code: None, span: span.clone() };
    let mut response = answer(request).instrument(span).await;
    mend(response.headers_mut());
    response.headers_mut().insert(REQUEST_ID, id);
    watch_end(response, count, mend)
}

/// The client's own id where it gave a usable one, else a new one.
pub(super) fn request_id(headers: &HeaderMap) -> HeaderValue {
    let usable = |id: &&HeaderValue| {
        (1..=REQUEST_ID_BYTES_MAX).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic)
    };
    headers.get(REQUEST_ID).filter(usable).cloned().unwrap_or_else(|| {
        let made = uuid::Uuid::now_v7().to_string();
        HeaderValue::from_str(&made).unwrap_or_else(|_| HeaderValue::from_static("none"))
    })
}

fn watch_end(response: Response, mut count: Count, mend: impl Fn(&mut HeaderMap) + Send + 'static) -> Response {
    // An answer that is only an error has its code among the headers; others in the trailers at their end.
    count.code = code(response.headers());
    response.map(|body| {
        axum::body::Body::new(body.map_frame(move |mut frame| {
            if let Some(trailers) = frame.trailers_mut() {
                mend(trailers);
                count.end(code(trailers));
            }
            frame
        }))
    })
}

fn code(headers: &HeaderMap) -> Option<tonic::Code> {
    headers.get("grpc-status").map(|code| tonic::Code::from_bytes(code.as_bytes()))
}

/// Counts a request that has ended.
pub(super) fn count(method: &'static str, code: tonic::Code) {
    metrics::counter!("entente_requests_total", "method" => method, "code" => word(code)).increment(1);
}

/// A code as the label of a counter.
const fn word(code: tonic::Code) -> &'static str {
    use tonic::Code;
    match code {
        Code::Ok => "Ok",
        Code::Cancelled => "Cancelled",
        Code::Unknown => "Unknown",
        Code::InvalidArgument => "InvalidArgument",
        Code::DeadlineExceeded => "DeadlineExceeded",
        Code::NotFound => "NotFound",
        Code::AlreadyExists => "AlreadyExists",
        Code::PermissionDenied => "PermissionDenied",
        Code::ResourceExhausted => "ResourceExhausted",
        Code::FailedPrecondition => "FailedPrecondition",
        Code::Aborted => "Aborted",
        Code::OutOfRange => "OutOfRange",
        Code::Unimplemented => "Unimplemented",
        Code::Internal => "Internal",
        Code::Unavailable => "Unavailable",
        Code::DataLoss => "DataLoss",
        Code::Unauthenticated => "Unauthenticated",
    }
}

/// One request, counted when the last of its answer is gone: also when the client went away before.
struct Count {
    method: &'static str,
    begun: Stopwatch,
    code: Option<tonic::Code>,
    span: tracing::Span,
}

impl Count {
    fn end(&mut self, code: Option<tonic::Code>) {
        self.code = code;
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        let code = self.code.unwrap_or(tonic::Code::Cancelled);
        let seconds = self.begun.elapsed().as_secs_f64();
        let method = if code == tonic::Code::Unimplemented { NO_METHOD } else { self.method };
        count(method, code);
        metrics::histogram!("entente_request_seconds", "method" => method).record(seconds);
        self.span.in_scope(|| tracing::debug!(?code, seconds, "request ended"));
    }
}
