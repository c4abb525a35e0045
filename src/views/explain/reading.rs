//! Reading: one reading of the text, with its terms and the derivation of what it says.

use super::explanation::ReadingExplained;
use super::{TermInForce, TermOrigin, Uses, Worked, field};
use crate::domain::event::CommitmentUndertaken;
use crate::domain::{Instant, Position, Slug, Terms};
use crate::views::case::Case;
use crate::views::judge::judge;
use crate::views::readings::BASE;
use crate::views::terms_in_force::{InForce, Step, applies_from, steps};
use crate::views::{act, licensing, maintenance, periodic, purchase};

/// One reading, and what it made of the records; none is the base text.
pub(super) fn explain(case: &Case<'_>, reading: Option<&Slug>, as_of: Instant) -> (ReadingExplained, Uses) {
    let mut in_force = InForce::at(case, reading, as_of);
    let outcome = judge(case, reading, as_of);
    let reworded = in_force.reworded.take();
    let undertaken = reworded.as_deref().unwrap_or(case.undertaking.body);
    let Worked { lifecycle_rows, rows, derivation, uses } = match &reworded {
        Some(reworded) => work(&case.under(reworded), &in_force, as_of),
        None => work(case, &in_force, as_of),
    };
    let explained = ReadingExplained {
        reading: reading.map_or_else(|| BASE.to_owned(), Slug::to_string),
        judgement: outcome.judgement,
        row: outcome.row,
        flags: outcome.flags,
        because: outcome.because,
        terms: terms(case, &in_force.terms, undertaken, reading, as_of),
        lifecycle_rows,
        rows,
        derivation,
    };
    (explained, uses)
}

/// How the table of the kind was read.
fn work(case: &Case<'_>, in_force: &InForce<'_>, as_of: Instant) -> Worked {
    match in_force.terms.as_ref() {
        Terms::MeasureSuspension(terms) => maintenance::explain(case, in_force, terms, None, as_of),
        Terms::RateCeiling(terms) => maintenance::explain(case, in_force, &terms.maintenance, Some(terms.limit), as_of),
        Terms::PurchasePledge(terms) => purchase::explain(case, terms, as_of),
        Terms::OneOffAct(terms) => act::explain(case, terms, as_of),
        Terms::PeriodicCeiling(terms) => periodic::explain(case, terms, as_of),
        Terms::LicensingFlow(terms) => licensing::explain(case, terms, as_of),
    }
}

/// Where the value of a field comes from.
struct Setting {
    fields: Vec<(String, String)>,
    origin: TermOrigin,
    position: Position,
    effective_at: Instant,
}

/// Every field in force, with the last record that set it to what it is.
fn terms(
    case: &Case<'_>,
    in_force: &Terms,
    undertaken: &CommitmentUndertaken,
    reading: Option<&Slug>,
    as_of: Instant,
) -> Vec<TermInForce> {
    let settings: Vec<Setting> = steps(case, reading, as_of).iter().map(setting).collect();
    let mut present = field::of_hearing(&undertaken.zone, &undertaken.admissible);
    present.extend(field::of_terms(in_force));
    // A field that was taken away is shown too, or nobody could tell why it is not there.
    for (field, value) in settings.iter().flat_map(|setting| &setting.fields) {
        if value == field::TAKEN_AWAY && present.iter().all(|(shown, _)| shown != field) {
            present.push((field.clone(), value.clone()));
        }
    }
    let fields = present.into_iter().map(|(field, value)| {
        let sets = |setting: &&Setting| setting.fields.iter().any(|(set, to)| *set == field && *to == value);
        let (origin, position, effective_at) = match settings.iter().rev().find(sets) {
            Some(setting) => (setting.origin, setting.position, Some(setting.effective_at)),
            None => (TermOrigin::Undertaken, case.undertaking.position(), None),
        };
        TermInForce { field, value, origin, position, effective_at }
    });
    fields.collect()
}

fn setting(step: &Step<'_>) -> Setting {
    match step {
        Step::Amended(amendment) => Setting {
            fields: field::of_patch(&amendment.body.set),
            origin: TermOrigin::Amended,
            position: amendment.position(),
            effective_at: applies_from(amendment.body),
        },
        Step::Read(record, set) => Setting {
            fields: field::of_patch(set),
            origin: TermOrigin::Read,
            position: record.position(),
            effective_at: record.body.effective_at.at,
        },
    }
}
