//! Holding the parts of a backup to what they must be, one after the other.

use super::BackupError;
use crate::proof::{Checkpoint, Edge, Hash, VerifierKey, verify_consistency};
use crate::proto::v1;
use v1::backup_part::Part;

/// The keys that are known for a ledger, by its origin; none where nothing is known of it.
pub type TrustedKeys = Box<dyn Fn(&str) -> Vec<VerifierKey> + Send>;

/// A ledger of a backup whose events are those that were signed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// `ledgers/{ledger}`.
    pub name: String,
    /// What was vouched for.
    pub checkpoint: Checkpoint,
    /// The signed note that says so.
    pub note: String,
    /// The key that it was checked with.
    pub key: VerifierKey,
    /// Whether that key is known from elsewhere, and not from the backup alone.
    pub is_trusted: bool,
    /// The position of the last event.
    pub through: u64,
    /// The root over the events through there.
    pub root: Hash,
}

/// A check of the parts of one backup, in order.
pub struct Check {
    trusted: TrustedKeys,
    start: Option<v1::BackupStart>,
    open: Option<Open>,
    done: Vec<Checked>,
    events: u64,
    has_ended: bool,
}

/// The ledger whose events come now.
struct Open {
    so_far: Checked,
    consistency: Vec<Hash>,
    edge: Edge,
}

impl Check {
    /// A check that holds each ledger to the keys that are known for it, and to those that the backup names where none are.
    pub fn new(trusted: TrustedKeys) -> Self {
        Check { trusted, start: None, open: None, done: Vec::new(), events: 0, has_ended: false }
    }

    /// Takes the next part. After an error the check is over.
    pub fn take(&mut self, part: &v1::BackupPart) -> Result<(), BackupError> {
        match (&part.part, &self.start) {
            (Some(Part::Start(start)), None) => self.start = Some(start.clone()),
            (Some(Part::Ledger(ledger)), Some(_)) if !self.has_ended => self.begin(ledger)?,
            (Some(Part::Entries(entries)), Some(_)) if !self.has_ended => self.entries(entries)?,
            (Some(Part::End(end)), Some(_)) if !self.has_ended => self.end(end)?,
            (part, _) => return Err(self.out_of_order(said(part.as_ref()))),
        }
        Ok(())
    }

    /// What comes next, in words.
    pub fn place(&self) -> String {
        match (&self.start, &self.open) {
            (None, _) => "the start".to_owned(),
            (Some(_), _) if self.has_ended => "nothing".to_owned(),
            (Some(_), Some(open)) if open.edge.size() < open.so_far.through => {
                format!("position {} of {}", open.edge.size() + 1, open.so_far.name)
            }
            (Some(start), open) if self.done.len() + usize::from(open.is_some()) < start.ledgers as usize => {
                "the next ledger".to_owned()
            }
            _ => "the end".to_owned(),
        }
    }

    /// The start, once it was taken.
    pub fn start(&self) -> Option<&v1::BackupStart> {
        self.start.as_ref()
    }

    /// How many events were taken.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Whether the end was taken: the backup is whole.
    pub fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// The ledgers that were found to be what was signed for, so far.
    pub fn ledgers(&self) -> &[Checked] {
        &self.done
    }

    fn begin(&mut self, ledger: &v1::BackupLedger) -> Result<(), BackupError> {
        self.close()?;
        let name = || ledger.name.clone();
        let origin = Checkpoint::unverified(&ledger.checkpoint)
            .map_err(|cause| BackupError::Checkpoint { ledger: name(), cause })?
            .origin;
        let trusted = (self.trusted)(&origin);
        let is_trusted = !trusted.is_empty();
        let keys = match is_trusted {
            true => trusted,
            false => {
                let read = ledger.verifier_keys.iter().map(|key| key.parse());
                read.collect::<Result<_, _>>().map_err(|cause| BackupError::Key { ledger: name(), cause })?
            }
        };
        let (checkpoint, key) = verified(&ledger.checkpoint, keys)
            .ok_or_else(|| BackupError::NoKey(name()))?
            .map_err(|cause| BackupError::Checkpoint { ledger: name(), cause })?;
        if ledger.through > checkpoint.size {
            return Err(self.out_of_order("a ledger with more events than were signed for"));
        }
        let hashes = ledger.consistency.iter().map(|hash| Hash::from_bytes(hash));
        let consistency =
            hashes.collect::<Result<_, _>>().map_err(|cause| BackupError::Hash { ledger: name(), cause })?;
        let (note, through, root) = (ledger.checkpoint.clone(), ledger.through, checkpoint.root);
        let so_far = Checked { name: name(), checkpoint, note, key, is_trusted, through, root };
        self.open = Some(Open { so_far, consistency, edge: Edge::new() });
        Ok(())
    }

    fn entries(&mut self, entries: &v1::BackupEntries) -> Result<(), BackupError> {
        let fits = self.open.as_ref().is_some_and(|open| {
            let size = open.edge.size();
            entries.after == size && entries.entries.len() as u64 <= open.so_far.through - size
        });
        let Some(open) = self.open.as_mut().filter(|_| fits) else {
            return Err(self.out_of_order("other events"));
        };
        entries.entries.iter().for_each(|entry| open.edge.push(Hash::of_leaf(entry), &mut |_, _, _| {}));
        self.events += entries.entries.len() as u64;
        Ok(())
    }

    /// Holds the ledger that was open to its checkpoint.
    fn close(&mut self) -> Result<(), BackupError> {
        let Some(Open { mut so_far, consistency, edge }) = self.open.take() else { return Ok(()) };
        if edge.size() < so_far.through {
            let place = format!("position {} of {}", edge.size() + 1, so_far.name);
            return Err(BackupError::CutShort(place));
        }
        so_far.root = edge.root();
        let (found, signed) = ((edge.size(), edge.root()), (so_far.checkpoint.size, so_far.checkpoint.root));
        verify_consistency(found, signed, &consistency).map_err(|cause| BackupError::Events {
            ledger: so_far.name.clone(),
            through: so_far.through,
            cause,
        })?;
        self.done.push(so_far);
        Ok(())
    }

    fn end(&mut self, end: &v1::BackupEnd) -> Result<(), BackupError> {
        self.close()?;
        let start = self.start.clone().unwrap_or_default();
        let counted = (self.done.len() as u64, self.events);
        if counted != (u64::from(end.ledgers), end.events) || counted != (u64::from(start.ledgers), start.events) {
            return Err(BackupError::OutOfOrder { found: "the end", place: "a further ledger".to_owned() });
        }
        self.has_ended = true;
        Ok(())
    }

    fn out_of_order(&self, found: &'static str) -> BackupError {
        BackupError::OutOfOrder { found, place: self.place() }
    }
}

/// The checkpoint of a note, and which of the keys signed it; the last error where none did.
fn verified(
    note: &str,
    keys: Vec<VerifierKey>,
) -> Option<Result<(Checkpoint, VerifierKey), crate::proof::CheckpointError>> {
    let mut outcome = None;
    for key in keys {
        match Checkpoint::verified(note, &key) {
            Ok(checkpoint) => return Some(Ok((checkpoint, key))),
            Err(error) => outcome = Some(Err(error)),
        }
    }
    outcome
}

fn said(part: Option<&Part>) -> &'static str {
    match part {
        Some(Part::Start(_)) => "a start",
        Some(Part::Ledger(_)) => "a ledger",
        Some(Part::Entries(_)) => "events",
        Some(Part::End(_)) => "an end",
        None => "nothing that this release knows",
    }
}
