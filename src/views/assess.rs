//! Assess: the answer for one commitment at one instant, as known at one position.

use std::collections::{BTreeMap, BTreeSet};

use super::case::Case;
use super::purchase::Tallies;
use super::readings::{Answer, answer, glance};
use super::standing::standing;
use super::{Assessment, Judgement, Numbers};
use crate::domain::{Docket, Dossier, Evidence, Extract, Instant, Lifecycle, Position, Slug, Status};

/// Where the status of the commitment that another one depends on comes from.
pub trait Counterpart {
    /// The status of `commitment` over all time, as known at a position and without its own reciprocal conditions: each
    /// entry holds from its instant until the next, in order. Empty where nothing is known of it.
    fn history(&self, commitment: &Slug, known: Position) -> Vec<(Instant, Status)>;
}

/// The counterparts of a ledger are the other commitments of the ledger.
impl Counterpart for Docket {
    fn history(&self, commitment: &Slug, known: Position) -> Vec<(Instant, Status)> {
        self.dossier(commitment).map_or_else(Vec::new, |dossier| history(dossier, known))
    }
}

/// The counterparts of an extract are those that were taken out with it, all as known at its position.
impl Counterpart for Extract {
    fn history(&self, commitment: &Slug, _: Position) -> Vec<(Instant, Status)> {
        self.dossier(commitment).map_or_else(Vec::new, |dossier| history(dossier, self.known()))
    }
}

/// Whether a commitment is kept at `as_of`, given the events through `known`. The same question gets the same answer
/// for ever; a commitment that is not recorded by then is NOT_RECORDED.
pub fn assess(docket: &Docket, commitment: &Slug, as_of: Instant, known: Position) -> Assessment {
    match docket.dossier(commitment) {
        Some(dossier) => assess_dossier(dossier, docket, as_of, known),
        None => not_recorded(commitment, as_of, known),
    }
}

/// An answer, and for how long it is the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// The answer at the instant asked about.
    pub assessment: Assessment,
    /// The first instant after that at which anything of it can differ; none where nothing ever does. Until then another
    /// question gets the same answer but for its own `as_of`, as long as no more is known.
    pub until: Option<Instant>,
    /// Whether anything begins, ends or runs out at the very instant asked about. Where nothing does, there is no deadline
    /// from that instant until `until`; where something does, there is none after that instant until `until`.
    pub stirs: bool,
}

/// As [`assess`], with how long the answer holds.
pub fn assess_held(docket: &Docket, commitment: &Slug, as_of: Instant, known: Position) -> Held {
    let case = docket.dossier(commitment).and_then(|dossier| open(dossier, docket, known));
    match case {
        Some(case) => held(&case, as_of, known),
        None => Held { assessment: not_recorded(commitment, as_of, known), until: None, stirs: false },
    }
}

/// As [`assess`], for one dossier; the counterpart is asked only where the terms depend on one.
pub fn assess_dossier(dossier: &Dossier, counterpart: &dyn Counterpart, as_of: Instant, known: Position) -> Assessment {
    match open(dossier, counterpart, known) {
        Some(case) => assess_case(&case, as_of, known),
        None => not_recorded(dossier.commitment(), as_of, known),
    }
}

/// The case as known at a position, with the histories of its counterparts.
pub(super) fn open<'a>(dossier: &'a Dossier, counterpart: &dyn Counterpart, known: Position) -> Option<Case<'a>> {
    Some(Case::open(dossier, known)?.heed(|commitment| counterpart.history(commitment, known)))
}

/// As [`assess`], for a case that is open.
pub(super) fn assess_case(case: &Case<'_>, as_of: Instant, known: Position) -> Assessment {
    held(case, as_of, known).assessment
}

fn held(case: &Case<'_>, as_of: Instant, known: Position) -> Held {
    let Answer { outcome, by_reading, numbers_by_reading, adopted } = answer(case, as_of);
    let next_change_at = next_change(case, outcome.judgement, outcome.wake.next());
    let stirs = outcome.wake.stirs();
    let until = outcome.wake.next().into_iter().chain(case.next_remark(as_of)).min();
    let assessment = Assessment {
        commitment: case.commitment.clone(),
        kind: Some(case.undertaking.body.terms.kind()),
        as_of,
        known,
        judgement: outcome.judgement,
        evidence: outcome.evidence,
        standing: Some(standing(case, as_of)),
        flags: outcome.flags,
        row: outcome.row,
        because: outcome.because,
        next_change_at,
        by_reading,
        adopted_reading: adopted,
        numbers: outcome.numbers,
        numbers_by_reading,
    };
    Held { assessment, until, stirs }
}

/// The earliest instant at which lifecycle or status differs. Between one wake and the next nothing begins, ends or runs
/// out, so it is enough to ask again at each.
fn next_change(case: &Case<'_>, now: Judgement, mut wake: Option<Instant>) -> Option<Instant> {
    let mut tallies = Tallies::default();
    while let Some(instant) = wake {
        let (judgement, next) = glance(case, instant, &mut tallies);
        if judgement != now {
            return Some(instant);
        }
        wake = next;
    }
    None
}

/// The status of one commitment over all time, without its own reciprocal conditions.
fn history(dossier: &Dossier, known: Position) -> Vec<(Instant, Status)> {
    let Some(case) = Case::open(dossier, known) else { return Vec::new() };
    let mut history: Vec<(Instant, Status)> = Vec::new();
    let mut wake = Some(Instant::MIN);
    let mut tallies = Tallies::default();
    while let Some(instant) = wake {
        let (judgement, next) = glance(&case, instant, &mut tallies);
        if history.last().is_none_or(|(_, status)| *status != judgement.status) {
            history.push((instant, judgement.status));
        }
        wake = next;
    }
    history
}

/// The answer for a commitment that is not recorded by then.
pub(super) fn not_recorded(commitment: &Slug, as_of: Instant, known: Position) -> Assessment {
    Assessment {
        commitment: commitment.clone(),
        kind: None,
        as_of,
        known,
        judgement: Judgement { lifecycle: Lifecycle::NotRecorded, status: Status::NotRecorded },
        evidence: Evidence::None,
        standing: None,
        flags: BTreeSet::new(),
        row: None,
        because: BTreeSet::new(),
        next_change_at: None,
        by_reading: BTreeMap::new(),
        adopted_reading: None,
        numbers: Numbers::None,
        numbers_by_reading: BTreeMap::new(),
    }
}
