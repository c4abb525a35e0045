//! Agenda: the deadlines of many commitments by time, worked out as far as somebody has turned the pages. A commitment's
//! own are looked for once its first instant that can be one is the next of all.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use super::clocks::Resolved;
use super::deadlines::{Asked, Window};
use super::list;
use crate::domain::{Collection, Instant, Position, Slug};
use crate::ledger::Ledger;
use crate::views::Deadline;

/// The deadlines that one question asks for, at the clocks of its first page.
pub(super) struct Agenda {
    asked: Asked,
    window: Window,
    known: Position,
    /// The commitments that can have one, by name.
    members: Vec<Member>,
    next: BinaryHeap<Reverse<Next>>,
    /// Those found, in order: which commitment, and which of its deadlines.
    found: Vec<(usize, usize)>,
}

struct Member {
    commitment: Slug,
    /// None until they have been looked for.
    deadlines: Arc<[Deadline]>,
}

/// What comes next of one commitment. At one instant they come by the names of the commitments.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Next {
    at: Instant,
    member: usize,
    /// Which of its deadlines; none while they have not been looked for, and this is only the first instant that can be one.
    deadline: Option<usize>,
}

impl Agenda {
    /// Nothing of it is worked out yet but whose deadlines are asked for, and from when on each can have one.
    pub(super) fn new(ledger: &Ledger, asked: Asked, window: Window, at: Resolved) -> Self {
        let stirring: Vec<(Slug, Instant)> = list::of_each(ledger, Collection::Commitments, |docket, commitment| {
            let (event, undertaken) = docket.undertaking(commitment, at.known)?;
            let may_pass = asked.filter.takes_promise(undertaken);
            let told = may_pass.then(|| ledger.recall(docket, commitment, at.as_of, at.known))?;
            let taken = asked.filter.takes_undertaking(docket, event, undertaken, at.known, Some(&told.assessment));
            let first = taken.then(|| ledger.first_stir(docket, commitment, window.from, at.known)).flatten()?;
            window.until.is_none_or(|until| first < until).then(|| (commitment.clone(), first))
        });
        let each = stirring.iter().enumerate();
        let next = each.map(|(member, (_, at))| Reverse(Next { at: *at, member, deadline: None })).collect();
        let member = |(commitment, _)| Member { commitment, deadlines: Arc::from([]) };
        let members = stirring.into_iter().map(member).collect();
        Agenda { asked, window, known: at.known, members, next, found: Vec::new() }
    }

    /// So many deadlines after so many others, and whether more follow.
    pub(super) fn page(&mut self, ledger: &Ledger, given: usize, size: usize) -> (Vec<&Deadline>, bool) {
        let through = given.saturating_add(size);
        while self.found.len() <= through && self.go_on(ledger) {}
        let page = self.found.iter().take(through).skip(given);
        let deadlines = page.map(|(member, place)| &self.members[*member].deadlines[*place]).collect();
        (deadlines, self.found.len() > through)
    }

    /// Takes the next of all; whether there was one.
    fn go_on(&mut self, ledger: &Ledger) -> bool {
        let Some(Reverse(Next { member, deadline, .. })) = self.next.pop() else { return false };
        let after = match deadline {
            Some(place) => {
                self.found.push((member, place));
                place + 1
            }
            None => {
                let (from, until) = (self.window.from, self.window.until);
                let of = &mut self.members[member];
                of.deadlines = ledger.deadlines_around(&ledger.docket(), &of.commitment, from, until, self.known);
                0
            }
        };
        let mut later = self.members[member].deadlines.iter().enumerate().skip(after);
        if let Some((place, deadline)) = later.find(|(_, deadline)| self.asked.takes(deadline, self.window)) {
            self.next.push(Reverse(Next { at: deadline.at, member, deadline: Some(place) }));
        }
        true
    }
}
