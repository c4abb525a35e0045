//! Reading a table: every row through the mapping, rows of one figure together.

use std::collections::HashMap;
use std::io::{self, BufRead};

use super::fault::{Fault, Row};
use super::figure::{Key, Manner, Number, Span, Stated, Strand};
use super::line_feed::LineFeeds;
use super::mapping::{Mapping, Told};
use super::names::Names;
use super::reject::Reject;
use crate::domain::{Decimal, Instant, Subject};
use crate::exchange::encoding;

/// The most figures of one table: what bounds the memory of an import.
pub const FIGURES_MAX: usize = 5_000_000;
/// So many columns are named in an error.
const COLUMNS_SHOWN_MAX: usize = 30;

/// Why a table cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file cannot be read, or the file of rejected lines cannot be written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is not a text in UTF-8.
    #[error("the table {0}")]
    Encoding(&'static str),
    /// There is not even a header.
    #[error("the table is empty; its first line is to name the columns")]
    Empty,
    /// A column that the mapping names is not there, or is there twice.
    #[error("the table has {times} columns {column:?}; its columns are {known}")]
    Column {
        /// The column.
        column: String,
        /// How often it is there.
        times: usize,
        /// All columns.
        known: String,
    },
    /// More figures than are held at once.
    #[error("more than {FIGURES_MAX} figures; split the table, for instance by period")]
    TooMany,
}

/// The figures of a table, in the order in which they are to be recorded.
#[derive(Debug, Default)]
pub struct Figures {
    pub(super) strands: Names<Strand>,
    pub(super) manners: Names<Manner>,
    pub(super) figures: Vec<Figure>,
    skipped: u64,
}

/// One figure. A million of them are held at once, so what they share is not in them.
#[derive(Debug)]
pub(super) struct Figure {
    pub(super) key: Key,
    pub(super) manner: u32,
    pub(super) number: Number,
    pub(super) recorded_at: Option<Instant>,
    /// The first line of it.
    pub(super) line: u32,
    spoiled: Option<Spoiled>,
}

/// Why a figure is left out although its first line could be read.
#[derive(Debug, Clone, Copy)]
enum Spoiled {
    /// This line of it could not be read: a sum without it would be wrong.
    Unreadable(u32),
    /// This line gives it again.
    Twice(u32),
    /// This line gives it in another unit.
    OtherUnit(u32),
    /// The sum with this line has too many digits.
    TooLarge(u32),
}

impl Figures {
    /// Reads a table. Lines that no figure can be made of go to `reject`, and so does a figure of several lines of which
    /// one cannot be read.
    pub fn read(
        mut source: impl BufRead,
        mapping: &Mapping,
        reject: &mut dyn FnMut(Reject) -> io::Result<()>,
    ) -> Result<Self, TableError> {
        for _ in 0..mapping.table.skip_lines {
            source.skip_until(b'\n')?;
        }
        if let Some(why) = encoding::fault(source.fill_buf()?) {
            return Err(TableError::Encoding(why));
        }
        // Blanks around fields are taken off later: with them, the line feeds of a record can be counted.
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(mapping.table.delimiter)
            .comment(mapping.table.comment)
            .from_reader(LineFeeds::of(source));
        let columns = columns(reader.byte_headers().map_err(io_error)?, mapping)?;
        let mut reading = Reading { figures: Figures::default(), index: HashMap::new(), adds_up: mapping.adds_up };
        let mut record = csv::ByteRecord::new();
        loop {
            let read = reader.read_byte_record(&mut record);
            // The line after a record is known; that before it may be one of several empty ones.
            let within = record.iter().flatten().filter(|byte| **byte == b'\n').count() as u64;
            let is_open = reader.get_ref().has_ended();
            let next = u64::from(mapping.table.skip_lines) + reader.position().line() - within;
            let line = if is_open { next } else { next.saturating_sub(1) };
            match read {
                Ok(false) => break,
                _ if is_open => {
                    let reason = format!(
                        "a quote is opened and never closed; this line and the {within} lines that follow are left out"
                    );
                    reject(Reject::whole(line, reason))?;
                }
                Ok(true) => {
                    let told = mapping.read(Row { record: &record, columns: &columns });
                    if let Err(fault) = reading.take(line, told)? {
                        reject(Reject::of(line, fault))?;
                    }
                }
                Err(error) => match error.kind() {
                    csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                        let reason = format!("{len} fields, where the header has {expected_len}");
                        reject(Reject::whole(line, reason))?;
                    }
                    _ => return Err(io_error(error)),
                },
            }
        }
        let Reading { mut figures, index, .. } = reading;
        drop(index);
        figures.leave_out_spoiled(reject)?;
        figures.figures.sort_by_key(|figure| (figure.recorded_at, figure.line));
        Ok(figures)
    }

    /// How many figures there are.
    pub fn len(&self) -> usize {
        self.figures.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.figures.is_empty()
    }

    /// How many rows the filters, or empty values, left out.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// What the figures are about, each once.
    pub fn subjects(&self) -> Vec<Subject> {
        let mut subjects: Vec<Subject> = self.strands.iter().map(|strand| strand.subject.clone()).collect();
        subjects.sort_unstable();
        subjects.dedup();
        subjects
    }

    /// Gives every figure this record time, for a table that came out as a whole.
    pub fn record_all_at(&mut self, at: Option<Instant>) {
        self.figures.iter_mut().for_each(|figure| figure.recorded_at = at);
        self.figures.sort_by_key(|figure| figure.line);
    }

    fn leave_out_spoiled(&mut self, reject: &mut dyn FnMut(Reject) -> io::Result<()>) -> io::Result<()> {
        for figure in &self.figures {
            let Some(spoiled) = figure.spoiled else { continue };
            if matches!(spoiled, Spoiled::Unreadable(line) if line == figure.line) {
                // That line was rejected already.
                continue;
            }
            reject(Reject::whole(u64::from(figure.line), spoiled))?;
        }
        self.figures.retain(|figure| figure.spoiled.is_none());
        Ok(())
    }
}

/// A table while it is read.
struct Reading {
    figures: Figures,
    index: HashMap<Key, u32>,
    adds_up: bool,
}

impl Reading {
    /// Takes in what a line says. The inner error is for that line alone.
    fn take(&mut self, line: u64, told: Result<Told, Fault>) -> Result<Result<(), Fault>, TableError> {
        let line = u32::try_from(line).map_err(|_| TableError::TooMany)?;
        let (stated, recorded_at) = match told {
            Err(fault) => return Ok(Err(fault)),
            Ok(Told::Skipped) => {
                self.figures.skipped += 1;
                return Ok(Ok(()));
            }
            Ok(Told::Unreadable(strand, span, fault)) => {
                self.spoil(strand, span, line)?;
                return Ok(Err(fault));
            }
            Ok(Told::Figure(stated, recorded_at)) => (stated, recorded_at),
        };
        let Stated { strand, span, manner, number } = stated;
        let key = Key { strand: self.figures.strands.number(strand), span };
        let manner = self.figures.manners.number(manner);
        match self.index.get(&key) {
            None => self.add(Figure { key, manner, number, recorded_at, line, spoiled: None })?,
            Some(index) => {
                let figure = &mut self.figures.figures[*index as usize];
                if let Err(spoiled) = figure.join(self.adds_up, manner, &number, line) {
                    // Told here too, since a reader of the file looks for the line.
                    let twice = matches!(spoiled, Spoiled::Twice(_)).then_some(Spoiled::Twice(figure.line));
                    figure.spoiled.get_or_insert(spoiled);
                    return Ok(twice.map_or(Ok(()), |twice| Err(Fault::new("", "", twice))));
                }
                figure.recorded_at = figure.recorded_at.max(recorded_at);
            }
        }
        Ok(Ok(()))
    }

    /// A line of a figure cannot be read: what other lines say of it is not enough.
    fn spoil(&mut self, strand: Strand, span: Span, line: u32) -> Result<(), TableError> {
        if !self.adds_up {
            return Ok(());
        }
        let key = Key { strand: self.figures.strands.number(strand), span };
        let spoiled = Some(Spoiled::Unreadable(line));
        match self.index.get(&key) {
            Some(index) => {
                self.figures.figures[*index as usize].spoiled.get_or_insert(Spoiled::Unreadable(line));
                Ok(())
            }
            None => self.add(Figure { key, manner: 0, number: Number::Gone, recorded_at: None, line, spoiled }),
        }
    }

    fn add(&mut self, figure: Figure) -> Result<(), TableError> {
        let figures = &mut self.figures.figures;
        if figures.len() == FIGURES_MAX {
            return Err(TableError::TooMany);
        }
        self.index.insert(figure.key, figures.len() as u32);
        figures.push(figure);
        Ok(())
    }
}

impl Figure {
    fn join(&mut self, adds_up: bool, manner: u32, number: &Number, line: u32) -> Result<(), Spoiled> {
        if !adds_up {
            return Err(Spoiled::Twice(line));
        }
        if self.spoiled.is_some() {
            return Ok(());
        }
        if manner != self.manner {
            return Err(Spoiled::OtherUnit(line));
        }
        if let (Number::One(sum), Number::One(more)) = (&self.number, number) {
            let sum = Decimal::of_fraction(&(sum.fraction() + more.fraction()));
            self.number = Number::One(sum.map_err(|_| Spoiled::TooLarge(line))?);
        }
        Ok(())
    }
}

impl std::fmt::Display for Spoiled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Spoiled::Unreadable(line) => write!(f, "line {line} belongs to the same figure and was rejected"),
            Spoiled::Twice(line) => write!(
                f,
                "line {line} gives the same figure; combine = \"sum\" adds the lines of a period up, a filter chooses one"
            ),
            Spoiled::OtherUnit(line) => write!(f, "line {line} belongs to the same figure and is in another unit"),
            Spoiled::TooLarge(line) => write!(f, "the sum with line {line} has more digits than a decimal may have"),
        }
    }
}

/// Where each column stands; those that the mapping names must be there once.
fn columns(header: &csv::ByteRecord, mapping: &Mapping) -> Result<HashMap<String, usize>, TableError> {
    let read = |name: &[u8]| std::str::from_utf8(name.trim_ascii()).map(str::to_owned);
    let names: Result<Vec<String>, _> = header.iter().map(read).collect();
    let names = names.map_err(|_| TableError::Encoding("has a header that is not UTF-8; save it as CSV in UTF-8"))?;
    if names.iter().all(String::is_empty) {
        return Err(TableError::Empty);
    }
    for column in mapping.columns() {
        let times = names.iter().filter(|name| *name == column).count();
        if times != 1 {
            return Err(TableError::Column { column: column.to_owned(), times, known: listed(&names) });
        }
    }
    Ok(names.into_iter().enumerate().map(|(index, name)| (name, index)).collect())
}

/// The names of columns in an error: what they are, not what they do to a terminal.
fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(COLUMNS_SHOWN_MAX).map(|name| encoding::escape(name)).collect();
    match names.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn io_error(error: csv::Error) -> TableError {
    TableError::Io(error.into())
}
