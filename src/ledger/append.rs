//! The front of an append: a bounded queue into the writer, and a reply out of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{mpsc, oneshot};

use super::{Ledger, LedgerError};
use crate::domain::Preconditions;
use crate::domain::{Instant, Position, Submission, Text};

/// How many appends may wait for the writer; the next one waits outside, so memory stays bounded.
pub(super) const QUEUE_APPENDS_MAX: usize = 1024;

/// How much one group gathers before it is written; what waits beyond goes into the next.
const GROUP_EVENTS_MAX: usize = 1000;
const GROUP_BYTES_MAX: usize = 1 << 20;

/// What a client asks to record.
#[derive(Debug, Clone)]
pub struct AppendRequest {
    /// The events, in order.
    pub submissions: Vec<Submission>,
    /// What must still be so.
    pub preconditions: Preconditions,
    /// Says what would happen, and records nothing.
    pub validate_only: bool,
    /// The appends that this one repeats, by how many events each had; empty where it is one by itself.
    pub append_sizes: Vec<usize>,
    /// Who asks, from the credential.
    pub recorded_by: Text,
    /// How long the request was, to bound what one group gathers.
    pub bytes: usize,
}

/// What was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppendOutcome {
    /// One for each submission, in its order: where it stands, and when it was recorded.
    pub events: Vec<(Position, Instant)>,
    /// It had all been recorded before; this is the original result.
    pub replayed: bool,
    /// The ledger's head after this.
    pub head: Position,
}

/// What the writer is told.
pub(super) enum Order {
    /// To record, or to say what would happen.
    Append(Job),
    /// To raise the clock floor.
    Raise(Raise),
    /// To take no more appends, answer those that wait, and end.
    Close,
}

/// One raise of the clock floor on its way to the writer.
pub(super) struct Raise {
    pub(super) to: Instant,
    pub(super) reply: oneshot::Sender<Result<(), LedgerError>>,
}

/// What the writer does next: first the raises, then the appends as one group.
#[derive(Default)]
pub(super) struct Work {
    pub(super) raises: Vec<Raise>,
    pub(super) group: Vec<Job>,
}

/// One append on its way to the writer.
pub(super) struct Job {
    pub(super) request: AppendRequest,
    pub(super) reply: Reply,
}

/// A sequence of appends, none of which is recorded unless all before it were.
#[derive(Debug, Clone, Default)]
pub struct Line {
    is_broken: Arc<AtomicBool>,
}

/// Who waits for the outcome of an append.
pub(super) struct Reply {
    sender: oneshot::Sender<Result<AppendOutcome, LedgerError>>,
    line: Option<Line>,
}

impl Reply {
    /// Tells the outcome. One that is not recorded leaves nothing behind it in its line to be recorded.
    pub(super) fn send(self, outcome: Result<AppendOutcome, LedgerError>) {
        if outcome.is_err() {
            self.withdraw();
        }
        drop(self.sender.send(outcome));
    }

    /// Whether the append is still wanted: whoever has stopped waiting, by deadline or by leaving, has withdrawn it, and what
    /// stands behind an append that was withdrawn or refused is not wanted either.
    pub(super) fn is_wanted(&self) -> bool {
        // The writer alone reads and writes it.
        let is_behind = self.line.as_ref().is_some_and(|line| line.is_broken.load(Ordering::Relaxed));
        !is_behind && !self.sender.is_closed()
    }

    /// Has nothing recorded that stands behind this one in its line.
    pub(super) fn withdraw(&self) {
        if let Some(line) = &self.line {
            line.is_broken.store(true, Ordering::Relaxed);
        }
    }
}

/// An append that the writer has yet to answer.
#[derive(Debug)]
pub struct Appending {
    outcome: oneshot::Receiver<Result<AppendOutcome, LedgerError>>,
}

impl Appending {
    /// The outcome. `Ok` promises that the events are durable.
    pub async fn outcome(self) -> Result<AppendOutcome, LedgerError> {
        self.outcome.await.map_err(|_| LedgerError::Closed)?
    }
}

impl Ledger {
    /// Records events, all or none. `Ok` promises that they are durable. Dropping the future before the writer has
    /// taken the append up withdraws it; later, sending the same ids again tells what became of it.
    pub async fn append(&self, request: AppendRequest) -> Result<AppendOutcome, LedgerError> {
        self.enqueue(request, None).await?.outcome().await
    }

    /// The same for one of a line, without waiting for the outcome: resolves once the writer's queue has room for it.
    /// Dropping what is returned withdraws the append and what stands behind it, unless the writer has taken it up.
    pub async fn append_in_line(&self, request: AppendRequest, line: &Line) -> Result<Appending, LedgerError> {
        self.enqueue(request, Some(line.clone())).await
    }

    async fn enqueue(&self, request: AppendRequest, line: Option<Line>) -> Result<Appending, LedgerError> {
        let (sender, outcome) = oneshot::channel();
        metrics::gauge!("entente_append_queue_depth", "ledger" => self.name().as_str().to_owned())
            .set(self.queue_depth() as f64);
        let job = Job { request, reply: Reply { sender, line } };
        self.queue.send(Order::Append(job)).await.map_err(|_| LedgerError::Closed)?;
        Ok(Appending { outcome })
    }

    fn queue_depth(&self) -> usize {
        QUEUE_APPENDS_MAX - self.queue.capacity()
    }
}

/// Takes up one order and all that wait behind it, up to the bounds of a group. `None` when the ledger closes.
pub(super) fn next_work(queue: &mut mpsc::Receiver<Order>) -> Option<Work> {
    let mut work = Work::default();
    let (mut events, mut bytes) = (0, 0);
    let mut next = Some(queue.blocking_recv()?);
    // No timer: a group is what waited while the last one was synced.
    while let Some(order) = next {
        match order {
            Order::Append(job) => {
                events += job.request.submissions.len();
                bytes += job.request.bytes;
                work.group.push(job);
            }
            Order::Raise(raise) => work.raises.push(raise),
            // What is in the queue by now is still received, and then nothing.
            Order::Close => queue.close(),
        }
        next = (events < GROUP_EVENTS_MAX && bytes < GROUP_BYTES_MAX).then(|| queue.try_recv().ok()).flatten();
    }
    Some(work)
}
