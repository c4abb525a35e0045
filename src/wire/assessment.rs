//! An assessment, to the wire.

use num_rational::BigRational;

use crate::domain::event::LedgerKind;
use crate::domain::{Collection, Instant, Slug};
use crate::proto::v1;
use crate::proto::v1::assessment::Numbers as Figures;
use crate::views::{Assessment, Breach, Flow, Judgement, Numbers, PeriodAssessment, Row, TrancheAssessment};

use super::rounding::four_places;
use super::spell::{Speller, instant_to_proto, or_empty};
use super::value::optional_instant_to_proto;
use super::word::{Word, number_or_unspecified};

/// Where an assessment was made: what its message says beside the answer itself.
#[derive(Debug, Clone, Copy)]
pub struct AssessedIn<'a> {
    /// The ledger.
    pub ledger: &'a Slug,
    /// Its kind.
    pub kind: LedgerKind,
    /// When the event at the known position was recorded; none at position 0.
    pub known_at: Option<Instant>,
}

/// An assessment as a message. Its figures are rounded half-even to four places here, and nowhere before.
pub fn assessment_to_proto(assessment: &Assessment, made: &AssessedIn<'_>) -> v1::Assessment {
    let to = Speller::new(made.ledger, true);
    let judgements = assessment.by_reading.iter();
    v1::Assessment {
        commitment: to.name(Collection::Commitments, &assessment.commitment),
        ledger_kind: made.kind.number(),
        kind: number_or_unspecified(assessment.kind),
        as_of: Some(instant_to_proto(assessment.as_of)),
        known_position: assessment.known.get(),
        known_at: optional_instant_to_proto(made.known_at),
        lifecycle: assessment.judgement.lifecycle.number(),
        status: assessment.judgement.status.number(),
        evidence: assessment.evidence.number(),
        standing: number_or_unspecified(assessment.standing),
        flags: assessment.flags.iter().map(|flag| flag.number()).collect(),
        row: row(assessment.row),
        because: assessment.because.iter().map(|position| position.get()).collect(),
        next_change_at: optional_instant_to_proto(assessment.next_change_at),
        by_reading: judgements.map(|(reading, judged)| (reading.clone(), judgement(*judged))).collect(),
        adopted_reading: or_empty(assessment.adopted_reading.as_ref()),
        numbers: figures(&assessment.numbers),
        numbers_by_reading: (assessment.numbers_by_reading.iter())
            .map(|(reading, numbers)| (reading.clone(), v1::ReadingNumbers { numbers: by_reading(numbers) }))
            .collect(),
    }
}

pub(super) fn judgement(judgement: Judgement) -> v1::Judgement {
    v1::Judgement { lifecycle: judgement.lifecycle.number(), status: judgement.status.number() }
}

pub(super) fn row(row: Option<Row>) -> String {
    row.map(|row| row.0.to_owned()).unwrap_or_default()
}

fn optional_places(value: Option<&BigRational>) -> Option<String> {
    value.map(four_places)
}

fn figures(numbers: &Numbers) -> Option<Figures> {
    match numbers {
        Numbers::None => None,
        Numbers::Maintenance { measure_in_effect, breaches, value, end } => {
            Some(Figures::Maintenance(v1::MaintenanceNumbers {
                measure_in_effect: measure_in_effect.number(),
                breaches: breaches.iter().map(breach).collect(),
                value: optional_places(value.as_ref()),
                until: optional_instant_to_proto(*end),
            }))
        }
        Numbers::Purchase { unit, latest, tranches, series } => Some(Figures::Purchase(v1::PurchaseNumbers {
            unit: unit.to_string(),
            latest: latest.as_ref().map(flow),
            tranches: tranches.iter().map(tranche).collect(),
            series: series.iter().map(|(series, status)| (series.to_string(), status.number())).collect(),
        })),
        Numbers::Act { done, target, due } => {
            Some(Figures::Act(v1::ActNumbers { done: *done, target: *target, due_at: Some(instant_to_proto(*due)) }))
        }
        Numbers::Periodic { periods } => {
            Some(Figures::Periodic(v1::PeriodicNumbers { periods: periods.iter().map(period).collect() }))
        }
    }
}

fn by_reading(numbers: &Numbers) -> Option<v1::reading_numbers::Numbers> {
    use v1::reading_numbers::Numbers as ByReading;
    Some(match figures(numbers)? {
        Figures::Maintenance(numbers) => ByReading::Maintenance(numbers),
        Figures::Purchase(numbers) => ByReading::Purchase(numbers),
        Figures::Act(numbers) => ByReading::Act(numbers),
        Figures::Periodic(numbers) => ByReading::Periodic(numbers),
    })
}

fn breach(breach: &Breach) -> v1::Breach {
    v1::Breach { from: Some(instant_to_proto(breach.from)), until: optional_instant_to_proto(breach.until) }
}

fn flow(flow: &Flow) -> v1::Flow {
    v1::Flow {
        performed: four_places(&flow.performed),
        target: four_places(&flow.target),
        expected: optional_places(flow.expected.as_ref()),
        ratio: optional_places(flow.ratio.as_ref()).unwrap_or_default(),
        shortfall: four_places(&flow.shortfall),
        required_per_day: optional_places(flow.required_per_day.as_ref()),
        data_through: or_empty(flow.data_through.as_ref()),
    }
}

fn tranche(tranche: &TrancheAssessment) -> v1::TrancheAssessment {
    v1::TrancheAssessment {
        id: tranche.id.to_string(),
        status: tranche.status.number(),
        row: row(tranche.row),
        due_at: Some(instant_to_proto(tranche.due)),
        cure_end_at: Some(instant_to_proto(tranche.cure_end)),
        flow: Some(flow(&tranche.flow)),
    }
}

fn period(period: &PeriodAssessment) -> v1::PeriodAssessment {
    v1::PeriodAssessment {
        id: period.id.to_string(),
        verdict: number_or_unspecified(period.verdict),
        value: optional_places(period.value.as_ref()),
    }
}
