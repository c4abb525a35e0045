//! Identifiers and resource names.

use std::fmt;

use super::ValueError;

/// The last segment of a resource name, and the name of a tranche, period, series, component or reading: 1 to 63 of
/// a-z, 0-9, `-` and `_`, starting and ending with a letter or digit. It can hold no slash, no dot and no path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(std::sync::Arc<str>);

impl Slug {
    /// Reads an identifier.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let bytes = text.as_bytes();
        let alphanumeric = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let edges = bytes.first().copied().is_some_and(alphanumeric) && bytes.last().copied().is_some_and(alphanumeric);
        let inside = bytes.iter().all(|b| alphanumeric(*b) || *b == b'-' || *b == b'_');
        if bytes.len() > 63 || !edges || !inside {
            return Err(ValueError::Slug(text.chars().take(80).collect()));
        }
        Ok(Slug(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Slug {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What kind of thing a subject is: the collection in its resource name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Collection {
    /// What was agreed.
    Instruments,
    /// One promise of one obligor.
    Commitments,
    /// The tariff, control or fee itself.
    Measures,
    /// Talks.
    Meetings,
    /// What a party wants and has not been agreed.
    Asks,
    /// Outside events.
    Shocks,
}

impl Collection {
    /// All of them, in the order of the vocabulary.
    pub const ALL: [Collection; 6] = [
        Collection::Instruments,
        Collection::Commitments,
        Collection::Measures,
        Collection::Meetings,
        Collection::Asks,
        Collection::Shocks,
    ];

    /// The segment in a resource name.
    pub const fn segment(self) -> &'static str {
        match self {
            Collection::Instruments => "instruments",
            Collection::Commitments => "commitments",
            Collection::Measures => "measures",
            Collection::Meetings => "meetings",
            Collection::Asks => "asks",
            Collection::Shocks => "shocks",
        }
    }
}

/// What an event is about: the ledger itself, or one thing in it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The ledger.
    Ledger,
    /// One thing in it.
    Member(Collection, Slug),
}

impl Subject {
    /// The commitment of this id.
    pub fn commitment(id: Slug) -> Self {
        Subject::Member(Collection::Commitments, id)
    }

    /// Reads `ledgers/{ledger}` or `ledgers/{ledger}/{collection}/{id}`, which must lie in `ledger`; an error with what
    /// would be right otherwise.
    pub fn parse(name: &str, ledger: &Slug) -> Result<Self, ValueError> {
        Self::parse_with(name, ledger, Slug::parse)
    }

    /// The same, with another way to read the id.
    pub(crate) fn parse_with(
        name: &str,
        ledger: &Slug,
        parse: impl FnOnce(&str) -> Result<Slug, ValueError>,
    ) -> Result<Self, ValueError> {
        let refuse = || ValueError::Name {
            name: name.chars().take(300).collect(),
            expected: "ledgers/{ledger}/{instruments|commitments|measures|meetings|asks|shocks}/{id}, in the ledger written to",
        };
        let mut parts = name.split('/');
        let in_ledger = parts.next() == Some("ledgers") && parts.next() == Some(ledger.as_str());
        if !in_ledger {
            return Err(refuse());
        }
        match (parts.next(), parts.next(), parts.next()) {
            (None, _, _) => Ok(Subject::Ledger),
            (Some(segment), Some(id), None) => {
                let collection = Collection::ALL.into_iter().find(|c| c.segment() == segment).ok_or_else(refuse)?;
                Ok(Subject::Member(collection, parse(id)?))
            }
            _ => Err(refuse()),
        }
    }

    /// The full resource name in `ledger`.
    pub fn name_in(&self, ledger: &Slug) -> String {
        match self {
            Subject::Ledger => format!("ledgers/{ledger}"),
            Subject::Member(collection, id) => format!("ledgers/{ledger}/{}/{id}", collection.segment()),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Ledger => f.write_str("the ledger"),
            Subject::Member(collection, id) => write!(f, "{}/{id}", collection.segment()),
        }
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
