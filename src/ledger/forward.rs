//! Forward: the answers of now, worked out before somebody asks. What is kept is the same for as long as nothing that it rests
//! on changes; the rest is worked out here, off the ways of those who append and ask.

use super::Ledger;
use crate::domain::{Dossier, Instant, Position, Slug};

/// How many commitments are gone through before the writer may go on: what it waits for is a few answers at most.
const AT_A_TIME: usize = 16;

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
    /// Sees to it that the answer about every commitment at `as_of`, as known at the head, is at hand: works out those that
    /// are not known or no longer hold. Lists and single questions about that moment then find them.
    pub fn bring_forward(&self, as_of: Instant) -> Forwarded {
        let known = self.head();
        let mut forwarded = Forwarded { known, anew: 0, until: None };
        let commitments: Vec<Slug> = self.docket().dossiers().map(Dossier::commitment).cloned().collect();
        for some in commitments.chunks(AT_A_TIME) {
            if self.shared.closing.is_cancelled() {
                break;
            }
            let docket = self.docket();
            for commitment in some {
                let (told, is_new) = self.recall_or_judge(&docket, commitment, as_of, known);
                forwarded.anew += usize::from(is_new);
                forwarded.until = [forwarded.until, told.until].into_iter().flatten().min();
            }
        }
        forwarded
    }
}
