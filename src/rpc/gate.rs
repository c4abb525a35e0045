//! The gate that every request passes, gRPC or page: it is counted for whoever sends it, and refused beyond the limits.

mod allowance;
mod answer;
mod refuse;
mod upload;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::header::CONTENT_TYPE;

use self::allowance::Allowances;
use self::answer::Answer;
use self::upload::Upload;
use super::caller::{CallerKey, Connection};
use super::limits::Limits;
use super::method;

/// What is known of all who have requests under way. Clones are the same gate.
#[derive(Debug, Clone)]
pub struct Gate {
    allowances: Arc<Allowances>,
}

/// What a request is, as far as the gate is concerned.
#[derive(Debug, Clone, Copy)]
struct Kind {
    is_grpc: bool,
    is_stream: bool,
    takes_stream: bool,
    /// Those who ask whether the server is well are counted apart, so that no flood hides how it is.
    is_probe: bool,
}

impl Gate {
    /// A gate that holds these limits.
    pub fn new(limits: &Limits) -> Self {
        Gate { allowances: Arc::new(Allowances::new(limits)) }
    }

    /// Passes a request on, or refuses it. What a request takes up is free again when the last of its answer is gone.
    pub async fn pass<F: Future<Output = Response>>(
        &self,
        request: Request,
        answer: impl FnOnce(Request) -> F,
    ) -> Response {
        let connection = Connection::of(request.extensions()).cloned();
        if let Some(connection) = &connection {
            connection.hear();
        }
        let caller = CallerKey::of(request.extensions());
        let kind = Kind::of(&request);
        match self.allowances.admit((caller, kind.is_probe), connection, kind.is_stream) {
            Ok(place) => {
                let place = Arc::new(place);
                let uploaded = Arc::clone(&place);
                let request = request.map(|body| Body::new(Upload::new(body, uploaded, kind.takes_stream)));
                answer(request).await.map(|body| Body::new(Answer::new(body, place)))
            }
            Err(reached) => refuse::refuse(&request, kind, reached),
        }
    }
}

impl Kind {
    fn of(request: &Request) -> Self {
        let path = request.uri().path();
        let content_type = request.headers().get(CONTENT_TYPE);
        let method = method::of(path);
        let is_grpc = content_type.is_some_and(|it| it.as_bytes().starts_with(b"application/grpc"));
        Kind {
            is_grpc,
            is_stream: if is_grpc { method.is_some_and(|it| it.streams) } else { path.ends_with("/live") },
            takes_stream: is_grpc && method.is_some_and(|it| it.takes_stream),
            is_probe: ["/healthz", "/metrics"].contains(&path) || path.starts_with("/grpc.health.v1.Health/"),
        }
    }
}
