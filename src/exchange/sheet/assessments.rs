//! The sheet of assessments: one row a commitment.

use super::{Cell, Column, text, time, whole};
use crate::proto::v1;
use v1::assessment::Numbers;

/// The columns of the sheet of assessments. Those of another kind of promise are empty.
pub const ASSESSMENTS: &[Column] = &[
    text("commitment"),
    text("title"),
    text("obligor"),
    text("obligee"),
    text("instrument"),
    text("kind"),
    time("as_of"),
    whole("known_position"),
    time("known_at"),
    text("ledger_kind"),
    text("status"),
    text("lifecycle"),
    text("evidence"),
    text("standing"),
    text("row"),
    text("flags"),
    time("next_change_at"),
    text("readings"),
    text("adopted_reading"),
    text("because"),
    // measure suspension, rate ceiling
    text("measure_in_effect"),
    text("rate"),
    time("until"),
    // purchase pledge: the latest tranche begun
    text("performed"),
    text("target"),
    text("expected"),
    text("ratio"),
    text("shortfall"),
    text("required_per_day"),
    text("data_through"),
    text("unit"),
    // one-off act
    text("done"),
    text("acts"),
    time("due_at"),
];

/// The row of a line of the board.
pub fn assessment_row(line: &v1::BoardLine) -> Vec<Cell> {
    let assessment = line.assessment.clone().unwrap_or_default();
    let flags: Vec<&str> = assessment.flags().map(|flag| bare(flag.as_str_name(), "FLAG_")).collect();
    let readings = assessment.by_reading.iter().map(|(reading, said)| {
        let (lifecycle, status) = (said.lifecycle().as_str_name(), said.status().as_str_name());
        format!("{reading}: {} {}", bare(lifecycle, "LIFECYCLE_"), bare(status, "STATUS_"))
    });
    let because: Vec<String> = assessment.because.iter().map(u64::to_string).collect();
    let mut cells = vec![
        Cell::text(&assessment.commitment),
        Cell::text(&line.title),
        Cell::text(&line.obligor),
        Cell::text(&line.obligee),
        Cell::text(&line.instrument),
        Cell::word(assessment.kind().as_str_name(), "KIND_"),
        Cell::time(assessment.as_of),
        Cell::Whole(assessment.known_position),
        Cell::time(assessment.known_at),
        Cell::word(assessment.ledger_kind().as_str_name(), "LEDGER_KIND_"),
        Cell::word(assessment.status().as_str_name(), "STATUS_"),
        Cell::word(assessment.lifecycle().as_str_name(), "LIFECYCLE_"),
        Cell::word(assessment.evidence().as_str_name(), "EVIDENCE_"),
        Cell::word(assessment.standing().as_str_name(), "STANDING_"),
        Cell::text(&assessment.row),
        Cell::text(flags.join(" ")),
        Cell::time(assessment.next_change_at),
        Cell::text(readings.collect::<Vec<_>>().join("; ")),
        Cell::text(&assessment.adopted_reading),
        Cell::text(because.join(" ")),
    ];
    cells.extend(maintenance(&assessment));
    cells.extend(purchase(&assessment));
    cells.extend(act(&assessment));
    cells
}

fn maintenance(assessment: &v1::Assessment) -> [Cell; 3] {
    let Some(Numbers::Maintenance(numbers)) = &assessment.numbers else {
        return [const { Cell::Empty }; 3];
    };
    [
        Cell::word(numbers.measure_in_effect().as_str_name(), "IN_EFFECT_"),
        Cell::optional(numbers.value.as_ref()),
        Cell::time(numbers.until),
    ]
}

fn purchase(assessment: &v1::Assessment) -> [Cell; 8] {
    let Some(Numbers::Purchase(numbers)) = &assessment.numbers else {
        return [const { Cell::Empty }; 8];
    };
    match &numbers.latest {
        Some(latest) => super::tranches::flow_cells(latest, &numbers.unit),
        None => [const { Cell::Empty }; 8],
    }
}

fn act(assessment: &v1::Assessment) -> [Cell; 3] {
    let Some(Numbers::Act(numbers)) = &assessment.numbers else {
        return [const { Cell::Empty }; 3];
    };
    [Cell::text(numbers.done.to_string()), Cell::text(numbers.target.to_string()), Cell::time(numbers.due_at)]
}

fn bare<'a>(spelled: &'a str, prefix: &str) -> &'a str {
    spelled.strip_prefix(prefix).unwrap_or(spelled)
}
