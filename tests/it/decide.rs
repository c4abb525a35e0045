//! What may be recorded: given what is recorded, when this is put forward, then it is recorded, or refused and why.

mod amounts;
mod batch;
mod clock;
mod correction;
mod creation;
mod deal;
mod form;
mod group;
mod history;
mod naming;
mod random;
mod reference;
mod subject;
mod terms;

use std::sync::Arc;

use entente::domain::event::{LedgerCreated, LedgerKind};
use entente::domain::{
    Author, Class, Decision, Docket, EventId, Fact, Instant, Payload, Position, Preconditions, Proposal, Reason,
    RecordClock, Refusal, Subject, Submission, decide,
};

use deal::{at, id, text};

/// A ledger with something in it.
struct Given {
    docket: Docket,
}

/// A LIVE ledger in which these are recorded, each by itself, after the event that creates it.
fn given(events: impl IntoIterator<Item = Submission>) -> Given {
    let mut ledger = Given { docket: Docket::new() };
    let created = LedgerCreated { kind: LedgerKind::Live, title: text("The truce"), incarnation: text("1") };
    ledger.put(vec![deal::about(Subject::Ledger, "created", Payload::LedgerCreated(created))], Author::Server);
    for event in events {
        ledger.put(vec![event], Author::Client);
    }
    ledger
}

impl Given {
    fn put(&mut self, batch: Vec<Submission>, author: Author) {
        let outcome = self.decide(&batch, &Preconditions::default(), author, live("2026-01-01T00:00:00Z"));
        let Ok(Decision::Record(stamps)) = outcome else { panic!("given what cannot be recorded: {outcome:?}") };
        for (stamp, submission) in stamps.into_iter().zip(batch) {
            self.docket.fold(Arc::new(stamp.seal(submission, text("the desk"))));
        }
    }

    fn decide(
        &self,
        batch: &[Submission],
        preconditions: &Preconditions,
        author: Author,
        clock: RecordClock,
    ) -> Result<Decision, Refusal> {
        let recorded = |submission: &Submission, position: Position| {
            let about = self.docket.about(&submission.subject);
            about.iter().any(|event| event.position == position && event.submission == *submission)
        };
        decide(&self.docket, Proposal { batch, preconditions, author }, clock, &recorded)
    }

    fn when(&self, batch: impl IntoIterator<Item = Submission>) -> When<'_> {
        When {
            given: self,
            batch: batch.into_iter().collect(),
            preconditions: Preconditions::default(),
            author: Author::Client,
            clock: live("2026-01-02T00:00:00Z"),
        }
    }

    /// A table: what is put forward, alone and on the same ledger each time, and what comes of it.
    fn table(&self, rows: Vec<(&str, Submission, Expected)>) {
        let rows = rows.into_iter().map(|(case, event, expected)| (case, vec![event], expected)).collect();
        self.table_of_batches(rows);
    }

    fn table_of_batches(&self, rows: Vec<(&str, Vec<Submission>, Expected)>) {
        let mut wrong = Vec::new();
        for (case, batch, expected) in rows {
            let outcome = self.decide(&batch, &Preconditions::default(), Author::Client, live("2026-01-02T00:00:00Z"));
            let met = match (&outcome, &expected) {
                (Ok(Decision::Record(_)), Expected::Recorded) => true,
                (Err(refusal), Expected::Refused(reason, field)) => {
                    refusal.reason() == *reason && refusal.field() == *field
                }
                _ => false,
            };
            if !met {
                wrong.push(format!("{case}: expected {expected:?}, got {outcome:#?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

/// What comes of a row of a table.
#[derive(Debug)]
enum Expected {
    Recorded,
    Refused(Reason, &'static str),
}

use Expected::{Recorded, Refused};

/// Something put forward.
struct When<'g> {
    given: &'g Given,
    batch: Vec<Submission>,
    preconditions: Preconditions,
    author: Author,
    clock: RecordClock,
}

impl When<'_> {
    fn if_head_is(mut self, position: u64) -> Self {
        self.preconditions.ledger_head = Some(Position::new(position));
        self
    }

    fn if_last_about(mut self, subject: Subject, position: u64) -> Self {
        self.preconditions.subject_revisions.push((subject, Position::new(position)));
        self
    }

    fn by_the_server(mut self) -> Self {
        self.author = Author::Server;
        self
    }

    fn clocked(mut self, clock: RecordClock) -> Self {
        self.clock = clock;
        self
    }

    fn decide(&self) -> Result<Decision, Refusal> {
        self.given.decide(&self.batch, &self.preconditions, self.author, self.clock)
    }

    /// It is recorded; the answer is where and when.
    fn then_recorded(&self) -> Vec<(u64, String)> {
        match self.decide() {
            Ok(Decision::Record(stamps)) => {
                stamps.iter().map(|stamp| (stamp.position.get(), stamp.recorded_at.to_string())).collect()
            }
            other => panic!("expected a new record, got {other:#?}"),
        }
    }

    /// It was recorded before; the answer is where.
    fn then_recorded_already(&self) -> Vec<u64> {
        match self.decide() {
            Ok(Decision::AlreadyRecorded(stamps)) => stamps.iter().map(|stamp| stamp.position.get()).collect(),
            other => panic!("expected the original result, got {other:#?}"),
        }
    }

    fn then_refused(&self, reason: Reason, field: &str) -> TheRefusal {
        let refusal = match self.decide() {
            Err(refusal) => refusal,
            Ok(decision) => panic!("expected {reason}, got {decision:?}"),
        };
        assert_eq!((refusal.reason(), refusal.field()), (reason, field), "{refusal:#?}");
        TheRefusal(refusal)
    }
}

/// A refusal, to be looked at more closely.
struct TheRefusal(Refusal);

impl TheRefusal {
    fn at(self, index: usize) -> Self {
        assert_eq!(self.0.index(), Some(index), "{:#?}", self.0);
        self
    }

    fn of_class(self, class: Class) -> Self {
        assert_eq!(self.0.class(), class);
        assert_eq!(self.0.retry_helps(), class == Class::Aborted);
        self
    }

    /// It names this event, at this place.
    fn naming(self, label: &str, position: u64) -> Self {
        self.stating(Fact::Event { id: id(label), position: Position::new(position) })
    }

    fn stating(self, fact: Fact) -> Self {
        assert!(self.0.facts().contains(&fact), "no {fact:?} in {:#?}", self.0);
        self
    }

    fn saying(self, words: &str) -> Self {
        assert!(self.0.to_string().contains(words), "no {words:?} in {}", self.0);
        self
    }
}

fn live(now: &str) -> RecordClock {
    RecordClock::Live { now: at(now), floor: None }
}

fn superseded_by(label: &str) -> Fact {
    Fact::SupersededBy(id(label))
}

fn instant(text: &str) -> Instant {
    at(text)
}

fn event_id(label: &str) -> EventId {
    id(label)
}
