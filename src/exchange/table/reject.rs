//! Lines that were not imported, and the file that says why.

use std::io::{self, Read, Seek, SeekFrom, Write};

use super::fault::Fault;

/// The header of a file of rejected lines, by which one is known.
const COLUMNS: [&str; 4] = ["line", "field", "value", "reason"];

/// A line of a table that no event was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// The line, from 1, the header included.
    pub line: u64,
    /// The column, or the field of the event; empty where it is the line as a whole.
    pub field: String,
    /// What stands there; empty where it is the line as a whole.
    pub value: String,
    /// What is wrong, and what would be right.
    pub reason: String,
}

impl Reject {
    /// A line that is rejected as a whole.
    pub fn whole(line: u64, reason: impl ToString) -> Self {
        Reject { line, field: String::new(), value: String::new(), reason: reason.to_string() }
    }

    pub(super) fn of(line: u64, fault: Fault) -> Self {
        Reject { line, field: fault.field, value: fault.value, reason: fault.reason }
    }
}

/// Rejected lines on their way into a table of line, field, value and reason, in the order of the lines. They come in any
/// order and may be many, so they wait in two temporary files, which `open` makes when they are needed: what comes in
/// order, and what comes late. Of the latter alone something is held in memory: 24 bytes each.
pub struct Rejects<S: Write, O> {
    open: O,
    in_order: Option<csv::Writer<S>>,
    last: u64,
    late: Option<S>,
    places: Vec<Place>,
    late_bytes: u64,
    count: u64,
}

/// Where a line that came late waits.
#[derive(Debug, Clone, Copy)]
struct Place {
    line: u64,
    at: u64,
    length: usize,
}

impl<S: Read + Write + Seek, O: FnMut() -> io::Result<S>> Rejects<S, O> {
    /// None yet.
    pub fn new(open: O) -> Self {
        Rejects { open, in_order: None, last: 0, late: None, places: Vec::new(), late_bytes: 0, count: 0 }
    }

    /// Takes one in.
    pub fn add(&mut self, reject: &Reject) -> io::Result<()> {
        self.count += 1;
        let row = [&reject.line.to_string(), &reject.field, &reject.value, &reject.reason];
        if reject.line >= self.last {
            self.last = reject.line;
            let writer = match &mut self.in_order {
                Some(writer) => writer,
                none => none.insert(csv::Writer::from_writer((self.open)()?)),
            };
            return Ok(writer.write_record(row)?);
        }
        let mut bytes = csv::Writer::from_writer(Vec::new());
        bytes.write_record(row)?;
        let bytes = bytes.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
        let file = match &mut self.late {
            Some(file) => file,
            none => none.insert((self.open)()?),
        };
        file.write_all(&bytes)?;
        self.places.push(Place { line: reject.line, at: self.late_bytes, length: bytes.len() });
        self.late_bytes += bytes.len() as u64;
        Ok(())
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Writes the table of them. Those of one line stay in the order in which they came.
    pub fn write_to(self, out: impl Write) -> io::Result<()> {
        let mut out = csv::Writer::from_writer(out);
        out.write_record(COLUMNS)?;
        let (mut places, mut late) = (self.places, self.late);
        places.sort_by_key(|place| place.line);
        let mut places = places.into_iter().peekable();
        if let Some(writer) = self.in_order {
            let mut file = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
            file.seek(SeekFrom::Start(0))?;
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(file);
            let mut record = csv::ByteRecord::new();
            while reader.read_byte_record(&mut record)? {
                let line = record.get(0).and_then(|text| std::str::from_utf8(text).ok()?.parse().ok()).unwrap_or(0);
                while let Some(place) = places.next_if(|place| place.line < line) {
                    out.write_byte_record(&place.read(late.as_mut())?)?;
                }
                out.write_byte_record(&record)?;
            }
        }
        for place in places {
            out.write_byte_record(&place.read(late.as_mut())?)?;
        }
        out.flush()
    }
}

impl Place {
    /// The line that waits there.
    fn read(self, file: Option<&mut (impl Read + Seek)>) -> io::Result<csv::ByteRecord> {
        let mut bytes = vec![0; self.length];
        if let Some(file) = file {
            file.seek(SeekFrom::Start(self.at))?;
            file.read_exact(&mut bytes)?;
        }
        let mut record = csv::ByteRecord::new();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
        reader.read_byte_record(&mut record)?;
        Ok(record)
    }
}

/// Whether a text begins as a file of rejected lines does.
pub fn is_rejects(beginning: &str) -> bool {
    beginning.lines().next() == Some(COLUMNS.join(",").as_str())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn they_are_written_in_the_order_of_the_lines_however_they_came() {
        let mut rejects = Rejects::new(|| Ok(Cursor::new(Vec::new())));
        for (line, value) in
            [(3, "a"), (9, "b,\n\"c"), (9, "d"), (5, "late"), (2, "first"), (12, "e"), (11, ""), (5, "f")]
        {
            let reject = Reject { line, field: "f".to_owned(), value: value.to_owned(), reason: "r".to_owned() };
            rejects.add(&reject).unwrap();
        }
        assert_eq!(rejects.count(), 8);
        let mut out = Vec::new();
        rejects.write_to(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(is_rejects(&text) && !is_rejects("line,field\n"));
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<(u64, String)> =
            reader.records().map(|row| row.unwrap()).map(|row| (row[0].parse().unwrap(), row[2].to_owned())).collect();
        let expected = [(2, "first"), (3, "a"), (5, "late"), (5, "f"), (9, "b,\n\"c"), (9, "d"), (11, ""), (12, "e")];
        assert_eq!(rows, expected.map(|(line, value)| (line, value.to_owned())));
    }
}
