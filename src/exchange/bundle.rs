//! Events with the proof that a ledger recorded them, in a file that can be given to somebody else: a `Bundle` in the proto
//! JSON mapping.

use prost::Message as _;

use crate::proof::{Checkpoint, CheckpointError, Hash, NotAHash, VerifierKey, VerifyError, verify_inclusion};
use crate::proto::{json, v1};

/// Why a bundle proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The text is no bundle.
    #[error("is not a bundle that `entente export --bundle` wrote: {0}")]
    Form(String),
    /// Its checkpoint is not one of this key's.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// An event is not what was signed for.
    #[error("position {position}: {cause}")]
    Event {
        /// The position that the bundle gives it.
        position: u64,
        /// What is wrong with it.
        cause: EventFault,
    },
}

/// What is wrong with an event of a bundle.
#[derive(Debug, thiserror::Error)]
pub enum EventFault {
    /// It is not in the tree of the checkpoint, there.
    #[error("the event is not what was signed for: {0}")]
    Proof(#[from] VerifyError),
    /// A hash of its proof is none.
    #[error("a hash of the proof {0}")]
    Hash(#[from] NotAHash),
    /// The bytes are in the tree, but are no event of this position.
    #[error("the bytes were signed for, but are no event of this position")]
    Event,
}

/// The text of a bundle.
pub fn to_text(bundle: &v1::Bundle) -> Result<String, json::JsonError> {
    let value = json::to_json(bundle)?;
    Ok(format!("{value:#}\n"))
}

/// Reads the text of a bundle; nothing is checked yet.
pub fn from_text(text: &str) -> Result<v1::Bundle, BundleError> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| BundleError::Form(error.to_string()))?;
    let bundle: v1::Bundle = json::from_json(&value).map_err(|error| BundleError::Form(error.to_string()))?;
    if bundle.events.is_empty() { Err(BundleError::Form("it has no events".to_owned())) } else { Ok(bundle) }
}

/// Checks a bundle with nothing but a key: gives what the ledger vouched for, and the events as they were recorded.
pub fn open(bundle: &v1::Bundle, key: &VerifierKey) -> Result<(Checkpoint, Vec<v1::Event>), BundleError> {
    let checkpoint = Checkpoint::verified(&bundle.checkpoint, key)?;
    let event = |proven: &v1::ProvenEvent| {
        let position = proven.position;
        proved(proven, &checkpoint).map_err(|cause| BundleError::Event { position, cause })
    };
    let events = bundle.events.iter().map(event).collect::<Result<_, _>>()?;
    Ok((checkpoint, events))
}

fn proved(proven: &v1::ProvenEvent, checkpoint: &Checkpoint) -> Result<v1::Event, EventFault> {
    let proof = proven.hashes.iter().map(|hash| Hash::from_bytes(hash)).collect::<Result<Vec<_>, _>>()?;
    let index = proven.position.checked_sub(1).ok_or(EventFault::Event)?;
    verify_inclusion(Hash::of_leaf(&proven.leaf), index, checkpoint.size, &proof, checkpoint.root)?;
    let event = v1::Event::decode(&proven.leaf[..]).map_err(|_| EventFault::Event)?;
    if event.position == proven.position { Ok(event) } else { Err(EventFault::Event) }
}
