//! One key taking over from another: an event that says so, and a checkpoint over that event which both have signed.
//!
//! Whoever knows only the key before checks that checkpoint with it, finds in the event the key to go on with, and has lost
//! nothing of the chain.

use std::sync::Arc;

use super::kept_tree::{KeptTree, edge_at};
use super::keyring::Keyring;
use super::proofs::{self, Proofs, SignedCheckpoint};
use super::{LedgerError, commit};
use crate::domain::event::KeyRotated;
use crate::domain::{
    Author, Decision, Docket, Draft, EventId, Payload, Position, Preconditions, Proposal, RecordClock,
};
use crate::domain::{Slug, Sources, Subject, Submission, Text};
use crate::proof::{Checkpoint, Prover, SecretKey, SignedNote};
use crate::store::{Cells, Log, Note};

/// Who records that a key was rotated.
const RECORDER: &str = "entente";

/// The rotations that a ledger has recorded, in order.
pub(super) fn logged(docket: &Docket) -> impl DoubleEndedIterator<Item = (Position, &KeyRotated)> {
    docket.about(&Subject::Ledger).iter().filter_map(|event| match &event.submission.payload {
        Payload::KeyRotated(rotated) => Some((event.position, rotated)),
        _ => None,
    })
}

/// Records that the keyring's first key takes over from its second, where the ledger was signed for by the second alone
/// and does not say so yet. Started again after a crash, it goes on where it was.
pub(super) fn record_if_due(
    log: &Arc<dyn Log>,
    docket: &mut Docket,
    ledger: &Slug,
    keyring: &Keyring,
    clock: RecordClock,
) -> Result<(), LedgerError> {
    let origin = proofs::origin_of(docket, ledger)?;
    let Ok(keys) = keyring.under(&origin) else { return Ok(()) };
    let ([current, previous], Note::Kept(note)) = (keys.as_slice(), log.note()?) else { return Ok(()) };
    let (current, previous) = (current.verifier(), previous.verifier());
    let note = String::from_utf8_lossy(&note).into_owned();
    let said = logged(docket).last().is_some_and(|(_, last)| last.verifier_key.to_string() == current.to_string());
    let (by_current, by_previous) = (Checkpoint::verified(&note, &current), Checkpoint::verified(&note, &previous));
    let (Err(_), Ok(told)) = (by_current, by_previous) else { return Ok(()) };
    let is_sound = docket.head() == log.head() && log.damage().is_empty() && is_beginning(&**log, &told);
    if said || !is_sound {
        return Ok(());
    }
    let key = |key: String| Text::new(&key).map_err(|error| LedgerError::Keys(error.to_string()));
    let rotated =
        KeyRotated { verifier_key: key(current.to_string())?, previous_verifier_key: Some(key(previous.to_string())?) };
    // The history that a REPLAY ledger is given may go on before now.
    let clock = match (clock, docket.head_recorded_at()) {
        (RecordClock::Replay { floor, .. }, Some(now)) => RecordClock::Replay { now, floor },
        (clock, _) => clock,
    };
    let batch = [submission(Payload::KeyRotated(rotated))];
    let preconditions = Preconditions::default();
    let proposal = Proposal { batch: &batch, preconditions: &preconditions, author: Author::Server };
    let decided = Draft::over(docket).decide(proposal, clock, &|_, _| false)?;
    let [submission] = batch;
    if let Decision::Record(stamps) = decided
        && let Some(stamp) = stamps.first()
    {
        let recorder = Text::new(RECORDER).expect("a word is a text");
        commit::record_alone(docket, log, ledger, stamp.seal(submission, recorder))?;
        tracing::info!(target: "entente::audit", act = "key_rotated", %ledger, key = %current, "a key has taken over");
        metrics::counter!("entente_audited_acts_total", "act" => "key_rotated").increment(1);
    }
    Ok(())
}

/// Whether what was signed for is what the log begins with: nothing is recorded on top of another record.
fn is_beginning(log: &dyn Log, told: &Checkpoint) -> bool {
    let Ok(edge) = edge_at(log, log.head().get()) else { return false };
    let tree = KeptTree { log, edge: &edge };
    told.size <= edge.size() && Prover::new(&tree).root(told.size).is_ok_and(|root| root == told.root)
}

/// Keeps the checkpoint over the last rotation that both keys have signed, where it is not kept yet and both are held.
pub(super) fn keep_handover(
    proofs: &Proofs,
    log: &dyn Log,
    docket: &Docket,
    cells: &dyn Cells,
    ledger: &Slug,
) -> Result<(), LedgerError> {
    let (Some((position, rotated)), [current, previous]) = (logged(docket).last(), proofs.keys()) else {
        return Ok(());
    };
    let key = handover_key(ledger, position);
    let is_held = rotated.verifier_key.to_string() == current.verifier().to_string();
    if !is_held || proofs.mismatch().is_some() || cells.get(&key)?.is_some() {
        return Ok(());
    }
    let edge = edge_at(log, log.head().get())?;
    let root = Prover::new(&KeptTree { log, edge: &edge }).root(position.get())?;
    let checkpoint = Checkpoint { origin: current.verifier().name().to_owned(), size: position.get(), root };
    let both: [&SecretKey; 2] = [current, previous];
    let note = SignedNote::sign(&checkpoint.to_string(), &both).to_string();
    // Whoever was faster has kept the same.
    let _ = cells.compare_and_set(&key, None, Some(note.as_bytes()))?;
    Ok(())
}

/// The checkpoint over a rotation that both keys have signed.
pub(super) fn handover(
    cells: &dyn Cells,
    ledger: &Slug,
    position: Position,
) -> Result<Option<SignedCheckpoint>, LedgerError> {
    let Some(note) = cells.get(&handover_key(ledger, position))? else { return Ok(None) };
    let note = String::from_utf8_lossy(&note).into_owned();
    Ok(Checkpoint::unverified(&note).ok().map(|checkpoint| SignedCheckpoint { checkpoint, note }))
}

fn handover_key(ledger: &Slug, position: Position) -> Vec<u8> {
    [handover_prefix(ledger), format!("{:016x}", position.get()).into_bytes()].concat()
}

/// What the keys of a ledger's handovers begin with.
pub(super) fn handover_prefix(ledger: &Slug) -> Vec<u8> {
    format!("handover/{ledger}/").into_bytes()
}

/// The position of the rotation that a handover is kept for, by its key.
pub(super) fn handover_position(ledger: &Slug, key: &[u8]) -> Option<Position> {
    let position = std::str::from_utf8(key.strip_prefix(&handover_prefix(ledger)[..])?).ok()?;
    u64::from_str_radix(position, 16).ok().map(Position::new)
}

fn submission(payload: Payload) -> Submission {
    Submission {
        event_id: EventId::from_bytes(uuid::Uuid::now_v7().into_bytes()),
        subject: Subject::Ledger,
        sources: Sources::default(),
        supersedes: None,
        note: None,
        confidence: None,
        recorded_at: None,
        recorded_basis: None,
        payload,
    }
}
