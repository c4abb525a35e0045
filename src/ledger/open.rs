//! Opening a ledger: its docket is rebuilt from its log, which alone holds facts.
//!
//! Reading and decoding takes several times as long as folding and needs nothing that was folded, so workers do it ahead
//! of the fold, each a part of the log of its own in turn. The fold takes the parts in their order, and no worker is more
//! than two parts ahead of it.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant as Stopwatch};

use super::LedgerError;
use super::history::decode_as;
use crate::domain::{Docket, Event, Position, Slug};
use crate::proto::stored;
use crate::store::{Log, ReadLimits, StoreError};
use crate::wire::StoredReader;

/// How many events a part has.
const PART: u64 = 4096;
/// How many bytes of stored events one step reads.
const STEP_BYTES: usize = 4 << 20;
/// How many parts a worker may be ahead of the fold.
const PARTS_AHEAD: usize = 2;
/// How often a rebuild that takes long says how far it is.
const TOLD_EVERY: Duration = Duration::from_secs(2);

/// What a worker made of a part: the events up to where it could not go on, and why not.
struct Part {
    events: Vec<Arc<Event>>,
    stopped: Result<(), LedgerError>,
}

/// Folds what the log holds beyond the docket's head. Damaged positions end it: what comes after them cannot be
/// judged without them, and the log takes no appends then.
pub(super) fn catch_up(docket: &mut Docket, log: &Arc<dyn Log>, ledger: &Slug) -> Result<(), LedgerError> {
    let folded = fold_all(docket, log, ledger);
    docket.tighten();
    folded
}

fn fold_all(docket: &mut Docket, log: &Arc<dyn Log>, ledger: &Slug) -> Result<(), LedgerError> {
    let source = Source { log: &**log, ledger, after: docket.head(), end: end(&**log) };
    let parts = source.parts();
    docket.expect(source.events());
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    if parts <= 1 || workers == 1 {
        let mut reader = StoredReader::new(ledger);
        return (0..parts).try_for_each(|number| fold(docket, source.part(number, &mut reader)));
    }
    std::thread::scope(|scope| {
        let lanes: Vec<Receiver<Part>> = (0..workers as u64)
            .map(|first| {
                let (sender, receiver) = sync_channel(PARTS_AHEAD);
                let source = &source;
                scope.spawn(move || source.work((first..parts).step_by(workers), &sender));
                receiver
            })
            .collect();
        fold_in_order(docket, &source, parts, &lanes)
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
    parts: u64,
    lanes: &[Receiver<Part>],
) -> Result<(), LedgerError> {
    let mut told = Stopwatch::now();
    for (_, lane) in (0..parts).zip(lanes.iter().cycle()) {
        let part = lane.recv().expect("a worker gives each of its parts, or its panic ends the scope");
        fold(docket, part)?;
        if told.elapsed() >= TOLD_EVERY {
            told = Stopwatch::now();
            tracing::info!(ledger = %source.ledger, done = %docket.head(), total = %source.end, "reading the log");
        }
    }
    Ok(())
}

fn fold(docket: &mut Docket, part: Part) -> Result<(), LedgerError> {
    for event in part.events {
        docket.fold(event);
    }
    part.stopped
}

/// The part of a log that is to be folded.
struct Source<'l> {
    log: &'l dyn Log,
    ledger: &'l Slug,
    after: Position,
    end: Position,
}

impl Source<'_> {
    fn events(&self) -> u64 {
        self.end.get().saturating_sub(self.after.get())
    }

    fn parts(&self) -> u64 {
        self.events().div_ceil(PART)
    }

    /// Makes parts until all are made or nobody wants them any more.
    fn work(&self, numbers: impl Iterator<Item = u64>, lane: &SyncSender<Part>) {
        let mut reader = StoredReader::new(self.ledger);
        for number in numbers {
            if lane.send(self.part(number, &mut reader)).is_err() {
                return;
            }
        }
    }

    fn part(&self, number: u64, reader: &mut StoredReader<'_>) -> Part {
        let first = self.after.plus(number * PART);
        let last = first.plus(PART).min(self.end);
        let mut events = Vec::with_capacity(PART as usize);
        let stopped = self.read(first, last, reader, &mut events);
        Part { events, stopped }
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
