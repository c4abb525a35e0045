//! One post of one message.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::Endpoint;
use crate::domain::Instant;

/// How much of an answer is read, so that the connection can be used again.
const ANSWER_BYTES_MAX: usize = 64 << 10;

/// What is posted: the same bytes under the same id, however often.
pub(super) struct Message {
    /// Stable: a receiver knows by it what it has taken already.
    pub(super) id: String,
    pub(super) body: Bytes,
}

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotTaken {
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    #[error("did not answer within {0:?}")]
    Silent(Duration),
    #[error("answered {status}")]
    Refused {
        status: StatusCode,
        /// When to come again, if it says so.
        retry_after: Option<Duration>,
    },
    #[error("cannot be asked: {0}")]
    Unaskable(#[from] http::Error),
}

/// Posts to one endpoint, over connections that are kept.
pub(super) struct Poster {
    endpoint: Endpoint,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Poster {
    pub(super) fn new(endpoint: Endpoint) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(endpoint.patience));
        connector.set_nodelay(true);
        Poster { endpoint, client: Client::builder(TokioExecutor::new()).build(connector) }
    }

    /// Posts a message, signed as of `now`. `Ok` means that the endpoint has taken it: any 2xx. A redirection is not
    /// followed, since it would carry the message where nobody has said that it may go.
    pub(super) async fn post(&self, message: &Message, now: Instant) -> Result<(), NotTaken> {
        let patience = self.endpoint.patience;
        match tokio::time::timeout(patience, self.send(message, now.unix_seconds())).await {
            Ok(outcome) => outcome,
            Err(_) => Err(NotTaken::Silent(patience)),
        }
    }

    async fn send(&self, message: &Message, timestamp: i64) -> Result<(), NotTaken> {
        let request = Request::post(self.endpoint.url.clone())
            .header(CONTENT_TYPE, "application/cloudevents+json; charset=utf-8")
            .header(USER_AGENT, concat!("entente/", env!("CARGO_PKG_VERSION")))
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", self.endpoint.secret.sign(&message.id, timestamp, &message.body))
            .body(Full::new(message.body.clone()))?;
        let answer = self.client.request(request).await.map_err(|error| NotTaken::Unreachable(cause(&error)))?;
        let status = answer.status();
        let retry_after = answer.headers().get(RETRY_AFTER).and_then(|it| it.to_str().ok()?.parse().ok());
        // Whatever it says beside the status is of no interest.
        drop(Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await);
        if status.is_success() {
            return Ok(());
        }
        Err(NotTaken::Refused { status, retry_after: retry_after.map(Duration::from_secs) })
    }
}

fn cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
