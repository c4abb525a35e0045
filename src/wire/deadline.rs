//! A deadline, to the wire: the instant beside the text's own words and local time.

use crate::domain::{Collection, Instant, Moment, MomentForm, Slug};
use crate::proto::v1;
use crate::views::{Deadline, ReturningMeasure};

use super::assessment::judgement;
use super::spell::{Speller, instant_to_proto, or_empty};
use super::word::{Word, number_or_unspecified};

/// A deadline as a message, as `ledger` names things.
pub fn deadline_to_proto(deadline: &Deadline, ledger: &Slug) -> v1::Deadline {
    let to = Speller::new(ledger, true);
    let (reading_before, reading_after) = deadline.in_reading.unzip();
    let (target_before, target_after) = deadline.of_target.unzip();
    v1::Deadline {
        commitment: to.name(Collection::Commitments, &deadline.commitment),
        title: deadline.title.to_string(),
        obligor: deadline.obligor.to_string(),
        obligee: deadline.obligee.to_string(),
        kind: deadline.kind.number(),
        at: Some(instant_to_proto(deadline.at)),
        said: Some(to.moment(&deadline.said)),
        text: text(&deadline.said),
        zone: deadline.zone.name().to_owned(),
        local_time: deadline.zone.local(deadline.at).to_string(),
        target: or_empty(deadline.target.as_ref()),
        reading: or_empty(deadline.reading.as_ref()),
        consequence: deadline.consequence.number(),
        measures: deadline.measures.iter().map(|measure| returning(measure, &to)).collect(),
        before: Some(judgement(deadline.before)),
        after: Some(judgement(deadline.after)),
        reading_before: reading_before.map(judgement),
        reading_after: reading_after.map(judgement),
        target_before: number_or_unspecified(target_before),
        target_after: number_or_unspecified(target_after),
        changes_status: deadline.changes_status(),
        position: deadline.position.map_or(0, crate::domain::Position::get),
        counterpart: to.optional_name(Collection::Commitments, deadline.counterpart.as_ref()),
    }
}

fn returning(measure: &ReturningMeasure, to: &Speller<'_>) -> v1::ReturningMeasure {
    v1::ReturningMeasure {
        name: to.name(Collection::Measures, &measure.measure),
        title: or_empty(measure.title.as_ref()),
        legal_basis_void: measure.is_void,
    }
}

/// The words of a text about a moment, without its zone.
fn text(said: &Moment) -> String {
    match said.form() {
        MomentForm::Instant(instant) => short(*instant),
        MomentForm::Local { at, .. } => {
            let (date, time) = (at.date(), at.time().to_string());
            format!("{date} {}", time.strip_suffix(":00").unwrap_or(&time))
        }
        MomentForm::Through { day, .. } => format!("through {day}"),
        MomentForm::Until { day, .. } => format!("until {day}"),
        MomentForm::PeriodEnd { start, months, .. } => format!("{months} months from {start}"),
        MomentForm::Elapsed { from, days } => format!("{days} days from {}", short(*from)),
    }
}

fn short(instant: Instant) -> String {
    let text = instant.to_string();
    text.strip_suffix(":00Z").map_or_else(|| text.clone(), |to_the_minute| format!("{to_the_minute}Z"))
}
