//! Watched: one commitment on the diagonal.

use std::sync::Arc;

use super::super::case::Case;
use super::super::deadlines::{self, Deadline, walk};
use super::super::outcome::Outcome;
use super::super::readings::answer;
use super::super::{Judgement, Promise, Row};
use super::approach::{Approaches, Leads};
use super::{Cause, News, Revision, Transition, open};
use crate::domain::{Extract, Instant, Lifecycle, Position, Slug, Status};

/// When something became known, and by which events.
#[derive(Debug, Clone)]
pub(super) struct Occasion {
    /// When.
    pub(super) at: Instant,
    /// What is known since.
    pub(super) known: Position,
    /// The events that bear on the commitment.
    pub(super) events: Vec<Position>,
}

const NOT_RECORDED: Judgement = Judgement { lifecycle: Lifecycle::NotRecorded, status: Status::NotRecorded };

/// What is told of one commitment where the walker stands.
#[derive(Debug)]
pub(super) struct Watched {
    promise: Arc<Promise>,
    judgement: Judgement,
    row: Option<Row>,
    next_change_at: Option<Instant>,
    /// What is said of all moments through the one where the walker stands, each from its instant on; none where nobody
    /// has asked yet.
    past: Option<Vec<(Instant, Judgement)>>,
    approaches: Approaches,
}

impl Watched {
    /// The commitment at an instant, as known in the extract; none where it is not recorded there.
    pub(super) fn at(extract: &Extract, commitment: &Slug, at: Instant, leads: &Leads) -> Option<Self> {
        let case = case(extract, commitment)?;
        let now = answer(&case, at).outcome;
        Some(Watched {
            promise: Arc::new(Promise::of(&case)),
            judgement: now.judgement,
            row: now.row,
            next_change_at: next_change(&case, &now),
            past: None,
            approaches: Approaches::after(extract, commitment, at, leads),
        })
    }

    /// The same, with what is said of all moments before.
    pub(super) fn learned(extract: &Extract, commitment: &Slug, at: Instant, leads: &Leads) -> Option<Self> {
        let case = case(extract, commitment)?;
        let (past, now) = past(&case, at);
        Some(Watched {
            promise: Arc::new(Promise::of(&case)),
            judgement: now.judgement,
            row: now.row,
            next_change_at: next_change(&case, &now),
            past: Some(past),
            approaches: Approaches::after(extract, commitment, at, leads),
        })
    }

    /// With what is said of all moments before, found in the extract if nobody has asked yet.
    pub(super) fn with_past(self, extract: impl FnOnce() -> Extract, commitment: &Slug, at: Instant) -> Self {
        if self.past.is_some() {
            return self;
        }
        let extract = extract();
        let found = case(&extract, commitment).map(|case| past(&case, at).0);
        Watched { past: found, ..self }
    }

    /// The next instant at which something is to be told of it.
    pub(super) fn next_at(&self) -> Option<Instant> {
        [self.next_change_at, self.approaches.next_at()].into_iter().flatten().min()
    }

    /// Moves to an instant, and tells what time brings about there.
    pub(super) fn turn(&mut self, extract: &Extract, commitment: &Slug, at: Instant, news: &mut Vec<News>) {
        let known = extract.known();
        if self.next_change_at == Some(at)
            && let Some(case) = case(extract, commitment)
        {
            let now = answer(&case, at).outcome;
            news.push(News::Transition(Transition {
                commitment: commitment.clone(),
                promise: Arc::clone(&self.promise),
                at,
                known,
                before: self.judgement,
                after: now.judgement,
                row: now.row,
                cause: Cause::Time(ran_out(&case, at)),
            }));
            (self.judgement, self.row) = (now.judgement, now.row);
            self.next_change_at = next_change(&case, &now);
            self.past.iter_mut().for_each(|past| past.push((at, now.judgement)));
        }
        self.approaches.turn(at, known, news);
    }

    /// Tells in what it differs from what was said before the events.
    pub(super) fn tell(
        &self,
        commitment: &Slug,
        was: Option<&Watched>,
        leads: &Leads,
        occasion: &Occasion,
        news: &mut Vec<News>,
    ) {
        let Occasion { at, known, events } = occasion;
        let (at, known) = (*at, *known);
        let before = was.map_or(NOT_RECORDED, |was| was.judgement);
        let promise = &self.promise;
        if before != self.judgement {
            news.push(News::Transition(Transition {
                commitment: commitment.clone(),
                promise: Arc::clone(promise),
                at,
                known,
                before,
                after: self.judgement,
                row: self.row,
                cause: Cause::Events(events.clone()),
            }));
        }
        let pasts = was.and_then(|was| was.past.as_ref()).zip(self.past.as_ref());
        if let Some((since, before, after)) = pasts.and_then(|(was, is)| parting(was, is, at)) {
            let (commitment, promise, events) = (commitment.clone(), Arc::clone(promise), events.clone());
            news.push(News::Revision(Revision { commitment, promise, at, known, since, before, after, events }));
        }
        self.approaches.tell_late(was.map(|was| &was.approaches), leads, occasion, news);
    }

    /// The transition of a commitment that is not recorded any more.
    pub(super) fn gone(self, commitment: &Slug, occasion: Occasion) -> Transition {
        let Occasion { at, known, events } = occasion;
        Transition {
            commitment: commitment.clone(),
            promise: self.promise,
            at,
            known,
            before: self.judgement,
            after: NOT_RECORDED,
            row: None,
            cause: Cause::Events(events),
        }
    }
}

fn case<'e>(extract: &'e Extract, commitment: &Slug) -> Option<Case<'e>> {
    open(extract.dossier(commitment)?, extract, extract.known())
}

/// The earliest instant at which lifecycle or status differs with no new record.
fn next_change(case: &Case<'_>, now: &Outcome) -> Option<Instant> {
    let mut wake = now.wake.next();
    while let Some(instant) = wake {
        let then = answer(case, instant).outcome;
        if then.judgement != now.judgement {
            return Some(instant);
        }
        wake = then.wake.next();
    }
    None
}

/// What is said of all moments through an instant, and what is said at it.
fn past(case: &Case<'_>, through: Instant) -> (Vec<(Instant, Judgement)>, Outcome) {
    let mut now = answer(case, Instant::MIN).outcome;
    let mut past = vec![(Instant::MIN, now.judgement)];
    while let Some(instant) = now.wake.next().filter(|instant| *instant <= through) {
        now = answer(case, instant).outcome;
        if past.last().is_none_or(|(_, judgement)| *judgement != now.judgement) {
            past.push((instant, now.judgement));
        }
    }
    (past, now)
}

/// The earliest instant before another at which two pasts say something else.
fn parting(
    was: &[(Instant, Judgement)],
    is: &[(Instant, Judgement)],
    before: Instant,
) -> Option<(Instant, Judgement, Judgement)> {
    let mut instants: Vec<Instant> = was.iter().chain(is).map(|(at, _)| *at).filter(|at| *at < before).collect();
    instants.sort_unstable();
    let at = |past: &[(Instant, Judgement)], instant: Instant| {
        past[past.partition_point(|(from, _)| *from <= instant).saturating_sub(1)].1
    };
    let pairs = instants.into_iter().map(|instant| (instant, at(was, instant), at(is, instant)));
    pairs.into_iter().find(|(_, was, is)| was != is)
}

/// The clocks that run out at an instant, and the records that take effect or end.
fn ran_out(case: &Case<'_>, at: Instant) -> Vec<Deadline> {
    let steps = walk(case, at, Some(at.plus_seconds(1)));
    steps.iter().flat_map(|step| deadlines::described(case, step)).collect()
}
