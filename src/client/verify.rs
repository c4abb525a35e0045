//! Checking what a server tells: that a checkpoint is signed, and that what was told yesterday is the beginning of what is
//! told today.

use super::{Client, ClientError};
use crate::proof::{Checkpoint, CheckpointError, Hash, NotAHash, VerifierKey, VerifyError};
use crate::proof::{verify_consistency, verify_inclusion};
use crate::proto::v1;

/// What a server has told about a ledger, checked. Keep it, and have the next one proved to continue it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What the ledger vouches for.
    pub checkpoint: Checkpoint,
    /// The signed note that says so: evidence against the server, should it ever say something else.
    pub note: String,
    /// The key that signed it: the one that was trusted, or one that has taken over from it.
    pub key: VerifierKey,
}

/// Why what a server tells is not to be believed, or could not be had.
#[derive(Debug, thiserror::Error)]
pub enum VerifyFault {
    /// No answer.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The checkpoint is not one that this key signed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The proof proves nothing.
    #[error("the server cannot prove it: {0}")]
    Proof(#[from] VerifyError),
    /// The proof has something in it that is no hash.
    #[error("a hash of the proof {0}")]
    Hash(#[from] NotAHash),
    /// The server has fewer events now than it signed for earlier.
    #[error("the ledger has {now} events, but {earlier} were signed for earlier: the rest is missing")]
    Shorter {
        /// How many it signed for earlier.
        earlier: u64,
        /// How many it signs for now.
        now: u64,
    },
}

impl From<tonic::Status> for VerifyFault {
    fn from(status: tonic::Status) -> Self {
        VerifyFault::Client(status.into())
    }
}

impl VerifyFault {
    /// Whether the answer itself is wrong, and not merely missing or signed by another key.
    pub fn is_tampering(&self) -> bool {
        match self {
            VerifyFault::Client(_) | VerifyFault::Shorter { .. } => false,
            VerifyFault::Checkpoint(error) => !error.is_unknown_key(),
            VerifyFault::Proof(_) | VerifyFault::Hash(_) => true,
        }
    }
}

impl Told {
    /// What a note says, if this key signed it.
    pub fn verified(note: &str, key: &VerifierKey) -> Result<Self, CheckpointError> {
        Ok(Told { checkpoint: Checkpoint::verified(note, key)?, note: note.to_owned(), key: key.clone() })
    }
}

impl Client {
    /// The last checkpoint of a ledger, if this key signed it, or one that has taken over from it.
    pub async fn told(&self, ledger: &str, key: &VerifierKey) -> Result<Told, VerifyFault> {
        let request = v1::GetCheckpointRequest { ledger: ledger.to_owned(), min_position: 0 };
        let answer = self.proofs().get_checkpoint(request).await?.into_inner();
        let note = answer.checkpoint.unwrap_or_default().note;
        match Told::verified(&note, key) {
            Err(error) if error.is_unknown_key() => match self.successor(ledger, key).await? {
                Some((key, handover)) => {
                    let told = Told::verified(&note, &key)?;
                    self.continues(ledger, &handover, &told.checkpoint).await?;
                    Ok(told)
                }
                None => Err(error.into()),
            },
            told => Ok(told?),
        }
    }

    /// The last checkpoint of a ledger, proved to continue what was told `earlier`: every event that was signed for then
    /// is there now, unaltered, in its place. An error says that it is not, or that it cannot be told.
    pub async fn told_since(&self, ledger: &str, earlier: &Told, key: &VerifierKey) -> Result<Told, VerifyFault> {
        let now = self.told(ledger, key).await?;
        self.continues(ledger, &earlier.checkpoint, &now.checkpoint).await?;
        Ok(now)
    }

    /// Has it proved that one checkpoint continues another.
    pub async fn continues(&self, ledger: &str, earlier: &Checkpoint, now: &Checkpoint) -> Result<(), VerifyFault> {
        if earlier.origin != now.origin {
            let (origin, key) = (earlier.origin.clone(), now.origin.clone());
            return Err(CheckpointError::Origin { origin, key }.into());
        }
        if earlier.size > now.size {
            return Err(VerifyFault::Shorter { earlier: earlier.size, now: now.size });
        }
        let request = v1::GetConsistencyProofRequest {
            ledger: ledger.to_owned(),
            first_size: earlier.size,
            second_size: now.size,
        };
        let answer = self.proofs().get_consistency_proof(request).await?.into_inner();
        let proof = hashes(&answer.hashes)?;
        Ok(verify_consistency((earlier.size, earlier.root), (now.size, now.root), &proof)?)
    }

    /// The exact stored bytes of an event, proved to be in the tree of a checkpoint. `event` is a position or an event id.
    pub async fn proven(&self, ledger: &str, event: &str, under: &Checkpoint) -> Result<v1::ProvenEvent, VerifyFault> {
        let name = format!("{ledger}/events/{event}");
        let request = v1::GetInclusionProofRequest { name, tree_size: under.size };
        let answer = self.proofs().get_inclusion_proof(request).await?.into_inner();
        let (proof, index) = (hashes(&answer.hashes)?, answer.position.saturating_sub(1));
        verify_inclusion(Hash::of_leaf(&answer.leaf), index, under.size, &proof, under.root)?;
        Ok(v1::ProvenEvent { position: answer.position, leaf: answer.leaf, hashes: answer.hashes })
    }
}

pub(super) fn hashes(bytes: &[Vec<u8>]) -> Result<Vec<Hash>, NotAHash> {
    bytes.iter().map(|bytes| Hash::from_bytes(bytes)).collect()
}
