//! Views as flat sheets of columns and rows, for spreadsheets and data frames.
//!
//! Here: the sheets ([`EVENTS`], [`ASSESSMENTS`], [`TRANCHES`]), and writing one as CSV or, with feature `parquet`, as
//! Parquet. Decimals stay texts, so that no program rounds them on the way.

mod assessments;
mod csv_sheet;
mod events;
#[cfg(feature = "parquet")]
mod parquet_sheet;
mod tranches;

pub use assessments::{ASSESSMENTS, assessment_row};
pub use csv_sheet::CsvSheet;
pub use events::{EVENTS, event_row};
#[cfg(feature = "parquet")]
pub use parquet_sheet::{ParquetSheet, SheetError};
pub use tranches::{TRANCHES, tranche_rows};

use crate::domain::Instant;

/// One column of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What its cells hold.
    pub kind: ColumnKind,
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text, decimals among them.
    Text,
    /// Whole numbers.
    Whole,
    /// Instants, in whole seconds.
    Time,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing is known, or nothing applies.
    Empty,
    /// A text.
    Text(String),
    /// A whole number.
    Whole(u64),
    /// An instant, in seconds after 1970-01-01T00:00:00Z.
    Time(i64),
}

impl Cell {
    /// A text; nothing where it is empty.
    fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
    }

    /// A word of the vocabulary, without the prefix that its enum gives it on the wire; nothing where it is unspecified.
    fn word(spelled: &str, prefix: &str) -> Self {
        match spelled.strip_prefix(prefix).unwrap_or(spelled) {
            "UNSPECIFIED" => Cell::Empty,
            word => Cell::text(word),
        }
    }

    fn time(stamp: Option<prost_types::Timestamp>) -> Self {
        stamp.map_or(Cell::Empty, |stamp| Cell::Time(stamp.seconds))
    }

    /// As JSON: instants in RFC 3339, whole numbers as numbers; nothing where it is empty.
    pub fn to_json(&self) -> Option<serde_json::Value> {
        match self {
            Cell::Empty => None,
            Cell::Text(text) => Some(text.as_str().into()),
            Cell::Whole(number) => Some((*number).into()),
            Cell::Time(_) => Some(self.to_string().into()),
        }
    }

    fn optional(text: Option<&String>) -> Self {
        text.map_or(Cell::Empty, Cell::text)
    }
}

/// As a sheet shows it.
impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Cell::Empty => Ok(()),
            Cell::Text(text) => f.write_str(text),
            Cell::Whole(number) => number.fmt(f),
            Cell::Time(seconds) => Instant::from_unix_seconds(*seconds).map_or(Ok(()), |at| at.fmt(f)),
        }
    }
}

const fn text(name: &'static str) -> Column {
    Column { name, kind: ColumnKind::Text }
}

const fn whole(name: &'static str) -> Column {
    Column { name, kind: ColumnKind::Whole }
}

const fn time(name: &'static str) -> Column {
    Column { name, kind: ColumnKind::Time }
}
