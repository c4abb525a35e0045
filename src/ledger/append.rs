//! The front of an append: a bounded queue into the writer, and a reply out of it.

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
    /// To take no more appends, answer those that wait, and end.
    Close,
}

/// One append on its way to the writer.
pub(super) struct Job {
    pub(super) request: AppendRequest,
    pub(super) reply: oneshot::Sender<Result<AppendOutcome, LedgerError>>,
}

impl Ledger {
    /// Records events, all or none. `Ok` promises that they are durable. Dropping the future before the writer has
    /// taken the append up withdraws it; later, sending the same ids again tells what became of it.
    pub async fn append(&self, request: AppendRequest) -> Result<AppendOutcome, LedgerError> {
        let (reply, outcome) = oneshot::channel();
        metrics::gauge!("entente_append_queue_depth", "ledger" => self.name().as_str().to_owned())
            .set(self.queue_depth() as f64);
        self.queue.send(Order::Append(Job { request, reply })).await.map_err(|_| LedgerError::Closed)?;
        outcome.await.map_err(|_| LedgerError::Closed)?
    }

    fn queue_depth(&self) -> usize {
        QUEUE_APPENDS_MAX - self.queue.capacity()
    }
}

/// Takes up one append and all that wait behind it, up to the bounds of a group. `None` when the ledger closes.
pub(super) fn next_group(queue: &mut mpsc::Receiver<Order>) -> Option<Vec<Job>> {
    let first = loop {
        match queue.blocking_recv()? {
            Order::Append(job) => break job,
            // What is in the queue by now is still received, and then nothing.
            Order::Close => queue.close(),
        }
    };
    let (mut events, mut bytes) = (first.request.submissions.len(), first.request.bytes);
    let mut group = vec![first];
    // No timer: a group is what waited while the last one was synced.
    while events < GROUP_EVENTS_MAX
        && bytes < GROUP_BYTES_MAX
        && let Ok(order) = queue.try_recv()
    {
        let Order::Append(job) = order else {
            queue.close();
            continue;
        };
        events += job.request.submissions.len();
        bytes += job.request.bytes;
        group.push(job);
    }
    Some(group)
}
