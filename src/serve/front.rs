//! What every request passes first, gRPC or page: whether it comes by a name of the loopback, who sends it, and the gate that
//! counts it for them.
//!
//! One layer for all three, for the reason that `rpc/front.rs` has.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::{guard, nowhere, page_guard};
use crate::auth::Access;
use crate::rpc::{self, CallerKey, Connection, Gate, Proved};

/// What the layer holds requests against.
#[derive(Clone)]
pub(super) struct Front {
    pub(super) gate: Gate,
    pub(super) access: Arc<Access>,
    /// Whether only the names of the loopback are answered.
    pub(super) loopback_only: bool,
}

/// Lets a request through to the guards, or answers it.
pub(super) async fn front(State(front): State<Front>, mut request: Request, next: Next) -> Response {
    if front.loopback_only
        && let Some(refusal) = guard::foreign(&request)
    {
        return refusal;
    }
    front.identify(&mut request);
    front.gate.pass(request, |request| next.run(request)).await
}

impl Front {
    /// Finds out who calls, so that the gate counts by it. Whether they may is the guards' to say, and nobody is refused here.
    fn identify(&self, request: &mut Request) {
        if self.access.is_open() {
            return;
        }
        let peer = Connection::peer(request.extensions());
        let is_grpc = nowhere::is_grpc(request.headers());
        let prove = if is_grpc { rpc::prove } else { page_guard::prove };
        let outcome = prove(&self.access, request.headers(), &peer);
        if let Ok(caller) = &outcome {
            request.extensions_mut().insert(CallerKey::Principal(caller.principal().as_str().into()));
        }
        request.extensions_mut().insert(Proved(outcome));
    }
}
