//! Following a ledger's events: each subscriber reads from its own place, woken by the durable head.
//!
//! There is no buffer for a subscriber that could overflow. What is newest is read from the events kept in memory, what is
//! older from the log; so a slow subscriber costs what one page of it costs, and nobody else anything.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant as Timer;

use super::cursor::witness_of;
use super::newest::{After, Recent};
use super::{EventFilter, Ledger, LedgerError};
use crate::domain::{Docket, Position};
use crate::store::{ReadLimits, StoreError};

/// How many stored bytes one batch gathers.
const BATCH_BYTES: usize = 128 << 10;
/// How many stored bytes one step looks through where a filter may leave most of them out.
const EXAMINED_BYTES: usize = 1 << 20;
/// How many events one step looks through.
const EXAMINED_EVENTS: usize = 8192;

/// What a subscriber hears next. Where it stands after it: [`Subscription::through`].
#[derive(Debug)]
pub enum Heard {
    /// Events as they are stored, in order, at least one.
    Events(Vec<Bytes>),
    /// Nothing that matches, for a whole period.
    Progress,
    /// All that is durable has been heard.
    CaughtUp,
    /// What comes next is no longer kept in memory; it is read from the log until [`Heard::CaughtUp`].
    FellBehind,
}

/// One subscriber's way through a ledger.
#[derive(Debug)]
pub struct Subscription {
    ledger: Ledger,
    filter: Arc<EventFilter>,
    head: watch::Receiver<Position>,
    through: Position,
    witness: u32,
    is_live: bool,
    period: Duration,
    silent_since: Timer,
    /// The next page of the log, read while the last one is on its way.
    ahead: Option<JoinHandle<Result<Step, LedgerError>>>,
    _counted: Counted,
}

/// What one step found.
#[derive(Debug)]
struct Step {
    matching: Vec<Bytes>,
    through: Position,
    witness: u32,
}

impl Ledger {
    /// Follows the events after a position of this ledger that has `witness`. Something is heard every `period`.
    pub fn subscribe(&self, after: Position, witness: u32, filter: EventFilter, period: Duration) -> Subscription {
        Subscription {
            head: self.follow(),
            filter: Arc::new(filter),
            through: after,
            witness,
            is_live: false,
            period,
            silent_since: Timer::now(),
            ahead: None,
            _counted: Counted::new(self),
            ledger: self.clone(),
        }
    }

    /// One step through the log. Blocks on the store.
    fn step_through_log(&self, after: Position, head: Position, filter: &EventFilter) -> Result<Step, LedgerError> {
        let passes_all = filter.passes_all();
        let bytes = if passes_all { BATCH_BYTES } else { EXAMINED_BYTES };
        let page = self.shared.log.read(after, ReadLimits { entries: EXAMINED_EVENTS, bytes })?;
        let mut gathered = Gathered::new(after);
        for (position, stored) in page.entries {
            // Behind a hole the log goes on, but nobody is told of what cannot be judged.
            if position > head || gathered.is_full() {
                break;
            }
            let matches = passes_all || self.matches(filter, position, &stored)?;
            gathered.examine(position, &stored, matches);
        }
        if gathered.step.through == after {
            let cause = format!("nothing is stored after position {after}, but the head is {head}");
            return Err(StoreError::Corrupt { cause }.into());
        }
        Ok(gathered.step)
    }
}

impl Subscription {
    /// Everything up to here has been examined, and what matches has been heard.
    pub fn through(&self) -> Position {
        self.through
    }

    /// What a cursor at [`Subscription::through`] remembers of the event there.
    pub fn witness(&self) -> u32 {
        self.witness
    }

    /// What comes next; waits for it. `Closed` when the ledger closes, `Damaged` where the rest cannot be read.
    pub async fn next(&mut self) -> Result<Heard, LedgerError> {
        let heard = self.find_next().await?;
        self.silent_since = Timer::now();
        Ok(heard)
    }

    async fn find_next(&mut self) -> Result<Heard, LedgerError> {
        loop {
            if self.ledger.shared.closing.is_cancelled() {
                return Err(LedgerError::Closed);
            }
            let head = *self.head.borrow_and_update();
            if self.through >= head {
                if let Some(said) = self.at_head().await? {
                    return Ok(said);
                }
                continue;
            }
            let step = match self.ahead.take() {
                Some(ahead) => finish(ahead).await?,
                None => match self.ledger.shared.newest.after(self.through, BATCH_BYTES) {
                    After::Kept(recent) => self.step_through_newest(recent, head),
                    After::Older if self.is_live => {
                        self.is_live = false;
                        metrics::counter!("entente_subscribers_fell_behind_total", "ledger" => self.ledger.name().as_str().to_owned())
                            .increment(1);
                        return Ok(Heard::FellBehind);
                    }
                    After::Older | After::Newer => finish(self.read_ahead(self.through, head)).await?,
                },
            };
            self.through = step.through;
            self.witness = step.witness;
            if !step.matching.is_empty() {
                self.prepare(head);
                return Ok(Heard::Events(step.matching));
            }
            if self.silent_since.elapsed() >= self.period {
                return Ok(Heard::Progress);
            }
            // Looking through what is in memory never waits by itself.
            tokio::task::yield_now().await;
        }
    }

    /// At the durable head: says so once, then waits for it to move, for a period at most.
    async fn at_head(&mut self) -> Result<Option<Heard>, LedgerError> {
        if let Some(damage) = self.ledger.hidden() {
            return Err(damage);
        }
        if !self.is_live {
            self.is_live = true;
            return Ok(Some(Heard::CaughtUp));
        }
        tokio::select! {
            biased;
            () = self.ledger.shared.closing.cancelled() => Err(LedgerError::Closed),
            moved = self.head.changed() => moved.map(|()| None).map_err(|_| LedgerError::Closed),
            () = tokio::time::sleep_until(self.silent_since + self.period) => Ok(Some(Heard::Progress)),
        }
    }

    fn step_through_newest(&self, recent: Vec<Recent>, head: Position) -> Step {
        let mut gathered = Gathered::new(self.through);
        let passes_all = self.filter.passes_all();
        let docket = (!passes_all).then(|| self.ledger.docket());
        let matches = |recent: &Recent, docket: &Docket| self.filter.matches(&recent.event, docket);
        for recent in recent.iter().take_while(|recent| recent.event.position <= head) {
            let wanted = docket.as_ref().is_none_or(|docket| matches(recent, docket));
            gathered.examine(recent.event.position, &recent.stored, wanted);
        }
        gathered.step
    }

    /// Begins to read the next page of the log while the last one is sent, where the next one must come from there.
    fn prepare(&mut self, head: Position) {
        let is_older = || matches!(self.ledger.shared.newest.after(self.through, 0), After::Older | After::Newer);
        if !self.is_live && self.through < head && is_older() {
            self.ahead = Some(self.read_ahead(self.through, head));
        }
    }

    fn read_ahead(&self, after: Position, head: Position) -> JoinHandle<Result<Step, LedgerError>> {
        let (ledger, filter) = (self.ledger.clone(), Arc::clone(&self.filter));
        tokio::task::spawn_blocking(move || ledger.step_through_log(after, head, &filter))
    }
}

async fn finish(reading: JoinHandle<Result<Step, LedgerError>>) -> Result<Step, LedgerError> {
    // A read that panicked, or a runtime that ends.
    reading.await.map_err(|_| LedgerError::Closed)?
}

/// A step in the making.
struct Gathered {
    step: Step,
    bytes: usize,
}

impl Gathered {
    fn new(after: Position) -> Self {
        Gathered { step: Step { matching: Vec::new(), through: after, witness: 0 }, bytes: 0 }
    }

    fn is_full(&self) -> bool {
        self.bytes >= BATCH_BYTES
    }

    fn examine(&mut self, position: Position, stored: &Bytes, matches: bool) {
        self.step.through = position;
        self.step.witness = witness_of(stored);
        if matches {
            self.bytes += stored.len();
            self.step.matching.push(stored.clone());
        }
    }
}

/// Counts the subscribers of a ledger while it lives.
#[derive(Debug)]
pub(super) struct Counted(metrics::Gauge);

impl Counted {
    pub(super) fn new(ledger: &Ledger) -> Self {
        let gauge = metrics::gauge!("entente_subscribers", "ledger" => ledger.name().as_str().to_owned());
        gauge.increment(1.0);
        Counted(gauge)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}
