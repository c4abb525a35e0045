//! The body of a request, counted as it comes in: what a client sends is held in memory until it is whole.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use tonic::Status;

use super::super::reached::Reached;
use super::super::status::Fault;
use super::allowance::Place;

/// The body of a request.
pub(super) struct Upload {
    body: Body,
    place: Arc<Place>,
    /// Of a stream of requests: the message that is coming in.
    message: Option<Message>,
}

/// The bytes that announce a message of gRPC: a flag, and its length.
const HEAD: usize = 5;

/// A message that is coming in.
#[derive(Debug, Default)]
struct Message {
    head: Vec<u8>,
    /// What is there of it.
    held: u64,
    /// What is to come of it, once its head is known.
    to_come: u64,
}

impl Upload {
    /// A body whose bytes are counted until its request has ended, or in a stream of requests until each message is whole:
    /// what a service has taken up is bounded there.
    pub(super) fn new(body: Body, place: Arc<Place>, is_stream: bool) -> Self {
        Upload { body, place, message: is_stream.then(Message::default) }
    }

    fn count(&mut self, data: &[u8]) -> Result<(), Reached> {
        match &mut self.message {
            None => self.place.upload(data.len() as u64),
            Some(message) => {
                let before = message.held;
                message.take(data);
                self.place.give_back(before);
                self.place.upload(message.held)
            }
        }
    }
}

impl Message {
    fn take(&mut self, mut data: &[u8]) {
        while !data.is_empty() {
            if self.head.len() < HEAD {
                let (head, rest) = data.split_at(data.len().min(HEAD - self.head.len()));
                self.head.extend(head);
                self.held += head.len() as u64;
                data = rest;
                if let [_, a, b, c, d] = self.head[..] {
                    self.to_come = u64::from(u32::from_be_bytes([a, b, c, d]));
                }
            } else {
                let taken = data.len().min(usize::try_from(self.to_come).unwrap_or(usize::MAX));
                self.to_come -= taken as u64;
                self.held += taken as u64;
                data = &data[taken..];
            }
            if self.head.len() == HEAD && self.to_come == 0 {
                *self = Message::default();
            }
        }
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
        let counted = frame.data_ref().map_or(Ok(()), |data| self.count(data));
        Poll::Ready(Some(match counted {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_stream_only_the_message_that_is_not_whole_is_held() {
        let mut message = Message::default();
        let mut held = |data: &[u8]| {
            message.take(data);
            message.held
        };
        assert_eq!(held(&[0, 0, 0]), 3, "half a head");
        assert_eq!(held(&[0, 4, 1, 2]), 7);
        assert_eq!(held(&[3, 4]), 0, "whole, and none begun");
        assert_eq!(held(&[0, 0, 0, 0, 1, 9, 0, 0, 0, 0, 0, 0, 0, 0]), 3, "one, an empty one, and half a head");
        assert_eq!(held(&[0, 2]), 5);
        assert_eq!(held(&[7, 7, 1]), 1);
    }
}
