//! decide: what may be recorded, given what is known. Pure, and all or nothing.
//!
//! Here: the order in which a batch is judged, and the draft on which later batches see earlier ones before those are
//! folded. Not here: what each rule says (the files below), how the words of a refusal are sent (`rpc`).

mod clock;
mod correction;
mod form;
mod identity;
mod known;
mod naming;
mod precondition;
mod reference;
mod subject;
mod undertaking;

pub use clock::RecordClock;
pub use identity::BATCH_EVENTS_MAX;
pub use precondition::Preconditions;

use super::refusal::{Reason, Refusal};
use super::register::{Layer, Records, Register};
use super::{Docket, Event, Instant, Payload, Position, Submission, Text};
use known::Known;

/// Decides one batch against a docket. `same_content` answers whether the event recorded at a position is, byte for
/// byte, what this submission asks to record; it is asked only for ids that the docket knows.
pub fn decide(
    docket: &Docket,
    proposal: Proposal<'_>,
    clock: RecordClock,
    same_content: &dyn Fn(&Submission, Position) -> bool,
) -> Result<Decision, Refusal> {
    Draft::over(docket).decide(proposal, clock, same_content)
}

/// A batch as it is put forward.
#[derive(Debug, Clone, Copy)]
pub struct Proposal<'a> {
    /// The events, in the order in which they would be recorded.
    pub batch: &'a [Submission],
    /// What must still be so.
    pub preconditions: &'a Preconditions,
    /// Who puts it forward.
    pub author: Author,
}

/// Who puts a batch forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// Somebody outside.
    Client,
    /// The server itself, which alone records that a ledger was created and that a key was rotated.
    Server,
}

/// The yes to a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// To be recorded: one stamp for each submission, in order; positions follow the head without a hole.
    Record(Vec<Stamp>),
    /// All of it is recorded already, with the same content: where and when, one stamp for each submission.
    AlreadyRecorded(Vec<Stamp>),
}

/// Where and when an event is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Its place.
    pub position: Position,
    /// When it is recorded.
    pub recorded_at: Instant,
    /// The position of the last event of the same append.
    pub append_through: Position,
}

impl Stamp {
    /// The event that a submission becomes.
    pub fn seal(self, submission: Submission, recorded_by: Text) -> Event {
        let Stamp { position, recorded_at, append_through } = self;
        Event { position, recorded_at, recorded_by, append_through, submission }
    }

    /// Parts the stamps of one batch into the appends that it repeats, each of so many events. What the sizes leave over
    /// stays one append.
    pub fn part(stamps: &mut [Stamp], sizes: &[usize]) {
        let mut rest = stamps;
        for size in sizes {
            let (append, after) = rest.split_at_mut((*size).min(rest.len()));
            let through = append.last().map(|last| last.position);
            append.iter_mut().for_each(|stamp| stamp.append_through = through.unwrap_or(stamp.append_through));
            rest = after;
        }
    }
}

/// A docket and the batches accepted since, not folded yet: a writer that gathers several batches into one sync decides
/// them on one draft, each seeing those before it, and folds them once they are durable. A refused batch leaves no trace.
#[derive(Debug)]
pub struct Draft<'a> {
    docket: &'a Docket,
    register: Register<'a>,
    accepted: Vec<&'a Submission>,
    recorded: Vec<Instant>,
}

impl<'a> Draft<'a> {
    /// A draft that starts where the docket is.
    pub fn over(docket: &'a Docket) -> Self {
        Draft { docket, register: docket.register().layer(), accepted: Vec::new(), recorded: Vec::new() }
    }

    /// The position of the last event, accepted ones included.
    pub fn head(&self) -> Position {
        self.docket.head().plus(self.accepted.len() as u64)
    }

    /// Decides the next batch; see [`decide`]. An accepted one is seen by those that follow. Content is compared by
    /// `same_content` where it is folded already, and directly where it was accepted on this draft.
    pub fn decide(
        &mut self,
        proposal: Proposal<'a>,
        clock: RecordClock,
        same_content: &dyn Fn(&Submission, Position) -> bool,
    ) -> Result<Decision, Refusal> {
        identity::check_batch(proposal.batch)?;
        if let Some(stamps) = self.already_recorded(proposal.batch, same_content)? {
            return Ok(Decision::AlreadyRecorded(stamps));
        }
        proposal.preconditions.check(self.head(), &records(self.docket, &self.accepted))?;
        let (head, accepted) = (self.head(), self.accepted.len());
        match self.attempt(proposal, clock) {
            Ok((layer, recorded)) => {
                self.register.absorb(layer);
                let append_through = head.plus(recorded.len() as u64);
                let stamp = |(index, recorded_at): (usize, &Instant)| Stamp {
                    position: head.plus(index as u64 + 1),
                    recorded_at: *recorded_at,
                    append_through,
                };
                let stamps = recorded.iter().enumerate().map(stamp).collect();
                self.recorded.extend(recorded);
                Ok(Decision::Record(stamps))
            }
            Err(refusal) => {
                self.accepted.truncate(accepted);
                Err(refusal)
            }
        }
    }

    /// Judges event by event, each seeing those before it.
    fn attempt(&mut self, proposal: Proposal<'a>, clock: RecordClock) -> Result<(Layer, Vec<Instant>), Refusal> {
        let mut trial = self.register.layer();
        let mut recorded: Vec<Instant> = Vec::with_capacity(proposal.batch.len());
        let mut earlier = self.recorded.last().copied().or_else(|| self.docket.head_recorded_at());
        for (index, submission) in proposal.batch.iter().enumerate() {
            let at = |refusal: Refusal| refusal.at(index);
            let position = self.docket.head().plus(self.accepted.len() as u64 + 1);
            check_ledger_event(submission, proposal.author, position).map_err(at)?;
            let stamped = clock.stamp(submission, earlier).map_err(at)?;
            let known = Known::new(records(self.docket, &self.accepted), &trial);
            judge(&known, submission).map_err(at)?;
            self.accepted.push(submission);
            trial.note(position, submission, &records(self.docket, &self.accepted)).map_err(at)?;
            recorded.push(stamped);
            earlier = Some(stamped);
        }
        Ok((trial.into_layer(), recorded))
    }
}

fn records<'r>(docket: &'r Docket, accepted: &'r [&'r Submission]) -> Records<'r> {
    Records { folders: docket.folders(), head: docket.head(), tried: accepted }
}

/// Every rule, from what the event says by itself to what it collides with. What it does to terms and figures is found
/// when it is taken in.
fn judge(known: &Known<'_>, submission: &Submission) -> Result<(), Refusal> {
    subject::fits(submission)?;
    form::check(submission)?;
    correction::check(known, submission)?;
    subject::exists(known, submission)?;
    reference::check(known, submission)
}

/// A ledger's first event says that it was created; that and its keys are for the server to record.
fn check_ledger_event(submission: &Submission, author: Author, position: Position) -> Result<(), Refusal> {
    let is_first = position == Position::ORIGIN.next();
    match (&submission.payload, author) {
        (Payload::LedgerCreated(_), Author::Client) => Err(reserved(submission, "ledger_created")),
        (Payload::KeyRotated(_), Author::Client) => Err(reserved(submission, "key_rotated")),
        (Payload::LedgerCreated(_), Author::Server) if !is_first => {
            let message = "the ledger is created already; its kind and title stand for life";
            Err(Refusal::new(Reason::LedgerAlreadyCreated, "ledger_created", message))
        }
        (Payload::LedgerCreated(_), Author::Server) => Ok(()),
        _ if is_first => {
            let message = "the ledger has no first event; create the ledger before recording in it";
            Err(Refusal::new(Reason::LedgerNotCreated, "", message))
        }
        _ => Ok(()),
    }
}

fn reserved(submission: &Submission, field: &str) -> Refusal {
    let message = format!("{} is recorded by the server alone; leave it out", submission.payload.kind());
    Refusal::new(Reason::LedgerEventReserved, field, message)
}
