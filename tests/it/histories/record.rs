//! What was asked and told.

/// Everything that happened in one play. Ticks order what clients saw: of two, the one that ended before the other began is
/// the earlier.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    pub(super) attempts: Vec<Attempt>,
    pub(super) reads: Vec<Read>,
    /// What each subscriber heard, in its order.
    pub(super) heard: Vec<Vec<Entry>>,
    /// The ledger as it was at the end, from its first position on.
    pub(super) ledger: Vec<Entry>,
    pub(super) faults: Faults,
}

/// An event as it stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) position: u64,
    pub(super) id: String,
    pub(super) subject: String,
}

/// One request to append. The same ids again are another attempt at the same append.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub(super) client: usize,
    pub(super) begun: u64,
    pub(super) ended: u64,
    pub(super) ids: Vec<String>,
    pub(super) condition: Condition,
    pub(super) outcome: Outcome,
}

/// On what an append was made to depend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    Nothing,
    /// The head is this.
    Head(u64),
    /// The last event about a subject is this.
    Subject(String, u64),
}

/// What the client was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Recorded {
        /// Position and record time of each event.
        told: Vec<(u64, i64)>,
        replayed: bool,
        head: u64,
    },
    /// The condition no longer held: which position conflicts, and the head it was judged at.
    Stale { conflict: u64, head: u64 },
    /// Nothing, or that nothing is known.
    Unknown,
    /// Something that no client of these plays should be told.
    Odd(String),
}

/// One request for what there is.
#[derive(Debug, Clone)]
pub(super) struct Read {
    pub(super) client: usize,
    pub(super) begun: u64,
    pub(super) ended: u64,
    pub(super) head: u64,
    /// The last events up to that head, where they were read too.
    pub(super) entries: Vec<Entry>,
}

/// The faults of a play.
#[derive(Debug, Clone, Default)]
pub(super) struct Faults {
    pub(super) cuts: usize,
    pub(super) failed_syncs: usize,
    pub(super) restarts: usize,
}

/// What came about in all plays.
#[derive(Debug, Default)]
#[allow(dead_code, reason = "it is printed")]
pub(super) struct Sum {
    pub(super) recorded: usize,
    pub(super) replayed: usize,
    pub(super) stale: usize,
    pub(super) unknown: usize,
    reads: usize,
    heard: usize,
    events: usize,
    cuts: usize,
    failed_syncs: usize,
    restarts: usize,
}

impl Sum {
    pub(super) fn add(&mut self, history: &History) {
        for attempt in &history.attempts {
            match attempt.outcome {
                Outcome::Recorded { replayed: false, .. } => self.recorded += 1,
                Outcome::Recorded { .. } => self.replayed += 1,
                Outcome::Stale { .. } => self.stale += 1,
                Outcome::Unknown => self.unknown += 1,
                Outcome::Odd(_) => {}
            }
        }
        self.reads += history.reads.len();
        self.heard += history.heard.iter().map(Vec::len).sum::<usize>();
        self.events += history.ledger.len();
        self.cuts += history.faults.cuts;
        self.failed_syncs += history.faults.failed_syncs;
        self.restarts += history.faults.restarts;
    }
}
