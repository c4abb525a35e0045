//! A sheet as CSV (RFC 4180 with line feeds): a header, then one line a row; instants in RFC 3339.

use std::io::{self, Write};

use super::{Cell, Column};

/// Writes a sheet as CSV.
#[derive(Debug)]
pub struct CsvSheet<W: Write> {
    writer: csv::Writer<W>,
}

impl<W: Write> CsvSheet<W> {
    /// Writes the header.
    pub fn new(out: W, columns: &[Column]) -> std::io::Result<Self> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(columns.iter().map(|column| column.name)).map_err(io_error)?;
        Ok(CsvSheet { writer })
    }

    /// Writes one row, which has a cell for each column.
    pub fn row(&mut self, cells: &[Cell]) -> std::io::Result<()> {
        self.writer.write_record(cells.iter().map(Cell::to_string)).map_err(io_error)
    }

    /// Writes out what waits.
    pub fn finish(&mut self) -> std::io::Result<()> {
        self.writer.flush()
    }
}

/// What the writer said, unwrapped, so that a reader that has gone away is still known as that.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("{kind:?}")),
    }
}
