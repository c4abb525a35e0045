//! The task of one endpoint: follows its ledger from its cursor, posts, keeps the place.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use bytes::Bytes;
use prost::Message as _;
use tokio::time::Instant as Timer;
use tokio_util::sync::CancellationToken;

use super::post::{Message, NotTaken, Poster};
use super::webhook_file::cursor_id;
use super::{Begin, Endpoint, Follows};
use crate::domain::{Position, Slug, Text};
use crate::exchange::cloud_event;
use crate::ledger::{
    CommitError, Cursor, CursorCommit, CursorHand, EventFilter, FilterDigest, Heard, Ledger, LedgerError, Ledgers,
    Place, Stream, Subscription, witness_of,
};
use crate::proto::v1;

/// Waits between the posts of one message, each made up to twice as long by chance.
const WAIT_MIN: Duration = Duration::from_millis(200);
const WAIT_MAX: Duration = Duration::from_secs(300);
/// How long the place reached may lie unkept; after a crash so much is posted again.
pub(super) const KEEP_EVERY: Duration = Duration::from_secs(1);
/// How often the place is looked at where nothing matches.
pub(super) const PERIOD: Duration = Duration::from_secs(10);

/// Why an endpoint is not delivered to.
#[derive(Debug, thiserror::Error)]
pub(super) enum Halt {
    /// The server stops.
    #[error("the server is stopping")]
    Stopping,
    #[error(transparent)]
    Ledger(LedgerError),
    #[error(transparent)]
    Commit(CommitError),
    /// The kept cursor is no place in the ledger any more.
    #[error("its cursor {0}; `entente cursors --delete` it to begin anew")]
    Broken(String),
    /// An event has no form outside.
    #[error("the event at position {0} cannot be said as a CloudEvent: {1}")]
    Unsayable(Position, String),
}

impl From<LedgerError> for Halt {
    fn from(error: LedgerError) -> Self {
        if matches!(error, LedgerError::Closed) { Halt::Stopping } else { Halt::Ledger(error) }
    }
}

/// Delivers to one endpoint until the server stops. What goes wrong is logged and tried again; nothing is left out.
pub(super) async fn run(endpoint: Endpoint, ledgers: Ledgers, stopping: CancellationToken) {
    let Some(cursor) = cursor_id(&endpoint.name) else { return };
    let poster = Poster::new(endpoint.clone());
    let mut delivery = Delivery { endpoint, cursor, poster, ledgers, stopping, kept_at: Timer::now() };
    let mut waits = waits();
    loop {
        let halt = match delivery.follow().await {
            Ok(()) | Err(Halt::Stopping) => return,
            Err(halt) => halt,
        };
        let wait = waits.next().unwrap_or(WAIT_MAX);
        tracing::warn!(webhook = %delivery.endpoint.name, reason = %halt, ?wait, "a webhook is not delivered to");
        if !delivery.sleep(wait).await {
            return;
        }
    }
}

fn waits() -> ExponentialBackoff {
    let builder = ExponentialBuilder::default().with_min_delay(WAIT_MIN).with_max_delay(WAIT_MAX);
    builder.with_jitter().without_max_times().build()
}

pub(super) struct Delivery {
    pub(super) endpoint: Endpoint,
    cursor: Slug,
    poster: Poster,
    ledgers: Ledgers,
    pub(super) stopping: CancellationToken,
    pub(super) kept_at: Timer,
}

impl Delivery {
    async fn follow(&mut self) -> Result<(), Halt> {
        let ledger = self.ledgers.get(&self.endpoint.ledger)?;
        match self.endpoint.follows.clone() {
            Follows::Events(filter) => self.follow_events(&ledger, filter).await,
            Follows::Transitions(changes) => self.follow_changes(&ledger, changes).await,
        }
    }

    async fn follow_events(&mut self, ledger: &Ledger, filter: EventFilter) -> Result<(), Halt> {
        let digest = filter.digest();
        let mut subscription = self.begin(ledger, filter).await?;
        loop {
            let heard = tokio::select! {
                biased;
                () = self.stopping.cancelled() => return Ok(()),
                heard = subscription.next() => heard?,
            };
            match heard {
                Heard::Events(stored) => {
                    self.post_all(ledger, digest, stored).await?;
                    self.keep(ledger, events_cursor(ledger, digest, subscription.through(), subscription.witness()))
                        .await?;
                }
                Heard::Progress | Heard::CaughtUp => {
                    self.keep(ledger, events_cursor(ledger, digest, subscription.through(), subscription.witness()))
                        .await?;
                }
                Heard::FellBehind => {}
            }
        }
    }

    /// The subscription from the kept place on. An edited filter goes on at the same place; a place that the ledger does
    /// not have is not passed over in silence.
    async fn begin(&self, ledger: &Ledger, filter: EventFilter) -> Result<Subscription, Halt> {
        let (position, witness) = match self.kept(ledger, Stream::Events).await? {
            Some(kept) => (kept.place.position, kept.witness()),
            None => {
                let position = if self.endpoint.after == Begin::Start { Position::ORIGIN } else { ledger.head() };
                (position, witness_at(ledger, position).await?)
            }
        };
        let digest = filter.digest();
        let subscription = ledger.subscribe(position, witness, filter, PERIOD);
        // "Now" is the first start, not the first event.
        self.commit(ledger, events_cursor(ledger, digest, position, witness)).await?;
        Ok(subscription)
    }

    /// The cursor that is kept for this endpoint; an error where it is no place in this ledger or this stream.
    pub(super) async fn kept(&self, ledger: &Ledger, stream: Stream) -> Result<Option<Cursor>, Halt> {
        let (asked, id) = (ledger.clone(), self.cursor.clone());
        let kept = off_thread(move || {
            let Some(kept) = asked.named_cursor(&id)? else { return Ok(None) };
            Ok(Some(asked.check_cursor(&kept.cursor)?.map(|()| kept.cursor)))
        });
        let Some(kept) = kept.await?.transpose().map_err(|error| Halt::Broken(error.to_string()))? else {
            return Ok(None);
        };
        if kept.stream != stream {
            return Err(Halt::Broken(
                "is of what this webhook followed before, the other of events and transitions".to_owned(),
            ));
        }
        Ok(Some(kept))
    }

    async fn post_all(&mut self, ledger: &Ledger, digest: FilterDigest, batch: Vec<Bytes>) -> Result<(), Halt> {
        let mut taken = None;
        for stored in batch {
            let event =
                v1::Event::decode(&stored[..]).map_err(|error| Halt::Unsayable(Position::ORIGIN, error.to_string()))?;
            let position = Position::new(event.position);
            let said = cloud_event::of(&event).map_err(|error| Halt::Unsayable(position, error.to_string()))?;
            let id = event.submission.map_or_else(String::new, |submission| submission.event_id);
            let outcome = self.post(&Message { id, body: Bytes::from(said.to_string()) }, position).await;
            if outcome.is_ok() {
                taken = Some((position, witness_of(&stored)));
            }
            // Also when the server stops in the middle, so that the next one does not begin the batch again.
            if let Some((position, witness)) = taken
                && (outcome.is_err() || self.kept_at.elapsed() >= KEEP_EVERY)
            {
                self.keep(ledger, events_cursor(ledger, digest, position, witness)).await?;
            }
            outcome?;
        }
        Ok(())
    }

    /// Posts a message until it is taken: whatever comes later waits, since a receiver relies on the order.
    pub(super) async fn post(&self, message: &Message, position: Position) -> Result<(), Halt> {
        let mut waits = waits();
        loop {
            let posting = self.poster.post(message, self.ledgers.clock().now());
            let outcome = tokio::select! {
                biased;
                () = self.stopping.cancelled() => return Err(Halt::Stopping),
                outcome = posting => outcome,
            };
            let name = self.endpoint.name.as_str();
            let word = if outcome.is_ok() { "taken" } else { "not_taken" };
            let labels = [("webhook", name.to_owned()), ("outcome", word.to_owned())];
            metrics::counter!("entente_webhook_posts_total", &labels).increment(1);
            let Err(refusal) = outcome else { return Ok(()) };
            let asked = match refusal {
                NotTaken::Refused { retry_after, .. } => retry_after.unwrap_or_default(),
                _ => Duration::ZERO,
            };
            let wait = waits.next().unwrap_or(WAIT_MAX).max(asked.min(WAIT_MAX));
            tracing::warn!(webhook = name, %position, %refusal, ?wait, "a webhook did not take an event; it is posted again");
            if !self.sleep(wait).await {
                return Err(Halt::Stopping);
            }
        }
    }

    /// Waits; whether the server still runs then.
    async fn sleep(&self, wait: Duration) -> bool {
        tokio::select! {
            () = self.stopping.cancelled() => false,
            () = tokio::time::sleep(wait) => true,
        }
    }

    pub(super) async fn keep(&mut self, ledger: &Ledger, cursor: Cursor) -> Result<(), Halt> {
        self.commit(ledger, cursor).await?;
        self.kept_at = Timer::now();
        Ok(())
    }

    pub(super) async fn commit(&self, ledger: &Ledger, cursor: Cursor) -> Result<(), Halt> {
        // Forced, since an edited filter makes another cursor; only this task commits under the name.
        let commit = CursorCommit { id: self.cursor.clone(), cursor, expected: None, force: true, hand: own_hand() };
        let keeping = ledger.clone();
        let lag = ledger.lag(cursor.place);
        metrics::gauge!("entente_webhook_lag_events", "webhook" => self.endpoint.name.as_str().to_owned())
            .set(lag.events as f64);
        off_thread(move || Ok(keeping.commit_cursor(&commit))).await?.map(drop).map_err(Halt::Commit)
    }
}

/// The server's own: no reader moves the cursor of a webhook.
fn own_hand() -> CursorHand {
    CursorHand { owner: Text::new("webhook").ok(), operates: true }
}

fn events_cursor(ledger: &Ledger, digest: FilterDigest, position: Position, witness: u32) -> Cursor {
    ledger.cursor(Stream::Events, digest, Place::after(position), witness)
}

pub(super) async fn witness_at(ledger: &Ledger, position: Position) -> Result<u32, Halt> {
    let asked = ledger.clone();
    off_thread(move || asked.witness(position)).await
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LedgerError> + Send + 'static,
) -> Result<T, Halt> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Halt::Stopping)?.map_err(Halt::from)
}
