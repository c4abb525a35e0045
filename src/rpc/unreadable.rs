//! Requests that are no message: tonic refuses them before a service is asked, as INTERNAL, since to it whoever made the
//! bytes may be either side. Here it is the client, who is told so, by the field at which reading ended.

use http::HeaderMap;
use tonic::Status;

use super::status;

/// Tells a client that its request cannot be read, by the headers of the answer or its trailers. An answer of our own services
/// always says more than a code, so that none of them is taken for this.
pub(super) fn reword(headers: &mut HeaderMap) {
    if headers.get(Status::GRPC_STATUS).is_none_or(|code| code == "0") {
        return;
    }
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
