//! AppendEventStream: batches taken up as they come, answered in their order as they become durable.

use std::sync::Arc;

use futures_util::{Stream, StreamExt as _};
use prost::Message as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Status, Streaming};

use super::ledger_service::{append_sizes, appended, make_id, preconditions, submissions};
use super::name;
use super::status::{self, Fault};
use crate::domain::{EventId, Text};
use crate::ledger::{AppendRequest, Appending, Ledger, Ledgers, Line};
use crate::proto::v1;

/// How many batches of one stream may wait for their answers; the next one is not read before there is room.
const BATCHES_WAITING_MAX: usize = 64;
/// How many bytes they may have together. One batch may be larger, and waits for the others then.
const BYTES_WAITING_MAX: u32 = 8 << 20;

type Answer = Result<v1::AppendEventStreamResponse, Status>;

/// A stream of batches that is to be taken up.
pub(super) struct AppendStream {
    pub(super) ledgers: Ledgers,
    pub(super) request_bytes_max: usize,
    pub(super) recorded_by: Text,
    pub(super) stopping: CancellationToken,
}

/// What the answers wait for, in the order of the batches.
enum Waiting {
    Batch {
        number: u64,
        ids: Vec<EventId>,
        appending: Appending,
        _room: Option<OwnedSemaphorePermit>,
    },
    /// The stream ends with this.
    Refused(Status),
}

impl AppendStream {
    /// Starts to take batches up. It ends with the first one that is refused, when the client has sent its last or goes
    /// away, or when the server stops.
    pub(super) fn start(self, batches: Streaming<v1::AppendEventStreamRequest>) -> impl Stream<Item = Answer> + use<> {
        let (answers, waiting) = mpsc::channel(BATCHES_WAITING_MAX);
        tokio::spawn(self.take_up(batches, answers));
        ReceiverStream::new(waiting).then(Waiting::answer)
    }

    async fn take_up(self, mut batches: Streaming<v1::AppendEventStreamRequest>, answers: mpsc::Sender<Waiting>) {
        let room = Arc::new(Semaphore::new(BYTES_WAITING_MAX as usize));
        let line = Line::default();
        let mut ledger = None;
        for number in 1.. {
            // Room first: what is not read yet holds the client back.
            let Ok(place) = answers.reserve().await else { return };
            let message = tokio::select! {
                message = batches.message() => message,
                () = self.stopping.cancelled() => return place.send(Waiting::Refused(in_batch(number, Fault::Stopping))),
                () = answers.closed() => return,
            };
            let batch = match message {
                Ok(Some(batch)) => batch,
                Ok(None) => return,
                Err(status) => return place.send(Waiting::Refused(status::unreadable(&status).unwrap_or(status))),
            };
            match self.enqueue(batch, number, &mut ledger, &line, &room).await {
                Ok(waiting) => place.send(waiting),
                Err(fault) => return place.send(Waiting::Refused(in_batch(number, fault))),
            }
        }
    }

    async fn enqueue(
        &self,
        batch: v1::AppendEventStreamRequest,
        number: u64,
        ledger: &mut Option<(String, Ledger)>,
        line: &Line,
        room: &Arc<Semaphore>,
    ) -> Result<Waiting, Fault> {
        let ledger = match ledger {
            Some((name, _)) if !batch.ledger.is_empty() && batch.ledger != *name => {
                let why =
                    format!("is {:?}, and this stream records into {name:?}; open a stream for each", batch.ledger);
                return Err(Fault::field("ledger", why));
            }
            Some((_, ledger)) => ledger,
            None => {
                let found = name::ledger(&self.ledgers, &batch.ledger, "ledger")?;
                &ledger.insert((batch.ledger.clone(), found)).1
            }
        };
        let bytes = batch.encoded_len();
        if bytes > self.request_bytes_max {
            return Err(Fault::RequestTooLarge { bytes, max: self.request_bytes_max });
        }
        let weight = u32::try_from(bytes).unwrap_or(u32::MAX).min(BYTES_WAITING_MAX);
        let submissions = submissions(&batch.submissions, ledger.name(), |_| make_id())?;
        let ids = submissions.iter().map(|submission| submission.event_id).collect();
        let append_sizes = append_sizes(&batch.append_sizes, submissions.len(), ledger.kind())?;
        let request = AppendRequest {
            submissions,
            preconditions: preconditions(batch.preconditions.unwrap_or_default(), ledger.name())?,
            validate_only: false,
            append_sizes,
            recorded_by: self.recorded_by.clone(),
            bytes,
        };
        // Nobody closes it; without a permit the batch would only be counted as nothing.
        let _room = Arc::clone(room).acquire_many_owned(weight).await.ok();
        let appending = ledger.append_in_line(request, line).await?;
        Ok(Waiting::Batch { number, ids, appending, _room })
    }
}

impl Waiting {
    async fn answer(self) -> Answer {
        match self {
            Waiting::Refused(status) => Err(status),
            Waiting::Batch { number, ids, appending, _room } => {
                let outcome = appending.outcome().await.map_err(|error| in_batch(number, error.into()))?;
                Ok(v1::AppendEventStreamResponse {
                    batch: number,
                    events: appended(&ids, &outcome),
                    replayed: outcome.replayed,
                    head: outcome.head.get(),
                })
            }
        }
    }
}

fn in_batch(number: u64, fault: Fault) -> Status {
    Fault::InBatch { number, fault: Box::new(fault) }.into()
}
