//! Exchange: events in files that people and programs write, and deadlines as calendar programs take them. No network;
//! paths and texts come from the caller.

pub mod deadline_text;
pub mod event_file;
pub mod icalendar;
pub mod items;
