//! Deadlines as iCalendar (RFC 5545), for any calendar program.
//!
//! One VEVENT a deadline, at its instant in UTC. The same deadlines as known at the same position give the same bytes.
//! The UID does not hold the instant: where a deadline moves, a program that takes the calendar again moves its entry.

use std::collections::HashMap;

use icalendar::{Calendar, Component as _, Event, Property};

use super::deadline_text;
use crate::domain::Instant;
use crate::proto::v1;
use crate::wire;

const PRODUCT: &str = "-//entente//deadlines//EN";

/// The calendar of deadlines of one ledger, called `title`, with lines folded at 75 octets and ended by CRLF. Every
/// entry is stamped with when the last event known was recorded.
pub fn calendar(title: &str, deadlines: &[v1::Deadline], clocks: &v1::ResolvedClocks) -> String {
    let stamped = utc(clocks.known_at.or(clocks.as_of).as_ref());
    let mut calendar = Calendar::empty();
    for (key, value) in [("VERSION", "2.0"), ("PRODID", PRODUCT), ("CALSCALE", "GREGORIAN")] {
        calendar.append_property(Property::new(key, value));
    }
    calendar.append_property(Property::new("X-WR-CALNAME", escaped(title)));
    let mut seen: HashMap<String, u32> = HashMap::new();
    for deadline in deadlines {
        let uid = uid(deadline);
        let count = seen.entry(uid.clone()).and_modify(|count| *count += 1).or_insert(1);
        let uid = if *count == 1 { uid } else { format!("{count}.{uid}") };
        calendar.push(event(deadline, &uid, &stamped, clocks.known_position));
    }
    calendar.to_string()
}

fn event(deadline: &v1::Deadline, uid: &str, stamped: &str, known: u64) -> Event {
    let id = deadline.commitment.rsplit('/').next().unwrap_or_default();
    let reading = if deadline.reading.is_empty() { String::new() } else { format!(" ({})", deadline.reading) };
    let mut event = Event::new();
    event.uid(uid).summary(&one_line(&format!("{id}: {}{reading}", deadline_text::clock(deadline))));
    event.description(&description(deadline, known));
    event.add_property("DTSTAMP", stamped).add_property("DTSTART", utc(deadline.at.as_ref()));
    let kind = deadline.kind().as_str_name();
    event.add_property("CATEGORIES", kind.strip_prefix("DEADLINE_KIND_").unwrap_or(kind));
    // A deadline takes up nobody's time.
    event.add_property("TRANSP", "TRANSPARENT");
    event.done()
}

fn description(deadline: &v1::Deadline, known: u64) -> String {
    let mut lines = vec![
        format!("{} owes {}: {}", deadline.obligor, deadline.obligee, deadline.title),
        format!("The text: {} (there {})", deadline_text::said(deadline), deadline_text::local(deadline)),
        format!("Then: {}", deadline_text::consequence(deadline, true)),
        format!("Status: {}", deadline_text::turn(deadline)),
    ];
    if !deadline.reading.is_empty() {
        lines.push(format!("Readings differ; this is reading {}", deadline.reading));
    }
    lines.push(format!("{}, as known at position {known}", deadline.commitment));
    lines.iter().map(|line| one_line(line)).collect::<Vec<_>>().join("\n")
}

/// What stays the same of a deadline when it moves, or when more becomes known.
fn uid(deadline: &v1::Deadline) -> String {
    let or_dash = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
    let mut names = deadline.commitment.split('/').skip(1).step_by(2);
    let (ledger, id) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
    let kind = deadline.kind().as_str_name().trim_start_matches("DEADLINE_KIND_").to_ascii_lowercase();
    // Where all readings agree the base text does, too.
    let reading = if deadline.reading.is_empty() { "base" } else { &deadline.reading };
    let target = or_dash(&deadline.target);
    format!("{kind}.{target}.{reading}.{}.{id}.{ledger}@entente", deadline.position)
}

/// An instant as iCalendar writes UTC: `20261110T050100Z`.
fn utc(stamp: Option<&prost_types::Timestamp>) -> String {
    let instant = stamp.and_then(|stamp| wire::instant_from_proto(stamp).ok()).unwrap_or(Instant::MIN);
    instant.to_string().replace(['-', ':'], "")
}

/// A text without line breaks and tabs, which would end or bend a line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text as iCalendar writes it, for properties whose kind of value the library does not know.
fn escaped(text: &str) -> String {
    one_line(text).replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deadline(title: &str) -> v1::Deadline {
        v1::Deadline {
            commitment: "ledgers/deal/commitments/magnets".to_owned(),
            title: title.to_owned(),
            kind: v1::DeadlineKind::Lapse.into(),
            at: Some(prost_types::Timestamp { seconds: 1_794_286_860, nanos: 0 }),
            ..v1::Deadline::default()
        }
    }

    #[test]
    fn an_instant_is_utc_and_the_stamp_is_that_of_the_last_event_known() {
        let clocks = v1::ResolvedClocks {
            known_at: Some(prost_types::Timestamp { seconds: 1_790_000_000, nanos: 0 }),
            ..v1::ResolvedClocks::default()
        };
        let text = calendar("A deal", &[deadline("Magnets")], &clocks);
        assert!(text.contains("\r\nDTSTART:20261110T050100Z\r\n"), "{text}");
        assert!(text.contains("\r\nDTSTAMP:20260921T141320Z\r\n"), "{text}");
    }

    #[test]
    fn two_deadlines_that_look_alike_have_uids_of_their_own() {
        let text = calendar("A deal", &[deadline("Magnets"), deadline("Magnets")], &v1::ResolvedClocks::default());
        let uids: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("UID:")).collect();
        assert_eq!(uids, ["lapse.-.base.0.magnets.deal@entente", "2.lapse.-.base.0.magnets.deal@entente"]);
    }

    #[test]
    fn no_text_can_end_its_line_or_begin_another_property() {
        let hostile = "Magnets\r\nEND:VEVENT\nBEGIN:VEVENT; with, all\\ of it";
        let text = calendar(hostile, &[deadline(hostile)], &v1::ResolvedClocks::default());
        let starts = |word: &str| text.split("\r\n").filter(|line| line.starts_with(word)).count();
        assert_eq!((starts("BEGIN:VEVENT"), starts("END:VEVENT")), (1, 1), "{text}");
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "{text}");
    }

    #[test]
    fn lines_are_folded_at_75_octets_between_characters() {
        let text = calendar("Сделка", &[deadline(&"稀土出口管制 ".repeat(30))], &v1::ResolvedClocks::default());
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
    }
}
