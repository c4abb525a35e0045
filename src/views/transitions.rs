//! Transitions: every change of lifecycle and status along the diagonal of a ledger, where the moment asked about and the
//! moment of knowledge are one and move on together.
//!
//! The order is total, and a pure function of the ledger and of the span of time: what time alone changes at an instant
//! comes before what is recorded at it, by name of the commitment; records follow in order of position, one step at a
//! time, and what one append recorded at one instant is one step.

mod approach;
mod news;
mod step;
mod watched;

pub use news::{Approaching, Cause, Juncture, News, Revision, Transition};
pub use step::Step;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::assess::open;
use approach::Leads;
use step::bearing;
use watched::{Occasion, Watched};

use crate::domain::{Docket, Extract, Instant, Position, Slug};

/// How many leads may be asked for.
pub const LEADS_MAX: usize = 8;

/// Where a walker finds what is known: a docket that is at the position asked about or beyond.
pub trait Shelf {
    /// Reads the docket, shortly.
    fn read<T>(&self, read: impl FnOnce(&Docket) -> T) -> T;
}

impl Shelf for Docket {
    fn read<T>(&self, read: impl FnOnce(&Docket) -> T) -> T {
        read(self)
    }
}

/// Whether a commitment is asked about, by what is known of it at a position; asked anew whenever something is recorded
/// that bears on it.
pub type Wants = Arc<dyn Fn(&Docket, &Slug, Position) -> bool + Send + Sync>;

/// Walks along a ledger's diagonal, juncture by juncture. It holds one line for each commitment asked about, and one timer
/// for all of them: the earliest instant at which time alone changes something.
pub struct Walker {
    wants: Wants,
    leads: Leads,
    at: Instant,
    known: Position,
    watched: BTreeMap<Slug, Watched>,
    timer: BTreeSet<(Instant, Slug)>,
}

impl Walker {
    /// A walker that stands before the first event. `leads` are seconds before a deadline, at which it is announced.
    pub fn from_start(wants: Wants, leads: &[i64]) -> Self {
        Walker {
            wants,
            leads: Leads::new(leads),
            at: Instant::MIN,
            known: Position::ORIGIN,
            watched: BTreeMap::new(),
            timer: BTreeSet::new(),
        }
    }

    /// A walker that stands where another of the same questions stood: everything through `at` and `known` has been
    /// told. It costs one assessment for each commitment asked about, however long the ledger is.
    pub fn resume(shelf: &impl Shelf, wants: Wants, leads: &[i64], at: Instant, known: Position) -> Self {
        let mut walker = Walker { at, known, ..Walker::from_start(wants, leads) };
        let names: Vec<Slug> =
            shelf.read(|docket| docket.dossiers().map(|dossier| dossier.commitment().clone()).collect());
        for commitment in names {
            let (wanted, extract) = walker.look(shelf, &commitment, known);
            let watched = wanted.then(|| Watched::at(&extract, &commitment, at, &walker.leads)).flatten();
            if let Some(watched) = watched {
                walker.watch(commitment, watched);
            }
        }
        walker
    }

    /// Where it stands in time: everything that time alone changed by then, given what is known, has been told.
    pub fn at(&self) -> Instant {
        self.at
    }

    /// What is known where it stands: events through this position.
    pub fn known(&self) -> Position {
        self.known
    }

    /// The next instant at which time alone changes something, or a deadline comes near.
    pub fn next_at(&self) -> Option<Instant> {
        self.timer.first().map(|(at, _)| *at)
    }

    /// Moves to that instant, and tells what time brings about there; none where nothing more comes.
    pub fn turn(&mut self, shelf: &impl Shelf) -> Option<Juncture> {
        let at = self.next_at()?;
        self.at = at;
        let mut news = Vec::new();
        while self.next_at() == Some(at) {
            let Some((_, commitment)) = self.timer.pop_first() else { break };
            let Some(mut watched) = self.watched.remove(&commitment) else { continue };
            let (_, extract) = self.look(shelf, &commitment, self.known);
            watched.turn(&extract, &commitment, at, &mut news);
            self.watch(commitment, watched);
        }
        Some(Juncture { at, known: self.known, news })
    }

    /// Takes in what was recorded next, and tells what it changes. What time brings about by then must have been told.
    pub fn learn(&mut self, shelf: &impl Shelf, step: &Step) -> Juncture {
        let before = self.known;
        self.at = self.at.max(step.at);
        self.known = step.through;
        let mut news = Vec::new();
        for commitment in step.reached(shelf) {
            self.reassess(shelf, &commitment, before, &mut news);
        }
        Juncture { at: self.at, known: self.known, news }
    }

    fn reassess(&mut self, shelf: &impl Shelf, commitment: &Slug, before: Position, news: &mut Vec<News>) {
        let (wanted, extract) = self.look(shelf, commitment, self.known);
        let events = bearing(&extract, commitment, before);
        if events.is_empty() {
            return;
        }
        let occasion = Occasion { at: self.at, known: self.known, events };
        let was_watched = self.unwatch(commitment);
        let is_watched = was_watched.is_some();
        let then = || {
            let (_, extract) = self.look(shelf, commitment, before);
            extract
        };
        let was = match was_watched {
            Some(watched) => Some(watched.with_past(then, commitment, self.at)),
            None if wanted => {
                Watched::at(&then(), commitment, self.at, &self.leads).map(|it| it.with_past(then, commitment, self.at))
            }
            None => None,
        };
        let now = Watched::learned(&extract, commitment, self.at, &self.leads);
        match now {
            Some(now) if wanted => {
                now.tell(commitment, was.as_ref(), &self.leads, &occasion, news);
                self.watch(commitment.clone(), now);
            }
            // It left the question, but it stands.
            Some(_) => {}
            None if is_watched => {
                let gone = was.map(|was| was.gone(commitment, occasion));
                news.extend(gone.map(News::Transition));
            }
            None => {}
        }
    }

    /// Whether a commitment is asked about, and what is known of it.
    fn look(&self, shelf: &impl Shelf, commitment: &Slug, known: Position) -> (bool, Extract) {
        shelf.read(|docket| {
            let mut extract = Extract::at(known);
            extract.take(docket, commitment);
            ((self.wants)(docket, commitment, known), extract)
        })
    }

    fn watch(&mut self, commitment: Slug, watched: Watched) {
        if let Some(next) = watched.next_at() {
            self.timer.insert((next, commitment.clone()));
        }
        self.watched.insert(commitment, watched);
    }

    fn unwatch(&mut self, commitment: &Slug) -> Option<Watched> {
        let watched = self.watched.remove(commitment)?;
        if let Some(next) = watched.next_at() {
            self.timer.remove(&(next, commitment.clone()));
        }
        Some(watched)
    }
}
