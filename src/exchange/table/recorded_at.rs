//! When a row's figure became known.

use super::fault::{Fault, Row};
use super::mapping::MappingError;
use super::mapping_file::RecordedAtFile;
use crate::domain::{Day, Instant, Zone};

/// The column that says when.
#[derive(Debug, Clone)]
pub(super) struct RecordedAt {
    pub(super) column: String,
    zone: Zone,
    format: Option<String>,
}

impl RecordedAt {
    pub(super) fn of(file: &RecordedAtFile) -> Result<Self, MappingError> {
        let zone = Zone::parse(file.zone.as_deref().unwrap_or("UTC"));
        Ok(RecordedAt {
            column: file.column.clone(),
            zone: zone.map_err(|error| MappingError::field("recorded_at.zone", error))?,
            format: file.format.clone(),
        })
    }

    /// An instant; a day stands for its last second, by when what was published that day was out.
    pub(super) fn value(&self, row: Row<'_>) -> Result<Instant, Fault> {
        let text = row.text(&self.column)?;
        let day = match &self.format {
            Some(format) => jiff::fmt::strtime::parse(format, text)
                .and_then(|parsed| parsed.to_date())
                .ok()
                .and_then(|date| Day::from_date(date).ok()),
            None => Day::parse(text).ok(),
        };
        match (day, &self.format) {
            (Some(day), _) => Ok(self.zone.end_of(day).plus_seconds(-1)),
            (None, Some(format)) => Err(Fault::new(&self.column, text, format!("not a date of the form {format}"))),
            (None, None) => Instant::parse(text)
                .map_err(|error| Fault::new(&self.column, text, format!("{error}, or a date such as 2026-11-10"))),
        }
    }
}
