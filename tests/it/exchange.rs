//! Files in and out: what a mapping may say, what becomes of each row, what a ledger looks like in other formats.

mod mapping; // every mistake in a mapping is told by its field
mod rows; // rows of a table: which become figures, which are rejected and why
mod sheets; // views as CSV, events as CloudEvents

use entente::domain::Slug;
use entente::exchange::table::{Change, Figures, Holdings, Mapping, Reject};

/// The ledger that the tables of these tests are about.
fn ledger() -> Slug {
    Slug::parse("deal").unwrap()
}

/// Amounts by month, of which a test changes a line.
const MONTHLY: &str = r#"
kind = "AmountReported"
subject = "commitments/soybeans"
series = "customs"
basis = "CUSTOMS"
unit = "kt"
covers = true
[period]
month = "month"
[value]
column = "kt"
[[source]]
publisher = "Customs"
"#;

/// What a table says through a mapping: each figure as `line: label = number`, and the lines that were rejected.
fn read(mapping: &str, table: &str) -> (Vec<String>, Vec<Reject>) {
    let mapping = Mapping::parse(mapping, &ledger()).unwrap();
    let mut rejects = Vec::new();
    let figures = Figures::read(table.as_bytes(), &mapping, &mut |reject| {
        rejects.push(reject);
        Ok(())
    })
    .unwrap();
    let holdings = Holdings::default();
    let said = figures.compare(&holdings, &mapping).map(|compared| {
        assert!(matches!(compared.change, Change::New(_)), "nothing is held");
        format!("{}: {} = {}", compared.line(), compared.label(&ledger()), compared.number())
    });
    (said.collect(), rejects)
}

/// The rejected lines as `line column: reason`.
fn reasons(rejects: &[Reject]) -> Vec<String> {
    rejects.iter().map(|reject| format!("{} {}: {}", reject.line, reject.field, reject.reason)).collect()
}
