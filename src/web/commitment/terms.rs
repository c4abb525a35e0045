//! The terms in force, each reading of them beside the others.

use crate::proto::v1;
use crate::web::commitment::evidence::spaced;
use crate::web::lead::reading_name;
use crate::web::when::When;

/// A line a term, a column a reading.
pub(in crate::web) struct Table {
    pub(in crate::web) readings: Vec<String>,
    pub(in crate::web) lines: Vec<Line>,
}

/// One term in every reading.
pub(in crate::web) struct Line {
    pub(in crate::web) field: String,
    pub(in crate::web) cells: Vec<Cell>,
    /// The readings do not say the same.
    pub(in crate::web) differs: bool,
}

/// One term in one reading.
pub(in crate::web) struct Cell {
    pub(in crate::web) value: String,
    /// The event that says so.
    pub(in crate::web) position: u64,
    /// Other than undertaken: amended or read, and from when.
    pub(in crate::web) origin: String,
}

/// The terms of every reading that counts.
pub(super) fn table(explained: &v1::Explanation) -> Table {
    let mut fields: Vec<&str> = Vec::new();
    for term in explained.readings.iter().flat_map(|reading| &reading.terms) {
        if !fields.contains(&term.field.as_str()) {
            fields.push(&term.field);
        }
    }
    let line = |field: &str| {
        let in_reading = |reading: &v1::ReadingExplanation| {
            reading.terms.iter().find(|term| term.field == field).map_or_else(Cell::absent, Cell::of)
        };
        let cells: Vec<Cell> = explained.readings.iter().map(in_reading).collect();
        let differs = cells.iter().any(|cell| Some(&cell.value) != cells.first().map(|first| &first.value));
        Line { field: spaced(field), cells, differs }
    };
    Table {
        readings: explained.readings.iter().map(|reading| reading_name(&reading.reading)).collect(),
        lines: fields.into_iter().map(line).collect(),
    }
}

impl Cell {
    fn of(term: &v1::TermInForce) -> Self {
        let from = When::stamped(term.effective_at).map_or_else(String::new, |at| format!(" from {}", at.day));
        let origin = match term.origin() {
            v1::TermOrigin::Amended => format!("amended{from}"),
            v1::TermOrigin::Read => format!("read so{from}"),
            _ => String::new(),
        };
        Cell { value: term.value.clone(), position: term.position, origin }
    }

    fn absent() -> Self {
        Cell { value: "—".to_owned(), position: 0, origin: String::new() }
    }
}
