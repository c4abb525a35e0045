//! Approach: the leads before a lapse or a due date.
//!
//! A deadline is announced at each lead before it, as it is known at that instant: one that an amendment has moved is
//! announced by its new instant and not by the old one. Where a deadline becomes known so late that leads have begun
//! already, it is announced at once, and only by the shortest of these.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::deadlines::deadlines_of;
use super::super::{Consequence, Deadline, DeadlineKind};
use super::step::last_recorded_at;
use super::watched::Occasion;
use super::{Approaching, News};
use crate::domain::{Extract, Instant, Position, Slug};

/// The leads asked for, in seconds, the longest first.
#[derive(Debug, Clone)]
pub(super) struct Leads(Vec<i64>);

/// The deadlines of one commitment that are announced.
#[derive(Debug, Clone, Default)]
pub(super) struct Approaches {
    deadlines: Vec<Arc<Deadline>>,
    /// What is still to be told, the next first: when, by which lead, of which deadline.
    ahead: BTreeSet<(Instant, i64, usize)>,
}

impl Leads {
    pub(super) fn new(seconds: &[i64]) -> Self {
        let mut leads = seconds.to_vec();
        leads.sort_unstable_by_key(|lead| std::cmp::Reverse(*lead));
        leads.dedup();
        Leads(leads)
    }
}

impl Approaches {
    /// The deadlines known after an instant, with what is still to be told of them.
    pub(super) fn after(extract: &Extract, commitment: &Slug, at: Instant, leads: &Leads) -> Self {
        let dossier = extract.dossier(commitment).filter(|_| !leads.0.is_empty());
        let Some(dossier) = dossier else { return Approaches::default() };
        // Where the list begins must not depend on when it is made, but on what is known.
        let from = last_recorded_at(extract, commitment);
        let listed = deadlines_of(dossier, extract, from, None, extract.known());
        let deadlines: Vec<Arc<Deadline>> =
            listed.into_iter().filter(|it| is_announced(it) && at < it.at).map(Arc::new).collect();
        let told = |(index, deadline): (usize, &Arc<Deadline>)| {
            leads.0.iter().map(move |lead| (deadline_at(deadline, *lead), *lead, index)).collect::<Vec<_>>()
        };
        let all = deadlines.iter().enumerate().flat_map(told);
        let ahead = all.filter(|(tell_at, ..)| at < *tell_at).collect();
        Approaches { deadlines, ahead }
    }

    /// When the next is told.
    pub(super) fn next_at(&self) -> Option<Instant> {
        self.ahead.first().map(|(at, ..)| *at)
    }

    /// Tells what is due at an instant.
    pub(super) fn turn(&mut self, at: Instant, known: Position, news: &mut Vec<News>) {
        while self.next_at() == Some(at) {
            let Some((_, lead, index)) = self.ahead.pop_first() else { break };
            let deadline = Arc::clone(&self.deadlines[index]);
            news.push(News::Approaching(Approaching { at, known, lead, events: Vec::new(), deadline }));
        }
    }

    /// Tells the deadlines that were not known before and of which a lead has begun.
    pub(super) fn tell_late(
        &self,
        before: Option<&Approaches>,
        leads: &Leads,
        occasion: &Occasion,
        news: &mut Vec<News>,
    ) {
        let was_known = |deadline: &Deadline| {
            before.is_some_and(|before| before.deadlines.iter().any(|it| identity(it) == identity(deadline)))
        };
        for deadline in self.deadlines.iter().filter(|deadline| !was_known(deadline)) {
            let begun = leads.0.iter().rev().find(|lead| deadline_at(deadline, **lead) <= occasion.at);
            if let Some(lead) = begun {
                let Occasion { at, known, events } = occasion.clone();
                let (lead, deadline) = (*lead, Arc::clone(deadline));
                news.push(News::Approaching(Approaching { at, known, lead, events, deadline }));
            }
        }
    }
}

fn deadline_at(deadline: &Deadline, lead: i64) -> Instant {
    deadline.at.plus_seconds(lead.saturating_neg())
}

/// The end of a duty by its own terms, and the instant from which performance is late, while anything hangs on it.
fn is_announced(deadline: &Deadline) -> bool {
    matches!(deadline.kind, DeadlineKind::Lapse | DeadlineKind::Due) && deadline.consequence != Consequence::Nothing
}

/// A deadline is the same one whichever reading it is told by.
fn identity(deadline: &Deadline) -> (DeadlineKind, Instant, Option<&Slug>) {
    (deadline.kind, deadline.at, deadline.target.as_ref())
}
