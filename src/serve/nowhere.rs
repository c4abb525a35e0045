//! What is answered where nothing is: a sentence for people. gRPC has its own answer, UNIMPLEMENTED.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};

/// Lets gRPC and gRPC-Web pass, whatever they ask for. Everything else is a page that is not there.
pub(super) async fn grpc_only(request: Request, next: Next) -> Response {
    if is_grpc(request.headers()) {
        return next.run(request).await;
    }
    let sentence = "there is no such page; this server speaks gRPC and gRPC-Web, and has the console at / and the pages /healthz, /metrics and /tlog/LEDGER/checkpoint.\n";
    (StatusCode::NOT_FOUND, sentence).into_response()
}

/// Whether a request is gRPC or gRPC-Web, by what it says it is.
pub(super) fn is_grpc(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|content_type| content_type.as_bytes().starts_with(b"application/grpc"))
}
