//! The stream of a read: steps off the asynchronous threads, handed on as fast as the client takes them.

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::Status;

use super::status::Fault;
use crate::domain::Position;
use crate::ledger::{EventFilter, EventPage, Heading, Ledger};
use crate::proto::stored::{EventBatch, ReadEventsResponse, ReadPart as Part};
use crate::proto::v1;

/// How many steps may wait for a slow client; each has about 1 MiB.
const STEPS_WAITING_MAX: usize = 2;

pub(super) type ReadStream = ReceiverStream<Result<ReadEventsResponse, Status>>;

/// A read to be made.
pub(super) struct Reading {
    pub(super) ledger: Ledger,
    pub(super) heading: Heading,
    pub(super) filter: EventFilter,
    /// At most so many events; `None` is all.
    pub(super) limit: Option<u64>,
}

impl Reading {
    /// Starts the read. It ends by itself, when the client goes away, or when the server stops.
    pub(super) fn start(self, stopping: CancellationToken) -> ReadStream {
        let (parts, stream) = mpsc::channel(STEPS_WAITING_MAX);
        tokio::spawn(async move {
            let is_whole = tokio::select! {
                () = self.run(&parts) => true,
                () = stopping.cancelled() => false,
            };
            if !is_whole {
                // Waits for a slow client to make room: a stream that is cut must not look like one that has ended.
                drop(parts.send(Err(Fault::Stopping.into())).await);
            }
        });
        ReceiverStream::new(stream)
    }

    async fn run(&self, parts: &mpsc::Sender<Result<ReadEventsResponse, Status>>) {
        let mut heading = self.heading;
        let mut left = self.limit;
        loop {
            let page = match self.step(heading, left).await {
                Ok(page) => page,
                Err(fault) => return drop(parts.send(Err(fault.into())).await),
            };
            heading = page.next;
            left = left.map(|left| left.saturating_sub(page.events.len() as u64));
            let ends = page.at_end || left == Some(0);
            let end = ends.then(|| read_end(&page));
            if !page.events.is_empty() {
                let batch = Part::Batch(EventBatch { events: page.events });
                if parts.send(Ok(ReadEventsResponse { part: Some(batch) })).await.is_err() {
                    return;
                }
            }
            if let Some(end) = end {
                return drop(parts.send(Ok(ReadEventsResponse { part: Some(Part::End(end)) })).await);
            }
        }
    }

    async fn step(&self, heading: Heading, left: Option<u64>) -> Result<EventPage, Fault> {
        let (ledger, filter) = (self.ledger.clone(), self.filter.clone());
        let limit = left.map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(usize::MAX));
        let step = tokio::task::spawn_blocking(move || ledger.events(heading, &filter, limit));
        let page = step.await.map_err(|error| Fault::Internal(error.to_string()))?;
        Ok(page?)
    }
}

fn read_end(page: &EventPage) -> v1::ReadEnd {
    let next = match page.next {
        Heading::Forward(after) => after,
        Heading::Backward(before) => before.unwrap_or(page.head.next()),
    };
    v1::ReadEnd { next: Position::get(next), at_end: page.at_end, head: page.head.get() }
}
