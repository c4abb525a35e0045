//! The task of one endpoint: follows its ledger from its cursor, posts, keeps the place.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use bytes::Bytes;
use prost::Message as _;
use tokio::time::Instant as Timer;
use tokio_util::sync::CancellationToken;

use super::post::{Message, NotTaken, Poster};
use super::webhook_file::cursor_id;
use super::{Begin, Endpoint};
use crate::domain::{Position, Slug};
use crate::exchange::cloud_event;
use crate::ledger::{
    CommitError, CursorCommit, Heard, Ledger, LedgerError, Ledgers, Place, Stream, Subscription, witness_of,
};
use crate::proto::v1;

/// Waits between the posts of one message, each made up to twice as long by chance.
const WAIT_MIN: Duration = Duration::from_millis(200);
const WAIT_MAX: Duration = Duration::from_secs(300);
/// How long the place reached may lie unkept; after a crash so much is posted again.
const KEEP_EVERY: Duration = Duration::from_secs(1);
/// How often the place is looked at where nothing matches.
const PERIOD: Duration = Duration::from_secs(10);

/// Why an endpoint is not delivered to.
#[derive(Debug, thiserror::Error)]
enum Halt {
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

struct Delivery {
    endpoint: Endpoint,
    cursor: Slug,
    poster: Poster,
    ledgers: Ledgers,
    stopping: CancellationToken,
    kept_at: Timer,
}

impl Delivery {
    async fn follow(&mut self) -> Result<(), Halt> {
        let ledger = self.ledgers.get(&self.endpoint.ledger)?;
        let mut subscription = self.begin(&ledger).await?;
        loop {
            let heard = tokio::select! {
                biased;
                () = self.stopping.cancelled() => return Ok(()),
                heard = subscription.next() => heard?,
            };
            match heard {
                Heard::Events(stored) => {
                    self.post_all(&ledger, stored).await?;
                    self.keep(&ledger, subscription.through(), subscription.witness()).await?;
                }
                Heard::Progress | Heard::CaughtUp => {
                    self.keep(&ledger, subscription.through(), subscription.witness()).await?;
                }
                Heard::FellBehind => {}
            }
        }
    }

    /// The subscription from the kept place on. An edited filter goes on at the same place; a place that the ledger does
    /// not have is not passed over in silence.
    async fn begin(&self, ledger: &Ledger) -> Result<Subscription, Halt> {
        let (asked, id, after) = (ledger.clone(), self.cursor.clone(), self.endpoint.after);
        let place = off_thread(move || {
            let Some(kept) = asked.named_cursor(&id)? else {
                let position = if after == Begin::Start { Position::ORIGIN } else { asked.head() };
                return Ok(Ok((position, asked.witness(position)?)));
            };
            let fits = asked.check_cursor(&kept.cursor)?;
            Ok(fits.map(|()| (kept.cursor.place.position, kept.cursor.witness())))
        })
        .await?;
        let (position, witness) = place.map_err(|error| Halt::Broken(error.to_string()))?;
        let subscription = ledger.subscribe(position, witness, self.endpoint.filter.clone(), PERIOD);
        // "Now" is the first start, not the first event.
        self.commit(ledger, position, witness).await?;
        Ok(subscription)
    }

    async fn post_all(&mut self, ledger: &Ledger, batch: Vec<Bytes>) -> Result<(), Halt> {
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
                self.keep(ledger, position, witness).await?;
            }
            outcome?;
        }
        Ok(())
    }

    /// Posts a message until it is taken: whatever comes later waits, since a receiver relies on the order.
    async fn post(&self, message: &Message, position: Position) -> Result<(), Halt> {
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

    async fn keep(&mut self, ledger: &Ledger, position: Position, witness: u32) -> Result<(), Halt> {
        self.commit(ledger, position, witness).await?;
        self.kept_at = Timer::now();
        Ok(())
    }

    async fn commit(&self, ledger: &Ledger, position: Position, witness: u32) -> Result<(), Halt> {
        let digest = self.endpoint.filter.digest();
        let cursor = ledger.cursor(Stream::Events, digest, Place::after(position), witness);
        // Forced, since an edited filter makes another cursor; only this task commits under the name.
        let commit = CursorCommit { id: self.cursor.clone(), cursor, expected: None, force: true };
        let keeping = ledger.clone();
        let lag = ledger.lag(cursor.place);
        metrics::gauge!("entente_webhook_lag_events", "webhook" => self.endpoint.name.as_str().to_owned())
            .set(lag.events as f64);
        off_thread(move || Ok(keeping.commit_cursor(&commit))).await?.map(drop).map_err(Halt::Commit)
    }
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LedgerError> + Send + 'static,
) -> Result<T, Halt> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Halt::Stopping)?.map_err(Halt::from)
}
