//! Exchange: events in files that people and programs write and read. No network; readers, writers, paths and texts
//! come from the caller.
//!
//! Here: files of events to be recorded ([`event_file`]), ledgers as JSON lines ([`event_lines`]) and as CloudEvents
//! ([`cloud_event`]), views as sheets ([`sheet`]), statistical tables ([`table`]), a company's list of items ([`items`]),
//! deadlines as sentences ([`deadline_text`]) and as calendar programs take them ([`icalendar`]), and whether a text is
//! one at all ([`encoding`]).

pub mod cloud_event;
pub mod deadline_text;
pub mod encoding;
pub mod event_file;
pub mod event_lines;
pub mod icalendar;
pub mod items;
pub mod sheet;
pub mod table;
