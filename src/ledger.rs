//! Ledgers at work: one writer a ledger, a docket that is always current, and the log that both rest on.
//!
//! Here: the queue and the group commit ([`Ledger::append`]), reading events back ([`Ledger::events`]), the docket at the
//! durable head ([`Ledger::docket`]), answers that are known already ([`Ledger::assess`],
//! [`Ledger::bring_forward`]), waiting for a position, following
//! what is recorded ([`Ledger::subscribe`], [`Cursor`]) and what it and time change ([`Ledger::subscribe_transitions`]), the
//! tree over the log with its signed checkpoints ([`Ledger::checkpoint`]), what a backup takes of it ([`Ledger::snapshot`]) and
//! what is made of one ([`Restoring`]), and all ledgers of a store ([`Ledgers`]).
//! Not here: what may be recorded (`domain::decide`), how it is kept (`store`), how a client says it (`rpc`).

mod append;
mod audit;
mod backup;
mod bounds;
mod capacity;
mod commit;
mod cursor;
mod damage;
mod error;
mod filter;
mod floor;
mod forward;
mod history;
mod kept_tree;
mod keyring;
mod ledgers;
mod named_cursor;
mod newest;
mod open;
mod product_code;
mod proofs;
mod prove;
mod recall;
mod restoration;
mod restore;
mod rotation;
mod scribe;
mod subscription;
mod timer;
mod transcript;
mod transition_walk;
mod transitions;

pub use crate::store::StoreError;
pub use append::{AppendOutcome, AppendRequest, Appending, Line};
pub use audit::{CheckpointFault, Inspection, inspect, origin_at_rest, verdict};
pub use backup::Snapshot;
pub use bounds::Bounds;
pub use cursor::{Cursor, CursorError, FilterDigest, Place, Stream, witness_of};
pub use error::LedgerError;
pub use filter::{EventFilter, FilterError};
pub use forward::Forwarded;
pub use history::{EventPage, Heading};
pub use keyring::{Keyring, KeyringError};
pub use ledgers::{Ledgers, NewLedger};
pub use named_cursor::{CommitError, CursorCommit, CursorHand, Lag, NamedCursor};
pub use product_code::product_codes;
pub use prove::{Inclusion, Leaf, LedgerKey, SignedCheckpoint};
pub use restoration::Restoration;
pub use restore::{RestoreError, Restored, Restoring, Source, complete as complete_restore};
pub use subscription::{Heard, Subscription};
pub use transition_walk::{Bite, Outlook, TransitionWalk};
pub use transitions::{HeardNews, TransitionSubscription};

use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use parking_lot::{Mutex, RwLock, RwLockReadGuard};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::domain::event::LedgerKind;
use crate::domain::{Docket, Instant, Pool, Position, Slug};
use crate::store::{Catalog, Log};

/// One ledger. Cheap to clone; every clone is the same ledger.
#[derive(Clone)]
pub struct Ledger {
    shared: Arc<Shared>,
    queue: mpsc::Sender<append::Order>,
}

/// What the writer and the readers of a ledger share.
struct Shared {
    name: Slug,
    kind: LedgerKind,
    incarnation: cursor::Incarnation,
    restoration: Option<Restoration>,
    clock: Clock,
    catalog: Arc<dyn Catalog>,
    log: Arc<dyn Log>,
    /// The tree over the log. It has nothing that is not synced.
    proofs: Arc<proofs::Proofs>,
    /// Folded up to the durable head and never beyond, so that no reader sees what a crash could take back.
    docket: RwLock<Docket>,
    /// Texts that events repeat; the writer's.
    pool: Mutex<Pool>,
    /// Answers given before, for as long as they hold.
    recall: recall::Recall,
    head: watch::Sender<Position>,
    newest: newest::Newest,
    scribe: scribe::Scribe,
    /// How many events came out of transcripts when it was opened.
    transcribed: u64,
    /// Up to when changes by time alone may have been told.
    floor: watch::Sender<Option<Instant>>,
    timer: timer::Timer,
    /// What all ledgers of the store hold.
    capacity: Arc<capacity::Capacity>,
    /// When the commit that runs now began; none between commits.
    committing_since: Mutex<Option<Stopwatch>>,
    /// Cancelled when nobody is to wait any longer, because the ledgers close.
    closing: CancellationToken,
    bounds: bounds::SharedBounds,
    waiting: bounds::Waiting,
}

impl Shared {
    fn bounds(&self) -> Bounds {
        *self.bounds.read()
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ledger({})", self.shared.name)
    }
}

impl Ledger {
    /// Its id.
    pub fn name(&self) -> &Slug {
        &self.shared.name
    }

    /// LIVE or REPLAY.
    pub fn kind(&self) -> LedgerKind {
        self.shared.kind
    }

    /// The durable head.
    pub fn head(&self) -> Position {
        *self.shared.head.borrow()
    }

    /// How many events came out of transcripts when the ledger was opened; the others were read from its log.
    pub fn transcribed(&self) -> u64 {
        self.shared.transcribed
    }

    /// The docket at the durable head. Hold the guard shortly: the writer waits for it.
    pub fn docket(&self) -> RwLockReadGuard<'_, Docket> {
        self.shared.docket.read()
    }

    /// Waits until the durable head is at `position` or beyond. `NotReached` when that takes longer than `at_most`,
    /// `Closed` when the ledger closes, `Damaged` where it can never come.
    pub async fn wait_for(&self, position: Position, at_most: Duration) -> Result<(), LedgerError> {
        if self.head() < position
            && let Some(damage) = self.damage()
        {
            return Err(damage);
        }
        let mut head = self.shared.head.subscribe();
        let reached = async {
            tokio::select! {
                biased;
                reached = head.wait_for(|head| *head >= position) => reached.map(drop).map_err(|_| LedgerError::Closed),
                () = self.shared.closing.cancelled() => Err(LedgerError::Closed),
            }
        };
        let not_reached = |_| Err(LedgerError::NotReached { position, head: self.head(), waited: at_most });
        tokio::time::timeout(at_most, reached).await.unwrap_or_else(not_reached)
    }

    /// Follows the durable head.
    pub fn follow(&self) -> watch::Receiver<Position> {
        self.shared.head.subscribe()
    }

    /// How long the commit that runs now has been running; none between commits. A disk that hangs shows here and
    /// nowhere else, since its call does not return.
    pub fn committing_for(&self) -> Option<Duration> {
        self.shared.committing_since.lock().map(|since| since.elapsed())
    }

    /// Why the ledger only answers questions, if so.
    pub fn read_only_reason(&self) -> Option<String> {
        self.damage().map(|damage| damage.to_string()).or_else(|| self.shared.catalog.poisoned())
    }
}
