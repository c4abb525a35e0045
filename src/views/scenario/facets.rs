//! Facets: what of an answer can turn: not the figures, which grow every day, nor the marks that keep books.

use std::collections::{BTreeMap, BTreeSet};

use super::super::assessment::in_effect;
use super::super::mark::must_be_seen;
use super::super::readings::Answer;
use super::super::{InEffect, Judgement, Numbers, PeriodVerdict};
use crate::domain::{Flag, Lifecycle, Slug, Status};

/// What of an answer can turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facets {
    judgement: Judgement,
    /// By each reading, where these differ in something that can turn.
    by_reading: BTreeMap<String, (Option<Judgement>, BTreeMap<Slug, Part>)>,
    in_effect: Option<InEffect>,
    parts: BTreeMap<Slug, Part>,
    flags: BTreeSet<Flag>,
}

/// What is said of a tranche or a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Tranche(Status),
    Period(Option<PeriodVerdict>),
}

/// What differs between two answers, beside figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// Lifecycle or status.
    pub judgement: bool,
    /// Whether the measure applies.
    pub in_effect: bool,
    /// Tranches or periods that are judged otherwise.
    pub parts: Vec<Slug>,
    /// Readings by which it, a tranche or a period is judged otherwise, or that one answer does not tell apart.
    pub readings: Vec<String>,
    /// Marks that only the second answer has.
    pub gained: BTreeSet<Flag>,
    /// Marks that only the first answer has.
    pub lost: BTreeSet<Flag>,
}

impl Facets {
    /// Those of an answer.
    pub(super) fn of(answer: &Answer) -> Self {
        let by_reading = answer
            .numbers_by_reading
            .iter()
            .map(|(reading, numbers)| (reading.clone(), (answer.by_reading.get(reading).copied(), parts(numbers))));
        let mut by_reading: BTreeMap<_, _> = by_reading.collect();
        // Readings may differ in figures that cannot turn.
        if by_reading.values().all(|said| by_reading.values().next() == Some(said)) {
            by_reading.clear();
        }
        Facets {
            judgement: answer.outcome.judgement,
            by_reading,
            in_effect: in_effect(&answer.outcome.numbers, &answer.numbers_by_reading),
            parts: parts(&answer.outcome.numbers),
            flags: answer.outcome.flags.iter().copied().filter(|flag| must_be_seen(*flag)).collect(),
        }
    }

    /// Those of a commitment that is not recorded.
    pub(super) fn not_recorded() -> Self {
        Facets {
            judgement: Judgement { lifecycle: Lifecycle::NotRecorded, status: Status::NotRecorded },
            by_reading: BTreeMap::new(),
            in_effect: None,
            parts: BTreeMap::new(),
            flags: BTreeSet::new(),
        }
    }

    /// What differs from one answer to another; none where nothing does.
    pub(super) fn difference(one: &Facets, other: &Facets) -> Option<Difference> {
        let difference = Difference {
            judgement: one.judgement != other.judgement,
            in_effect: one.in_effect != other.in_effect,
            parts: unlike(&one.parts, &other.parts),
            readings: unlike(&one.by_reading, &other.by_reading),
            gained: other.flags.difference(&one.flags).copied().collect(),
            lost: one.flags.difference(&other.flags).copied().collect(),
        };
        (difference != Difference::default()).then_some(difference)
    }
}

fn parts(numbers: &Numbers) -> BTreeMap<Slug, Part> {
    match numbers {
        Numbers::Purchase { tranches, .. } => {
            tranches.iter().map(|it| (it.id.clone(), Part::Tranche(it.status))).collect()
        }
        Numbers::Periodic { periods } => periods.iter().map(|it| (it.id.clone(), Part::Period(it.verdict))).collect(),
        Numbers::None | Numbers::Act { .. } | Numbers::Maintenance { .. } => BTreeMap::new(),
    }
}

/// The keys under which two maps do not hold the same.
fn unlike<K: Ord + Clone, V: PartialEq>(one: &BTreeMap<K, V>, other: &BTreeMap<K, V>) -> Vec<K> {
    let keys: BTreeSet<&K> = one.keys().chain(other.keys()).collect();
    keys.into_iter().filter(|key| one.get(*key) != other.get(*key)).cloned().collect()
}
