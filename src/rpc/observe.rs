//! What is seen of every request: an id that the client gets back, a span, a count by method and code.

use std::time::Instant as Stopwatch;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderValue};
use http_body_util::BodyExt as _;
use tracing::Instrument as _;

/// The header that carries a request's id, both ways.
pub(super) const REQUEST_ID: &str = "x-request-id";
const REQUEST_ID_BYTES_MAX: usize = 128;

/// Gives a request its id and its span, and counts it when its answer has ended.
pub(super) async fn observe(mut request: Request, next: Next) -> Response {
    let id = request_id(request.headers());
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let method = request.uri().path().trim_start_matches('/').to_owned();
    let span = tracing::info_span!("request", %method, id = id.to_str().unwrap_or_default());
    let count = Count { method, begun: Stopwatch::now(), code: None, span: span.clone() };
    let mut response = next.run(request).instrument(span).await;
    response.headers_mut().insert(REQUEST_ID, id);
    watch_end(response, count)
}

/// The client's own id where it gave a usable one, else a new one.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let usable = |id: &&HeaderValue| {
        (1..=REQUEST_ID_BYTES_MAX).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic)
    };
    headers.get(REQUEST_ID).filter(usable).cloned().unwrap_or_else(|| {
        let made = uuid::Uuid::now_v7().to_string();
        HeaderValue::from_str(&made).unwrap_or_else(|_| HeaderValue::from_static("none"))
    })
}

fn watch_end(response: Response, mut count: Count) -> Response {
    // An answer that is only an error has its code among the headers; others in the trailers at their end.
    count.code = code(response.headers());
    response.map(|body| {
        axum::body::Body::new(body.map_frame(move |frame| {
            if let Some(trailers) = frame.trailers_ref() {
                count.end(code(trailers));
            }
            frame
        }))
    })
}

fn code(headers: &HeaderMap) -> Option<tonic::Code> {
    headers.get("grpc-status").map(|code| tonic::Code::from_bytes(code.as_bytes()))
}

/// One request, counted when the last of its answer is gone: also when the client went away before.
struct Count {
    method: String,
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
        // A path that no service has is not a label: anybody could make up any number of them.
        let unknown = code == tonic::Code::Unimplemented;
        let method = if unknown { "unknown".to_owned() } else { self.method.clone() };
        let labels = [("method", method.clone()), ("code", format!("{code:?}"))];
        metrics::counter!("entente_requests_total", &labels).increment(1);
        metrics::histogram!("entente_request_seconds", "method" => method).record(seconds);
        self.span.in_scope(|| tracing::debug!(?code, seconds, "request ended"));
    }
}
