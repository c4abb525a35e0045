//! Lines that were not imported, and the file that says why.

use std::io::Write;

use super::fault::Fault;

/// A line of a table that no event was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// The line, from 1, the header included.
    pub line: u64,
    /// The column, or the field of the event; empty where it is the line as a whole.
    pub field: String,
    /// What stands there; empty where it is the line as a whole.
    pub value: String,
    /// What is wrong, and what would be right.
    pub reason: String,
}

impl Reject {
    /// A line that is rejected as a whole.
    pub fn whole(line: u64, reason: impl ToString) -> Self {
        Reject { line, field: String::new(), value: String::new(), reason: reason.to_string() }
    }

    pub(super) fn of(line: u64, fault: Fault) -> Self {
        Reject { line, field: fault.field, value: fault.value, reason: fault.reason }
    }
}

/// The file of rejected lines: a table of line, field, value and reason. `open` is called for the first of them, so
/// that a table without one leaves no file.
pub struct RejectsFile<W: Write, O: FnOnce() -> std::io::Result<W>> {
    open: Option<O>,
    writer: Option<csv::Writer<W>>,
    count: u64,
}

impl<W: Write, O: FnOnce() -> std::io::Result<W>> RejectsFile<W, O> {
    /// A file with nothing in it yet.
    pub fn new(open: O) -> Self {
        RejectsFile { open: Some(open), writer: None, count: 0 }
    }

    /// Writes one line down.
    pub fn add(&mut self, reject: &Reject) -> std::io::Result<()> {
        if let Some(open) = self.open.take() {
            let mut writer = csv::Writer::from_writer(open()?);
            writer.write_record(["line", "field", "value", "reason"])?;
            self.writer = Some(writer);
        }
        self.count += 1;
        match &mut self.writer {
            Some(writer) => {
                let line = reject.line.to_string();
                Ok(writer.write_record([&line, &reject.field, &reject.value, &reject.reason])?)
            }
            // Opening it failed, which was told then.
            None => Ok(()),
        }
    }

    /// How many lines are in it.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Writes out what waits.
    pub fn flush(&mut self) -> std::io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), csv::Writer::flush)
    }
}
