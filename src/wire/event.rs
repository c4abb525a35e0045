//! An event as it stands in a ledger, to the wire and back.

use crate::domain::{Event, Position, Slug};
use crate::proto::v1;

use super::at::{At, Origin, Reading, every};
use super::spell::{Speller, instant_to_proto};
use super::submission;
use super::violation::{Reason, WireError};
use super::word::Word;

/// The resource name of the event at a position.
pub fn event_name(ledger: &Slug, position: Position) -> String {
    format!("ledgers/{ledger}/events/{position}")
}

/// An event as a message.
pub fn event_to_proto(event: &Event, ledger: &Slug) -> v1::Event {
    let kind = event.submission.payload.kind();
    v1::Event {
        name: event_name(ledger, event.position),
        position: event.position.get(),
        recorded_at: Some(instant_to_proto(event.recorded_at)),
        recorded_by: event.recorded_by.to_string(),
        kind: kind.number(),
        family: kind.family().number(),
        submission: Some(submission::spell(&event.submission, &Speller::new(ledger, true))),
        append_through: event.append_through.get(),
    }
}

/// The end of the event's append. An event that was recorded before this was kept is its own append.
pub(super) fn ends_append(through: u64, position: u64, here: &At<'_>) -> Option<Position> {
    match through {
        0 => Some(Position::new(position)),
        through if through < position => here
            .field("append_through")
            .refuse(Reason::Disagrees, format!("{through} is before the event itself, at position {position}")),
        through => Some(Position::new(through)),
    }
}

/// An event that a ledger holds. Moments stand as they were resolved when it was recorded, and rules of form that came
/// later do not bind it; an error means that the message is not an event of this ledger, or of a newer vocabulary.
pub fn event_from_proto(message: &v1::Event, ledger: &Slug) -> Result<Event, WireError> {
    let reading = Reading::new(ledger, Origin::Ledger);
    let event = read(message, ledger, &reading.root());
    reading.finish(event)
}

/// Whether a name is that of the event at a position. A rebuild asks this of every event, so nothing is spelled for it.
pub(super) fn is_name_of(name: &str, ledger: &Slug, position: Position) -> bool {
    let number = name
        .strip_prefix("ledgers/")
        .and_then(|rest| rest.strip_prefix(ledger.as_str()))
        .and_then(|rest| rest.strip_prefix("/events/"));
    // One number has one spelling: no sign, no zero before it.
    let plain =
        |digits: &&str| matches!(digits.as_bytes(), [b'1'..=b'9', rest @ ..] if rest.iter().all(u8::is_ascii_digit));
    number.filter(plain).and_then(|digits| digits.parse().ok()) == Some(position.get())
}

fn read(message: &v1::Event, ledger: &Slug, here: &At<'_>) -> Option<Event> {
    let placed = match message.position {
        0 => here.field("position").missing("a place in the ledger, from 1"),
        number => Some(Position::new(number)),
    };
    if placed.is_some_and(|position| !is_name_of(&message.name, ledger, position)) {
        here.field("name").refuse::<()>(
            Reason::Disagrees,
            format!("{:?} is not the event at position {} of ledgers/{ledger}", message.name, message.position),
        );
    }
    every!(Event {
        position: placed,
        recorded_at: here.field("recorded_at").instant(message.recorded_at.as_ref()),
        recorded_by: here.field("recorded_by").text(&message.recorded_by),
        append_through: ends_append(message.append_through, message.position, here),
        submission: match &message.submission {
            Some(submission) => {
                let here = here.field("submission");
                let event_id = here.field("event_id").event_id(&submission.event_id);
                submission::read(submission, &here, event_id)
            }
            None => here.field("submission").missing("what was recorded"),
        },
    })
}
