//! For when a row's figure is: the forms in which tables give periods.

use jiff::civil::Date;
use jiff::fmt::strtime;

use super::fault::{Fault, Row};
use super::figure::Span;
use super::given::Given;
use super::mapping::MappingError;
use super::mapping_file::PeriodFile;
use crate::domain::{Day, Slug, Window, Zone};

/// How the columns give a period.
#[derive(Debug, Clone)]
pub(super) struct Period {
    form: Form,
    /// How days and months are written, where not as ISO 8601.
    format: Option<String>,
}

#[derive(Debug, Clone)]
enum Form {
    /// The last day, of a period of so many days.
    Ending(String, i64),
    /// The first day, of a period of so many days.
    Starting(String, i64),
    Month(String),
    Quarter(String),
    Year(String),
    Between(String, String),
    /// A test period of the commitment, by name.
    Named(Given<Slug>),
    /// A rate holds from the midnight that begins this day.
    Effective(String, Zone),
}

impl Period {
    pub(super) fn of(file: &PeriodFile) -> Result<Self, MappingError> {
        let days = file.days.map(i64::from);
        let mut forms = Vec::new();
        for (column, form) in [(&file.ending, true), (&file.starting, false)] {
            if let Some(column) = column.clone() {
                let problem = "required beside ending or starting, and 1 or more: how many days a period covers";
                let days = days.filter(|days| *days >= 1).ok_or_else(|| MappingError::field("period.days", problem))?;
                forms.push(if form { Form::Ending(column, days) } else { Form::Starting(column, days) });
            }
        }
        forms.extend(file.day.clone().map(|column| Form::Ending(column, 1)));
        forms.extend(file.month.clone().map(Form::Month));
        forms.extend(file.quarter.clone().map(Form::Quarter));
        forms.extend(file.year.clone().map(Form::Year));
        match (&file.from, &file.through) {
            (Some(from), Some(through)) => forms.push(Form::Between(from.clone(), through.clone())),
            (None, None) => {}
            _ => return Err(MappingError::field("period", "from and through go together; one of them is missing")),
        }
        if let Some(name) = &file.name {
            forms.push(Form::Named(Given::of(name, "period.name", read_name)?));
        }
        if let Some(column) = file.effective.clone() {
            let zone = file.zone.as_deref().ok_or_else(|| {
                MappingError::field("period.zone", "required beside effective: whose midnight begins the day")
            })?;
            let zone = Zone::parse(zone).map_err(|error| MappingError::field("period.zone", error))?;
            forms.push(Form::Effective(column, zone));
        }
        let one = "give one of: ending and days, starting and days, day, month, quarter, year, from and through, name, effective and zone";
        let is_whole = file.days.is_none() || file.ending.is_some() || file.starting.is_some();
        let form = forms.pop().filter(|_| forms.is_empty() && is_whole);
        let form = form.ok_or_else(|| MappingError::field("period", one))?;
        if file.zone.is_some() && !matches!(form, Form::Effective(..)) {
            return Err(MappingError::field("period.zone", "only beside effective; other periods are whole days"));
        }
        Ok(Period { form, format: file.format.clone() })
    }

    /// Whether it is the day on which a rate takes effect.
    pub(super) fn is_effect(&self) -> bool {
        matches!(self.form, Form::Effective(..))
    }

    /// Whether it is a test period by name.
    pub(super) fn is_named(&self) -> bool {
        matches!(self.form, Form::Named(_))
    }

    /// The columns it is in.
    pub(super) fn columns(&self) -> Vec<&str> {
        match &self.form {
            Form::Ending(column, _)
            | Form::Starting(column, _)
            | Form::Month(column)
            | Form::Quarter(column)
            | Form::Year(column)
            | Form::Effective(column, _) => vec![column],
            Form::Between(from, through) => vec![from, through],
            Form::Named(name) => name.column().into_iter().collect(),
        }
    }

    /// The period of a row, and its name where it has one.
    pub(super) fn value(&self, row: Row<'_>) -> Result<(Span, Option<Slug>), Fault> {
        let window = match &self.form {
            Form::Named(name) => return Ok((Span::Named, Some(name.value(row, read_name)?))),
            Form::Effective(column, zone) => return Ok((Span::From(zone.start_of(self.day(row, column)?)), None)),
            Form::Ending(column, days) => {
                let through = self.day(row, column)?;
                window(row, column, through.plus_days(1 - days), through)
            }
            Form::Starting(column, days) => {
                let from = self.day(row, column)?;
                window(row, column, from, from.plus_days(days - 1))
            }
            Form::Month(column) => self.month(row, column),
            Form::Quarter(column) => quarter(row, column),
            Form::Year(column) => year(row, column),
            Form::Between(from, through) => window(row, through, self.day(row, from)?, self.day(row, through)?),
        };
        Ok((Span::Days(window?), None))
    }

    fn day(&self, row: Row<'_>, column: &str) -> Result<Day, Fault> {
        let text = row.text(column)?;
        let day = match &self.format {
            None => Day::parse(text).map_err(|error| error.to_string()),
            Some(format) => strtime::parse(format, text)
                .and_then(|parsed| parsed.to_date())
                .map_err(|_| format!("not a date of the form {format}"))
                .and_then(|date| Day::from_date(date).map_err(|error| error.to_string())),
        };
        day.map_err(|reason| Fault::new(column, text, reason))
    }

    /// A month, as YYYY-MM, YYYYMM or in the mapping's format.
    fn month(&self, row: Row<'_>, column: &str) -> Result<Window, Fault> {
        let text = row.text(column)?;
        let formats: Vec<&str> = self.format.as_deref().map_or(vec!["%Y-%m", "%Y%m"], |format| vec![format]);
        let parsed = formats.iter().find_map(|format| strtime::parse(format, text).ok());
        let month = parsed.and_then(|parsed| months(parsed.year()?, parsed.month()?, 1));
        month.ok_or_else(|| Fault::new(column, text, format!("not a month of the form {}", formats.join(" or "))))
    }
}

fn read_name(text: &str) -> Result<Slug, String> {
    Slug::parse(text).map_err(|error| error.to_string())
}

fn window(row: Row<'_>, column: &str, from: Day, through: Day) -> Result<Window, Fault> {
    Window::new(from, through).map_err(|error| Fault::new(column, row.text(column).unwrap_or_default(), error))
}

/// A quarter, as 2026-Q1, 2026Q1 or Q1 2026.
fn quarter(row: Row<'_>, column: &str) -> Result<Window, Fault> {
    let text = row.text(column)?;
    let parts: Vec<&str> = text.split(['-', ' ', 'Q', 'q']).filter(|part| !part.is_empty()).collect();
    let numbers = match parts.as_slice() {
        [year, quarter] | [quarter, year] if year.len() == 4 && quarter.len() == 1 && text.contains(['Q', 'q']) => {
            year.parse::<i16>().ok().zip(quarter.parse::<i8>().ok())
        }
        _ => None,
    };
    let numbers = numbers.filter(|(_, quarter)| (1..=4).contains(quarter));
    let window = numbers.and_then(|(year, quarter)| months(year, quarter * 3 - 2, 3));
    window.ok_or_else(|| Fault::new(column, text, "not a quarter such as 2026-Q1"))
}

fn year(row: Row<'_>, column: &str) -> Result<Window, Fault> {
    let text = row.text(column)?;
    let year = text.parse::<i16>().ok().filter(|_| text.len() == 4);
    year.and_then(|year| months(year, 1, 12)).ok_or_else(|| Fault::new(column, text, "not a year such as 2026"))
}

/// Whole months from the first day of one.
fn months(year: i16, month: i8, count: i8) -> Option<Window> {
    let first = Date::new(year, month, 1).ok()?;
    let next = first.saturating_add(jiff::Span::new().months(count));
    Window::new(Day::from_date(first).ok()?, Day::from_date(next).ok()?.plus_days(-1)).ok()
}
