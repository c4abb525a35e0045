//! The front of an append: a bounded queue into the writer, and a reply out of it.

use tokio::sync::{mpsc, oneshot};

use super::bounds::QueuePlace;
use super::{Ledger, LedgerError};
use crate::domain::Preconditions;
use crate::domain::{Instant, Position, Submission, Text};

/// The room of the channel to a writer. It is never filled: [`Bounds`](super::Bounds) refuse before, so that nobody waits
/// outside and takes up memory there.
pub(super) const QUEUE_LENGTH: usize = 1 << 17;

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
    pub(super) reply: oneshot::Sender<Result<AppendOutcome, LedgerError>>,
    pub(super) _place: QueuePlace,
}

impl Ledger {
    /// Records events, all or none. `Ok` promises that they are durable. Dropping the future before the writer has
    /// taken the append up withdraws it; later, sending the same ids again tells what became of it. `QueueFull` where
    /// more waits for the writer than the bounds allow; nothing is recorded then.
    pub async fn append(&self, request: AppendRequest) -> Result<AppendOutcome, LedgerError> {
        let (reply, outcome) = oneshot::channel();
        let place = QueuePlace::take(&self.shared, request.bytes)?;
        metrics::gauge!("entente_append_queue_depth", "ledger" => self.name().as_str().to_owned())
            .set(self.shared.waiting.appends() as f64);
        self.queue.send(Order::Append(Job { request, reply, _place: place })).await.map_err(|_| LedgerError::Closed)?;
        outcome.await.map_err(|_| LedgerError::Closed)?
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
