//! Values of a mapping and of the fields of a row, read from their texts.

use super::mapping::MappingError;
use crate::domain::terms::Basis;
use crate::domain::{Collection, Slug, Subject, Text, Unit};

/// One of a closed list of words, in any case.
pub(super) fn word_of<T: Copy>(text: &str, field: &str, words: &[(&str, T)]) -> Result<T, MappingError> {
    let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
    found.map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        MappingError::field(field, format!("{text:?} is none of {}", known.join(", ")))
    })
}

pub(super) fn optional_word<T: Copy + ToString>(
    text: Option<&str>,
    field: &str,
    all: &[T],
) -> Result<Option<T>, MappingError> {
    let spelled: Vec<(String, T)> = all.iter().map(|word| (word.to_string(), *word)).collect();
    let words: Vec<(&str, T)> = spelled.iter().map(|(text, word)| (text.as_str(), *word)).collect();
    text.map(|text| word_of(text, field, &words)).transpose()
}

pub(super) fn optional_text(text: Option<&str>, field: &str) -> Result<Option<Text>, MappingError> {
    text.map(|text| Text::new(text.trim()).map_err(|error| MappingError::field(field, error))).transpose()
}

/// A full resource name, or one within the ledger such as `commitments/soybeans`.
pub(super) fn read_subject(text: &str, ledger: &Slug) -> Result<Subject, String> {
    let full = if text.starts_with("ledgers/") { text.to_owned() } else { format!("ledgers/{ledger}/{text}") };
    match Subject::parse(&full, ledger).map_err(|error| error.to_string())? {
        Subject::Member(Collection::Meetings | Collection::Shocks, _) | Subject::Ledger => Err(format!(
            "{text:?} is nothing that figures are about; name a commitment, a measure, an instrument or an ask"
        )),
        subject => Ok(subject),
    }
}

pub(super) fn read_slug(text: &str) -> Result<Slug, String> {
    Slug::parse(text).map_err(|error| error.to_string())
}

pub(super) fn read_basis(text: &str) -> Result<Basis, String> {
    let known = || Basis::ALL.iter().map(|basis| basis.as_str()).collect::<Vec<_>>().join(", ");
    Basis::parse(&text.to_ascii_uppercase()).ok_or_else(|| format!("{text:?} is none of {}", known()))
}

pub(super) fn read_component(text: &str) -> Result<Text, String> {
    read_slug(text).and_then(|slug| read_text(slug.as_str()))
}

pub(super) fn read_text(text: &str) -> Result<Text, String> {
    Text::new(text).map_err(|error| error.to_string())
}

pub(super) fn read_unit(text: &str) -> Result<Unit, String> {
    Unit::parse(text).map_err(|error| error.to_string())
}
