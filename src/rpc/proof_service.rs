//! ProofService: checkpoints, proofs, keys, and the leaves themselves.

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use super::admission::Guarded;
use super::status::Fault;
use super::{clocks, name};
use crate::domain::{EventId, Position};
use crate::ledger::{Ledger, LedgerError, LedgerKey, Ledgers, SignedCheckpoint};
use crate::proof::Hash;
use crate::proto::v1;
use v1::proof_service_server::ProofService;

/// How many steps of leaves may wait for a slow client; each has 1 MiB at most, or one longer leaf.
const STEPS_WAITING_MAX: usize = 2;

/// The service over the ledgers of one store.
pub(super) struct ProofApi {
    ledgers: Guarded,
    stopping: CancellationToken,
}

type Leaves = ReceiverStream<Result<v1::ReadLeavesResponse, Status>>;

impl ProofApi {
    pub(super) fn new(ledgers: Ledgers, stopping: CancellationToken) -> Self {
        ProofApi { ledgers: Guarded::new(ledgers), stopping }
    }

    async fn checkpoint(&self, request: Request<v1::GetCheckpointRequest>) -> Result<v1::GetCheckpointResponse, Fault> {
        let ledgers = self.ledgers.admit(&request)?;
        let request = request.into_inner();
        let ledger = name::ledger(&ledgers, &request.ledger, "ledger")?;
        clocks::wait_for(&ledger, request.min_position).await?;
        Ok(v1::GetCheckpointResponse { checkpoint: Some(checkpoint(&*ledger.checkpoint()?)) })
    }

    async fn inclusion(
        &self,
        request: Request<v1::GetInclusionProofRequest>,
    ) -> Result<v1::GetInclusionProofResponse, Fault> {
        let ledgers = self.ledgers.admit(&request)?;
        let request = request.into_inner();
        let (ledger_name, id) = name::split(&request.name, "events")?;
        let ledger = name::ledger(&ledgers, ledger_name, "name")?;
        let signed = ledger.checkpoint()?;
        let size = size_or(request.tree_size, "tree_size", signed.checkpoint.size, &ledger)?;
        let position = position_of(&ledger, id, &request.name)?;
        if position.get() > size {
            let what = format!("position {position} is not within the tree of {size} events that is asked about");
            return Err(Fault::field("tree_size", what));
        }
        let found = off_thread(move || ledger.inclusion(position, size)).await?;
        Ok(v1::GetInclusionProofResponse {
            leaf: found.entry.to_vec(),
            position: position.get(),
            tree_size: size,
            hashes: hashes(&found.proof),
            checkpoint: Some(checkpoint(&signed)),
        })
    }

    async fn consistency(
        &self,
        request: Request<v1::GetConsistencyProofRequest>,
    ) -> Result<v1::GetConsistencyProofResponse, Fault> {
        let ledgers = self.ledgers.admit(&request)?;
        let request = request.into_inner();
        let ledger = name::ledger(&ledgers, &request.ledger, "ledger")?;
        let signed = ledger.checkpoint()?;
        let second = size_or(request.second_size, "second_size", signed.checkpoint.size, &ledger)?;
        let first = request.first_size;
        if first > second {
            let what = format!("{first} is larger than the later tree, which has {second} events");
            return Err(Fault::field("first_size", what));
        }
        let proof = off_thread(move || ledger.consistency(first, second)).await?;
        Ok(v1::GetConsistencyProofResponse {
            first_size: first,
            second_size: second,
            hashes: hashes(&proof),
            checkpoint: Some(checkpoint(&signed)),
        })
    }

    async fn keys(&self, request: Request<v1::ListKeysRequest>) -> Result<v1::ListKeysResponse, Fault> {
        let ledgers = self.ledgers.admit(&request)?;
        let request = request.into_inner();
        let ledger = name::ledger(&ledgers, &request.ledger, "ledger")?;
        let keys = off_thread(move || ledger.keys()).await?;
        Ok(v1::ListKeysResponse { keys: keys.into_iter().map(key).collect() })
    }

    fn leaves(&self, request: Request<v1::ReadLeavesRequest>) -> Result<Leaves, Fault> {
        let ledgers = self.ledgers.admit(&request)?;
        let request = request.into_inner();
        let ledger = name::ledger(&ledgers, &request.ledger, "ledger")?;
        let until = if request.through == 0 { u64::MAX } else { request.through };
        let (parts, stream) = mpsc::channel(STEPS_WAITING_MAX);
        let (stopping, after) = (self.stopping.clone(), Position::new(request.after));
        tokio::spawn(async move {
            let whole = tokio::select! {
                () = send_leaves(ledger, after, until, &parts) => true,
                () = stopping.cancelled() => false,
            };
            if !whole {
                drop(parts.send(Err(Fault::Stopping.into())).await);
            }
        });
        Ok(ReceiverStream::new(stream))
    }
}

async fn send_leaves(
    ledger: Ledger,
    mut after: Position,
    until: u64,
    parts: &mpsc::Sender<Result<v1::ReadLeavesResponse, Status>>,
) {
    loop {
        let step = ledger.clone();
        let leaves = match off_thread(move || step.leaves(after, until)).await {
            Ok(leaves) => leaves,
            Err(fault) => return drop(parts.send(Err(fault.into())).await),
        };
        let Some(last) = leaves.last() else { return };
        after = last.position;
        let leaf = |leaf: crate::ledger::Leaf| v1::Leaf {
            position: leaf.position.get(),
            entry: leaf.entry.to_vec(),
            hash: leaf.hash.map_or_else(Vec::new, |hash| hash.0.to_vec()),
        };
        let part = v1::ReadLeavesResponse { leaves: leaves.into_iter().map(leaf).collect() };
        if parts.send(Ok(part)).await.is_err() {
            return;
        }
    }
}

/// The size asked for, or that of the last checkpoint where none is.
fn size_or(asked: u64, field: &str, signed: u64, ledger: &Ledger) -> Result<u64, Fault> {
    let has = ledger.tree_size()?;
    match asked {
        0 => Ok(signed),
        asked if asked <= has => Ok(asked),
        asked => Err(Fault::field(field, format!("{asked} is beyond the tree, which has {has} events"))),
    }
}

/// The position of an event by a position or an id.
fn position_of(ledger: &Ledger, id: &str, name: &str) -> Result<Position, Fault> {
    if let Ok(position) = id.parse::<u64>() {
        return match position {
            0 => Err(Fault::field("name", "0 is no position; the first is 1")),
            position if position > ledger.head().get() => Err(Fault::not_found("event", name)),
            position => Ok(Position::new(position)),
        };
    }
    let event =
        EventId::parse(id).map_err(|error| Fault::field("name", format!("{error}, and not a position either")))?;
    let found = ledger.docket().fate(event).map(|fate| fate.position);
    match (found, ledger.hidden()) {
        (Some(position), _) => Ok(position),
        (None, Some(hidden)) => Err(hidden.into()),
        (None, None) => Err(Fault::not_found("event", name)),
    }
}

fn checkpoint(signed: &SignedCheckpoint) -> v1::Checkpoint {
    v1::Checkpoint {
        origin: signed.checkpoint.origin.clone(),
        tree_size: signed.checkpoint.size,
        root_hash: signed.checkpoint.root.0.to_vec(),
        note: signed.note.clone(),
    }
}

fn hashes(proof: &[Hash]) -> Vec<Vec<u8>> {
    proof.iter().map(|hash| hash.0.to_vec()).collect()
}

fn key(key: LedgerKey) -> v1::LedgerKey {
    v1::LedgerKey {
        verifier_key: key.verifier_key,
        since_position: key.since.map_or(0, Position::get),
        signs: key.signs,
        handover: key.handover.as_ref().map(checkpoint),
    }
}

/// Runs what blocks on the store off the asynchronous threads.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LedgerError> + Send + 'static,
) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| Fault::Internal(error.to_string()))?;
    Ok(done?)
}

#[tonic::async_trait]
impl ProofService for ProofApi {
    type ReadLeavesStream = Leaves;

    async fn get_checkpoint(
        &self,
        request: Request<v1::GetCheckpointRequest>,
    ) -> Result<Response<v1::GetCheckpointResponse>, Status> {
        Ok(Response::new(self.checkpoint(request).await?))
    }

    async fn get_inclusion_proof(
        &self,
        request: Request<v1::GetInclusionProofRequest>,
    ) -> Result<Response<v1::GetInclusionProofResponse>, Status> {
        Ok(Response::new(self.inclusion(request).await?))
    }

    async fn get_consistency_proof(
        &self,
        request: Request<v1::GetConsistencyProofRequest>,
    ) -> Result<Response<v1::GetConsistencyProofResponse>, Status> {
        Ok(Response::new(self.consistency(request).await?))
    }

    async fn list_keys(&self, request: Request<v1::ListKeysRequest>) -> Result<Response<v1::ListKeysResponse>, Status> {
        Ok(Response::new(self.keys(request).await?))
    }

    async fn read_leaves(
        &self,
        request: Request<v1::ReadLeavesRequest>,
    ) -> Result<Response<Self::ReadLeavesStream>, Status> {
        Ok(Response::new(self.leaves(request)?))
    }
}
