//! All ledgers of a store.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant as Stopwatch;

use parking_lot::{Mutex, RwLock};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::append::{Order, QUEUE_LENGTH};
use super::bounds::{Bounds, SharedBounds, Waiting};
use super::capacity::Capacity;
use super::keyring::Keyring;
use super::open::Read;
use super::proofs::Proofs;
use super::restoration::Restoration;
use super::scribe::Scribe;
use super::transcript::Transcripts;
use super::{Ledger, LedgerError, Shared, commit, cursor, floor, newest, open, rotation, timer};
use crate::clock::Clock;
use crate::domain::event::{LedgerCreated, LedgerKind};
use crate::domain::{Docket, Event, EventId, Instant, Payload, Position, Slug, Sources, Subject, Submission, Text};
use crate::store::{Catalog, Log, StoreError};

/// The ledgers of one store. Cheap to clone.
#[derive(Clone)]
pub struct Ledgers {
    clock: Clock,
    catalog: Arc<dyn Catalog>,
    keyring: Keyring,
    capacity: Arc<Capacity>,
    open: Arc<RwLock<BTreeMap<Slug, Ledger>>>,
    writers: Arc<Mutex<Vec<std::thread::JoinHandle<()>>>>,
    closing: CancellationToken,
    bounds: SharedBounds,
}

/// A ledger to be created.
#[derive(Debug, Clone)]
pub struct NewLedger {
    /// Its id.
    pub name: Slug,
    /// LIVE or REPLAY, for life.
    pub kind: LedgerKind,
    /// What it is about.
    pub title: Text,
    /// REPLAY: the record time of its first event; absent, it is now.
    pub recorded_at: Option<Instant>,
    /// Who creates it, from the credential.
    pub created_by: Text,
}

impl Ledgers {
    /// Opens every ledger of a store and brings its docket up to its head. Checkpoints are signed with the key that is
    /// kept with the store, and made at the first start. Blocks.
    pub fn open(catalog: Arc<dyn Catalog>, clock: Clock) -> Result<Self, LedgerError> {
        let keyring = Keyring::of(&*catalog)?;
        Self::open_with_keys(catalog, clock, keyring)
    }

    /// The same, with checkpoints signed by other keys than those kept with the store. Blocks.
    pub fn open_with_keys(catalog: Arc<dyn Catalog>, clock: Clock, keyring: Keyring) -> Result<Self, LedgerError> {
        let ledgers = Ledgers {
            clock,
            catalog,
            keyring,
            capacity: Arc::default(),
            open: Arc::default(),
            writers: Arc::default(),
            closing: CancellationToken::new(),
            bounds: SharedBounds::default(),
        };
        for name in ledgers.catalog.list()? {
            ledgers.open_one(&name)?;
        }
        Ok(ledgers)
    }

    fn open_one(&self, name: &str) -> Result<(), LedgerError> {
        let id = Slug::parse(name).map_err(|_| StoreError::Corrupt {
            cause: format!("a ledger is named {name:?}, which is no ledger's name"),
        })?;
        let begun = Stopwatch::now();
        let log = self.catalog.open(name)?;
        if log.head() == Position::ORIGIN && log.damage().is_empty() {
            // A creation that a crash cut short: it was not acknowledged, and creating it again takes it over.
            return Ok(());
        }
        let mut docket = Docket::new();
        let transcripts = Transcripts::of(&*log, &id, &self.keyring);
        let mut read = open::catch_up(&mut docket, &*log, &id, transcripts.as_ref())?;
        drop(transcripts);
        let through = docket.head();
        if let Some(kind) = docket.kind() {
            let cells = self.catalog.cells();
            let restoration = Restoration::kept(&*cells, &id)?;
            let floor = floor::kept(&*cells, &id, incarnation(&docket, restoration.as_ref()))?;
            let clock = commit::record_clock(kind, &self.clock, floor);
            rotation::record_if_due(&log, &mut docket, &id, &self.keyring, clock)?;
        }
        let own = docket.about(&Subject::Ledger).last().filter(|last| last.position > through);
        read.from_log.extend(own.cloned());
        let head = docket.head();
        let (_, writer) = self.start(id.clone(), log, docket, &read)?;
        self.writers.lock().push(writer);
        let (seconds, transcribed) = (begun.elapsed().as_secs_f64(), read.transcribed);
        tracing::info!(ledger = %id, %head, transcribed, seconds, "ledger opened");
        metrics::gauge!("entente_open_seconds", "ledger" => name.to_owned()).set(seconds);
        metrics::gauge!("entente_events_transcribed", "ledger" => name.to_owned()).set(transcribed as f64);
        Ok(())
    }

    /// The ledger of this name; `Closed` where it cannot be known any more whether there is one.
    pub fn get(&self, name: &Slug) -> Result<Ledger, LedgerError> {
        let found = self.open.read().get(name).cloned();
        found.ok_or_else(|| match self.closing.is_cancelled() {
            true => LedgerError::Closed,
            false => LedgerError::UnknownLedger(name.to_string()),
        })
    }

    /// Every ledger, by name.
    pub fn all(&self) -> Vec<Ledger> {
        self.open.read().values().cloned().collect()
    }

    /// The clock they run by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Sets what each of them takes in, from now on.
    pub fn set_bounds(&self, bounds: Bounds) {
        *self.bounds.write() = bounds;
    }

    /// Why the store takes no changes, if so.
    pub fn poisoned(&self) -> Option<String> {
        self.catalog.poisoned()
    }

    /// Sets how many events all ledgers together may hold, which is what they take memory for; without a word of it there
    /// is no limit. Appends beyond it are refused with `Full`; all that is recorded stays, and is answered from.
    pub fn limit_events(&self, max: u64) {
        self.capacity.limit(max);
    }

    /// Why no ledger takes one more event, if the limit to what all hold is reached.
    pub fn full(&self) -> Option<String> {
        self.capacity.check(1).err().map(|error| error.to_string())
    }

    /// Creates a ledger: its log, and in it the event that says what it is. Blocks on the store.
    pub fn create(&self, new: NewLedger) -> Result<Ledger, LedgerError> {
        // One creation at a time, so that of two for one name the second is told.
        let mut writers = self.writers.lock();
        if self.closing.is_cancelled() {
            return Err(LedgerError::Closed);
        }
        self.capacity.check(1)?;
        let now = self.clock.now();
        let name = new.name.clone();
        let log = match self.catalog.create(name.as_str()) {
            Ok(log) => log,
            // A crash between the two steps of a creation leaves an empty log: it is taken over.
            Err(StoreError::AlreadyExists { .. }) => {
                let log = self.catalog.open(name.as_str())?;
                if log.head() > Position::ORIGIN || !log.damage().is_empty() {
                    return Err(LedgerError::LedgerExists(name.to_string()));
                }
                log
            }
            Err(error) => return Err(error.into()),
        };
        let first = first_event(&new, now);
        let mut docket = Docket::new();
        commit::record_alone(&mut docket, &log, &name, first)?;
        let read = Read { transcribed: 0, from_log: docket.about(&Subject::Ledger).to_vec() };
        let (ledger, writer) = self.start(name, log, docket, &read)?;
        writers.push(writer);
        Ok(ledger)
    }

    /// Ends every wait for a position, now and from now on, and takes no new ledgers. Appends go on until
    /// [`Ledgers::close`].
    pub fn stop_waiting(&self) {
        self.closing.cancel();
    }

    /// Tells every writer to commit what waits and to end, whoever still holds its ledger; waits for them. Blocks: call
    /// it off the asynchronous threads.
    pub fn close(&self) {
        self.stop_waiting();
        // A creation holds this lock until its ledger is among the open ones, so none escapes.
        let mut writers = self.writers.lock();
        let closed: Vec<Ledger> = std::mem::take(&mut *self.open.write()).into_values().collect();
        for ledger in &closed {
            if ledger.queue.blocking_send(Order::Close).is_err() {
                tracing::error!(ledger = %ledger.name(), "a ledger's writer has ended before it was told to");
            }
        }
        for writer in writers.drain(..) {
            if writer.join().is_err() {
                tracing::error!("a ledger's writer ended by a panic");
            }
        }
        closed.iter().for_each(|ledger| ledger.shared.scribe.close());
    }

    fn start(
        &self,
        name: Slug,
        log: Arc<dyn Log>,
        docket: Docket,
        read: &Read,
    ) -> Result<(Ledger, std::thread::JoinHandle<()>), LedgerError> {
        let restoration = Restoration::kept(&*self.catalog.cells(), &name)?;
        if let Some(restored) = &restoration {
            let (through, restored_at) = (restored.through, restored.restored_at);
            tracing::info!(ledger = %name, %through, %restored_at, "this ledger was restored from a backup");
        }
        let incarnation = incarnation(&docket, restoration.as_ref());
        let floor = floor::kept(&*self.catalog.cells(), &name, incarnation)?;
        let (queue, jobs) = mpsc::channel(QUEUE_LENGTH);
        let (head, _) = watch::channel(docket.head());
        let proofs = Arc::new(Proofs::open(&*log, &docket, &name, &self.keyring));
        if let Err(error) = rotation::keep_handover(&proofs, &*log, &docket, &*self.catalog.cells(), &name) {
            tracing::warn!(ledger = %name, %error, "the checkpoint of a rotation cannot be kept");
        }
        let scribe = Scribe::new(name.clone(), Arc::clone(&log), Arc::clone(&proofs));
        scribe.take(&read.from_log);
        let shared = Arc::new(Shared {
            name: name.clone(),
            kind: docket.kind().unwrap_or(LedgerKind::Live),
            incarnation,
            restoration,
            clock: self.clock.clone(),
            catalog: Arc::clone(&self.catalog),
            log,
            proofs,
            docket: RwLock::new(docket),
            pool: Mutex::default(),
            recall: super::recall::Recall::default(),
            head,
            newest: newest::Newest::default(),
            scribe,
            transcribed: read.transcribed,
            floor: watch::channel(floor).0,
            timer: timer::Timer::default(),
            capacity: Arc::clone(&self.capacity),
            committing_since: Mutex::new(None),
            closing: self.closing.clone(),
            bounds: Arc::clone(&self.bounds),
            waiting: Waiting::default(),
        });
        self.capacity.hold(shared.docket.read().head().get());
        commit::publish(&shared);
        metrics::gauge!("entente_append_queue_depth", "ledger" => name.as_str().to_owned()).set(0.0);
        let writer = commit::spawn(Arc::clone(&shared), jobs);
        let ledger = Ledger { shared, queue };
        self.open.write().insert(name, ledger.clone());
        Ok((ledger, writer))
    }
}

/// What tells a ledger's cursors from those of another, or of what it was before it was restored.
fn incarnation(docket: &Docket, restoration: Option<&Restoration>) -> cursor::Incarnation {
    restoration.map_or_else(|| cursor::Incarnation::of(docket), |restored| restored.incarnation)
}

fn first_event(new: &NewLedger, now: Instant) -> Event {
    let incarnation = uuid::Uuid::new_v4().simple().to_string();
    let created = LedgerCreated {
        kind: new.kind,
        title: new.title.clone(),
        incarnation: Text::new(&incarnation).expect("32 hexadecimal digits are a text"),
    };
    Event {
        position: Position::ORIGIN.next(),
        recorded_at: new.recorded_at.filter(|_| new.kind == LedgerKind::Replay).unwrap_or(now),
        recorded_by: new.created_by.clone(),
        append_through: Position::ORIGIN.next(),
        submission: Submission {
            event_id: EventId::from_bytes(uuid::Uuid::now_v7().into_bytes()),
            subject: Subject::Ledger,
            sources: Sources::default(),
            supersedes: None,
            note: None,
            confidence: None,
            recorded_at: None,
            recorded_basis: None,
            payload: Payload::LedgerCreated(created),
        },
    }
}
