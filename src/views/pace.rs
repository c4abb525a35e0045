//! Pace: performed against expected over time, and where the present rate leads.

pub use super::periodic::{PeriodPoint, PeriodValue, PeriodicPace};
pub use super::purchase::{Course, Forecast, ForecastSpan, Mirror, MirrorSide, Point, PurchasePace, Strand};

use std::borrow::Cow;

use super::case::Case;
use super::terms_in_force::InForce;
use super::{Promise, periodic, purchase, readings};
use crate::domain::event::CommitmentUndertaken;
use crate::domain::{Docket, Instant, Position, Slug, Terms};

/// The pace of one commitment.
#[derive(Debug, Clone, PartialEq)]
pub struct Pace {
    /// Which commitment.
    pub commitment: Slug,
    /// Who promised what to whom.
    pub promise: Promise,
    /// One for each reading that counts and has terms of its own: the base text first, or only the adopted one. Empty
    /// for the kinds that have no pace.
    pub readings: Vec<ReadingPace>,
    /// Purchase pledge: every series reported, the primary one first.
    pub strands: Vec<Strand>,
    /// Purchase pledge: pairs of them that cover days in common.
    pub mirrors: Vec<Mirror>,
}

/// The pace in one reading of the terms.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadingPace {
    /// `base`, or the name of the reading.
    pub reading: String,
    /// The pace of the kind.
    pub of: PaceOf,
}

/// The pace of each kind that has one.
#[derive(Debug, Clone, PartialEq)]
pub enum PaceOf {
    /// Purchase pledge.
    Purchase(PurchasePace),
    /// Periodic ceiling and licensing flow.
    Periodic(PeriodicPace),
}

/// The pace of a commitment at `as_of`, given the events through `known`; none where it is not recorded by then. Measure
/// suspensions, rate ceilings and one-off acts have none: their `readings` are empty.
pub fn pace(docket: &Docket, commitment: &Slug, as_of: Instant, known: Position) -> Option<Pace> {
    let case = Case::open(docket.dossier(commitment)?, known)?;
    let mut told: Vec<(Cow<'_, Terms>, Option<Box<CommitmentUndertaken>>)> = Vec::new();
    let mut pace = Pace {
        commitment: commitment.clone(),
        promise: Promise::of(&case),
        readings: Vec::new(),
        strands: Vec::new(),
        mirrors: Vec::new(),
    };
    for (name, reading) in readings::counting(&case, as_of) {
        let InForce { terms, reworded, .. } = InForce::at(&case, reading, as_of);
        // A reading that says what another says is not told twice.
        if told.iter().any(|(earlier, worded)| *earlier == terms && *worded == reworded) {
            continue;
        }
        pace.tell(name, reworded.as_ref().map(|it| case.under(it)).as_ref().unwrap_or(&case), &terms, as_of);
        told.push((terms, reworded));
    }
    Some(pace)
}

impl Pace {
    fn tell(&mut self, reading: String, case: &Case<'_>, terms: &Terms, as_of: Instant) {
        if let (true, Terms::PurchasePledge(terms)) = (self.readings.is_empty(), terms) {
            (self.strands, self.mirrors) = purchase::mirrors(case, terms, as_of);
        }
        self.readings.extend(of_kind(case, terms, as_of).map(|of| ReadingPace { reading, of }));
    }
}

fn of_kind(case: &Case<'_>, terms: &Terms, as_of: Instant) -> Option<PaceOf> {
    match terms {
        Terms::PurchasePledge(terms) => Some(PaceOf::Purchase(purchase::courses(case, terms, as_of))),
        Terms::PeriodicCeiling(terms) => Some(PaceOf::Periodic(periodic::against_limit(case, terms, as_of))),
        Terms::LicensingFlow(terms) => Some(PaceOf::Periodic(periodic::against_share(case, terms, as_of))),
        Terms::MeasureSuspension(_) | Terms::RateCeiling(_) | Terms::OneOffAct(_) => None,
    }
}
