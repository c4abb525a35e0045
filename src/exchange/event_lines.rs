//! Whole events as JSON lines: what a ledger says, one event a line, in order and without loss.

use std::io::{self, BufRead, Lines};

use crate::proto::{json, v1};

/// Why a line is no event.
#[derive(Debug, thiserror::Error)]
pub enum EventLineError {
    /// The file cannot be read.
    #[error("line {line}: {cause}")]
    Read {
        /// Which line, from 1.
        line: u64,
        /// What the operating system said.
        cause: io::Error,
    },
    /// Not an event in the proto JSON mapping.
    #[error("line {line}: not an event of entente.v1: {cause}")]
    Event {
        /// Which line, from 1.
        line: u64,
        /// What is wrong, and where.
        cause: String,
    },
}

/// The line of an event, without its end.
pub fn to_line(event: &v1::Event) -> Result<String, json::JsonError> {
    Ok(json::to_json(event)?.to_string())
}

/// The events of a file, read line by line; empty lines are nothing.
#[derive(Debug)]
pub struct EventLines<R> {
    lines: Lines<R>,
    line: u64,
}

impl<R: BufRead> EventLines<R> {
    /// The events of what this reader gives.
    pub fn new(reader: R) -> Self {
        EventLines { lines: reader.lines(), line: 0 }
    }
}

impl<R: BufRead> Iterator for EventLines<R> {
    type Item = Result<v1::Event, EventLineError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let text = self.lines.next()?;
            self.line += 1;
            let line = self.line;
            match text {
                Ok(text) if text.trim().is_empty() => {}
                Ok(text) => {
                    let value = serde_json::from_str(&text).map_err(|error| error.to_string());
                    let event = value.and_then(|value| json::from_json(&value).map_err(|error| error.to_string()));
                    return Some(event.map_err(|cause| EventLineError::Event { line, cause }));
                }
                Err(cause) => return Some(Err(EventLineError::Read { line, cause })),
            }
        }
    }
}

/// The submission by which a REPLAY ledger records an event again, at the time at which it was recorded. An event that
/// carried no record time is given the one it got; one that carried it is the same to the byte.
pub fn replayed(event: &v1::Event) -> v1::Submission {
    let mut submission = event.submission.clone().unwrap_or_default();
    submission.recorded_at = submission.recorded_at.or(event.recorded_at);
    submission
}
