//! Events gathered into requests that the server takes.

use crate::proto::v1;

/// The most events in one request.
const BATCH_EVENTS_MAX: usize = 1000;
/// The most bytes in one request; the server takes 4 MiB.
const BATCH_BYTES_MAX: usize = 2 << 20;

/// Events on their way into a request, each with what the caller wants to know of it.
#[derive(Debug)]
pub struct Batch<T> {
    events: Vec<(T, v1::Submission)>,
    bytes: usize,
}

impl<T> Batch<T> {
    /// Puts one event in. Where it no longer fits, the batch so far is given back, and the event begins the next.
    pub fn add(&mut self, tag: T, submission: v1::Submission) -> Option<Vec<(T, v1::Submission)>> {
        self.add_together(vec![(tag, submission)])
    }

    /// Puts events in that belong in one request. Where they no longer fit, the batch so far is given back, and they
    /// begin the next.
    pub fn add_together(&mut self, events: Vec<(T, v1::Submission)>) -> Option<Vec<(T, v1::Submission)>> {
        let length: usize = events.iter().map(|(_, submission)| prost::Message::encoded_len(submission)).sum();
        let is_full = self.events.len() + events.len() > BATCH_EVENTS_MAX || self.bytes + length > BATCH_BYTES_MAX;
        let full = (is_full && !self.events.is_empty()).then(|| self.take());
        self.bytes += length;
        self.events.extend(events);
        full
    }

    /// What is in it, which leaves it empty.
    pub fn take(&mut self) -> Vec<(T, v1::Submission)> {
        self.bytes = 0;
        std::mem::take(&mut self.events)
    }
}

impl<T> Default for Batch<T> {
    fn default() -> Self {
        Batch { events: Vec::new(), bytes: 0 }
    }
}
