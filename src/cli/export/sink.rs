//! Writing what is exported, in the format asked for.

use std::io::Write;

use super::{Format, View};
use crate::cli::output::gone;
use crate::exchange::sheet::{self, Cell, Column, CsvSheet};
use crate::exchange::{cloud_event, event_lines};
use crate::proto::{json, v1};

/// A writer of one view in one format.
pub(super) struct Sink {
    view: View,
    form: Form,
}

enum Form {
    Lines {
        out: Box<dyn Write + Send>,
        as_cloud_events: bool,
    },
    Csv(Box<CsvSheet<Box<dyn Write + Send>>>),
    #[cfg(feature = "parquet")]
    Parquet(Box<sheet::ParquetSheet<Box<dyn Write + Send>>>),
}

impl Sink {
    pub(super) fn new(format: Format, view: View, out: Box<dyn Write + Send>) -> anyhow::Result<Self> {
        let columns = columns(view);
        let form = match format {
            Format::Jsonl => Form::Lines { out, as_cloud_events: false },
            Format::Cloudevents => Form::Lines { out, as_cloud_events: true },
            Format::Csv => Form::Csv(Box::new(CsvSheet::new(out, columns).map_err(gone)?)),
            #[cfg(feature = "parquet")]
            Format::Parquet => Form::Parquet(Box::new(sheet::ParquetSheet::new(out, columns)?)),
        };
        Ok(Sink { view, form })
    }

    pub(super) fn event(&mut self, event: &v1::Event) -> anyhow::Result<()> {
        match &mut self.form {
            Form::Lines { out, as_cloud_events: true } => line(out, &cloud_event::of(event)?.to_string()),
            Form::Lines { out, as_cloud_events: false } => line(out, &event_lines::to_line(event)?),
            _ => self.row(sheet::event_row(event)?),
        }
    }

    pub(super) fn line(&mut self, of_board: &v1::BoardLine) -> anyhow::Result<()> {
        let rows = match self.view {
            View::Tranches => sheet::tranche_rows(of_board),
            View::Events | View::Assessments => vec![sheet::assessment_row(of_board)],
        };
        match &mut self.form {
            Form::Lines { out, .. } if self.view == View::Assessments => {
                line(out, &json::to_json(of_board)?.to_string())
            }
            Form::Lines { out, .. } => rows.iter().try_for_each(|row| line(out, &as_object(columns(self.view), row))),
            _ => rows.into_iter().try_for_each(|row| self.row(row)),
        }
    }

    fn row(&mut self, cells: Vec<Cell>) -> anyhow::Result<()> {
        match &mut self.form {
            Form::Csv(sheet) => sheet.row(&cells).map_err(gone),
            #[cfg(feature = "parquet")]
            Form::Parquet(sheet) => Ok(sheet.row(cells)?),
            Form::Lines { .. } => Ok(()),
        }
    }

    pub(super) fn finish(self) -> anyhow::Result<()> {
        match self.form {
            Form::Lines { mut out, .. } => out.flush().map_err(gone),
            Form::Csv(mut sheet) => sheet.finish().map_err(gone),
            #[cfg(feature = "parquet")]
            Form::Parquet(sheet) => Ok(sheet.finish()?),
        }
    }
}

fn columns(view: View) -> &'static [Column] {
    match view {
        View::Events => sheet::EVENTS,
        View::Assessments => sheet::ASSESSMENTS,
        View::Tranches => sheet::TRANCHES,
    }
}

/// A row as one line of JSON; empty cells are left out, instants are RFC 3339.
fn as_object(columns: &[Column], cells: &[Cell]) -> String {
    let fields = columns.iter().zip(cells).filter_map(|(column, cell)| Some((column.name.to_owned(), cell.to_json()?)));
    serde_json::Value::Object(fields.collect()).to_string()
}

fn line(out: &mut impl Write, text: &str) -> anyhow::Result<()> {
    out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).map_err(gone)
}
