//! What is wrong with one field of one row.

/// A field of a row that is not what the mapping says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// The column; empty where it is the row as a whole.
    pub(super) field: String,
    /// What stands there.
    pub(super) value: String,
    /// What is wrong, and what would be right.
    pub(super) reason: String,
}

impl Fault {
    pub(super) fn new(field: impl Into<String>, value: impl Into<String>, reason: impl ToString) -> Self {
        Fault { field: field.into(), value: value.into(), reason: reason.to_string() }
    }
}

/// One row of a table, its fields by name of the column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) record: &'a csv::ByteRecord,
    pub(super) columns: &'a std::collections::HashMap<String, usize>,
}

impl<'a> Row<'a> {
    /// The text in a column, without the blanks around it.
    pub(super) fn text(&self, column: &str) -> Result<&'a str, Fault> {
        let bytes = self.columns.get(column).and_then(|index| self.record.get(*index));
        let bytes = bytes.expect("every column of the mapping was found in the header, and every row has as many");
        let bytes = bytes.trim_ascii();
        std::str::from_utf8(bytes).map_err(|_| Fault::new(column, String::from_utf8_lossy(bytes), "not UTF-8"))
    }
}
