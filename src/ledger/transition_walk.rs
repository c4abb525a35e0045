//! A walk along a ledger's diagonal as far as the ledger lets it go: over what is durable, and over what time has brought
//! for good. It waits for nothing; whoever drives it does.

use std::collections::VecDeque;

use super::history::{decode, to_domain};
use super::{Ledger, LedgerError, Place};
use crate::domain::event::LedgerKind;
use crate::domain::{Docket, Event, Instant, Position};
use crate::store::{ReadLimits, StoreError};
use crate::views::transitions::{Juncture, News, Shelf, Step, Walker, Wants};

/// How many steps and turns one bite looks through, and how many news end it.
const JUNCTURES_MAX: usize = 128;
const NEWS_MAX: usize = 64;
/// How much is read of the log at once; more where one append is longer.
const PAGE: ReadLimits = ReadLimits { entries: 1024, bytes: 1 << 20 };

impl Shelf for Ledger {
    fn read<T>(&self, read: impl FnOnce(&Docket) -> T) -> T {
        read(&self.docket())
    }
}

/// A walk along a ledger's diagonal.
pub struct TransitionWalk {
    ledger: Ledger,
    walker: Walker,
    /// What was read of the log beyond the walker.
    steps: VecDeque<Step>,
    /// What is still to be told of the juncture at which the walker stands.
    pending: VecDeque<News>,
    place: Place,
}

/// What one bite of a walk found.
#[derive(Debug)]
pub struct Bite {
    /// What is told, in order, each with the place behind it.
    pub news: Vec<(News, Place)>,
    /// Through which instant everything has been told, given what is known at the place.
    pub through: Instant,
    /// How it goes on.
    pub outlook: Outlook,
}

/// How a walk goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    /// There is more to tell.
    More,
    /// Everything has been told; the next record brings more, and so does this instant once the clock and the floor have
    /// reached it. A REPLAY ledger waits for records alone.
    Until(Option<Instant>),
}

impl TransitionWalk {
    /// A walk that goes on from a place. Blocks on the store.
    pub fn from(ledger: Ledger, wants: Wants, leads: &[i64], place: Place) -> Result<Self, LedgerError> {
        let known = place.position;
        let recorded_at = ledger.docket().recorded_at(known);
        let at = place.instant.or(recorded_at).unwrap_or(Instant::MIN);
        let walker = match known {
            Position::ORIGIN => Walker::from_start(wants, leads),
            _ => Walker::resume(&ledger, wants, leads, at, known),
        };
        let mut walk = TransitionWalk {
            ledger,
            walker,
            steps: VecDeque::new(),
            pending: VecDeque::new(),
            place: Place { position: known, instant: Some(at), index: 0 },
        };
        walk.skip(place.index)?;
        Ok(walk)
    }

    /// The place behind all that has been told.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Goes on as far as it can without waiting, and not too far at once. Blocks on the store.
    pub fn bite(&mut self) -> Result<Bite, LedgerError> {
        let mut news = Vec::new();
        for _ in 0..JUNCTURES_MAX {
            self.tell(&mut news);
            if news.len() >= NEWS_MAX {
                return Ok(Bite { news, through: self.told_through(), outlook: Outlook::More });
            }
            if let Some(until) = self.go_on()? {
                let through = self.examined_through(until);
                return Ok(Bite { news, through, outlook: Outlook::Until(until) });
            }
        }
        self.tell(&mut news);
        Ok(Bite { news, through: self.told_through(), outlook: Outlook::More })
    }

    fn tell(&mut self, news: &mut Vec<(News, Place)>) {
        while news.len() < NEWS_MAX
            && let Some(next) = self.pending.pop_front()
        {
            self.place.index += 1;
            if self.pending.is_empty() {
                self.place = self.standing();
            }
            news.push((next, self.place));
        }
    }

    /// Moves to the next juncture whose news are certain; where there is none yet, says which instant brings one.
    #[expect(clippy::option_option, reason = "whether to wait, and until when if time alone can end it")]
    fn go_on(&mut self) -> Result<Option<Option<Instant>>, LedgerError> {
        // The floor is read before the head: what was recorded below it is at that head or before.
        let floor = self.ledger.floor();
        let head = self.ledger.head();
        let next_at = self.walker.next_at();
        let Some(step) = self.next_step(head)? else {
            let is_certain = next_at.is_some() && next_at <= floor;
            if is_certain {
                let juncture = self.walker.turn(&self.ledger);
                self.stand(juncture);
                return Ok(None);
            }
            let waits = self.ledger.kind() == LedgerKind::Live;
            return Ok(Some(next_at.filter(|_| waits)));
        };
        if next_at.is_some_and(|at| at <= step.at) {
            let juncture = self.walker.turn(&self.ledger);
            self.stand(juncture);
        } else {
            let juncture = self.walker.learn(&self.ledger, &step);
            self.steps.pop_front();
            self.stand(Some(juncture));
        }
        Ok(None)
    }

    fn stand(&mut self, juncture: Option<Juncture>) {
        self.pending.extend(juncture.into_iter().flat_map(|juncture| juncture.news));
        if self.pending.is_empty() {
            self.place = self.standing();
        }
    }

    fn standing(&self) -> Place {
        Place { position: self.walker.known(), instant: Some(self.walker.at()), index: 0 }
    }

    /// Leaves out what was told of the next juncture before.
    fn skip(&mut self, taken: u32) -> Result<(), LedgerError> {
        if taken == 0 {
            return Ok(());
        }
        let mut waits = None;
        while self.pending.is_empty() && waits.is_none() {
            waits = self.go_on()?;
        }
        let (taken, there) = (taken as usize, self.pending.len());
        if there < taken {
            let cause = format!("a cursor stands behind {taken} changes of one juncture, and there are {there}");
            return Err(StoreError::Corrupt { cause }.into());
        }
        self.pending.drain(..taken);
        match self.pending.is_empty() {
            true => self.place = self.standing(),
            false => self.place.index = taken as u32,
        }
        Ok(())
    }

    /// The next step at or before the head.
    fn next_step(&mut self, head: Position) -> Result<Option<Step>, LedgerError> {
        if self.steps.is_empty() && self.walker.known() < head {
            self.read_steps(head)?;
        }
        Ok(self.steps.front().cloned())
    }

    fn read_steps(&mut self, head: Position) -> Result<(), LedgerError> {
        let mut events: Vec<Event> = Vec::new();
        let mut after = self.walker.known();
        while self.steps.is_empty() && after < head {
            let page = self.ledger.shared.log.read(after, PAGE)?;
            let durable = page.entries.into_iter().take_while(|(position, _)| *position <= head);
            for (position, stored) in durable {
                events.push(to_domain(&decode(position, stored.as_ref())?, self.ledger.name())?);
                after = position;
            }
            self.take_steps(&events);
        }
        if self.steps.is_empty() {
            let cause = format!("the append after position {} does not end at the head, {head}", self.walker.known());
            return Err(StoreError::Corrupt { cause }.into());
        }
        Ok(())
    }

    /// The steps that end among events that follow the walker; what comes after the last of them is read again.
    fn take_steps(&mut self, events: &[Event]) {
        let mut rest = events;
        while let Some(step) = Step::first(rest) {
            let taken = rest.partition_point(|event| event.position <= step.through);
            rest = &rest[taken..];
            self.steps.push_back(step);
        }
    }

    fn told_through(&self) -> Instant {
        self.place.instant.unwrap_or(Instant::MIN)
    }

    /// Through which instant nothing more is to be told, given what is known.
    fn examined_through(&self, until: Option<Instant>) -> Instant {
        let told = self.told_through();
        match self.ledger.kind() {
            LedgerKind::Live => {
                let now = self.ledger.shared.clock.now();
                let quiet = until.map_or(now, |until| now.min(until.plus_seconds(-1)));
                told.max(quiet)
            }
            LedgerKind::Replay => told,
        }
    }
}
