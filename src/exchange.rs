//! Exchange: events in files that people and programs write and read. No network; readers, writers, paths and texts
//! come from the caller.
//!
//! Here: files of events to be recorded ([`event_file`]), ledgers as JSON lines ([`event_lines`]) and as CloudEvents
//! ([`cloud_event`]), views as sheets ([`sheet`]), statistical tables ([`table`]), a company's list of items ([`items`]),
//! events with the proof that they were recorded ([`bundle`]), whole ledgers with theirs ([`backup`]), deadlines as sentences ([`deadline_text`]) and as calendar
//! programs take them ([`icalendar`]), and whether a text is one at all ([`encoding`]); and what people read of any
//! answer: the visual language of a status ([`status_mark`]), figures ([`figures`]), numbers and words ([`plain_words`]).

pub mod backup;
pub mod bundle;
pub mod cloud_event;
pub mod deadline_text;
pub mod encoding;
pub mod event_file;
pub mod event_lines;
pub mod figures;
pub mod icalendar;
pub mod items;
pub mod plain_words;
pub mod sheet;
pub mod status_mark;
pub mod table;
