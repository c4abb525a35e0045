//! An explanation, to the wire. Its figures stay exact.

mod duty;
mod period;
mod pledge;

use crate::domain::{Instant, Position, Slug};
use crate::proto::v1;
use crate::proto::v1::reading_explanation::Derivation as Derived;
use crate::views::{
    Derivation, Explanation, Interval, Quantity, ReadingExplained, RecordExplained, TermInForce, TriedRow,
};

use super::assessment::{judgement, row};
use super::spell::{Speller, instant_to_proto};
use super::value::optional_instant_to_proto;
use super::word::{Word, number_or_unspecified};

/// An explanation as a message, as `ledger` names things; the assessment that it explains has a message of its own.
pub fn explanation_to_proto(explanation: &Explanation, ledger: &Slug) -> v1::Explanation {
    let to = Speller::new(ledger, true);
    v1::Explanation {
        agreement: number_or_unspecified(explanation.agreement),
        readings: explanation.readings.iter().map(|it| reading(it, &to)).collect(),
        records: explanation.records.iter().map(|it| record(it, &to)).collect(),
    }
}

fn reading(reading: &ReadingExplained, to: &Speller<'_>) -> v1::ReadingExplanation {
    v1::ReadingExplanation {
        reading: reading.reading.clone(),
        judgement: Some(judgement(reading.judgement)),
        row: row(reading.row),
        flags: reading.flags.iter().map(|flag| flag.number()).collect(),
        because: positions(&reading.because),
        terms: reading.terms.iter().map(term).collect(),
        lifecycle_rows: tried(&reading.lifecycle_rows),
        rows: tried(&reading.rows),
        derivation: Some(match &reading.derivation {
            Derivation::Maintenance(it) => Derived::Maintenance(duty::maintenance(it, to)),
            Derivation::Purchase(it) => Derived::Purchase(pledge::purchase(it, to)),
            Derivation::Act(it) => Derived::Act(period::act(it)),
            Derivation::Periodic(it) => Derived::Periodic(period::periodic(it, to)),
        }),
    }
}

fn term(term: &TermInForce) -> v1::TermInForce {
    v1::TermInForce {
        field: term.field.clone(),
        value: term.value.clone(),
        origin: term.origin.number(),
        position: term.position.get(),
        effective_at: optional_instant_to_proto(term.effective_at),
    }
}

fn record(record: &RecordExplained, to: &Speller<'_>) -> v1::RecordExplanation {
    v1::RecordExplanation {
        position: record.position.get(),
        kind: record.kind.number(),
        subject: to.subject(&record.subject),
        recorded_at: Some(instant_to_proto(record.recorded_at)),
        effective_at: optional_instant_to_proto(record.effective_at),
        gist: record.gist.clone(),
        usage: record.usage.number(),
        by: or_zero(record.by),
        reason: record.reason.clone(),
        readings: record.readings.clone(),
    }
}

fn tried(rows: &[TriedRow]) -> Vec<v1::TriedRow> {
    let each = rows.iter().map(|tried| v1::TriedRow {
        row: row(tried.row),
        asks: tried.asks.to_owned(),
        matched: tried.matched,
        says: tried.says.clone(),
    });
    each.collect()
}

fn quantities(quantities: &[Quantity]) -> Vec<v1::Quantity> {
    let each = quantities.iter().map(|quantity| v1::Quantity {
        name: quantity.name.to_owned(),
        working: quantity.working.clone(),
        value: quantity.value.clone(),
    });
    each.collect()
}

fn interval(interval: Interval) -> v1::Interval {
    v1::Interval { from: Some(instant_to_proto(interval.from)), until: optional_instant_to_proto(interval.until) }
}

fn intervals(intervals: &[Interval]) -> Vec<v1::Interval> {
    intervals.iter().copied().map(interval).collect()
}

fn instant(instant: Instant) -> Option<prost_types::Timestamp> {
    Some(instant_to_proto(instant))
}

fn positions<'p>(positions: impl IntoIterator<Item = &'p Position>) -> Vec<u64> {
    positions.into_iter().map(|position| position.get()).collect()
}

fn or_zero(position: Option<Position>) -> u64 {
    position.map_or(0, Position::get)
}
