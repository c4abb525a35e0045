//! What every gRPC request passes before a service sees it, from the outermost on: it is observed, guarded, and its refusals are
//! put into the words of this server.
//!
//! One layer, made of functions that take the next one: as layers of their own each would copy all that is behind it for every
//! request, which cost more than what they do.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::size::Sizes;
use super::{guard, observe, unreadable};
use crate::auth::Access;

/// What the layer holds requests against.
#[derive(Clone)]
pub(super) struct Front {
    pub(super) access: Arc<Access>,
    pub(super) sizes: Sizes,
}

/// Takes a request to its service, and the answer back.
pub(super) async fn front(State(Front { access, sizes }): State<Front>, request: Request, next: Next) -> Response {
    let mend = move |headers: &mut http::HeaderMap| {
        sizes.reword(headers);
        unreadable::reword(headers);
    };
    // Guarded while it is observed, so that denials are counted.
    let answer = async move |request| guard::guard(&access, request, |request| next.run(request)).await;
    observe::observe(request, answer, mend).await
}
