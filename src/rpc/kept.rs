//! Kept: lists that are in an order of their own, kept for whoever turns their pages. At its clocks a list is the same for
//! ever, so nothing that is recorded later makes one wrong.

use std::sync::Arc;

use parking_lot::Mutex;

use super::agenda::Agenda;
use super::clocks::Resolved;
use crate::domain::Slug;

/// How many lists of one form are kept: those that were read last.
const LISTS_MAX: usize = 8;

/// The lists of one server.
#[derive(Default)]
pub(super) struct Lists {
    /// Boards: the commitments in their order.
    pub(super) boards: Kept<Vec<Slug>>,
    /// Deadlines, as far as somebody has turned the pages.
    pub(super) agendas: Kept<Mutex<Agenda>>,
}

/// Which list it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Which {
    /// What all of its pages have in common.
    pub(super) question: Vec<u8>,
    /// The clocks of its first page.
    pub(super) at: Resolved,
}

/// Lists of one form, the one read last at the end.
pub(super) struct Kept<T>(Mutex<Vec<(Which, Arc<T>)>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Kept(Mutex::default())
    }
}

impl<T> Kept<T> {
    /// The list, made where it is not kept.
    pub(super) fn get(&self, which: Which, make: impl FnOnce() -> T) -> Arc<T> {
        if let Some(found) = self.take(&which) {
            return self.put(which, found);
        }
        // Others find their lists meanwhile; of two who make the same one, both are right.
        self.put(which, Arc::new(make()))
    }

    fn take(&self, which: &Which) -> Option<Arc<T>> {
        let mut lists = self.0.lock();
        let place = lists.iter().position(|(of, _)| of == which)?;
        Some(lists.remove(place).1)
    }

    fn put(&self, which: Which, list: Arc<T>) -> Arc<T> {
        let mut lists = self.0.lock();
        lists.retain(|(of, _)| *of != which);
        if lists.len() == LISTS_MAX {
            lists.remove(0);
        }
        lists.push((which, Arc::clone(&list)));
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Instant, Position};

    fn which(number: u64) -> Which {
        Which { question: Vec::new(), at: Resolved { as_of: Instant::MIN, known: Position::new(number) } }
    }

    #[test]
    fn the_lists_read_last_are_kept() {
        let kept = Kept::<u64>::default();
        for number in 0..8 {
            assert_eq!(*kept.get(which(number), || number), number);
        }
        assert_eq!(*kept.get(which(0), || 100), 0, "kept");
        assert_eq!(*kept.get(which(8), || 8), 8, "takes the place of the one that was read longest ago");
        assert_eq!(*kept.get(which(0), || 100), 0, "still kept");
        assert_eq!(*kept.get(which(1), || 101), 101, "made anew");
    }
}
