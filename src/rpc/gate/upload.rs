//! The body of a request, counted as it comes in: what a client sends is held in memory until it is whole.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use tonic::Status;

use super::super::status::Fault;
use super::allowance::Place;

/// The body of a request.
pub(super) struct Upload {
    body: Body,
    place: Arc<Place>,
}

impl Upload {
    pub(super) fn new(body: Body, place: Arc<Place>) -> Self {
        Upload { body, place }
    }
}

impl HttpBody for Upload {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = match ready!(Pin::new(&mut self.body).poll_frame(context)) {
            None => return Poll::Ready(None),
            Some(Err(error)) => return Poll::Ready(Some(Err(error.into_inner()))),
            Some(Ok(frame)) => frame,
        };
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        Poll::Ready(Some(match self.place.upload(bytes as u64) {
            Ok(()) => Ok(frame),
            Err(reached) => Err(Status::from(Fault::Limit(reached)).into()),
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
