//! A company's items as CSV: columns `code`, `nomenclature` and `name`, in any order, the latter two optional.

use csv::{ReaderBuilder, StringRecord, Trim};

use super::encoding;
use crate::domain::Nomenclature;
use crate::proto::v1;
use crate::wire::Word as _;

/// Why a file of items cannot be used. A line that is merely no code is none of these: the answer says so.
#[derive(Debug, thiserror::Error)]
pub enum ItemsError {
    /// Not CSV.
    #[error("{origin}: {cause}")]
    Syntax {
        /// The file's name.
        origin: String,
        /// What the parser said, with the line.
        cause: String,
    },
    /// The first line has neither column.
    #[error("{origin}: its first line names the columns {columns}; it needs code or name, and may have nomenclature")]
    Columns {
        /// The file's name.
        origin: String,
        /// What the first line names.
        columns: String,
    },
    /// A nomenclature that is none.
    #[error("{origin}: line {line}: nomenclature: {cause}")]
    Nomenclature {
        /// The file's name.
        origin: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong, and what would be right.
        cause: String,
    },
    /// A line with more fields than there are columns: which of them is the code?
    #[error(
        "{origin}: line {line}: {fields} fields, where the first line names {columns}; a comma within a name needs quotes around it"
    )]
    Fields {
        /// The file's name.
        origin: String,
        /// The line, from 1.
        line: u64,
        /// How many it has.
        fields: usize,
        /// How many columns there are.
        columns: usize,
    },
    /// Not even the names of columns.
    #[error("{0}: is empty; its first line is to name the columns code or name, and may name nomenclature")]
    Blank(String),
    /// Nothing but the names of columns.
    #[error("{0}: has no items")]
    Empty(String),
}

/// The names of nomenclatures that files and the command line take.
const NAMES: [(&str, Nomenclature); 12] = [
    ("hs", Nomenclature::Hs2022),
    ("hs2022", Nomenclature::Hs2022),
    ("htsus", Nomenclature::Htsus),
    ("hts", Nomenclature::Htsus),
    ("cn2025", Nomenclature::Cn2025),
    ("combinednomenclature", Nomenclature::Cn2025),
    ("chinatariff", Nomenclature::ChinaTariff),
    ("chinascustomstariff", Nomenclature::ChinaTariff),
    ("chinacontrol", Nomenclature::ChinaControl),
    ("chinasexportcontrollist", Nomenclature::ChinaControl),
    ("eccn", Nomenclature::Eccn),
    ("useccn", Nomenclature::Eccn),
];

/// Reads a nomenclature by name, whatever its capitals and hyphens.
pub fn parse_nomenclature(text: &str) -> Result<Nomenclature, String> {
    let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let known = NAMES.iter().find(|(name, _)| *name == plain);
    known.map(|(_, nomenclature)| *nomenclature).ok_or_else(|| {
        let doubt = if plain == "cn" { " (CN may be the Combined Nomenclature or China)" } else { "" };
        format!("{text:?} is not one of HS-2022, HTSUS, CN-2025, CHINA-TARIFF, CHINA-CONTROL, ECCN{doubt}")
    })
}

/// Reads a text of items; `origin` names it in errors. Commas, semicolons and tabs all separate, as the first line does.
pub fn parse(text: &str, origin: &str) -> Result<Vec<v1::ExposureItem>, ItemsError> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(ItemsError::Blank(origin.to_owned()));
    }
    let first = text.lines().next().unwrap_or_default();
    let delimiter = *b"\t;,".iter().find(|mark| first.as_bytes().contains(mark)).unwrap_or(&b',');
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).flexible(true).trim(Trim::All).from_reader(text.as_bytes());
    let syntax = |error: csv::Error| ItemsError::Syntax { origin: origin.to_owned(), cause: error.to_string() };
    let headers = reader.headers().map_err(syntax)?;
    let (columns, width) = (Columns::of(headers, origin)?, headers.len());
    let mut items = Vec::new();
    for record in reader.records() {
        let record = record.map_err(syntax)?;
        // Empty fields at the end are what spreadsheets leave.
        if record.iter().skip(width).any(|field| !field.is_empty()) {
            let line = record.position().map_or(0, csv::Position::line);
            return Err(ItemsError::Fields { origin: origin.to_owned(), line, fields: record.len(), columns: width });
        }
        items.extend(columns.item(&record, origin)?);
    }
    if items.is_empty() { Err(ItemsError::Empty(origin.to_owned())) } else { Ok(items) }
}

/// Where the columns are.
struct Columns {
    code: Option<usize>,
    nomenclature: Option<usize>,
    name: Option<usize>,
}

impl Columns {
    fn of(headers: &StringRecord, origin: &str) -> Result<Self, ItemsError> {
        let at = |wanted: &str| headers.iter().position(|name| name.eq_ignore_ascii_case(wanted));
        let columns = Columns { code: at("code"), nomenclature: at("nomenclature"), name: at("name") };
        if columns.code.is_none() && columns.name.is_none() {
            let named = encoding::escape(&headers.iter().collect::<Vec<_>>().join(", "));
            return Err(ItemsError::Columns { origin: origin.to_owned(), columns: named });
        }
        Ok(columns)
    }

    /// The item of a line; none where the line is empty.
    fn item(&self, record: &StringRecord, origin: &str) -> Result<Option<v1::ExposureItem>, ItemsError> {
        let field = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default();
        let (code, name, list) = (field(self.code), field(self.name), field(self.nomenclature));
        if code.is_empty() && name.is_empty() {
            return Ok(None);
        }
        let line = record.position().map_or(0, csv::Position::line);
        let nomenclature = match list {
            "" => 0,
            list => parse_nomenclature(list)
                .map_err(|cause| ItemsError::Nomenclature { origin: origin.to_owned(), line, cause })?
                .number(),
        };
        Ok(Some(v1::ExposureItem { code: code.to_owned(), nomenclature, name: name.to_owned() }))
    }
}
