//! What must be told, found by brute force: every commitment is assessed anew at every instant at which anything could
//! change and after every append, by the answer to a plain question; nothing is carried over but the last answer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use entente::domain::{Docket, Event, Instant, Lifecycle, Position, Slug, Status};
use entente::views::{Consequence, Deadline, DeadlineKind, Judgement, assess, deadlines};

use super::line::{self, Told};

const NOT_RECORDED: Judgement = Judgement { lifecycle: Lifecycle::NotRecorded, status: Status::NotRecorded };

/// What is asked of a whole ledger.
pub(super) struct Question<'q> {
    pub(super) docket: &'q Docket,
    pub(super) events: &'q [Arc<Event>],
    pub(super) commitments: &'q [Slug],
    /// Every instant at which anything could change.
    pub(super) candidates: &'q BTreeSet<Instant>,
    /// Until when time has moved.
    pub(super) through: Instant,
    pub(super) leads: &'q [i64],
    /// Whether commitments that no event of an append is about are looked at too.
    pub(super) thorough: bool,
}

/// Everything that must be told, in order.
pub(super) fn tell(question: &Question<'_>) -> Vec<Told> {
    let mut telling = Telling { question, last: BTreeMap::new(), known: Position::ORIGIN, at: None, told: Vec::new() };
    for step in steps(question.events) {
        let (at, through) = (step[0].recorded_at, step[step.len() - 1].position);
        telling.pass(at);
        telling.record(at, through, step);
    }
    telling.pass(question.through);
    telling.told
}

/// What was recorded at once.
fn steps(events: &[Arc<Event>]) -> Vec<&[Arc<Event>]> {
    events.chunk_by(|a, b| (a.recorded_at, a.append_through) == (b.recorded_at, b.append_through)).collect()
}

struct Telling<'q> {
    question: &'q Question<'q>,
    last: BTreeMap<Slug, Judgement>,
    known: Position,
    /// Through which instant time has moved; none before the first event.
    at: Option<Instant>,
    told: Vec<Told>,
}

impl Telling<'_> {
    /// Lets time move through an instant.
    fn pass(&mut self, through: Instant) {
        let Some(after) = self.at else {
            self.at = Some(through);
            return;
        };
        let leads = self.question.leads;
        let of_lead = |candidate: &Instant| leads.iter().map(|lead| candidate.plus_seconds(-lead)).collect::<Vec<_>>();
        let ahead: BTreeSet<Instant> = self.question.candidates.iter().flat_map(of_lead).collect();
        let all: BTreeSet<Instant> = self.question.candidates.union(&ahead).copied().collect();
        for instant in all.into_iter().filter(|instant| after < *instant && *instant <= through) {
            for commitment in self.question.commitments {
                self.look(commitment, instant, self.known, true);
                self.announce(commitment, instant);
            }
        }
        self.at = Some(through.max(after));
    }

    fn record(&mut self, at: Instant, through: Position, step: &[Arc<Event>]) {
        let before = std::mem::replace(&mut self.known, through);
        for commitment in self.question.commitments {
            if !self.question.thorough && !self.is_reached(commitment, step) {
                continue;
            }
            self.look(commitment, at, through, false);
            self.revise(commitment, at, before);
            self.announce_late(commitment, at, before);
        }
    }

    /// Whether an event of a step is filed with a commitment or with one that it depends on.
    fn is_reached(&self, commitment: &Slug, step: &[Arc<Event>]) -> bool {
        let docket = self.question.docket;
        let Some(dossier) = docket.dossier(commitment) else { return false };
        let depended = dossier.counterparts().filter_map(|counterpart| docket.dossier(counterpart));
        let mut filed = [dossier].into_iter().chain(depended).flat_map(|dossier| dossier.events());
        filed.any(|event| step.iter().any(|other| other.position == event.position))
    }

    fn judge(&self, commitment: &Slug, at: Instant, known: Position) -> Judgement {
        assess(self.question.docket, commitment, at, known).judgement
    }

    fn look(&mut self, commitment: &Slug, at: Instant, known: Position, by_time: bool) {
        let now = assess(self.question.docket, commitment, at, known);
        let before = self.last.insert(commitment.clone(), now.judgement).unwrap_or(NOT_RECORDED);
        if before != now.judgement {
            let what = line::transition(before, now.judgement, now.row);
            self.told.push(Told { at, known, commitment: commitment.clone(), by_time, what });
        }
    }

    /// The earliest moment before `at` about which something else is said than was said as known before.
    fn revise(&mut self, commitment: &Slug, at: Instant, before: Position) {
        let known = self.known;
        let stands = |position| self.judge(commitment, at, position) != NOT_RECORDED;
        if !stands(before) || !stands(known) {
            return;
        }
        let earlier = [Instant::MIN].into_iter().chain(self.question.candidates.iter().copied());
        let answers = earlier
            .take_while(|instant| *instant < at)
            .map(|instant| (instant, self.judge(commitment, instant, before), self.judge(commitment, instant, known)));
        if let Some((since, was, is)) = answers.into_iter().find(|(_, was, is)| was != is) {
            let what = line::revision(since, was, is);
            self.told.push(Told { at, known, commitment: commitment.clone(), by_time: false, what });
        }
    }

    /// The deadlines that lie a lead ahead of an instant.
    fn announce(&mut self, commitment: &Slug, at: Instant) {
        for lead in self.question.leads {
            let ahead = at.plus_seconds(*lead);
            for deadline in self.list(commitment, ahead, Some(ahead.plus_seconds(1)), self.known) {
                let what = line::approaching(&deadline, *lead);
                self.told.push(Told { at, known: self.known, commitment: commitment.clone(), by_time: true, what });
            }
        }
    }

    /// The deadlines that became known after one of their leads had begun, each by the shortest of these.
    fn announce_late(&mut self, commitment: &Slug, at: Instant, before: Position) {
        if self.question.leads.is_empty() {
            return;
        }
        let same = |a: &Deadline, b: &Deadline| (a.kind, a.at, &a.target) == (b.kind, b.at, &b.target);
        let from = at.plus_seconds(1);
        let known_before = self.list(commitment, from, None, before);
        for deadline in self.list(commitment, from, None, self.known) {
            let begun = self.question.leads.iter().filter(|lead| deadline.at.plus_seconds(-**lead) <= at).min();
            if let Some(lead) = begun.filter(|_| !known_before.iter().any(|known| same(known, &deadline))) {
                let what = line::approaching(&deadline, *lead);
                self.told.push(Told { at, known: self.known, commitment: commitment.clone(), by_time: false, what });
            }
        }
    }

    fn list(&self, commitment: &Slug, from: Instant, until: Option<Instant>, known: Position) -> Vec<Deadline> {
        let listed = deadlines(self.question.docket, commitment, from, until, known).into_iter();
        let announced = |deadline: &Deadline| {
            matches!(deadline.kind, DeadlineKind::Lapse | DeadlineKind::Due)
                && deadline.consequence != Consequence::Nothing
        };
        listed.filter(announced).collect()
    }
}
