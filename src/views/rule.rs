//! Rule: one row of a decision table, and the first row that holds.

use super::{Row, TriedRow};

/// One row of a table: whether it holds, its name (empty where the specification names none), what it asks, and what it
/// says where it is the first that holds.
pub(super) type Rule<T> = (bool, &'static str, &'static str, T);

/// What the first row that holds says. The last row of every table always holds.
pub(super) fn first<T: Copy>(rules: &[Rule<T>]) -> (&'static str, T) {
    let deciding = rules.iter().find(|(holds, ..)| *holds).or(rules.last());
    let (_, row, _, says) = deciding.expect("a table has rows");
    (*row, *says)
}

/// The rows in the order in which they were tried, through the one that decided.
pub(super) fn tried<T>(rules: &[Rule<T>], say: impl Fn(&T) -> String) -> Vec<TriedRow> {
    let deciding = rules.iter().position(|(holds, ..)| *holds).unwrap_or(rules.len().saturating_sub(1));
    let read = rules.iter().take(deciding + 1).enumerate().map(|(index, (_, row, asks, says))| TriedRow {
        row: (!row.is_empty()).then_some(Row(row)),
        asks,
        matched: index == deciding,
        says: say(says),
    });
    read.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: [Rule<u8>; 3] = [(false, "X0", "a", 0), (true, "X1", "b", 1), (true, "X2", "otherwise", 2)];

    #[test]
    fn the_first_row_that_holds_decides_and_later_rows_are_not_tried() {
        assert_eq!(first(&TABLE), ("X1", 1));
        let tried = tried(&TABLE, u8::to_string);
        let shown: Vec<(&str, bool)> = tried.iter().map(|row| (row.asks, row.matched)).collect();
        assert_eq!(shown, [("a", false), ("b", true)]);
    }
}
