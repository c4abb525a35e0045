//! Forward: the answers of now, worked out before somebody asks. What is kept is the same for as long as nothing that it rests
//! on changes; the rest is worked out here, off the ways of those who append and ask.

use super::Ledger;
use crate::domain::{Dossier, Instant, Position, Slug};

/// With more records than this the answer about a commitment is left to whoever asks: the writer would wait for it longer than
/// for a sync.
const RECORDS_MAX: usize = 10_000;

/// What bringing the answers of a ledger forward came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forwarded {
    /// What was known in them.
    pub known: Position,
    /// How many were worked out anew.
    pub anew: usize,
    /// The first instant at which one of them may be another, where no more is known; none where none ever is.
    pub until: Option<Instant>,
}

impl Ledger {
    /// Sees to it that the answer about each commitment of up to 10,000 records at `as_of`, as known at the head, is at hand:
    /// works out those that are not known or no longer hold. Lists and single questions about that moment then find them.
    pub fn bring_forward(&self, as_of: Instant) -> Forwarded {
        let known = self.head();
        let mut forwarded = Forwarded { known, anew: 0, until: None };
        let commitments: Vec<Slug> = self.docket().dossiers().map(Dossier::commitment).cloned().collect();
        for commitment in &commitments {
            if self.shared.closing.is_cancelled() {
                break;
            }
            // The writer waits for one answer at most.
            let docket = self.docket();
            if docket.dossier(commitment).is_none_or(|dossier| dossier.events().len() > RECORDS_MAX) {
                continue;
            }
            let (told, is_new) = self.recall_or_judge(&docket, commitment, as_of, known);
            forwarded.anew += usize::from(is_new);
            forwarded.until = [forwarded.until, told.until].into_iter().flatten().min();
        }
        forwarded
    }
}
