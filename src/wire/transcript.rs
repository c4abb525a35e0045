//! Transcripts: events in a form that is read many times as fast as what a ledger stores, and says the same.
//!
//! What events have in common (texts, names, subjects, lists of sources) stands once, in tables, and an event names it by
//! its place there. What is recorded by the million has a form of its own; any other event stands as it is stored. A
//! transcript is derived from a log and lives only until this form changes, which [`FORM`] and the list of words tell.

mod bytes;
mod fields;
mod read;
mod tables;

use std::sync::Arc;

use prost::Message as _;

use self::bytes::Out;
use self::tables::Tables;
use super::event_to_proto;
use crate::domain::event::{Bound, MeasureState, Stage};
use crate::domain::terms::Basis;
use crate::domain::{Collection, Confidence, Event, Payload, Precision, RecordBasis, Slug, SourceClass, Submission};

pub use read::NotATranscript;

/// The version of the form. Whoever changes what is written here raises it; a test holds the bytes.
const FORM: u64 = 1;

// How an event stands in a transcript. Persisted until the form changes.
const AS_STORED: u8 = 0;
const MEASURE_OBSERVED: u8 = 1;
const AMOUNT_REPORTED: u8 = 2;
const METRIC_REPORTED: u8 = 3;
const COHORT_REPORTED: u8 = 4;
const ACT_PERFORMED: u8 = 5;
const RATE_SET: u8 = 6;
const STATEMENT_MADE: u8 = 7;
const PRICE_REPORTED: u8 = 8;

// What an event has beside what every event has.
const SUPERSEDES: u8 = 1;
const NOTE: u8 = 1 << 1;
const CONFIDENCE: u8 = 1 << 2;
const RECORDED_AT: u8 = 1 << 3;
const RECORDED_BASIS: u8 = 1 << 4;

/// The transcript of events that follow each other without a hole.
pub fn transcribe(events: &[Arc<Event>], ledger: &Slug) -> Vec<u8> {
    let mut tables = Tables::default();
    let mut rows = Out::with_capacity(events.len() * 64);
    let mut clock = 0;
    for event in events {
        write(event, ledger, &mut clock, &mut tables, &mut rows);
    }
    let mut out = Out::with_capacity(rows.len() + (64 << 10));
    out.number(FORM);
    out.block(vocabulary().as_bytes());
    out.number(events.first().map_or(1, |event| event.position.get()));
    out.number(events.len() as u64);
    tables.write(&mut out);
    out.append(rows);
    out.finish()
}

/// The words that stand as their places in their lists. A transcript made with other lists says something else.
fn vocabulary() -> String {
    let mut words = Vec::new();
    words.extend(SourceClass::ALL.iter().map(|it| it.as_str()));
    words.extend(Confidence::ALL.iter().map(|it| it.as_str()));
    words.extend(RecordBasis::ALL.iter().map(|it| it.as_str()));
    words.extend(Precision::ALL.iter().map(|it| it.as_str()));
    words.extend(MeasureState::ALL.iter().map(|it| it.as_str()));
    words.extend(Bound::ALL.iter().map(|it| it.as_str()));
    words.extend(Stage::ALL.iter().map(|it| it.as_str()));
    words.extend(Basis::ALL.iter().map(|it| it.as_str()));
    words.extend(Collection::ALL.iter().map(|it| it.segment()));
    words.join(" ")
}

/// How a payload stands.
fn form(payload: &Payload) -> u8 {
    match payload {
        Payload::MeasureObserved(_) => MEASURE_OBSERVED,
        Payload::AmountReported(_) => AMOUNT_REPORTED,
        Payload::MetricReported(_) => METRIC_REPORTED,
        Payload::CohortReported(_) => COHORT_REPORTED,
        Payload::ActPerformed(_) => ACT_PERFORMED,
        Payload::RateSet(_) => RATE_SET,
        Payload::StatementMade(_) => STATEMENT_MADE,
        Payload::PriceReported(_) => PRICE_REPORTED,
        _ => AS_STORED,
    }
}

fn write(event: &Event, ledger: &Slug, clock: &mut i64, tables: &mut Tables, out: &mut Out) {
    let form = form(&event.submission.payload);
    out.byte(form);
    if form == AS_STORED {
        return out.block(&event_to_proto(event, ledger).encode_to_vec());
    }
    let recorded_at = event.recorded_at.unix_seconds();
    out.signed(recorded_at - *clock);
    *clock = recorded_at;
    out.number(event.append_through.get().saturating_sub(event.position.get()));
    out.number(tables.text(&event.recorded_by));
    write_submission(&event.submission, recorded_at, tables, out);
}

fn write_submission(submission: &Submission, recorded_at: i64, tables: &mut Tables, out: &mut Out) {
    let Submission {
        event_id,
        subject,
        sources,
        supersedes,
        note,
        confidence,
        recorded_at: said,
        recorded_basis,
        payload,
    } = submission;
    let flag = |is_there: bool, flag: u8| if is_there { flag } else { 0 };
    out.raw(&event_id.bytes());
    out.number(tables.subject(subject));
    out.number(tables.sources(sources));
    out.byte(
        flag(supersedes.is_some(), SUPERSEDES)
            | flag(note.is_some(), NOTE)
            | flag(confidence.is_some(), CONFIDENCE)
            | flag(said.is_some(), RECORDED_AT)
            | flag(recorded_basis.is_some(), RECORDED_BASIS),
    );
    supersedes.iter().for_each(|id| out.raw(&id.bytes()));
    note.iter().for_each(|note| out.number(tables.text(note)));
    confidence.iter().for_each(|word| out.byte(*word as u8));
    said.iter().for_each(|said| out.signed(said.unix_seconds() - recorded_at));
    recorded_basis.iter().for_each(|word| out.byte(*word as u8));
    fields::write(payload, tables, out);
}
