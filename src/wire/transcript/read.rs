//! Reading a transcript.

use std::sync::Arc;

use prost::Message as _;

use super::super::StoredReader;
use super::bytes::In;
use super::fields::{self, word};
use super::tables::Known;
use super::{AS_STORED, CONFIDENCE, FORM, NOTE, RECORDED_AT, RECORDED_BASIS, SUPERSEDES, vocabulary};
use crate::domain::{Confidence, Event, EventId, Instant, Position, RecordBasis, Submission};
use crate::proto::stored;

/// Why bytes are no transcript that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotATranscript {
    /// It was made by a release that writes another form, or knows other words.
    #[error("it is of the form of another release")]
    OtherForm,
    /// It ends too early, or says what no event can say.
    #[error("its bytes are those of no events")]
    Malformed,
}

impl StoredReader<'_> {
    /// The events of a transcript. What they repeat of what this reader has read before is kept once.
    pub fn transcript(&mut self, bytes: &[u8]) -> Result<Vec<Arc<Event>>, NotATranscript> {
        let mut from = In::new(bytes);
        if from.number() != Some(FORM) || from.text() != Some(vocabulary().as_str()) {
            return Err(NotATranscript::OtherForm);
        }
        self.events(&mut from).filter(|_| from.is_empty()).ok_or(NotATranscript::Malformed)
    }

    fn events(&mut self, from: &mut In<'_>) -> Option<Vec<Arc<Event>>> {
        let (first, count) = (from.number()?, from.number()?);
        let known = Known::read(from, self.pool.get_mut())?;
        let mut events = Vec::with_capacity(from.at_most(count));
        let mut clock = 0;
        for index in 0..count {
            let position = Position::new(first.checked_add(index)?);
            let event = match from.byte()? {
                AS_STORED => self.read(&stored::Event::decode(from.block()?).ok()?).ok()?,
                form => event(form, position, &known, &mut clock, from)?,
            };
            if event.position != position {
                return None;
            }
            events.push(Arc::new(event));
        }
        Some(events)
    }
}

fn event(form: u8, position: Position, known: &Known, clock: &mut i64, from: &mut In<'_>) -> Option<Event> {
    *clock = clock.checked_add(from.signed()?)?;
    let recorded_at = Instant::from_unix_seconds(*clock).ok()?;
    let append_through = Position::new(position.get().checked_add(from.number()?)?);
    let recorded_by = known.text(from)?;
    let event_id = EventId::from_bytes(from.raw()?);
    let (subject, sources) = (known.subject(from)?, known.sources(from)?);
    let flags = from.byte()?;
    let has = |flag: u8| flags & flag != 0;
    let supersedes = if has(SUPERSEDES) { Some(EventId::from_bytes(from.raw()?)) } else { None };
    let note = if has(NOTE) { Some(known.text(from)?) } else { None };
    let confidence = if has(CONFIDENCE) { Some(word(Confidence::ALL, from)?) } else { None };
    let said = match has(RECORDED_AT) {
        true => Some(Instant::from_unix_seconds(clock.checked_add(from.signed()?)?).ok()?),
        false => None,
    };
    let recorded_basis = if has(RECORDED_BASIS) { Some(word(RecordBasis::ALL, from)?) } else { None };
    let payload = fields::read(form, known, from)?;
    let submission = Submission {
        event_id,
        subject,
        sources,
        supersedes,
        note,
        confidence,
        recorded_at: said,
        recorded_basis,
        payload,
    };
    Some(Event { position, recorded_at, recorded_by, append_through, submission })
}
