//! The sheet of tranches: one row for each window of each purchase pledge, with its pace.

use super::{Cell, Column, text, time, whole};
use crate::proto::v1;
use v1::assessment::Numbers;

/// The columns of the sheet of tranches.
pub const TRANCHES: &[Column] = &[
    text("commitment"),
    text("tranche"),
    text("obligor"),
    text("obligee"),
    time("as_of"),
    whole("known_position"),
    time("known_at"),
    text("status"),
    text("row"),
    time("due_at"),
    time("cure_end_at"),
    text("performed"),
    text("target"),
    text("expected"),
    text("ratio"),
    text("shortfall"),
    text("required_per_day"),
    text("data_through"),
    text("unit"),
];

/// The rows of a line of the board; none where it is no purchase pledge.
pub fn tranche_rows(line: &v1::BoardLine) -> Vec<Vec<Cell>> {
    let assessment = line.assessment.clone().unwrap_or_default();
    let Some(Numbers::Purchase(numbers)) = &assessment.numbers else { return Vec::new() };
    let row = |tranche: &v1::TrancheAssessment| {
        let mut cells = vec![
            Cell::text(&assessment.commitment),
            Cell::text(&tranche.id),
            Cell::text(&line.obligor),
            Cell::text(&line.obligee),
            Cell::time(assessment.as_of),
            Cell::Whole(assessment.known_position),
            Cell::time(assessment.known_at),
            Cell::word(tranche.status().as_str_name(), "STATUS_"),
            Cell::text(&tranche.row),
            Cell::time(tranche.due_at),
            Cell::time(tranche.cure_end_at),
        ];
        cells.extend(flow_cells(&tranche.flow.clone().unwrap_or_default(), &numbers.unit));
        cells
    };
    numbers.tranches.iter().map(row).collect()
}

/// The cells of how far a purchase has come.
pub(super) fn flow_cells(flow: &v1::Flow, unit: &str) -> [Cell; 8] {
    [
        Cell::text(&flow.performed),
        Cell::text(&flow.target),
        Cell::optional(flow.expected.as_ref()),
        Cell::text(&flow.ratio),
        Cell::text(&flow.shortfall),
        Cell::optional(flow.required_per_day.as_ref()),
        Cell::text(&flow.data_through),
        Cell::text(unit),
    ]
}
