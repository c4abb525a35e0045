//! A place in a ledger: dense, from 1; 0 is "before the first event".

use std::fmt;

/// The place of one event in its ledger. Events are numbered 1, 2, 3 … without a hole; [`Position::ORIGIN`] (0)
/// is the head of an empty ledger and the `after` of a read from the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position(u64);

impl Position {
    /// Before the first event.
    pub const ORIGIN: Position = Position(0);

    /// The position with this number.
    pub const fn new(number: u64) -> Self {
        Position(number)
    }

    /// Its number: 0 for [`Position::ORIGIN`], otherwise from 1.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The position that follows. Saturates; no ledger reaches 2^64 events.
    pub const fn next(self) -> Self {
        Position(self.0.saturating_add(1))
    }

    /// The position `count` events further on.
    pub const fn plus(self, count: u64) -> Self {
        Position(self.0.saturating_add(count))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
