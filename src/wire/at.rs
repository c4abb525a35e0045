//! A place in a message that is being read: its path, and where violations are noted.

use std::cell::RefCell;
use std::fmt;

use crate::domain::{Pool, Slug, Text, ValueError};

use super::spell::Spelled;
use super::violation::{Reason, Violation, WireError};

/// Where the message comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A client sent it: every rule holds, and moments are resolved here.
    Client,
    /// A ledger holds it: it kept the rules of its day, and its moments stand as they were resolved then.
    Ledger,
}

/// One reading of one message.
pub(super) struct Reading<'a> {
    ledger: &'a Slug,
    origin: Origin,
    /// Where texts that were met before are found.
    pool: Option<&'a RefCell<Pool>>,
    violations: RefCell<Vec<Violation>>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(ledger: &'a Slug, origin: Origin) -> Self {
        Reading { ledger, origin, pool: None, violations: RefCell::default() }
    }

    /// One whose texts are those of earlier readings where they are equal.
    pub(super) fn pooled(ledger: &'a Slug, origin: Origin, pool: &'a RefCell<Pool>) -> Self {
        Reading { pool: Some(pool), ..Reading::new(ledger, origin) }
    }

    /// The place of the message itself.
    pub(super) fn root(&self) -> At<'_> {
        At { reading: self, parent: None, step: Step::Root }
    }

    /// What was read, if nothing was wrong with it. A reader that gives nothing has noted why.
    pub(super) fn finish<T>(self, value: Option<T>) -> Result<T, WireError> {
        let violations = self.violations.into_inner();
        match value {
            Some(value) if violations.is_empty() => Ok(value),
            _ => Err(WireError { violations }),
        }
    }
}

/// A place in the message. Reading notes each violation here and goes on, so that a client hears of all of them.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    reading: &'a Reading<'a>,
    parent: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Field(&'static str),
    Index(usize),
    Key(&'a str),
}

impl<'a> At<'a> {
    pub(super) fn field(&'a self, name: &'static str) -> At<'a> {
        self.step(Step::Field(name))
    }

    pub(super) fn index(&'a self, index: usize) -> At<'a> {
        self.step(Step::Index(index))
    }

    pub(super) fn key(&'a self, key: &'a str) -> At<'a> {
        self.step(Step::Key(key))
    }

    fn step(&'a self, step: Step<'a>) -> At<'a> {
        At { reading: self.reading, parent: Some(self), step }
    }

    pub(super) fn ledger(&self) -> &'a Slug {
        self.reading.ledger
    }

    pub(super) fn origin(&self) -> Origin {
        self.reading.origin
    }

    pub(super) fn pooled_text(&self, text: &str) -> Result<Text, ValueError> {
        self.reading.pool.map_or_else(|| Text::new(text), |pool| pool.borrow_mut().text(text))
    }

    pub(super) fn pooled_slug(&self, text: &str) -> Result<Slug, ValueError> {
        self.reading.pool.map_or_else(|| Slug::parse(text), |pool| pool.borrow_mut().slug(text))
    }

    /// Notes a violation of this field; reads as nothing.
    pub(super) fn refuse<T>(&self, reason: Reason, description: impl Into<String>) -> Option<T> {
        let mut violations = self.reading.violations.borrow_mut();
        if violations.len() < WireError::VIOLATIONS_MAX {
            let description = shortened(&description.into(), DESCRIPTION_CHARS_MAX);
            violations.push(Violation { field: self.to_string(), reason, description });
        }
        None
    }

    /// Notes that this field must be given, and is not.
    pub(super) fn missing<T>(&self, expected: &str) -> Option<T> {
        self.refuse(Reason::Required, format!("required and not given: {expected}"))
    }

    /// The value, or what the domain says against it.
    pub(super) fn checked<T>(&self, result: Result<T, ValueError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => self.refuse(Reason::from(&error), error.to_string()),
        }
    }

    /// A rule that a client has to keep. A ledger's event was held against the rules of its day, and stays readable.
    pub(super) fn rule(&self, kept: bool, reason: Reason, description: impl FnOnce() -> String) {
        if !kept && self.origin() == Origin::Client {
            self.refuse::<()>(reason, description());
        }
    }

    /// A message that must be there.
    pub(super) fn message<T: Spelled>(&self, given: Option<&T::Proto>) -> Option<T> {
        match given {
            Some(message) => T::read(message, self),
            None => self.missing("a message"),
        }
    }

    /// A message that may be absent.
    pub(super) fn optional_message<T: Spelled>(&self, given: Option<&T::Proto>) -> Option<Option<T>> {
        match given {
            Some(message) => T::read(message, self).map(Some),
            None => Some(None),
        }
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            fmt::Display::fmt(parent, f)?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Field(name) if self.parent.is_some_and(|parent| matches!(parent.step, Step::Root)) => {
                f.write_str(name)
            }
            Step::Field(name) => write!(f, ".{name}"),
            Step::Index(index) => write!(f, "[{index}]"),
            Step::Key(key) => write!(f, "[{:?}]", shortened(key, KEY_CHARS_MAX)),
        }
    }
}

/// The longest description: an error quotes what it refuses, and that may be megabytes.
const DESCRIPTION_CHARS_MAX: usize = 600;
/// The longest key in a path, somewhat longer than any identifier.
const KEY_CHARS_MAX: usize = 80;

fn shortened(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Reads every field before it gives up on any, so that all their violations are noted.
macro_rules! every {
    ($($made:ident)::+ { $($field:ident: $value:expr,)+ }) => {{
        $(let $field = $value;)+
        Some($($made)::+ { $($field: $field?,)+ })
    }};
}

pub(super) use every;
