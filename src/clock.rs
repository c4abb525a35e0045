//! The only reader of the wall clock. Everything below it takes the instant as a parameter.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::domain::Instant;

/// Says what time it is.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Instant + Send + Sync>);

impl Clock {
    /// The clock of the machine, in whole seconds.
    pub fn system() -> Self {
        Clock(Arc::new(|| {
            #[expect(clippy::disallowed_methods, reason = "this is the one place")]
            let seconds = jiff::Timestamp::now().as_second();
            Instant::from_unix_seconds(seconds).unwrap_or(Instant::MAX)
        }))
    }

    /// A clock that shows what its hand says, for tests of what happens when a clock steps.
    pub fn by_hand(start: Instant) -> (Self, ClockHand) {
        let seconds = Arc::new(AtomicI64::new(start.unix_seconds()));
        let hand = ClockHand(Arc::clone(&seconds));
        let read = move || Instant::from_unix_seconds(seconds.load(Ordering::SeqCst)).unwrap_or(Instant::MAX);
        (Clock(Arc::new(read)), hand)
    }

    /// The time now.
    pub fn now(&self) -> Instant {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

/// Moves a clock by hand.
#[derive(Debug, Clone)]
pub struct ClockHand(Arc<AtomicI64>);

impl ClockHand {
    /// Sets the clock, forward or back.
    pub fn set(&self, instant: Instant) {
        self.0.store(instant.unix_seconds(), Ordering::SeqCst);
    }
}
