//! Events as they are stored, read by the million: what one repeats of those before it is neither checked nor kept again.

use std::cell::RefCell;
use std::collections::HashMap;

use bytes::Bytes;
use prost::Message as _;

use crate::domain::{Event, Payload, Pool, Position, Slug, Sources, Submission};
use crate::proto::{stored, v1};

use super::at::{At, Origin, Reading, every};
use super::event::{ends_append, is_name_of};
use super::violation::{Reason, WireError};

/// How many lists of sources are remembered.
const LISTS_MAX: usize = 32 << 10;

/// Reads the stored events of one ledger, as [`event_from_proto`](super::event_from_proto) does, and far faster where they
/// have much in common.
pub struct StoredReader<'l> {
    ledger: &'l Slug,
    pub(super) pool: RefCell<Pool>,
    /// Lists of sources that were met, by their encoded messages.
    lists: HashMap<Vec<Bytes>, Sources>,
}

impl<'l> StoredReader<'l> {
    /// A reader that has read nothing yet.
    pub fn new(ledger: &'l Slug) -> Self {
        StoredReader { ledger, pool: RefCell::default(), lists: HashMap::new() }
    }

    /// The event of a message that a ledger holds.
    pub fn read(&mut self, message: &stored::Event) -> Result<Event, WireError> {
        let reading = Reading::pooled(self.ledger, Origin::Ledger, &self.pool);
        let event = read(message, self.ledger, &reading.root(), &mut self.lists);
        reading.finish(event)
    }
}

fn read(
    message: &stored::Event,
    ledger: &Slug,
    here: &At<'_>,
    lists: &mut HashMap<Vec<Bytes>, Sources>,
) -> Option<Event> {
    let placed = match message.position {
        0 => here.field("position").missing("a place in the ledger, from 1"),
        number => Some(Position::new(number)),
    };
    let name = here.field("name");
    if let (Some(position), Some(found)) = (placed, text(&message.name, &name))
        && !is_name_of(found, ledger, position)
    {
        let description = format!("{found:?} is not the event at position {position} of ledgers/{ledger}");
        name.refuse::<()>(Reason::Disagrees, description);
    }
    let recorded_by = here.field("recorded_by");
    every!(Event {
        position: placed,
        recorded_at: here.field("recorded_at").instant(message.recorded_at.as_ref()),
        recorded_by: text(&message.recorded_by, &recorded_by).and_then(|it| recorded_by.text(it)),
        append_through: ends_append(message.append_through, message.position, here),
        submission: match &message.submission {
            Some(submission) => read_submission(submission, &here.field("submission"), lists),
            None => here.field("submission").missing("what was recorded"),
        },
    })
}

fn read_submission(
    message: &stored::Submission,
    here: &At<'_>,
    lists: &mut HashMap<Vec<Bytes>, Sources>,
) -> Option<Submission> {
    let (id, subject) = (here.field("event_id"), here.field("subject"));
    let (supersedes, note) = (here.field("supersedes"), here.field("note"));
    every!(Submission {
        event_id: text(&message.event_id, &id).and_then(|it| id.event_id(it)),
        subject: text(&message.subject, &subject).and_then(|it| subject.subject(it)),
        sources: sources(&message.sources, &here.field("sources"), lists),
        supersedes: text(&message.supersedes, &supersedes).and_then(|it| supersedes.optional_event_id(it)),
        note: text(&message.note, &note).and_then(|it| note.optional_text(it)),
        confidence: here.field("confidence").optional_word(message.confidence),
        recorded_at: here.field("recorded_at").optional_instant(message.recorded_at.as_ref()),
        recorded_basis: here.field("recorded_basis").optional_word(message.recorded_basis),
        payload: match &message.payload {
            Some(payload) => <Payload as super::spell::Spelled>::read(payload, here),
            None => here.field("payload").missing("one of the events, such as commitment_undertaken"),
        },
    })
}

fn text<'m>(bytes: &'m Bytes, here: &At<'_>) -> Option<&'m str> {
    let read = std::str::from_utf8(bytes);
    read.map_or_else(|_| here.refuse(Reason::Invalid, "it is not text in UTF-8"), Some)
}

fn sources(encoded: &[Bytes], here: &At<'_>, lists: &mut HashMap<Vec<Bytes>, Sources>) -> Option<Sources> {
    if encoded.is_empty() {
        return Some(Sources::default());
    }
    if let Some(known) = lists.get(encoded) {
        return Some(known.clone());
    }
    let read = here.each(encoded, |here, source| match v1::Source::decode(source.clone()) {
        Ok(source) => here.message(Some(&source)),
        Err(error) => here.refuse(Reason::Invalid, error.to_string()),
    });
    let read = Sources::from(read?);
    if lists.len() >= LISTS_MAX {
        lists.clear();
    }
    // Copied, so that what is remembered does not hold on to the block that it came with.
    lists.insert(encoded.iter().map(|source| Bytes::copy_from_slice(source)).collect(), read.clone());
    Some(read)
}
