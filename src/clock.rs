//! The only reader of the wall clock. Everything below it takes the instant as a parameter.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::domain::Instant;

/// How long the system's clock is trusted to run evenly: whoever waits for an instant looks again this often, because the
/// clock may be set in the meantime.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// Says what time it is, and waits until it is another.
#[derive(Clone)]
pub struct Clock(Kind);

#[derive(Clone)]
enum Kind {
    System,
    ByHand(Arc<watch::Sender<Instant>>),
}

impl Clock {
    /// The clock of the machine, in whole seconds.
    pub fn system() -> Self {
        Clock(Kind::System)
    }

    /// A clock that shows what its hand says, for tests of what happens when a clock steps.
    pub fn by_hand(start: Instant) -> (Self, ClockHand) {
        let shown = Arc::new(watch::channel(start).0);
        (Clock(Kind::ByHand(Arc::clone(&shown))), ClockHand(shown))
    }

    /// The time now.
    pub fn now(&self) -> Instant {
        match &self.0 {
            Kind::System => Instant::from_unix_seconds(wall_clock().as_second()).unwrap_or(Instant::MAX),
            Kind::ByHand(shown) => *shown.borrow(),
        }
    }

    /// Waits until the clock shows an instant or a later one. A clock that is set back in the meantime makes it wait for
    /// longer.
    pub async fn reached(&self, instant: Instant) {
        match &self.0 {
            Kind::System => {
                while let Some(left) = until(instant) {
                    tokio::time::sleep(left.min(LOOK_AGAIN)).await;
                }
            }
            Kind::ByHand(shown) => {
                // The clock holds its own hand, so that somebody can always move it.
                let _ = shown.subscribe().wait_for(|now| *now >= instant).await;
            }
        }
    }
}

fn wall_clock() -> jiff::Timestamp {
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    jiff::Timestamp::now()
}

/// How long it takes the machine's clock to an instant; none once it is there.
fn until(instant: Instant) -> Option<Duration> {
    let left = instant.timestamp().duration_since(wall_clock());
    Duration::try_from(left).ok().filter(|left| !left.is_zero())
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

/// Moves a clock by hand.
#[derive(Debug, Clone)]
pub struct ClockHand(Arc<watch::Sender<Instant>>);

impl ClockHand {
    /// Sets the clock, forward or back.
    pub fn set(&self, instant: Instant) {
        self.0.send_replace(instant);
    }
}
