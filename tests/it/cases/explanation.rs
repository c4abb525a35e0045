//! Explanations: that they explain the very answer that is given, and what they say of each record.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use entente::domain::{Dossier, Instant, Position};
use entente::views::{
    Agreement, Assessment, Counterpart, Derivation, Explanation, PurchaseDerivation, ReadingExplained, RecordUse,
    TriedRow, assess_dossier, exact, explain_dossier,
};
use num_rational::BigRational;
use serde_json::Value;

use super::example::docket_of;
use super::properties::{Dice, mixture};
use super::{OWN_EXAMPLES, WORKED_EXAMPLES, at, read};

/// How many random histories are explained.
const HISTORIES: u64 = 400;

#[test]
fn every_worked_example_is_explained_as_it_is_assessed() {
    for file in [WORKED_EXAMPLES].iter().chain(&OWN_EXAMPLES) {
        for example in read(Path::new(file))["examples"].as_array().into_iter().flatten() {
            let story = docket_of(example).unwrap();
            for check in example["checks"].as_array().into_iter().flatten() {
                let known = match &check["known_at"] {
                    Value::Number(position) => Position::new(position.as_u64().unwrap_or_default()),
                    _ => story.docket.known_at(at(check, "known_at")),
                };
                let Some(dossier) = story.docket.dossier(&story.commitment) else { continue };
                holds_together(dossier, &story.counterpart, at(check, "as_of"), known);
            }
        }
    }
}

#[test]
fn every_random_history_is_explained_as_it_is_assessed() {
    let file = read(Path::new(WORKED_EXAMPLES));
    let examples = file["examples"].as_array().expect("there are examples");
    for seed in 0..HISTORIES {
        let mut dice = Dice::new(seed);
        let history = mixture(examples, &mut dice);
        let story = docket_of(&history).unwrap_or_else(|error| panic!("seed {seed}: {error} in {history}"));
        // Shown only where the check fails.
        println!("seed {seed}: {history}");
        let Some(dossier) = story.docket.dossier(&story.commitment) else { continue };
        for _ in 0..4 {
            holds_together(dossier, &story.counterpart, dice.instant(&story), story.docket.head());
        }
    }
}

/// Asks for an answer and its explanation, and checks that the one follows from the other.
pub(crate) fn holds_together(
    dossier: &Dossier,
    counterpart: &dyn Counterpart,
    as_of: Instant,
    known: Position,
) -> Explanation {
    let assessment = assess_dossier(dossier, counterpart, as_of, known);
    let explanation = explain_dossier(dossier, counterpart, as_of, known);
    assert_eq!(explanation.assessment, assessment, "what is explained is what is answered");
    let known: Vec<Position> = dossier.known(known).iter().map(|event| event.position).collect();
    let shown: Vec<Position> = explanation.records.iter().map(|record| record.position).collect();
    assert_eq!(shown, known, "every record known is shown once, and no other");
    let Some(agreement) = explanation.agreement else {
        assert!(explanation.readings.is_empty());
        return explanation;
    };
    readings_make_the_answer(&explanation, agreement, &assessment);
    for reading in &explanation.readings {
        rows_make_the_judgement(reading);
        if let Derivation::Purchase(pledge) = &reading.derivation {
            sums_add_up(pledge);
        }
    }
    what_the_answer_rests_on_is_used(&explanation);
    explanation
}

fn readings_make_the_answer(explanation: &Explanation, agreement: Agreement, assessment: &Assessment) {
    let readings = &explanation.readings;
    let judged: BTreeMap<String, _> = readings.iter().map(|it| (it.reading.clone(), it.judgement)).collect();
    match agreement {
        Agreement::Differ => assert_eq!(judged, assessment.by_reading),
        Agreement::Agree => assert!(readings.iter().all(|it| it.judgement == assessment.judgement)),
        Agreement::BaseAlone | Agreement::Adopted => {
            let [only] = readings.as_slice() else { panic!("one reading, not {readings:?}") };
            let shown = (only.judgement, only.row, &only.flags | &assessment.flags);
            assert_eq!(shown, (assessment.judgement, assessment.row, assessment.flags.clone()));
        }
    }
    let together: BTreeSet<Position> = readings.iter().flat_map(|it| it.because.iter().copied()).collect();
    assert!(together.is_subset(&assessment.because));
}

/// Of the rows tried only the last matched, and it says what is answered.
fn rows_make_the_judgement(reading: &ReadingExplained) {
    let row = decided(&reading.rows);
    let judgement = reading.judgement;
    match &reading.derivation {
        Derivation::Maintenance(_) => {
            assert_eq!(row.says, format!("{}, {}", judgement.lifecycle, judgement.status));
            assert_eq!(row.row, reading.row);
        }
        Derivation::Purchase(pledge) => {
            for tranche in &pledge.tranches {
                for series in &tranche.series {
                    let row = decided(&series.rows);
                    assert_eq!((row.row, row.says.as_str()), (Some(series.row), series.status.as_str()));
                }
                let heard = tranche.series.iter().find(|it| it.heard && it.status == tranche.status);
                assert_eq!(heard.map(|it| it.row), tranche.row);
            }
            assert_eq!(row.says, judgement.status.as_str());
            assert_eq!(decided(&reading.lifecycle_rows).says, judgement.lifecycle.as_str());
        }
        Derivation::Act(_) | Derivation::Periodic(_) => {
            assert_eq!((row.row, row.says.as_str()), (reading.row, judgement.status.as_str()));
            assert_eq!(decided(&reading.lifecycle_rows).says, judgement.lifecycle.as_str());
        }
    }
}

fn decided(rows: &[TriedRow]) -> &TriedRow {
    let (last, earlier) = rows.split_last().expect("some row was tried");
    assert!(last.matched && earlier.iter().all(|row| !row.matched), "{rows:?}");
    last
}

/// Each amount goes whole to tranches or to none, and what a tranche has is what went to it.
fn sums_add_up(pledge: &PurchaseDerivation) {
    for series in &pledge.series {
        let mut totals: BTreeMap<&str, BigRational> = BTreeMap::new();
        for item in &series.items {
            assert_eq!(item.amount, item.reported.fraction() * &item.factor);
            let shared: BigRational = item.shares.iter().map(|share| share.amount.clone()).sum();
            assert_eq!(item.dropped.is_none(), shared == item.amount, "{item:?}");
            for share in &item.shares {
                *totals.entry(share.tranche.as_str()).or_default() += &share.amount;
            }
        }
        for carried in &series.carried {
            *totals.entry(carried.tranche.as_str()).or_default() += &carried.amount;
        }
        for tranche in &pledge.tranches {
            let of_series = tranche.series.iter().find(|it| it.series == series.series).expect("every series speaks");
            let total = totals.get(tranche.id.as_str()).cloned().unwrap_or_default();
            let shown = of_series.quantities.iter().find(|it| it.name == "P").expect("the total is shown");
            assert_eq!(shown.value, exact(&total), "{} in {}", tranche.id, series.series);
        }
    }
}

/// What an answer names among its reasons counts, is contested, or is what relief or a rule took out of the count.
fn what_the_answer_rests_on_is_used(explanation: &Explanation) {
    use RecordUse::{
        AnnouncedOnly, Cleared, Contested, DeMinimis, Excused, NoTranche, Protected, Suspended, Used, Waived,
    };
    let bears = [Used, Contested, Waived, Excused, Suspended, Cleared, Protected, DeMinimis, NoTranche, AnnouncedOnly];
    let because = &explanation.assessment.because;
    for record in explanation.records.iter().filter(|record| because.contains(&record.position)) {
        assert!(bears.contains(&record.usage), "{record:?}");
    }
    for record in explanation.records.iter().filter(|record| record.usage == RecordUse::Superseded) {
        assert!(record.by.is_some(), "{record:?}");
    }
}
