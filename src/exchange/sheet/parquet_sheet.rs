//! A sheet as Parquet: texts as UTF-8 strings, whole numbers as unsigned 64-bit, instants as UTC milliseconds.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::{Cell, Column, ColumnKind};

/// How many rows are held before they are written as one group.
const GROUP_ROWS: usize = 10_000;

/// Why a sheet cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("parquet: {0}")]
pub struct SheetError(#[from] ParquetError);

/// Writes a sheet as Parquet. Without [`ParquetSheet::finish`] there is no file that can be read.
pub struct ParquetSheet<W: Write + Send> {
    columns: &'static [Column],
    writer: SerializedFileWriter<W>,
    waiting: Vec<Vec<Cell>>,
}

impl<W: Write + Send> ParquetSheet<W> {
    /// A sheet with these columns and no rows.
    pub fn new(out: W, columns: &'static [Column]) -> Result<Self, SheetError> {
        let schema = Arc::new(parse_message_type(&schema(columns))?);
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let writer = SerializedFileWriter::new(out, schema, Arc::new(properties))?;
        Ok(ParquetSheet { columns, writer, waiting: Vec::new() })
    }

    /// Writes one row, which has a cell for each column.
    pub fn row(&mut self, cells: Vec<Cell>) -> Result<(), SheetError> {
        self.waiting.push(cells);
        if self.waiting.len() == GROUP_ROWS { self.write_group() } else { Ok(()) }
    }

    /// Writes the last rows and the end of the file.
    pub fn finish(mut self) -> Result<(), SheetError> {
        self.write_group()?;
        let mut out = self.writer.into_inner()?;
        Ok(out.flush().map_err(ParquetError::from)?)
    }

    fn write_group(&mut self) -> Result<(), SheetError> {
        let rows = std::mem::take(&mut self.waiting);
        if rows.is_empty() {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for (index, column) in self.columns.iter().enumerate() {
            let cells = || rows.iter().filter_map(|row| row.get(index));
            let levels: Vec<i16> = cells().map(|cell| i16::from(*cell != Cell::Empty)).collect();
            let mut writer = group.next_column()?.expect("the schema has the columns of the sheet");
            match column.kind {
                ColumnKind::Text => {
                    let texts: Vec<ByteArray> = cells().filter_map(text).collect();
                    writer.typed::<ByteArrayType>().write_batch(&texts, Some(&levels), None)?;
                }
                ColumnKind::Whole | ColumnKind::Time => {
                    let numbers: Vec<i64> = cells().filter_map(number).collect();
                    writer.typed::<Int64Type>().write_batch(&numbers, Some(&levels), None)?;
                }
            }
            writer.close()?;
        }
        group.close()?;
        Ok(())
    }
}

fn text(cell: &Cell) -> Option<ByteArray> {
    match cell {
        Cell::Text(text) => Some(ByteArray::from(text.as_str())),
        Cell::Empty | Cell::Whole(_) | Cell::Time(_) => None,
    }
}

/// The bits of a whole number, or the milliseconds of an instant.
fn number(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Whole(number) => Some(number.cast_signed()),
        Cell::Time(seconds) => Some(seconds * 1000),
        Cell::Empty | Cell::Text(_) => None,
    }
}

fn schema(columns: &[Column]) -> String {
    let field = |column: &Column| {
        let kind = match column.kind {
            ColumnKind::Text => ("binary", "STRING"),
            ColumnKind::Whole => ("int64", "INTEGER(64,false)"),
            ColumnKind::Time => ("int64", "TIMESTAMP(MILLIS,true)"),
        };
        format!("optional {} {} ({});", kind.0, column.name, kind.1)
    };
    format!("message entente {{ {} }}", columns.iter().map(field).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    use super::super::{text, time, whole};
    use super::*;

    const COLUMNS: &[Column] = &[whole("position"), time("recorded_at"), text("value")];

    #[test]
    fn what_is_written_is_read_back_over_several_groups() {
        let mut bytes = Vec::new();
        let mut sheet = ParquetSheet::new(&mut bytes, COLUMNS).unwrap();
        let rows = GROUP_ROWS as u64 + 1;
        for row in 1..=rows {
            let value = if row % 2 == 0 { Cell::Empty } else { Cell::Text(format!("{row}.50")) };
            sheet.row(vec![Cell::Whole(row), Cell::Time(1_767_225_600), value]).unwrap();
        }
        sheet.finish().unwrap();
        let reader = SerializedFileReader::new(Bytes::from(bytes)).unwrap();
        assert_eq!(reader.metadata().num_row_groups(), 2);
        let mut count = 0;
        for row in reader.get_row_iter(None).unwrap() {
            count += 1;
            let row: Vec<Field> = row.unwrap().into_columns().into_iter().map(|(_, field)| field).collect();
            let value = if count % 2 == 0 { Field::Null } else { Field::Str(format!("{count}.50")) };
            assert_eq!(row, [Field::ULong(count), Field::TimestampMillis(1_767_225_600_000), value]);
        }
        assert_eq!(count, rows);
    }
}
