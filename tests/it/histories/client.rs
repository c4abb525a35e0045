//! Who asks: one thing after the other, and again while nothing is known of the last one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use entente::client::Client;
use entente::proto::v1;
use parking_lot::Mutex;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::record::{Attempt, Condition, Entry, History, Outcome, Read};
use crate::grpc::sample;
use crate::oracle::Dice;

pub(super) const LEDGER: &str = "ledgers/deal";
/// How many subjects there are to record about.
const SUBJECTS: i64 = 3;
/// How often an append is sent before the client gives up; a restart takes some of them.
const TRIES_MAX: u32 = 200;
/// The wait before sending again.
const BETWEEN: Duration = Duration::from_millis(20);
/// The last events that a read takes.
const READ_EVENTS: u64 = 40;

/// What everybody in a play shares.
#[derive(Clone, Default)]
pub(super) struct Log {
    pub(super) history: Arc<Mutex<History>>,
    tick: Arc<AtomicU64>,
}

impl Log {
    /// The next instant. Whoever takes one after another has, takes a later one.
    fn tick(&self) -> u64 {
        self.tick.fetch_add(1, Ordering::SeqCst)
    }
}

pub(super) struct Asker {
    pub(super) number: usize,
    pub(super) client: Client,
    pub(super) dice: Dice,
    pub(super) log: Log,
    /// Events recorded by it, for ids of their own.
    made: u32,
    /// What it has seen: the head, and the last event about each subject.
    head: u64,
    revisions: Vec<u64>,
    /// An append that was acknowledged, to be sent again.
    known: Option<(v1::AppendEventsRequest, Condition)>,
}

pub(super) fn subject(number: i64) -> String {
    format!("{LEDGER}/instruments/i{number}")
}

/// The events that make the subjects.
pub(super) fn opening() -> Vec<v1::Submission> {
    let signed = |number| v1::Submission {
        event_id: sample::id(number as u32 + 1),
        subject: subject(number),
        ..sample::signed(LEDGER)
    };
    (0..SUBJECTS).map(signed).collect()
}

impl Asker {
    pub(super) fn new(number: usize, client: Client, dice: Dice, log: Log) -> Self {
        Asker { number, client, dice, log, made: 0, head: 0, revisions: vec![0; SUBJECTS as usize], known: None }
    }

    /// One thing more.
    pub(super) async fn ask(&mut self) {
        match self.dice.between(1, 10) {
            1..=2 => self.read().await,
            3 if self.known.is_some() => self.send_again().await,
            _ => self.append().await,
        }
    }

    async fn append(&mut self) {
        let about = self.dice.between(0, SUBJECTS - 1);
        let count = self.dice.pick(&[1, 1, 1, 2, 5, 70]);
        let submissions: Vec<v1::Submission> = (0..count)
            .map(|_| {
                self.made += 1;
                let number = (self.number as u32 + 1) * 1_000_000 + self.made;
                v1::Submission { subject: subject(about), ..sample::statement(LEDGER, number) }
            })
            .collect();
        let condition = match self.dice.between(1, 3) {
            1 => Condition::Nothing,
            2 => Condition::Head(self.head),
            _ => Condition::Subject(subject(about), self.revisions[about as usize]),
        };
        let preconditions = match &condition {
            Condition::Nothing => None,
            Condition::Head(head) => Some(v1::Preconditions { ledger_head: Some(*head), ..Default::default() }),
            Condition::Subject(subject, revision) => Some(v1::Preconditions {
                subject_revisions: vec![v1::SubjectRevision { subject: subject.clone(), revision: *revision }],
                ..Default::default()
            }),
        };
        let request =
            v1::AppendEventsRequest { ledger: LEDGER.to_owned(), submissions, preconditions, ..Default::default() };
        let gives_up = self.dice.chance(15);
        for _ in 0..TRIES_MAX {
            match self.attempt(&request, &condition).await {
                Outcome::Unknown if gives_up => return,
                Outcome::Unknown => tokio::time::sleep(BETWEEN).await,
                Outcome::Recorded { told, head, .. } => {
                    self.head = head;
                    self.revisions[about as usize] = told.last().map_or(0, |(position, _)| *position);
                    return self.known = Some((request, condition));
                }
                Outcome::Stale { .. } | Outcome::Odd(_) => return self.read().await,
            }
        }
    }

    async fn send_again(&mut self) {
        if let Some((request, condition)) = self.known.clone() {
            self.attempt(&request, &condition).await;
        }
    }

    async fn attempt(&mut self, request: &v1::AppendEventsRequest, condition: &Condition) -> Outcome {
        let begun = self.log.tick();
        let answer = self.client.ledgers().append_events(request.clone()).await;
        let ended = self.log.tick();
        let outcome = match answer {
            Ok(answer) => recorded(answer.into_inner()),
            Err(status) => refused(&status),
        };
        let ids = request.submissions.iter().map(|submission| submission.event_id.clone()).collect();
        let attempt =
            Attempt { client: self.number, begun, ended, ids, condition: condition.clone(), outcome: outcome.clone() };
        self.log.history.lock().attempts.push(attempt);
        outcome
    }

    async fn read(&mut self) {
        let begun = self.log.tick();
        let request = v1::ReadEventsRequest {
            ledger: LEDGER.to_owned(),
            direction: v1::Direction::Backward.into(),
            limit: READ_EVENTS,
            ..Default::default()
        };
        let Ok(read) = read_all(&self.client, request).await else { return };
        let ended = self.log.tick();
        let (mut entries, head) = read;
        entries.reverse();
        for entry in &entries {
            if let Some(number) = (0..SUBJECTS).find(|number| subject(*number) == entry.subject) {
                self.revisions[number as usize] = entry.position;
            }
        }
        self.head = head;
        // A head is told with the events it was read at: the first of them, going back, is the head.
        let shown = entries.last().map_or(head, |last| last.position);
        self.log.history.lock().reads.push(Read { client: self.number, begun, ended, head: shown, entries });
    }
}

/// Everything that a read gives, and the head it tells.
pub(super) async fn read_all(client: &Client, request: v1::ReadEventsRequest) -> Result<(Vec<Entry>, u64), Status> {
    use v1::read_events_response::Part;
    let mut parts = client.ledgers().read_events(request).await?.into_inner();
    let (mut entries, mut head) = (Vec::new(), 0);
    while let Some(part) = parts.message().await? {
        match part.part {
            Some(Part::Batch(batch)) => entries.extend(batch.events.into_iter().map(entry)),
            Some(Part::End(end)) => head = end.head,
            None => {}
        }
    }
    Ok((entries, head))
}

pub(super) fn entry(event: v1::Event) -> Entry {
    let submission = event.submission.unwrap_or_default();
    Entry { position: event.position, id: submission.event_id, subject: submission.subject }
}

fn recorded(answer: v1::AppendEventsResponse) -> Outcome {
    let told = answer.events.iter().map(|it| (it.position, it.recorded_at.map_or(0, |at| at.seconds))).collect();
    Outcome::Recorded { told, replayed: answer.replayed, head: answer.head }
}

fn refused(status: &Status) -> Outcome {
    let details = status.get_error_details();
    let info = details.error_info();
    let number = |name: &str| info.and_then(|info| info.metadata.get(name)?.parse().ok());
    match (status.code(), info.map(|info| info.reason.as_str())) {
        (_, Some("STALE_HEAD" | "STALE_SUBJECT")) => match (number("conflicting_position"), number("head")) {
            (Some(conflict), Some(head)) => Outcome::Stale { conflict, head },
            _ => Outcome::Odd(format!("{status:?}")),
        },
        // The connection is gone, the disk failed, or the server is going or coming.
        (Code::Unavailable | Code::Unknown | Code::Cancelled | Code::Internal, None) => Outcome::Unknown,
        (Code::Unavailable, _) => Outcome::Unknown,
        _ => Outcome::Odd(format!("{status:?}")),
    }
}
