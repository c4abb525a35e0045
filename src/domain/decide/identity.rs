//! Event ids: once in a batch, once in a ledger; the same batch sent again is no new batch.

use std::collections::HashSet;

use super::{Draft, Stamp};
use crate::domain::refusal::{Fact, Reason, Refusal};
use crate::domain::{Fate, Position, Submission};

/// The most events that one batch may hold. They are recorded as one unit, so the limit bounds how long a writer is
/// busy with one client (a batch of this size takes it some milliseconds) and how much one refusal throws away.
pub const BATCH_EVENTS_MAX: usize = 1000;

/// The size of a batch, and that no id stands twice in it.
pub(super) fn check_batch(batch: &[Submission]) -> Result<(), Refusal> {
    if batch.is_empty() {
        return Err(Refusal::new(Reason::BatchEmpty, "submissions", "the batch is empty; send at least one event"));
    }
    if batch.len() > BATCH_EVENTS_MAX {
        let message = format!("{} events in one batch; send at most {BATCH_EVENTS_MAX}", batch.len());
        return Err(Refusal::new(Reason::BatchTooLarge, "submissions", message));
    }
    let mut seen = HashSet::with_capacity(batch.len());
    for (index, submission) in batch.iter().enumerate() {
        let id = submission.event_id;
        if !seen.insert(id) {
            let message = format!("event {id} stands twice in the batch; give each event an id of its own");
            return Err(Refusal::new(Reason::IdTwice, "event_id", message).at(index));
        }
    }
    Ok(())
}

impl Draft<'_> {
    /// Where and when a batch was recorded, if all of it was; none if none of it was.
    pub(super) fn already_recorded(
        &self,
        batch: &[Submission],
        same_content: &dyn Fn(&Submission, Position) -> bool,
    ) -> Result<Option<Vec<Stamp>>, Refusal> {
        let known: Vec<(usize, Fate)> = batch
            .iter()
            .enumerate()
            .filter_map(|(index, submission)| Some((index, self.register.fate(submission.event_id)?)))
            .collect();
        if known.is_empty() {
            return Ok(None);
        }
        let differing: Vec<(usize, Fate)> = known
            .iter()
            .filter(|(index, fate)| !self.is_same(&batch[*index], fate.position, same_content))
            .cloned()
            .collect();
        if !differing.is_empty() {
            let what = "are recorded with other content; use new ids, and supersede what has to be corrected";
            return Err(refuse(Reason::IdReused, batch, &differing, what));
        }
        if known.len() < batch.len() {
            let what = "are recorded already, the rest of the batch is not; send the rest as a batch of its own";
            return Err(refuse(Reason::IdKnown, batch, &known, what));
        }
        Ok(Some(known.into_iter().filter_map(|(_, fate)| self.stamp_at(fate.position)).collect()))
    }

    fn is_same(
        &self,
        submission: &Submission,
        position: Position,
        same_content: &dyn Fn(&Submission, Position) -> bool,
    ) -> bool {
        match self.accepted_at(position) {
            Some(index) => *self.accepted[index] == *submission,
            None => same_content(submission, position),
        }
    }

    fn stamp_at(&self, position: Position) -> Option<Stamp> {
        let recorded_at = match self.accepted_at(position) {
            Some(index) => self.recorded.get(index).copied(),
            None => self.docket.recorded_at(position),
        };
        // Nothing is recorded with this stamp, so that it need not know where its append ended.
        recorded_at.map(|recorded_at| Stamp { position, recorded_at, append_through: position })
    }

    /// The index of an event that was accepted on this draft and is not folded yet.
    fn accepted_at(&self, position: Position) -> Option<usize> {
        let offset = position.get().checked_sub(self.docket.head().get() + 1)?;
        usize::try_from(offset).ok().filter(|index| *index < self.accepted.len())
    }
}

/// How many events a refusal names: those of a full batch would not fit the trailers of an answer, of which 8 KiB are
/// usual and an id with its position takes about 60 bytes.
const NAMED_MAX: usize = 50;

fn refuse(reason: Reason, batch: &[Submission], known: &[(usize, Fate)], what: &str) -> Refusal {
    let named: Vec<String> = known
        .iter()
        .take(5)
        .map(|(index, fate)| format!("{} (position {})", batch[*index].event_id, fate.position))
        .collect();
    let rest = known.len().saturating_sub(named.len());
    let more = if rest == 0 { String::new() } else { format!(" and {rest} more") };
    let mut refusal = Refusal::new(reason, "event_id", format!("{}{more} {what}", named.join(", ")));
    for (index, fate) in known.iter().take(NAMED_MAX) {
        refusal = refusal.with(Fact::Event { id: batch[*index].event_id, position: fate.position });
    }
    refusal.at(known[0].0)
}
