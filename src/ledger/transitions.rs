//! Following the changes of a ledger's statuses: each subscriber walks from its own place, woken by what is recorded and
//! by the ledger's timer. There is no buffer that could overflow; the next news are found when there is room for them.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant as Stopwatch;

use super::subscription::Counted;
use super::transition_walk::{Bite, Outlook, TransitionWalk};
use super::{Ledger, LedgerError, Place};
use crate::domain::{Instant, Position};
use crate::views::transitions::{News, Wants};

/// What a subscriber hears next. Where it stands after it: [`TransitionSubscription::place`].
#[derive(Debug)]
pub enum HeardNews {
    /// What changed, in order, at least one, each with the place behind it.
    News(Vec<(News, Place)>),
    /// Nothing that is asked about, for a whole period.
    Progress,
    /// Everything that has changed by now has been heard.
    CaughtUp,
}

/// One subscriber's way along a ledger's diagonal.
pub struct TransitionSubscription {
    ledger: Ledger,
    walk: Option<TransitionWalk>,
    head: watch::Receiver<Position>,
    place: Place,
    through: Instant,
    is_live: bool,
    period: Duration,
    silent_since: Stopwatch,
    _counted: Counted,
}

impl Ledger {
    /// Follows the changes after a place of this ledger. Something is heard every `period`.
    pub async fn subscribe_transitions(
        &self,
        wants: Wants,
        leads: Vec<i64>,
        after: Place,
        period: Duration,
    ) -> Result<TransitionSubscription, LedgerError> {
        let ledger = self.clone();
        let walk = off_thread(move || TransitionWalk::from(ledger, wants, &leads, after)).await?;
        let place = walk.place();
        Ok(TransitionSubscription {
            head: self.follow(),
            place,
            through: place.instant.unwrap_or(Instant::MIN),
            walk: Some(walk),
            is_live: false,
            period,
            silent_since: Stopwatch::now(),
            _counted: Counted::new(self),
            ledger: self.clone(),
        })
    }

    /// The place behind all that has changed by now. A LIVE ledger records nothing before it any more.
    pub async fn place_now(&self) -> Result<Place, LedgerError> {
        if self.kind() == crate::domain::event::LedgerKind::Live {
            self.raise_floor(self.shared.clock.now()).await?;
        }
        let docket = self.docket();
        let instant = docket.head_recorded_at().max(self.floor());
        Ok(Place { position: docket.head(), instant, index: 0 })
    }
}

impl TransitionSubscription {
    /// The place behind all that has been heard.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Through which instant everything has been heard that is known at the place.
    pub fn through(&self) -> Instant {
        self.through
    }

    /// What comes next; waits for it. `Closed` when the ledger closes, `Damaged` where the rest cannot be read.
    pub async fn next(&mut self) -> Result<HeardNews, LedgerError> {
        let heard = self.find_next().await?;
        self.silent_since = Stopwatch::now();
        Ok(heard)
    }

    async fn find_next(&mut self) -> Result<HeardNews, LedgerError> {
        loop {
            if self.ledger.shared.closing.is_cancelled() {
                return Err(LedgerError::Closed);
            }
            self.head.borrow_and_update();
            let bite = self.bite().await?;
            if !bite.news.is_empty() {
                return Ok(HeardNews::News(bite.news));
            }
            match bite.outlook {
                Outlook::More if self.silent_since.elapsed() >= self.period => return Ok(HeardNews::Progress),
                Outlook::More => {}
                Outlook::Until(_) if !self.is_live => {
                    if let Some(damage) = self.ledger.hidden() {
                        return Err(damage);
                    }
                    // What the clock has reached is still to come.
                    if !self.is_due(bite.outlook) {
                        self.is_live = true;
                        return Ok(HeardNews::CaughtUp);
                    }
                    if self.wait(bite.outlook).await? {
                        return Ok(HeardNews::Progress);
                    }
                }
                Outlook::Until(_) => {
                    if self.wait(bite.outlook).await? {
                        return Ok(HeardNews::Progress);
                    }
                }
            }
        }
    }

    fn is_due(&self, outlook: Outlook) -> bool {
        matches!(outlook, Outlook::Until(Some(until)) if until <= self.ledger.shared.clock.now())
    }

    /// Waits for more, for a period at most; whether it was that long.
    async fn wait(&mut self, outlook: Outlook) -> Result<bool, LedgerError> {
        if let Some(damage) = self.ledger.hidden() {
            return Err(damage);
        }
        let ledger = self.ledger.clone();
        let time = async move {
            match outlook {
                Outlook::Until(Some(until)) => ledger.reached(until).await,
                _ => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.ledger.shared.closing.cancelled() => Err(LedgerError::Closed),
            moved = self.head.changed() => moved.map(|()| false).map_err(|_| LedgerError::Closed),
            reached = time => reached.map(|()| false),
            () = tokio::time::sleep_until(self.silent_since + self.period) => Ok(true),
        }
    }

    async fn bite(&mut self) -> Result<Bite, LedgerError> {
        let mut walk = self.walk.take().ok_or(LedgerError::Closed)?;
        let (walk, bite) = off_thread(move || {
            let bite = walk.bite()?;
            Ok((walk, bite))
        })
        .await?;
        self.place = walk.place();
        self.through = bite.through;
        self.walk = Some(walk);
        Ok(bite)
    }
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LedgerError> + Send + 'static,
) -> Result<T, LedgerError> {
    // A walk that panicked, or a runtime that ends.
    tokio::task::spawn_blocking(work).await.map_err(|_| LedgerError::Closed)?
}
