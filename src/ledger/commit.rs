//! The writer of a ledger: a thread of its own that decides, writes, syncs and publishes, one group at a time.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant as Stopwatch;

use bytes::Bytes;
use prost::Message as _;
use tokio::sync::mpsc;

use super::append::{Job, Order, Reply, next_work};
use super::history::{decode, to_domain};
use super::newest::Recent;
use super::{AppendOutcome, AppendRequest, LedgerError, Shared, floor, open};
use crate::clock::Clock;
use crate::domain::event::LedgerKind;
use crate::domain::{Author, Decision, Draft, Proposal, RecordClock, Stamp};
use crate::domain::{Docket, Event, Instant, Position, Slug, Submission};
use crate::store::{Log, ReadLimits};
use crate::wire;

/// The longest event, as stored.
const EVENT_BYTES_MAX: usize = 1 << 20;
/// No event of a request of this length can be longer than that as stored, although names that are given in short are stored in
/// full: the shortest name has 3 bytes and its field 2 more, and the longest ledger's adds 72.
const SURELY_SMALL: usize = 32 << 10;

/// Starts the writer of a ledger. It ends when it is told to close, or every handle of the ledger is gone, and all that
/// waited is answered.
pub(super) fn spawn(shared: Arc<Shared>, mut queue: mpsc::Receiver<Order>) -> JoinHandle<()> {
    let write = move || {
        while let Some(work) = next_work(&mut queue) {
            floor::raise(&shared, work.raises);
            if !work.group.is_empty() {
                commit(&shared, work.group);
            }
        }
    };
    std::thread::spawn(write)
}

/// Records an event of the server's own, such as the first of a ledger, before the ledger has a writer.
pub(super) fn record_alone(
    docket: &mut Docket,
    log: &Arc<dyn Log>,
    ledger: &Slug,
    event: Event,
) -> Result<(), LedgerError> {
    log.append(docket.head(), &[stored(&event, ledger)])?;
    docket.fold(Arc::new(event));
    Ok(())
}

/// An append that the rules said yes to.
struct Accepted {
    request: AppendRequest,
    stamps: Vec<Stamp>,
    reply: Reply,
}

/// What the rules said of a group, where it is not answered yet.
#[derive(Default)]
struct Decided {
    accepted: Vec<Accepted>,
    /// Appends that were judged behind an accepted one, and so perhaps refused because of it. If that is not recorded,
    /// nothing is known of them.
    refused: Vec<(Reply, LedgerError)>,
}

fn commit(shared: &Shared, group: Vec<Job>) {
    let begun = Stopwatch::now();
    *shared.committing_since.lock() = Some(begun);
    commit_group(shared, group, begun);
    *shared.committing_since.lock() = None;
}

fn commit_group(shared: &Shared, group: Vec<Job>, begun: Stopwatch) {
    let (to_validate, to_record): (Vec<Job>, Vec<Job>) = group.into_iter().partition(|job| job.request.validate_only);
    if let Err(error) = recover_if_poisoned(shared).and_then(|()| shared.damage().map_or(Ok(()), Err)) {
        return answer_all(to_validate.into_iter().chain(to_record).map(|job| job.reply), &error);
    }
    let Decided { accepted, refused } = decide(shared, to_record);
    if !accepted.is_empty() {
        let events = accepted.iter().map(|append| append.stamps.len()).sum::<usize>();
        let recorded = record(shared, accepted);
        for (reply, refusal) in refused {
            reply.send(Err(recorded.as_ref().err().cloned().unwrap_or(refusal)));
        }
        metrics::histogram!("entente_commit_events").record(events as f64);
        metrics::histogram!("entente_commit_seconds").record(begun.elapsed().as_secs_f64());
    }
    for job in to_validate.into_iter().filter(|job| job.reply.is_wanted()) {
        let outcome = validate(shared, &job.request);
        job.reply.send(outcome);
    }
}

/// After a failed write the store must be opened anew, and may then hold the group whose outcome was open.
pub(super) fn recover_if_poisoned(shared: &Shared) -> Result<(), LedgerError> {
    if shared.catalog.poisoned().is_some() {
        shared.catalog.recover()?;
        tracing::warn!(ledger = %shared.name, "the store is open again");
    }
    if shared.log.head() > shared.docket.read().head() {
        let read = open::catch_up(&mut shared.docket.write(), &*shared.log, &shared.name, None)?;
        shared.proofs.extend(&*shared.log, shared.log.head(), &[]);
        shared.scribe.take(&read.from_log);
        publish(shared);
    }
    Ok(())
}

/// Decides each append, later ones seeing earlier ones; answers those that need no write.
fn decide(shared: &Shared, jobs: Vec<Job>) -> Decided {
    let docket = shared.docket.read();
    let clock = record_clock(shared.kind, &shared.clock, *shared.floor.borrow());
    let head = docket.head();
    let (requests, replies): (Vec<AppendRequest>, Vec<Reply>) =
        jobs.into_iter().map(|job| (job.request, job.reply)).unzip();
    let mut draft = Draft::over(&docket);
    let mut decisions = Vec::with_capacity(requests.len());
    let mut further = 0;
    for (request, reply) in requests.iter().zip(&replies) {
        let same_content = |submission: &Submission, position| is_recorded(shared, submission, position);
        // In their order: whoever has withdrawn takes along only what stands behind.
        let is_wanted = if reply.is_wanted() { Ok(()) } else { Err(LedgerError::Withdrawn) };
        let decision = is_wanted
            .and_then(|()| check_size(shared, request))
            .and_then(|()| check_room(shared, &docket, request, further))
            .and_then(|()| Ok(draft.decide(proposal(request), clock, &same_content)?));
        further += if matches!(decision, Ok(Decision::Record(_))) { request.submissions.len() } else { 0 };
        if decision.is_err() {
            // The next in its line is judged before this one is answered.
            reply.withdraw();
        }
        decisions.push(decision);
    }
    drop(draft);
    let mut decided = Decided::default();
    for ((request, reply), decision) in requests.into_iter().zip(replies).zip(decisions) {
        match decision {
            Ok(Decision::Record(mut stamps)) => {
                Stamp::part(&mut stamps, &request.append_sizes);
                decided.accepted.push(Accepted { request, stamps, reply });
            }
            // What was accepted earlier in this group is no answer before it is durable.
            Ok(Decision::AlreadyRecorded(stamps)) if stamps.iter().any(|stamp| stamp.position > head) => {
                decided.accepted.push(Accepted {
                    request: AppendRequest { submissions: Vec::new(), ..request },
                    stamps,
                    reply,
                });
            }
            Ok(Decision::AlreadyRecorded(stamps)) => reply.send(Ok(outcome(&stamps, true, head))),
            Err(error) if decided.accepted.is_empty() => reply.send(Err(error)),
            Err(error) => decided.refused.push((reply, error)),
        }
    }
    decided
}

/// Writes what was accepted as one group; once it is durable, folds it, publishes the head and answers.
fn record(shared: &Shared, accepted: Vec<Accepted>) -> Result<(), LedgerError> {
    let mut events = Vec::new();
    let mut answers = Vec::with_capacity(accepted.len());
    for Accepted { request, stamps, reply } in accepted {
        let replayed = request.submissions.is_empty();
        for (submission, stamp) in request.submissions.into_iter().zip(&stamps) {
            events.push(stamp.seal(submission, request.recorded_by.clone()));
        }
        answers.push((stamps, replayed, reply));
    }
    let entries: Vec<Bytes> = events.iter().map(|event| stored(event, &shared.name)).collect();
    let expected = shared.docket.read().head();
    let head = match shared.log.append(expected, &entries) {
        Ok(head) => head,
        Err(error) => {
            tracing::error!(ledger = %shared.name, %error, "a group of appends was not recorded");
            let error = LedgerError::Store(error);
            answer_all(answers.into_iter().map(|(_, _, reply)| reply), &error);
            return Err(error);
        }
    };
    // Signed for before anybody is told of it.
    shared.proofs.extend(&*shared.log, expected, &entries);
    let events: Vec<Arc<Event>> = shared_texts(shared, events);
    let mut docket = shared.docket.write();
    for event in &events {
        docket.fold(Arc::clone(event));
    }
    drop(docket);
    shared.scribe.take(&events);
    shared.newest.push(events.into_iter().zip(entries).map(|(event, stored)| Recent { stored, event }).collect());
    publish(shared);
    for (stamps, replayed, reply) in answers {
        reply.send(Ok(outcome(&stamps, replayed, head)));
    }
    Ok(())
}

/// Events that hold what earlier events hold too once with these.
fn shared_texts(shared: &Shared, mut events: Vec<Event>) -> Vec<Arc<Event>> {
    let mut pool = shared.pool.lock();
    events.iter_mut().for_each(|event| pool.share(event));
    events.into_iter().map(Arc::new).collect()
}

/// Says what would happen to an append now, and records nothing.
fn validate(shared: &Shared, request: &AppendRequest) -> Result<AppendOutcome, LedgerError> {
    check_size(shared, request)?;
    let docket = shared.docket.read();
    check_room(shared, &docket, request, 0)?;
    let same_content = |submission: &Submission, position| is_recorded(shared, submission, position);
    let decision = Draft::over(&docket).decide(
        proposal(request),
        record_clock(shared.kind, &shared.clock, *shared.floor.borrow()),
        &same_content,
    )?;
    Ok(match decision {
        Decision::Record(stamps) => outcome(&stamps, false, docket.head()),
        Decision::AlreadyRecorded(stamps) => outcome(&stamps, true, docket.head()),
    })
}

fn proposal(request: &AppendRequest) -> Proposal<'_> {
    Proposal { batch: &request.submissions, preconditions: &request.preconditions, author: Author::Client }
}

/// How record times come about in a ledger of a kind.
pub(super) fn record_clock(kind: LedgerKind, clock: &Clock, floor: Option<Instant>) -> RecordClock {
    let now = clock.now();
    match kind {
        LedgerKind::Live => RecordClock::Live { now, floor },
        LedgerKind::Replay => RecordClock::Replay { now, floor },
    }
}

fn check_size(shared: &Shared, request: &AppendRequest) -> Result<(), LedgerError> {
    if request.bytes <= SURELY_SMALL {
        return Ok(());
    }
    for (index, submission) in request.submissions.iter().enumerate() {
        let bytes = wire::submission_to_proto(submission, &shared.name).encoded_len();
        if bytes > EVENT_BYTES_MAX {
            return Err(LedgerError::EventTooLarge { index, bytes, max: EVENT_BYTES_MAX });
        }
    }
    Ok(())
}

/// Whether there is room for an append beside `further` events of its group. It is asked before the rules are, since what
/// they have said yes to is seen by the appends after it; what is recorded already needs no room.
fn check_room(shared: &Shared, docket: &Docket, request: &AppendRequest, further: usize) -> Result<(), LedgerError> {
    let is_known = request.submissions.first().is_some_and(|first| docket.fate(first.event_id).is_some());
    if is_known { Ok(()) } else { shared.capacity.check(further + request.submissions.len()) }
}

/// Whether the event at a position is what a submission asks to record: a match of ids is confirmed in the log.
fn is_recorded(shared: &Shared, submission: &Submission, position: Position) -> bool {
    let after = Position::new(position.get().saturating_sub(1));
    let same = || -> Result<bool, LedgerError> {
        let page = shared.log.read(after, ReadLimits { entries: 1, bytes: 1 })?;
        let Some((found, bytes)) = page.entries.first() else { return Ok(false) };
        let recorded = to_domain(&decode(*found, bytes.as_ref())?, &shared.name)?;
        let content = wire::canonical(&recorded.submission, &shared.name);
        Ok(*found == position && content == wire::canonical(submission, &shared.name))
    };
    same().unwrap_or_else(|error| {
        tracing::error!(ledger = %shared.name, %position, %error, "a recorded event cannot be read to compare it");
        false
    })
}

fn stored(event: &Event, ledger: &Slug) -> Bytes {
    wire::event_to_proto(event, ledger).encode_to_vec().into()
}

fn outcome(stamps: &[Stamp], replayed: bool, head: Position) -> AppendOutcome {
    let events = stamps.iter().map(|stamp| (stamp.position, stamp.recorded_at)).collect();
    AppendOutcome { events, replayed, head }
}

/// Tells all who wait, and those who count, where the docket is.
pub(super) fn publish(shared: &Shared) {
    let head = shared.docket.read().head();
    metrics::gauge!("entente_head", "ledger" => shared.name.as_str().to_owned()).set(head.get() as f64);
    let before = shared.head.send_replace(head);
    shared.capacity.hold(head.get().saturating_sub(before.get()));
}

fn answer_all(replies: impl Iterator<Item = Reply>, error: &LedgerError) {
    for reply in replies {
        reply.send(Err(error.clone()));
    }
}
