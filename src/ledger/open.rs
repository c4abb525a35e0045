//! Opening a ledger: its docket is rebuilt from its log, which alone holds facts.
//!
//! Spans of which there is a transcript that holds against the log are taken from it, all else is read from the log itself.
//! Reading and decoding takes longer than folding and needs nothing that was folded, so workers do it ahead of the fold,
//! each a part of the log of its own in turn. The fold takes the parts in their order, and no worker is more than two
//! parts ahead of it.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant as Stopwatch};

use super::LedgerError;
use super::history::decode_as;
use super::transcript::{SPAN, Transcripts, span_of};
use crate::domain::{Docket, Event, Position, Slug};
use crate::proto::stored;
use crate::store::{Log, ReadLimits, StoreError};
use crate::wire::StoredReader;

/// How many events a part has that is no span.
const PART: u64 = 4096;
/// How many bytes of stored events one step reads.
const STEP_BYTES: usize = 4 << 20;
/// How many parts a worker may be ahead of the fold.
const PARTS_AHEAD: usize = 2;
/// How often a rebuild that takes long says how far it is.
const TOLD_EVERY: Duration = Duration::from_secs(2);

/// What was read.
#[derive(Default)]
pub(super) struct Read {
    /// How many events came out of transcripts.
    pub(super) transcribed: u64,
    /// The others, in order.
    pub(super) from_log: Vec<Arc<Event>>,
}

/// What a worker made of a part: the events up to where it could not go on, and why not.
struct Part {
    events: Vec<Arc<Event>>,
    is_transcribed: bool,
    stopped: Result<(), LedgerError>,
}

/// Folds what the log holds beyond the docket's head. Damaged positions end it: what comes after them cannot be
/// judged without them, and the log takes no appends then.
pub(super) fn catch_up(
    docket: &mut Docket,
    log: &dyn Log,
    ledger: &Slug,
    transcripts: Option<&Transcripts<'_>>,
) -> Result<Read, LedgerError> {
    let mut read = Read::default();
    let folded = fold_all(docket, log, ledger, transcripts, &mut read);
    docket.tighten();
    folded.map(|()| read)
}

fn fold_all(
    docket: &mut Docket,
    log: &dyn Log,
    ledger: &Slug,
    transcripts: Option<&Transcripts<'_>>,
    read: &mut Read,
) -> Result<(), LedgerError> {
    let (after, end) = (docket.head(), end(log));
    let source = Source { log, ledger, transcripts, end };
    let parts = source.parts(after);
    docket.expect(end.get().saturating_sub(after.get()));
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    if parts.len() <= 1 || workers == 1 {
        let mut reader = StoredReader::new(ledger);
        return parts.iter().try_for_each(|(after, last)| fold(docket, source.part(*after, *last, &mut reader), read));
    }
    std::thread::scope(|scope| {
        let lanes: Vec<Receiver<Part>> = (0..workers)
            .map(|first| {
                let (sender, receiver) = sync_channel(PARTS_AHEAD);
                let (source, parts) = (&source, &parts);
                scope.spawn(move || source.work(parts.iter().skip(first).step_by(workers), &sender));
                receiver
            })
            .collect();
        fold_in_order(docket, &source, parts.len(), &lanes, read)
    })
}

/// The last position that can be folded.
fn end(log: &dyn Log) -> Position {
    let first_damaged = log.damage().iter().map(|damage| damage.first).min();
    first_damaged.map_or(log.head(), |damaged| log.head().min(Position::new(damaged.get().saturating_sub(1))))
}

/// Takes the parts from the lanes in turn. Dropping a lane ends its worker.
fn fold_in_order(
    docket: &mut Docket,
    source: &Source<'_>,
    parts: usize,
    lanes: &[Receiver<Part>],
    read: &mut Read,
) -> Result<(), LedgerError> {
    let mut told = Stopwatch::now();
    for (_, lane) in (0..parts).zip(lanes.iter().cycle()) {
        let part = lane.recv().expect("a worker gives each of its parts, or its panic ends the scope");
        fold(docket, part, read)?;
        if told.elapsed() >= TOLD_EVERY {
            told = Stopwatch::now();
            tracing::info!(ledger = %source.ledger, done = %docket.head(), total = %source.end, "reading the log");
        }
    }
    Ok(())
}

fn fold(docket: &mut Docket, part: Part, read: &mut Read) -> Result<(), LedgerError> {
    if part.is_transcribed {
        read.transcribed += part.events.len() as u64;
    } else {
        read.from_log.extend(part.events.iter().cloned());
    }
    for event in part.events {
        docket.fold(event);
    }
    part.stopped
}

/// The part of a log that is to be folded.
struct Source<'l> {
    log: &'l dyn Log,
    ledger: &'l Slug,
    transcripts: Option<&'l Transcripts<'l>>,
    end: Position,
}

impl Source<'_> {
    /// What each part follows, and its last position: whole spans where there may be transcripts, then shorter ones.
    fn parts(&self, mut after: Position) -> Vec<(Position, Position)> {
        let mut parts = Vec::new();
        while after < self.end {
            let span_end = after.plus(SPAN);
            let is_span = self.transcripts.is_some() && after.get().is_multiple_of(SPAN) && span_end <= self.end;
            let last = if is_span { span_end } else { after.plus(PART).min(self.end) };
            parts.push((after, last));
            after = last;
        }
        parts
    }

    /// Makes parts until all are made or nobody wants them any more.
    fn work<'p>(&self, parts: impl Iterator<Item = &'p (Position, Position)>, lane: &SyncSender<Part>) {
        let mut reader = StoredReader::new(self.ledger);
        for (after, last) in parts {
            if lane.send(self.part(*after, *last, &mut reader)).is_err() {
                return;
            }
        }
    }

    fn part(&self, after: Position, last: Position, reader: &mut StoredReader<'_>) -> Part {
        let is_span = last.get() - after.get() == SPAN;
        let transcripts = self.transcripts.filter(|_| is_span);
        if let Some(events) = transcripts.and_then(|it| it.events(span_of(last), reader)) {
            return Part { events, is_transcribed: true, stopped: Ok(()) };
        }
        let mut events = Vec::with_capacity(usize::try_from(last.get() - after.get()).unwrap_or_default());
        let stopped = self.read(after, last, reader, &mut events);
        Part { events, is_transcribed: false, stopped }
    }

    fn read(
        &self,
        mut after: Position,
        last: Position,
        reader: &mut StoredReader<'_>,
        events: &mut Vec<Arc<Event>>,
    ) -> Result<(), LedgerError> {
        while after < last {
            let entries = usize::try_from(last.get() - after.get()).unwrap_or(usize::MAX);
            let page = self.log.read(after, ReadLimits { entries, bytes: STEP_BYTES })?;
            if page.entries.is_empty() {
                let cause = format!("position {} is not there", after.next());
                return Err(StoreError::Corrupt { cause }.into());
            }
            for (position, bytes) in page.entries {
                let message: stored::Event = decode_as(position, bytes)?;
                let event = reader.read(&message);
                events.push(Arc::new(event.map_err(|error| LedgerError::unreadable(position, &error))?));
                after = position;
            }
        }
        Ok(())
    }
}
