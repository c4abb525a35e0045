//! Explain: how an assessment came about. Nothing is computed a second way: the stages by which a commitment is judged
//! give what they found, and this arranges it.

mod derivation;
mod exact;
mod explanation;
mod field;
mod gist;
mod purchase;
mod reading;
mod records;
mod usage;

use std::collections::BTreeMap;

pub use derivation::{
    ActDerivation, BreachExplained, CountStep, CounterpartExplained, EndGround, FigureDerivation, Interval,
    MaintenanceDerivation, PeriodDerivation, PeriodicDerivation, RateExplained, SpanGround, TracedSpan,
};
pub use exact::exact;
pub use explanation::{
    Agreement, Derivation, Explanation, Quantity, ReadingExplained, RecordExplained, TermInForce, TermOrigin, TriedRow,
};
pub use gist::gist;
pub use purchase::{
    Carried, ItemDerivation, LotReason, PurchaseDerivation, SeriesDerivation, SeriesTranche, ShareOfItem,
    TrancheDerivation,
};
pub use usage::RecordUse;

use super::assess::{assess_case, not_recorded, open};
use super::{Counterpart, readings};
use crate::domain::{Docket, Dossier, Instant, Position, Slug};

/// What a kind says of its records: what became of each, and why.
pub(super) type Uses = BTreeMap<Position, (RecordUse, String)>;

/// What a kind says of how it was judged.
pub(super) struct Worked {
    /// How lifecycle was decided, where the rows do not say it.
    pub(super) lifecycle_rows: Vec<TriedRow>,
    /// The rows tried.
    pub(super) rows: Vec<TriedRow>,
    /// What the rows asked about.
    pub(super) derivation: Derivation,
    /// What became of the records that only this kind reads.
    pub(super) uses: Uses,
}

/// How the answer of [`assess`](super::assess) for this question came about. Only what was known at the position is
/// in it; a commitment that is not recorded by then has neither readings nor agreement.
pub fn explain(docket: &Docket, commitment: &Slug, as_of: Instant, known: Position) -> Explanation {
    match docket.dossier(commitment) {
        Some(dossier) => explain_dossier(dossier, docket, as_of, known),
        None => Explanation {
            assessment: not_recorded(commitment, as_of, known),
            agreement: None,
            readings: Vec::new(),
            records: Vec::new(),
        },
    }
}

/// As [`explain`], for one dossier; the counterpart is asked only where the terms depend on one.
pub fn explain_dossier(
    dossier: &Dossier,
    counterpart: &dyn Counterpart,
    as_of: Instant,
    known: Position,
) -> Explanation {
    let events = dossier.known(known);
    let Some(case) = open(dossier, counterpart, known) else {
        let assessment = not_recorded(dossier.commitment(), as_of, known);
        let records = records::of_nothing(events);
        return Explanation { assessment, agreement: None, readings: Vec::new(), records };
    };
    let assessment = assess_case(&case, as_of, known);
    let adoption = readings::adoption(&case, as_of).map(|record| &record.body.reading);
    let heard: Vec<Option<&Slug>> = match adoption {
        Some(reading) => vec![Some(reading).filter(|reading| reading.as_str() != readings::BASE)],
        None => [None].into_iter().chain(readings::names(&case, as_of).into_iter().map(Some)).collect(),
    };
    let (readings, uses): (Vec<_>, Vec<_>) =
        heard.iter().map(|reading| reading::explain(&case, *reading, as_of)).unzip();
    let agreement = match readings.as_slice() {
        _ if adoption.is_some() => Agreement::Adopted,
        [_] => Agreement::BaseAlone,
        _ if assessment.by_reading.is_empty() => Agreement::Agree,
        _ => Agreement::Differ,
    };
    let records = records::explain(&case, events, &readings, &uses, &assessment);
    Explanation { assessment, agreement: Some(agreement), readings, records }
}
