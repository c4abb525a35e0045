//! The mapping: which column of a table is what of an event. Read from TOML and checked before any row is.

use super::fault::{Fault, Row};
use super::field::{
    optional_text, optional_word, read_basis, read_component, read_slug, read_subject, read_text, read_unit, word_of,
};
use super::figure::{Manner, Number, Span, Stated, Strand};
use super::given::Given;
use super::mapping_file::{FilterFile, MappingFile, SourceFile, TableFile};
use super::period::Period;
use super::quantity::{Amount, Blank, Quantity};
use super::recorded_at::RecordedAt;
use crate::domain::event::Bound;
use crate::domain::terms::Basis;
use crate::domain::{Confidence, EventKind, Instant, RecordBasis, Slug, Source, SourceClass, Subject, Text, Unit};

/// Why a mapping cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// It is not the TOML that is expected.
    #[error("{0}")]
    Form(String),
    /// A field cannot hold what it holds, or is missing.
    #[error("{field}: {problem}")]
    Field {
        /// Which.
        field: String,
        /// What is wrong with it, and what would be right.
        problem: String,
    },
}

impl MappingError {
    pub(super) fn field(field: impl Into<String>, problem: impl ToString) -> Self {
        MappingError::Field { field: field.into(), problem: problem.to_string() }
    }
}

/// A checked mapping, for tables about one ledger.
#[derive(Debug, Clone)]
pub struct Mapping {
    pub(super) ledger: Slug,
    pub(super) kind: EventKind,
    pub(super) table: Dialect,
    pub(super) adds_up: bool,
    pub(super) said: Said,
    subject: Given<Subject>,
    series: Option<Given<Slug>>,
    basis: Option<Given<Basis>>,
    unit: Option<Given<Unit>>,
    bound: Bound,
    covers: bool,
    item: Option<Given<Text>>,
    period: Period,
    value: Quantity,
    denominator: Option<Quantity>,
    recorded_at: Option<RecordedAt>,
    filters: Vec<FilterFile>,
}

/// What every event of a table says besides its figure.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) sources: Vec<Source>,
    pub(super) note: Option<Text>,
    pub(super) confidence: Option<Confidence>,
    pub(super) recorded_basis: Option<RecordBasis>,
    pub(super) reference: Option<Text>,
}

/// How the file is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    pub(super) comment: Option<u8>,
    pub(super) skip_lines: u32,
}

/// What one row says.
#[derive(Debug)]
pub(super) enum Told {
    /// Another thing than the mapping is about, or nothing.
    Skipped,
    Figure(Stated, Option<Instant>),
    /// What it is of is clear; how much is not.
    Unreadable(Strand, Span, Fault),
}

impl Mapping {
    /// Reads a mapping for tables about `ledger`.
    pub fn parse(text: &str, ledger: &Slug) -> Result<Self, MappingError> {
        let file: MappingFile =
            toml::from_str(text).map_err(|error| MappingError::Form(error.to_string().trim().to_owned()))?;
        let kinds = [EventKind::AmountReported, EventKind::MetricReported, EventKind::RateSet];
        let kind = word_of(&file.kind, "kind", &kinds.map(|kind| (kind.name(), kind)))?;
        super::kind_rules::check(kind, &file)?;
        let subject = Given::of(&file.subject, "subject", |text| read_subject(text, ledger))?;
        let combine = file.combine.as_deref().unwrap_or("refuse");
        let item = match kind {
            EventKind::RateSet => file.component.as_ref().map(|given| Given::of(given, "component", read_component)),
            _ => file.item.as_ref().map(|given| Given::of(given, "item", read_text)),
        };
        let blanks = [("reject", Blank::Reject), ("skip", Blank::Skip), ("gone", Blank::Gone)];
        let blanks = if kind == EventKind::RateSet { &blanks[..] } else { &blanks[..2] };
        let period = Period::of(&file.period)?;
        super::kind_rules::check_period(kind, &period)?;
        Ok(Mapping {
            ledger: ledger.clone(),
            kind,
            table: dialect(&file.table)?,
            adds_up: word_of(combine, "combine", &[("refuse", false), ("sum", true)])?,
            said: Said {
                sources: file.source.iter().enumerate().map(source).collect::<Result<_, _>>()?,
                note: optional_text(file.note.as_deref(), "note")?,
                confidence: optional_word(file.confidence.as_deref(), "confidence", Confidence::ALL)?,
                recorded_basis: match &file.recorded_at {
                    Some(at) => optional_word(at.basis.as_deref(), "recorded_at.basis", RecordBasis::ALL)?,
                    None => None,
                },
                reference: optional_text(file.reference.as_deref(), "reference")?,
            },
            subject,
            series: file.series.as_ref().map(|given| Given::of(given, "series", read_slug)).transpose()?,
            basis: file.basis.as_ref().map(|given| Given::of(given, "basis", read_basis)).transpose()?,
            unit: file.unit.as_ref().map(|given| Given::of(given, "unit", read_unit)).transpose()?,
            bound: optional_word(file.bound.as_deref(), "bound", Bound::ALL)?.unwrap_or(Bound::Exact),
            covers: file.covers.unwrap_or(false),
            item: item.transpose()?,
            period,
            value: Quantity::of(&file.value, "value", blanks)?,
            denominator: file
                .denominator
                .as_ref()
                .map(|file| Quantity::of(file, "denominator", &blanks[..2]))
                .transpose()?,
            recorded_at: file.recorded_at.as_ref().map(RecordedAt::of).transpose()?,
            filters: checked_filters(file.filter)?,
        })
    }

    /// Which kind of event the figures become.
    pub fn kind(&self) -> EventKind {
        self.kind
    }

    /// The mapping without what it says of record times, for where something else gives them: a LIVE ledger stamps them.
    pub fn without_record_times(self) -> Self {
        Mapping { recorded_at: None, ..self }
    }

    /// The column that record times come from, if one does.
    pub fn record_times(&self) -> Option<&str> {
        self.recorded_at.as_ref().map(|at| at.column.as_str())
    }

    /// Every column that it names.
    pub(super) fn columns(&self) -> Vec<&str> {
        let givens = [
            self.subject.column(),
            self.series.as_ref().and_then(Given::column),
            self.basis.as_ref().and_then(Given::column),
            self.unit.as_ref().and_then(Given::column),
            self.item.as_ref().and_then(Given::column),
            self.denominator.as_ref().map(|quantity| quantity.column.as_str()),
            self.recorded_at.as_ref().map(|at| at.column.as_str()),
            Some(self.value.column.as_str()),
        ];
        let filters = self.filters.iter().map(|filter| filter.column.as_str());
        givens.into_iter().flatten().chain(self.period.columns()).chain(filters).collect()
    }

    /// Reads one row; an error where it is not even clear what it is of.
    pub(super) fn read(&self, row: Row<'_>) -> Result<Told, Fault> {
        for filter in &self.filters {
            if !filter.takes(row.text(&filter.column)?) {
                return Ok(Told::Skipped);
            }
        }
        let (span, period) = self.period.value(row)?;
        let strand = Strand {
            subject: self.subject.value(row, |text| read_subject(text, &self.ledger))?,
            series: self.series.as_ref().map(|series| series.value(row, read_slug)).transpose()?,
            basis: self.basis.as_ref().map(|basis| basis.value(row, read_basis)).transpose()?,
            item: match (&self.item, self.kind) {
                (None, _) => None,
                (Some(item), EventKind::RateSet) => Some(item.value(row, read_component)?),
                (Some(item), _) => Some(item.value(row, read_text)?),
            },
            period,
            is_running: false,
        };
        match self.measure(row) {
            Ok(Some((manner, number, recorded_at))) => {
                Ok(Told::Figure(Stated { strand, span, manner, number }, recorded_at))
            }
            Ok(None) => Ok(Told::Skipped),
            Err(fault) => Ok(Told::Unreadable(strand, span, fault)),
        }
    }

    fn measure(&self, row: Row<'_>) -> Result<Option<(Manner, Number, Option<Instant>)>, Fault> {
        let value = self.value.value(row)?;
        let denominator = self.denominator.as_ref().map(|denominator| denominator.value(row)).transpose()?;
        let number = match (value, denominator) {
            (Amount::Nothing(Blank::Gone), _) => Number::Gone,
            (Amount::Nothing(_), _) | (_, Some(Amount::Nothing(_))) => return Ok(None),
            (Amount::Number(value), None) => Number::One(value),
            (Amount::Number(value), Some(Amount::Number(of))) => {
                let column = self.denominator.as_ref().map(|quantity| quantity.column.clone()).unwrap_or_default();
                let of = of.non_negative().map_err(|error| Fault::new(column, of.to_string(), error))?;
                Number::ratio(value, of)
            }
        };
        let unit = self.unit.as_ref().map(|unit| unit.value(row, read_unit)).transpose()?;
        let recorded_at = self.recorded_at.as_ref().map(|at| at.value(row)).transpose()?;
        Ok(Some((Manner { unit, covers: self.covers, bound: self.bound }, number, recorded_at)))
    }
}

impl FilterFile {
    fn takes(&self, text: &str) -> bool {
        let is = self.is.as_deref().is_none_or(|is| is == text);
        is && self.one_of.as_ref().is_none_or(|words| words.iter().any(|word| word == text))
    }
}

fn checked_filters(filters: Vec<FilterFile>) -> Result<Vec<FilterFile>, MappingError> {
    for (index, filter) in filters.iter().enumerate() {
        if filter.is.is_some() == filter.one_of.is_some() {
            return Err(MappingError::field(format!("filter[{index}]"), "give either is or one_of"));
        }
    }
    Ok(filters)
}

fn dialect(file: &TableFile) -> Result<Dialect, MappingError> {
    let sign = |sign: Option<char>, field: &str| {
        let byte = sign.map(|sign| u8::try_from(sign).ok().filter(u8::is_ascii));
        byte.map(|byte| byte.ok_or_else(|| MappingError::field(field, "one sign of ASCII"))).transpose()
    };
    Ok(Dialect {
        delimiter: sign(file.delimiter, "table.delimiter")?.unwrap_or(b','),
        comment: sign(file.comment, "table.comment")?,
        skip_lines: file.skip_lines,
    })
}

fn source((index, file): (usize, &SourceFile)) -> Result<Source, MappingError> {
    let text = |text: Option<&str>, name: &str| optional_text(text, &format!("source[{index}].{name}"));
    Ok(Source {
        publisher: Text::new(&file.publisher)
            .map_err(|error| MappingError::field(format!("source[{index}].publisher"), error))?,
        title: text(file.title.as_deref(), "title")?,
        address: text(file.address.as_deref(), "address")?,
        archived_address: text(file.archived_address.as_deref(), "archived_address")?,
        published: text(file.published.as_deref(), "published")?,
        class: optional_word(file.class.as_deref(), &format!("source[{index}].class"), SourceClass::ALL)?,
        attribution: text(file.attribution.as_deref(), "attribution")?,
        quality: text(file.quality.as_deref(), "quality")?,
    })
}
