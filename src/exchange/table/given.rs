//! A field of the events: the same for every row, or found in a column.

use std::collections::BTreeMap;

use super::fault::{Fault, Row};
use super::mapping::MappingError;
use super::mapping_file::GivenFile;

/// Where a value comes from.
#[derive(Debug, Clone)]
pub(super) enum Given<T> {
    /// It is the same for every row.
    Always(T),
    /// A column has it.
    Column {
        /// Which.
        column: String,
        /// What the words of the column mean; absent where they are the value.
        words: Option<BTreeMap<String, T>>,
    },
}

impl<T: Clone> Given<T> {
    /// Reads what the mapping says of `field`; `read` makes a value of a text, or says why that is none.
    pub(super) fn of(
        file: &GivenFile,
        field: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Self, MappingError> {
        let read_at = |text: &str, at: String| read(text).map_err(|problem| MappingError::field(at, problem));
        match file {
            GivenFile::Always(text) => Ok(Given::Always(read_at(text, field.to_owned())?)),
            GivenFile::Column(from) => {
                let words = from.map.as_ref().map(|map| {
                    map.iter()
                        .map(|(word, text)| Ok((word.clone(), read_at(text, format!("{field}.map.{word}"))?)))
                        .collect::<Result<_, MappingError>>()
                });
                Ok(Given::Column { column: from.column.clone(), words: words.transpose()? })
            }
        }
    }

    /// The value for a row.
    pub(super) fn value(&self, row: Row<'_>, read: impl Fn(&str) -> Result<T, String>) -> Result<T, Fault> {
        let (column, words) = match self {
            Given::Always(value) => return Ok(value.clone()),
            Given::Column { column, words } => (column, words),
        };
        let text = row.text(column)?;
        match words {
            None => read(text).map_err(|problem| Fault::new(column, text, problem)),
            Some(words) => words.get(text).cloned().ok_or_else(|| {
                let known: Vec<&str> = words.keys().map(String::as_str).collect();
                let reason = format!("the mapping gives it no meaning; it knows {}", known.join(", "));
                Fault::new(column, text, reason)
            }),
        }
    }

    /// The column it is in, if it is in one.
    pub(super) fn column(&self) -> Option<&str> {
        match self {
            Given::Always(_) => None,
            Given::Column { column, .. } => Some(column),
        }
    }
}
