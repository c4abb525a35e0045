//! The tree of a ledger at work: it grows with each commit, and is signed once for each.
//!
//! A checkpoint is signed after the sync and before the answers leave, one for each group commit. After the sync, because
//! nobody is to hold a signature over what a crash can take back. Before the answers, because then every position that was
//! given out is under a checkpoint, and the one kept outside the store vouches for it; at 20 microseconds a signature this
//! costs next to nothing beside the sync.

use std::sync::Arc;

use bytes::Bytes;
use parking_lot::RwLock;

use super::kept_tree::{self, KeptTree};
use super::keyring::Keyring;
use super::{LedgerError, rotation};
use crate::domain::{Docket, Payload, Position, Slug, Subject};
use crate::proof::{Checkpoint, Edge, Hash, Prover, SecretKey, SignedNote, VerifierKey};
use crate::store::{Log, Mark, Note};

/// A checkpoint and the note that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// What is vouched for.
    pub checkpoint: Checkpoint,
    /// The signed note, as it is given to others.
    pub note: String,
}

/// The tree, the keys, and the last checkpoint of a ledger.
pub(super) struct Proofs {
    origin: String,
    /// Under the ledger's origin, the current one first. None: nothing is signed.
    keys: Vec<SecretKey>,
    state: RwLock<State>,
    /// What of the record does not match the checkpoint kept outside the store.
    mismatch: RwLock<Option<String>>,
}

struct State {
    /// The tree's edge, or why there is none.
    edge: Result<Arc<Edge>, LedgerError>,
    signed: Option<Arc<SignedCheckpoint>>,
}

impl Proofs {
    /// Takes up the tree of a ledger where it is, compares it with the checkpoint kept outside the store, and signs for
    /// what came since. A mismatch is kept to be told, and nothing is signed then.
    pub(super) fn open(log: &dyn Log, docket: &Docket, ledger: &Slug, keyring: &Keyring) -> Self {
        let keys = origin_of(docket, ledger).and_then(|origin| Ok((keyring.under(&origin)?, origin)));
        let (keys, origin, edge) = match keys {
            Ok((keys, origin)) if keys.is_empty() => (keys, origin, Err(none("the server was told to sign nothing"))),
            Ok((keys, origin)) => (keys, origin, kept_tree::edge_at(log, log.head().get()).map(Arc::new)),
            Err(error) => (Vec::new(), String::new(), Err(error)),
        };
        let proofs =
            Proofs { origin, keys, state: RwLock::new(State { edge, signed: None }), mismatch: RwLock::default() };
        if !proofs.keys.is_empty() {
            if let Err(what) = proofs.compare(log, docket) {
                tracing::error!(%ledger, %what, "the record does not match its last checkpoint; it is read-only");
                *proofs.mismatch.write() = Some(what);
            } else if log.damage().is_empty() {
                proofs.mark_again(log);
                proofs.sign(log);
            }
        }
        proofs
    }

    /// Takes in what a commit has made durable, and signs for it.
    pub(super) fn extend(&self, log: &dyn Log, before: Position, entries: &[Bytes]) {
        if self.keys.is_empty() {
            return;
        }
        let leaves: Vec<Hash> = entries.iter().map(|entry| Hash::of_leaf(entry)).collect();
        let mut full = Vec::new();
        let mut is_known = true;
        let mut state = self.state.write();
        match &mut state.edge {
            Ok(edge) if edge.size() == before.get() => {
                let edge = Arc::make_mut(edge);
                for leaf in &leaves {
                    edge.push(*leaf, &mut |tile, hashes, root| full.extend(kept_tree::pairs(tile, hashes, root)));
                }
            }
            // A commit whose outcome was open has turned out to be there.
            edge => {
                is_known = false;
                *edge = kept_tree::edge_at(log, log.head().get()).map(Arc::new);
            }
        }
        drop(state);
        if is_known {
            mark(log, before, &leaves);
        } else {
            self.mark_again(log);
        }
        if !full.is_empty()
            && let Err(error) = log.keep_derived(&full)
        {
            tracing::warn!(%error, "tiles cannot be kept; they are made from the log again when they are asked for");
        }
        self.sign(log);
    }

    /// Keeps the hashes of the newest leaves again, where a crash has taken some or none were kept yet.
    fn mark_again(&self, log: &dyn Log) {
        let Ok(edge) = self.edge() else { return };
        let newest = edge.partial(0);
        mark(log, Position::new(edge.size() - newest.len() as u64), newest);
    }

    /// Signs for all that the tree has. Called with nothing in the tree that is not synced.
    fn sign(&self, log: &dyn Log) {
        let mut state = self.state.write();
        let Ok(edge) = &state.edge else { return };
        let checkpoint = Checkpoint { origin: self.origin.clone(), size: edge.size(), root: edge.root() };
        let note = SignedNote::sign(&checkpoint.to_string(), &self.keys.iter().collect::<Vec<_>>()).to_string();
        if let Err(error) = log.keep_note(note.as_bytes()) {
            tracing::warn!(%error, "a checkpoint cannot be kept outside the store");
        }
        state.signed = Some(Arc::new(SignedCheckpoint { checkpoint, note }));
    }

    /// Compares the tree with the checkpoint kept outside the store; an error says what does not match.
    fn compare(&self, log: &dyn Log, docket: &Docket) -> Result<(), String> {
        let note = match log.note().map_err(|error| error.to_string())? {
            Note::Kept(note) => String::from_utf8_lossy(&note).into_owned(),
            Note::Damaged => return Err("the checkpoint kept outside the store is not intact".to_owned()),
            Note::Absent => {
                if log.head() > Position::ORIGIN.next() {
                    tracing::warn!(
                        origin = self.origin,
                        "no checkpoint is kept outside the store; the log is taken as it is"
                    );
                }
                return Ok(());
            }
        };
        let checkpoint = self.checked(&note, docket)?;
        // It is what was vouched for, also where the log turns out to be another one.
        self.state.write().signed = Some(Arc::new(SignedCheckpoint { checkpoint: checkpoint.clone(), note }));
        let head = log.head().get();
        let size = checkpoint.size;
        if size > head {
            return Err(format!("{size} events were signed for, but the log ends at {head}: the rest is missing"));
        }
        // Without an edge the log's own damage says why.
        let edge = self.state.read().edge.clone();
        if let Ok(edge) = edge {
            let tree = KeptTree { log, edge: &edge };
            let root = Prover::new(&tree).root(size).map_err(|error| error.to_string())?;
            if root != checkpoint.root {
                let first = super::audit::first_wrong(log, &checkpoint);
                let place =
                    first.map_or_else(|| format!("somewhere up to position {size}"), |at| format!("at position {at}"));
                return Err(format!("{size} events were signed for, and the log is another one {place}"));
            }
        }
        Ok(())
    }

    /// The checkpoint of a note, if a key that we hold, or the ledger's last logged one, signed it.
    fn checked(&self, note: &str, docket: &Docket) -> Result<Checkpoint, String> {
        let held = self.keys.iter().map(SecretKey::verifier);
        let signed_by = |key: VerifierKey| Checkpoint::verified(note, &key);
        let mut outcomes: Vec<_> = held.map(signed_by).collect();
        if let Some(found) = outcomes.iter().find_map(|outcome| outcome.as_ref().ok()) {
            // Whoever takes a key over must be able to show the one before.
            return match rotation::logged(docket).last() {
                Some((_, last)) if !self.holds(&last.verifier_key.to_string()) => {
                    Err(format!("its last key is {}, which this server does not hold", last.verifier_key))
                }
                _ => Ok(found.clone()),
            };
        }
        let why = outcomes.swap_remove(0).map_or_else(|error| error.to_string(), |_| String::new());
        Err(format!("{why}; start with the key that signed it, or bring the file of keys back"))
    }

    fn holds(&self, key: &str) -> bool {
        self.keys.iter().any(|held| held.verifier().to_string() == key)
    }

    /// What of the record does not match, if anything.
    pub(super) fn mismatch(&self) -> Option<LedgerError> {
        self.mismatch.read().clone().map(|what| LedgerError::Mismatch { what })
    }

    /// The last checkpoint.
    pub(super) fn signed(&self) -> Result<Arc<SignedCheckpoint>, LedgerError> {
        let state = self.state.read();
        state.signed.clone().ok_or_else(|| match (&state.edge, self.mismatch()) {
            (_, Some(mismatch)) => mismatch,
            (Err(error), None) => error.clone(),
            (Ok(_), None) => none("nothing is signed"),
        })
    }

    /// The tree as it is, to ask for proofs.
    pub(super) fn edge(&self) -> Result<Arc<Edge>, LedgerError> {
        self.state.read().edge.clone()
    }

    /// The name of the ledger in checkpoints and keys.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// The keys, the current one first.
    pub(super) fn keys(&self) -> &[SecretKey] {
        &self.keys
    }
}

/// Keeps the hashes of the leaves after a position outside the store.
fn mark(log: &dyn Log, after: Position, leaves: &[Hash]) {
    let marks: Vec<Mark> = leaves.iter().map(|leaf| leaf.0).collect();
    if let Err(error) = log.keep_marks(after, &marks) {
        tracing::warn!(%error, "the newest hashes cannot be kept outside the store");
    }
}

/// The name of a ledger that no other has: its incarnation was drawn at random.
pub(super) fn origin_of(docket: &Docket, ledger: &Slug) -> Result<String, LedgerError> {
    match docket.about(&Subject::Ledger).first().map(|event| &event.submission.payload) {
        Some(Payload::LedgerCreated(created)) => Ok(origin(ledger, &created.incarnation.to_string())),
        _ => Err(none("the first event, which names the ledger's incarnation, cannot be read")),
    }
}

/// The origin of a ledger of this name and incarnation.
pub(super) fn origin(ledger: &Slug, incarnation: &str) -> String {
    format!("entente/{ledger}/{incarnation}")
}

fn none(why: &'static str) -> LedgerError {
    LedgerError::NoProofs(why)
}
