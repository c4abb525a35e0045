//! Where the events themselves are read: those of the docket, then those that are tried after them.

use crate::domain::docket::Folders;
use crate::domain::{Position, Subject, Submission};

/// The events about each subject, folded and tried.
#[derive(Debug, Clone, Copy)]
pub(in crate::domain) struct Records<'a> {
    /// Folded events, by subject, in order of position.
    pub(in crate::domain) folders: &'a Folders,
    /// The position of the last of them in the ledger.
    pub(in crate::domain) head: Position,
    /// Events that follow it without a hole, not folded yet.
    pub(in crate::domain) tried: &'a [&'a Submission],
}

impl<'a> Records<'a> {
    /// The submission at a position, about this subject.
    pub(in crate::domain) fn at(&self, subject: &Subject, position: Position) -> Option<&'a Submission> {
        if position > self.head {
            let index = usize::try_from(position.get() - self.head.get() - 1).ok()?;
            return self.tried.get(index).copied().filter(|submission| submission.subject == *subject);
        }
        let events = self.folders.events(subject);
        let index = events.binary_search_by_key(&position, |event| event.position).ok()?;
        Some(&events[index].submission)
    }

    /// Every submission about a subject, in order.
    pub(in crate::domain) fn about(&self, subject: &'a Subject) -> impl Iterator<Item = &'a Submission> {
        let folded = self.folders.events(subject).iter().map(|event| &event.submission);
        folded.chain(self.tried.iter().copied().filter(move |submission| submission.subject == *subject))
    }

    /// The position of the last event about a subject; the origin where there is none.
    pub(in crate::domain) fn revision(&self, subject: &Subject) -> Position {
        let tried = self.tried.iter().rposition(|submission| submission.subject == *subject);
        match tried {
            Some(index) => self.head.plus(index as u64 + 1),
            None => self.folders.events(subject).last().map_or(Position::ORIGIN, |e| e.position),
        }
    }
}
