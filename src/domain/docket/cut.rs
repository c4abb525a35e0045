//! A part of a docket, as it was at a position.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Docket;
use crate::domain::{Event, Position, Subject};

impl Docket {
    /// A docket of its own with what was known of these subjects at a position, and nothing of others. It costs what
    /// they weigh, not what the ledger weighs; positions and record times stay those of the ledger.
    pub(in crate::domain) fn cut(&self, subjects: &BTreeSet<Subject>, known: Position) -> Docket {
        let about = subjects.iter().flat_map(|subject| self.about(subject));
        let mut events: Vec<&Arc<Event>> = about.filter(|event| event.position <= known).collect();
        events.sort_unstable_by_key(|event| event.position);
        let recorded: Vec<_> = self.recorded_at(known).into_iter().collect();
        let uncounted = known.get() - recorded.len() as u64;
        let mut cut = Docket { kind: self.kind, uncounted, recorded, ..Docket::default() };
        for event in events {
            cut.take_in(Arc::clone(event), Position::new(event.position.get() - 1));
        }
        cut
    }
}
