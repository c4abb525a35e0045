//! Going over a ledger in a data directory that no server has open.

use super::history::{decode, to_domain};
use super::{LedgerError, kept_tree, proofs};
use crate::domain::{Payload, Position, Slug};
use crate::proof::{Audit, Checkpoint, CheckpointError, TILE_WIDTH, Verdict, VerifierKey};
use crate::store::{Damage, Log, Note, ReadLimits, StoreError};

/// How many bytes of entries one step reads.
const STEP_BYTES: usize = 4 << 20;

/// What an audit of a ledger at rest found.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// How many events the log has.
    pub head: u64,
    /// The checkpoint kept outside the store; an error where none is kept, or it cannot be read.
    pub checkpoint: Result<Checkpoint, CheckpointFault>,
    /// Against that checkpoint.
    pub verdict: Option<Verdict>,
    /// Stored bytes that are damaged.
    pub damage: Vec<Damage>,
}

/// What is wrong with the checkpoint kept outside the store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointFault {
    /// None is kept.
    #[error("no checkpoint is kept outside the store")]
    Absent,
    /// It is not intact.
    #[error("the checkpoint kept outside the store is not intact")]
    Damaged,
    /// It cannot be read, or is not signed by the key.
    #[error("{0}")]
    Checkpoint(#[from] CheckpointError),
}

impl CheckpointFault {
    /// Whether the only fault is that another key signed it.
    pub fn is_unknown_key(&self) -> bool {
        matches!(self, CheckpointFault::Checkpoint(error) if error.is_unknown_key())
    }
}

/// The origin of a ledger at rest, as its first event says.
pub fn origin_at_rest(log: &dyn Log, ledger: &Slug) -> Result<String, LedgerError> {
    let page = log.read(Position::ORIGIN, ReadLimits { entries: 1, bytes: 1 })?;
    let first = page
        .entries
        .first()
        .map(|(position, bytes)| to_domain(&decode(*position, bytes.as_ref())?, ledger))
        .transpose()?;
    match first.map(|event| event.submission.payload) {
        Some(Payload::LedgerCreated(created)) => Ok(proofs::origin(ledger, created.incarnation.to_string().as_str())),
        _ => Err(LedgerError::NoProofs("the first event, which names the ledger's incarnation, is not there")),
    }
}

/// Reads every stored byte of a ledger and compares it with the last checkpoint, whose signature is checked with `key`.
/// `told` hears how many entries were looked at.
pub fn inspect(log: &dyn Log, key: &VerifierKey, told: &mut dyn FnMut(u64)) -> Result<Inspection, LedgerError> {
    let damage = log.verify()?;
    let checkpoint = match log.note()? {
        Note::Absent => Err(CheckpointFault::Absent),
        Note::Damaged => Err(CheckpointFault::Damaged),
        Note::Kept(note) => Checkpoint::verified(&String::from_utf8_lossy(&note), key).map_err(CheckpointFault::from),
    };
    let verdict = checkpoint.as_ref().ok().map(|checkpoint| verdict(log, checkpoint.clone(), told)).transpose()?;
    Ok(Inspection { head: log.head().get(), checkpoint, verdict, damage })
}

/// The first position that is not what was signed for, if it can be told.
pub(super) fn first_wrong(log: &dyn Log, checkpoint: &Checkpoint) -> Option<u64> {
    match verdict(log, checkpoint.clone(), &mut |_| {}) {
        Ok(Verdict::Tampered { position }) => position,
        Ok(Verdict::Incomplete { position }) => Some(position),
        Ok(Verdict::Intact { .. }) | Err(_) => None,
    }
}

/// Every entry against a checkpoint.
pub fn verdict(log: &dyn Log, checkpoint: Checkpoint, told: &mut dyn FnMut(u64)) -> Result<Verdict, LedgerError> {
    let end = checkpoint.size.min(log.head().get());
    let mut audit = Audit::new(checkpoint);
    while audit.taken() < end {
        let after = audit.taken();
        let in_tile = (TILE_WIDTH as u64 - after % TILE_WIDTH as u64).min(end - after);
        let claimed = kept_tree::kept_leaves(log, after / TILE_WIDTH as u64, log.head().get())?;
        let claim = |leaf: u64| claimed.get(usize::try_from(leaf % TILE_WIDTH as u64).unwrap_or(TILE_WIDTH)).copied();
        let limits = ReadLimits { entries: usize::try_from(in_tile).unwrap_or(TILE_WIDTH), bytes: STEP_BYTES };
        match log.read(Position::new(after), limits) {
            Ok(page) if !page.entries.is_empty() => {
                for (position, entry) in page.entries {
                    audit.take(Some(&entry), claim(position.get() - 1));
                }
            }
            // What cannot be read: the tree still says what it was.
            Ok(_) | Err(StoreError::Damaged { .. } | StoreError::Corrupt { .. }) => audit.take(None, claim(after)),
            Err(error) => return Err(error.into()),
        }
        told(audit.taken());
    }
    Ok(audit.verdict())
}
