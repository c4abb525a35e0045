//! Recall: answers that were given before, for as long as they hold. They stand beside the docket and never in it, are
//! never stored, and are worked out anew where anything that they rest on has changed.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;

use super::Ledger;
use crate::domain::{Docket, Dossier, Instant, Position, Slug};
use crate::views::{self, Assessment, Deadline, Held};

/// How many answers are kept of one commitment: that of now, that of a list somebody is turning the pages of, and two
/// with which these are compared.
const ANSWERS_MAX: usize = 4;
/// How many windows of deadlines are kept of one commitment: that of now, and that of a list somebody is turning the pages of.
const WINDOWS_MAX: usize = 2;

/// The answers of one ledger.
#[derive(Default)]
pub(super) struct Recall {
    assessments: RwLock<ByCommitment<Arc<Held>>>,
    deadlines: RwLock<ByCommitment<Arc<[Deadline]>>>,
}

/// What is kept of each commitment, the oldest first.
type ByCommitment<T> = HashMap<Slug, Vec<Kept<T>>>;

/// An answer with what it rests on and for which time it holds.
struct Kept<T> {
    rests_on: Knowledge,
    from: Instant,
    until: Option<Instant>,
    answer: T,
}

/// What an answer rests on: what was known of the commitment, and of those that its duty depends on.
#[derive(Debug, PartialEq, Eq)]
struct Knowledge {
    revision: Position,
    counterparts: Vec<(Slug, Position)>,
}

impl Ledger {
    /// Whether a commitment is kept, as [`views::assess`] says; `docket` is this ledger's.
    pub fn assess(&self, docket: &Docket, commitment: &Slug, as_of: Instant, known: Position) -> Assessment {
        let told = self.recall(docket, commitment, as_of, known);
        Assessment { as_of, known, ..told.assessment.clone() }
    }

    /// As [`Ledger::assess`], without a copy: `as_of` and `known` in it are those of the question that was asked first.
    pub fn recall(&self, docket: &Docket, commitment: &Slug, as_of: Instant, known: Position) -> Arc<Held> {
        self.recall_or_judge(docket, commitment, as_of, known).0
    }

    /// As [`Ledger::recall`], and whether the answer had to be worked out.
    pub(super) fn recall_or_judge(
        &self,
        docket: &Docket,
        commitment: &Slug,
        as_of: Instant,
        known: Position,
    ) -> (Arc<Held>, bool) {
        let Some(dossier) = docket.dossier(commitment) else {
            return (Arc::new(views::assess_held(docket, commitment, as_of, known)), true);
        };
        let recall = &self.shared.recall;
        let holds = |kept: &Kept<_>| kept.from <= as_of && kept.until.is_none_or(|until| as_of < until);
        if let Some(told) = find(&recall.assessments.read(), docket, dossier, known, holds) {
            return (told, false);
        }
        let told = Arc::new(views::assess_held(docket, commitment, as_of, known));
        let rests_on = Knowledge::of(docket, dossier, known);
        let kept = Kept { rests_on, from: as_of, until: told.until, answer: Arc::clone(&told) };
        keep(&mut recall.assessments.write(), commitment, kept, ANSWERS_MAX);
        (told, true)
    }

    /// The first instant from `from` on at which a commitment can have a deadline; none where it has none any more. Costs
    /// no more than an answer, which is what tells it. `docket` is this ledger's.
    pub fn first_stir(&self, docket: &Docket, commitment: &Slug, from: Instant, known: Position) -> Option<Instant> {
        let told = self.recall(docket, commitment, from, known);
        if told.stirs && told.assessment.as_of == from { Some(from) } else { told.until }
    }

    /// The deadlines of a commitment in `[from, until)`, as [`views::deadlines`] says; all of a longer window in which
    /// these lie, since windows that are asked about move on with the clock. `docket` is this ledger's.
    pub fn deadlines_around(
        &self,
        docket: &Docket,
        commitment: &Slug,
        from: Instant,
        until: Option<Instant>,
        known: Position,
    ) -> Arc<[Deadline]> {
        let Some(dossier) = docket.dossier(commitment) else { return Arc::from([]) };
        let recall = &self.shared.recall;
        let reaches = |end: Option<Instant>| match (end, until) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(end), Some(until)) => until <= end,
        };
        let holds = |kept: &Kept<_>| kept.from <= from && reaches(kept.until);
        if let Some(told) = find(&recall.deadlines.read(), docket, dossier, known, holds) {
            return told;
        }
        // A tenth more, so that the same question still finds it tomorrow.
        let longer = until.map(|until| until.plus_seconds((until.unix_seconds() - from.unix_seconds()).max(0) / 10));
        let told: Arc<[Deadline]> = views::deadlines(docket, commitment, from, longer, known).into();
        let rests_on = Knowledge::of(docket, dossier, known);
        let kept = Kept { rests_on, from, until: longer, answer: Arc::clone(&told) };
        keep(&mut recall.deadlines.write(), commitment, kept, WINDOWS_MAX);
        told
    }
}

impl Knowledge {
    fn of(docket: &Docket, dossier: &Dossier, known: Position) -> Self {
        let revision = |other: &Slug| docket.dossier(other).map_or(Position::ORIGIN, |it| it.revision(known));
        let mut counterparts: Vec<(Slug, Position)> =
            dossier.counterparts().map(|other| (other.clone(), revision(other))).collect();
        counterparts.sort_unstable();
        counterparts.dedup();
        Knowledge { revision: dossier.revision(known), counterparts }
    }

    /// Whether the same was known of each of them at a position.
    fn is_of(&self, docket: &Docket, revision: Position, known: Position) -> bool {
        self.revision == revision
            && self.counterparts.iter().all(|(other, revision)| {
                docket.dossier(other).map_or(Position::ORIGIN, |it| it.revision(known)) == *revision
            })
    }
}

fn find<T: Clone>(
    kept: &ByCommitment<T>,
    docket: &Docket,
    dossier: &Dossier,
    known: Position,
    holds: impl Fn(&Kept<T>) -> bool,
) -> Option<T> {
    let of_commitment = kept.get(dossier.commitment())?;
    let revision = dossier.revision(known);
    let mut fitting = of_commitment.iter().filter(|kept| holds(kept));
    fitting.find(|kept| kept.rests_on.is_of(docket, revision, known)).map(|kept| kept.answer.clone())
}

/// Keeps an answer, where there are as many already in the place of the oldest.
fn keep<T>(kept: &mut ByCommitment<T>, commitment: &Slug, answer: Kept<T>, at_most: usize) {
    let of_commitment = kept.entry(commitment.clone()).or_default();
    if of_commitment.len() == at_most {
        of_commitment.remove(0);
    }
    of_commitment.push(answer);
}
