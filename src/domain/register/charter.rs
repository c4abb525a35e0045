//! Charter: what rules a commitment, given every amendment and reading that stands.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Records, Register};
use crate::domain::event::CommitmentUndertaken;
use crate::domain::refusal::{Fact, Reason};
use crate::domain::terms::{Terms, TermsPatch};
use crate::domain::{Collection, EventId, EventKind, Payload, Position, Refusal, Slug, Subject, Submission};

/// What was undertaken, and what has become of its terms.
#[derive(Debug, Clone)]
pub(in crate::domain) struct Charter {
    undertaken: Arc<CommitmentUndertaken>,
    /// The terms with every amendment that stands, whenever it takes effect.
    terms: Arc<Terms>,
    /// Readings by name.
    readings: BTreeSet<Slug>,
    /// Names of tranches or periods that only a reading has.
    read_names: BTreeSet<Slug>,
    /// Where the amendments and readings that stand are recorded, in order.
    changes: Vec<Position>,
}

impl Charter {
    /// What was undertaken, as last corrected.
    pub(in crate::domain) fn undertaken(&self) -> &CommitmentUndertaken {
        &self.undertaken
    }

    pub(super) fn shared_undertaken(&self) -> Arc<CommitmentUndertaken> {
        Arc::clone(&self.undertaken)
    }

    /// Whether a reading of this name stands.
    pub(in crate::domain) fn has_reading(&self, name: &Slug) -> bool {
        self.readings.contains(name)
    }

    /// Whether the terms, an amendment or a reading know a tranche or a period of this name.
    pub(in crate::domain) fn has_name(&self, name: &Slug) -> bool {
        self.terms.names().any(|known| known == name) || self.read_names.contains(name)
    }

    /// Every name of a tranche or a period.
    pub(in crate::domain) fn names(&self) -> impl Iterator<Item = &Slug> {
        self.terms.names().chain(&self.read_names)
    }

    fn read(&mut self, reading: &Slug, patch: &TermsPatch) {
        self.readings.insert(reading.clone());
        self.read_names.extend(patch.tranches.keys().chain(patch.periods.keys()).cloned());
    }
}

impl Register<'_> {
    /// Takes in what an event does to the terms of a commitment.
    pub(super) fn note_charter(
        &mut self,
        position: Position,
        submission: &Submission,
        records: &Records<'_>,
    ) -> Result<(), Refusal> {
        let Subject::Member(Collection::Commitments, commitment) = &submission.subject else { return Ok(()) };
        match &submission.payload {
            Payload::CommitmentUndertaken(undertaken) => {
                let changes = self.charter(commitment).map(|charter| charter.changes.clone()).unwrap_or_default();
                self.recharter(submission, Arc::new(undertaken.as_ref().clone()), changes, records)
            }
            Payload::CommitmentAmended(amended) => {
                let Some(mut charter) = self.charter(commitment).cloned() else { return Ok(()) };
                charter.changes.push(position);
                if submission.supersedes.is_some() {
                    return self.recharter(submission, charter.undertaken, charter.changes, records);
                }
                let patched = charter.terms.patched(&amended.set, &charter.undertaken.zone);
                let outcome =
                    patched.map(|terms| charter.terms = Arc::new(terms)).map_err(under("commitment_amended.set"));
                self.charters.insert(commitment.clone(), charter);
                outcome
            }
            Payload::ReadingRecorded(recorded) => {
                let Some(mut charter) = self.charter(commitment).cloned() else { return Ok(()) };
                charter.changes.push(position);
                if submission.supersedes.is_some() {
                    self.recharter(submission, charter.undertaken, charter.changes, records)?;
                } else {
                    charter.read(&recorded.reading, &recorded.set);
                    self.charters.insert(commitment.clone(), charter);
                }
                self.check_reading(&recorded.reading, commitment, records)
            }
            Payload::EventRetracted(_) if self.undoes_change(submission) => {
                let Some(charter) = self.charter(commitment).cloned() else { return Ok(()) };
                self.recharter(submission, charter.undertaken, charter.changes, records)
            }
            _ => Ok(()),
        }
    }

    fn undoes_change(&self, submission: &Submission) -> bool {
        let kinds = [EventKind::CommitmentAmended, EventKind::ReadingRecorded];
        kinds.into_iter().any(|kind| self.undone(submission, kind).is_some())
    }

    /// Builds the charter anew from what was undertaken and every change that stands. An amendment that no longer fits
    /// is left out, and the first such is the error.
    fn recharter(
        &mut self,
        cause: &Submission,
        undertaken: Arc<CommitmentUndertaken>,
        changes: Vec<Position>,
        records: &Records<'_>,
    ) -> Result<(), Refusal> {
        let Subject::Member(_, commitment) = &cause.subject else { return Ok(()) };
        let terms = Arc::new(undertaken.terms.clone());
        let zone = undertaken.zone.clone();
        let mut charter = Charter {
            undertaken,
            terms,
            readings: BTreeSet::new(),
            read_names: BTreeSet::new(),
            changes: Vec::with_capacity(changes.len()),
        };
        let mut outcome = Ok(());
        for position in changes {
            let Some(change) = records.at(&cause.subject, position) else { continue };
            if !self.stands(change.event_id) {
                continue;
            }
            charter.changes.push(position);
            match &change.payload {
                Payload::CommitmentAmended(amended) => match charter.terms.patched(&amended.set, &zone) {
                    Ok(terms) => charter.terms = Arc::new(terms),
                    Err(misfit) => outcome = outcome.and(Err(no_longer_fits(cause, change, position, misfit))),
                },
                Payload::ReadingRecorded(recorded) => charter.read(&recorded.reading, &recorded.set),
                _ => {}
            }
        }
        self.charters.insert(commitment.clone(), charter);
        outcome
    }

    /// Whether the last record of a reading fits the amended terms as that reading's earlier records changed them. One
    /// party's reading never stands in the way of an amendment, so only its own records are held to this.
    fn check_reading(&self, reading: &Slug, commitment: &Slug, records: &Records<'_>) -> Result<(), Refusal> {
        let Some(charter) = self.charter(commitment) else { return Ok(()) };
        let subject = Subject::commitment(commitment.clone());
        let mut terms = Arc::clone(&charter.terms);
        let mut last = Ok(());
        for position in &charter.changes {
            let Some(Payload::ReadingRecorded(recorded)) = records.at(&subject, *position).map(|s| &s.payload) else {
                continue;
            };
            if recorded.reading == *reading {
                last = terms
                    .patched(&recorded.set, &charter.undertaken.zone)
                    .map(|patched| terms = Arc::new(patched))
                    .map_err(under("reading_recorded.set"));
            }
        }
        last
    }
}

fn under(path: &'static str) -> impl FnOnce(Refusal) -> Refusal {
    move |refusal| refusal.under(path)
}

fn no_longer_fits(cause: &Submission, change: &Submission, position: Position, misfit: Refusal) -> Refusal {
    let id: EventId = change.event_id;
    if id == cause.event_id {
        return misfit.under("commitment_amended.set");
    }
    let field = match cause.payload {
        Payload::EventRetracted(_) => "event_retracted.event",
        Payload::CommitmentUndertaken(_) => "commitment_undertaken.terms",
        _ => "supersedes",
    };
    let message = format!(
        "the amendment {id} at position {position} would no longer fit: {misfit}; supersede or retract that one first"
    );
    Refusal::new(Reason::TermsNoLongerFit, field, message).with(Fact::Event { id, position })
}
