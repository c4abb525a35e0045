//! Exposure: which measures and commitments touch the items of a list, and what is true of these.

mod catalogue;
mod codes;
mod item;
mod words;

use std::collections::{BTreeMap, BTreeSet};

pub use catalogue::Catalogue;
pub use item::{Codes, Item, Reading};
pub use words::FoundIn;

use super::measure::{MeasureNow, measure_now};
use super::{Assessment, InEffect};
use crate::domain::event::CommitmentUndertaken;
use crate::domain::{Collection, Docket, Instant, Position, Product, Slug, Subject};

/// How something touches an item, the closest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatchKind {
    /// It lists the item's code.
    Exact,
    /// The item's code, or a part of its range, lies under a code that it lists.
    Under,
    /// A code that it lists lies under the item's, or in its range.
    Over,
    /// The two codes are of different tariff nomenclatures, and their six shared digits touch.
    Approximate,
    /// Its title or its note has the item's words.
    Text,
    /// Its title has some of the item's words, not all.
    SomeWords,
}

/// A measure or a commitment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touched {
    /// A measure.
    Measure(Slug),
    /// A commitment.
    Commitment(Slug),
}

/// By what something touches an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touch {
    /// By codes.
    Code {
        /// How.
        kind: MatchKind,
        /// The closest of the codes.
        listed: Product,
        /// How many of its codes touch the item.
        listed_count: usize,
    },
    /// By words.
    Text(FoundIn),
}

/// Something that touches an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// What.
    pub touched: Touched,
    /// By what.
    pub touch: Touch,
    /// A commitment that touches it by way of a measure: which.
    pub through: Option<Slug>,
}

/// A measure that touches some item.
#[derive(Debug)]
pub struct ExposedMeasure<'a> {
    /// Which.
    pub id: Slug,
    /// By its own acts.
    pub now: MeasureNow<'a>,
    /// Whether it applies, by its acts and by the promises to suspend it.
    pub in_effect: InEffect,
    /// When that may change by itself, at the earliest.
    pub next_change_at: Option<Instant>,
    /// The commitments about it.
    pub commitments: Vec<Slug>,
}

/// A commitment that touches some item, by itself or by a measure.
#[derive(Debug)]
pub struct ExposedCommitment<'a> {
    /// What was undertaken.
    pub undertaken: &'a CommitmentUndertaken,
    /// Whether it is kept.
    pub assessment: Assessment,
}

/// What is true of everything that touches some item.
#[derive(Debug)]
pub struct Standings<'a> {
    /// The measures, by name.
    pub measures: Vec<ExposedMeasure<'a>>,
    /// The commitments, by name.
    pub commitments: Vec<ExposedCommitment<'a>>,
}

impl Touched {
    /// Its id.
    pub fn id(&self) -> &Slug {
        match self {
            Touched::Measure(id) | Touched::Commitment(id) => id,
        }
    }
}

impl From<&Touched> for Subject {
    fn from(touched: &Touched) -> Self {
        match touched {
            Touched::Measure(id) => Subject::Member(Collection::Measures, id.clone()),
            Touched::Commitment(id) => Subject::commitment(id.clone()),
        }
    }
}

impl Touch {
    /// How close it is.
    pub fn kind(&self) -> MatchKind {
        match self {
            Touch::Code { kind, .. } => *kind,
            Touch::Text(FoundIn::TitleInPart) => MatchKind::SomeWords,
            Touch::Text(FoundIn::Title | FoundIn::Note) => MatchKind::Text,
        }
    }
}

impl Match {
    /// How close it is.
    pub fn kind(&self) -> MatchKind {
        self.touch.kind()
    }
}

/// What is true at `as_of` of everything touched, as known at a position: each measure with the promises about it, each
/// commitment once. `assess` gives the answer about a commitment: [`assess`](super::assess), or one that is known already.
pub fn standings<'a>(
    docket: &'a Docket,
    touched: &BTreeSet<Touched>,
    as_of: Instant,
    known: Position,
    assess: impl Fn(&Slug) -> Assessment,
) -> Standings<'a> {
    let ids = touched.iter().filter_map(|it| match it {
        Touched::Commitment(id) => Some(id),
        Touched::Measure(_) => None,
    });
    let commitments: Vec<ExposedCommitment<'a>> = ids
        .filter_map(|id| {
            let (_, undertaken) = docket.undertaking(id, known)?;
            Some(ExposedCommitment { undertaken, assessment: assess(id) })
        })
        .collect();
    let mut about: BTreeMap<&Slug, Vec<&Assessment>> = BTreeMap::new();
    for commitment in &commitments {
        for measure in &commitment.undertaken.measures {
            about.entry(measure).or_default().push(&commitment.assessment);
        }
    }
    let measures = touched.iter().filter_map(|it| match it {
        Touched::Measure(id) => {
            let about_it = about.get(id).map_or(&[][..], Vec::as_slice);
            exposed_measure(docket, id, about_it, as_of, known)
        }
        Touched::Commitment(_) => None,
    });
    let measures = measures.collect();
    Standings { measures, commitments }
}

/// A touched measure's commitments are all touched, so their assessments are at hand.
fn exposed_measure<'a>(
    docket: &'a Docket,
    id: &Slug,
    assessments: &[&Assessment],
    as_of: Instant,
    known: Position,
) -> Option<ExposedMeasure<'a>> {
    let now = measure_now(docket, id, as_of, known)?;
    let (in_effect, next_change_at) = now.in_effect(assessments);
    let commitments = assessments.iter().map(|assessment| assessment.commitment.clone()).collect();
    Some(ExposedMeasure { id: id.clone(), now, in_effect, next_change_at, commitments })
}
