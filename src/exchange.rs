//! Exchange: events in files that people and programs write. No network; paths and texts come from the caller.

pub mod event_file;
