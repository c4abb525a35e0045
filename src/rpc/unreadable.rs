//! Requests that are no message: tonic refuses them before a service is asked, as INTERNAL, since to it whoever made the
//! bytes may be either side. Here it is the client, who is told so, by the field at which reading ended.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderMap;
use tonic::Status;

use super::status;

/// The services that tonic brings along. What they read comes as streams, so that their refusals stand at the end.
const FOREIGN_SERVICES: &str = "/grpc.";

/// Tells a client that its request cannot be read. An answer of our own services always says more than a code, so that
/// none of them is taken for this.
pub(super) async fn refuse(request: Request, next: Next) -> Response {
    let is_foreign = request.uri().path().starts_with(FOREIGN_SERVICES);
    let mut response = next.run(request).await;
    reword(response.headers_mut());
    if !is_foreign {
        return response;
    }
    response.map(|body| {
        use http_body_util::BodyExt as _;
        axum::body::Body::new(body.map_frame(|mut frame| {
            if let Some(trailers) = frame.trailers_mut() {
                reword(trailers);
            }
            frame
        }))
    })
}

fn reword(headers: &mut HeaderMap) {
    let refusal = Status::from_header_map(headers).as_ref().and_then(status::unreadable);
    if let Some(refusal) = refusal {
        for name in ["grpc-status", "grpc-message"] {
            headers.remove(name);
        }
        // Its texts are escaped as it is added; were one not to fit a header, no code would be the answer.
        if let Err(error) = refusal.add_header(headers) {
            *headers = error.into_http::<()>().into_parts().0.headers;
        }
    }
}
