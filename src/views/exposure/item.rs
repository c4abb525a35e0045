//! Item: a code, a range of codes or words, as a company's list has them, and how it is read.

use crate::domain::{Nomenclature, Product};

/// The most digits of a tariff code.
const DIGITS_MAX: usize = 10;

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Item {
    /// A code, the beginning of one, a range of them, or words.
    pub code: String,
    /// Which list the code is from; none where nobody has said.
    pub nomenclature: Option<Nomenclature>,
    /// What the item is called; searched as words where there is no code.
    pub name: String,
}

/// What a line was read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Codes, one for each list whose form the line has.
    Codes(Vec<Codes>),
    /// Words to look for in titles and notes.
    Words(Vec<String>),
    /// Neither: what is wrong, and what would be right.
    Unreadable(String),
}

/// A code and all that lies under it, or a range of such codes, in one nomenclature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codes {
    /// The list.
    pub nomenclature: Nomenclature,
    /// The first code of the range.
    pub from: String,
    /// The last code of the range, inclusive; the first where there is no range.
    pub through: String,
}

impl Item {
    /// How it is read. A code whose list nobody has named is read in every list whose form it has, but for tariff codes
    /// of up to six digits: these are the Harmonized System's, unless their chapter is one that each country fills.
    pub fn read(&self) -> Reading {
        let text = self.code.trim();
        if text.is_empty() {
            return words(&self.name).map_or_else(|| unreadable("has neither a code nor a name"), Reading::Words);
        }
        let (from, through) = ends(text);
        if let Some(nomenclature) = self.nomenclature {
            return match Codes::read(nomenclature, from, through) {
                Ok(codes) => Reading::Codes(vec![codes]),
                Err(problem) => Reading::Unreadable(problem),
            };
        }
        let in_each = Nomenclature::ALL.into_iter().filter_map(|it| Codes::read(it, from, through).ok());
        let mut readings: Vec<Codes> = in_each.collect();
        match readings.first() {
            Some(hs) if hs.nomenclature == Nomenclature::Hs2022 && hs.is_international() => readings.truncate(1),
            Some(hs) if hs.nomenclature == Nomenclature::Hs2022 => drop(readings.remove(0)),
            _ => {}
        }
        match words(text) {
            _ if !readings.is_empty() => Reading::Codes(readings),
            Some(words) if text.chars().any(char::is_alphabetic) => Reading::Words(words),
            _ => Reading::Unreadable(not_a_code(text)),
        }
    }
}

impl Codes {
    fn read(nomenclature: Nomenclature, from: &str, through: &str) -> Result<Self, String> {
        let from = code(nomenclature, from)?;
        let through = code(nomenclature, through)?;
        let one_length = from.len() == through.len() && (from == through || !from.contains('.'));
        if !one_length || through < from {
            let form = "a range goes from a lower code through a higher one of as many digits, such as 2801-2805";
            return Err(format!("{from}-{through}: {form}"));
        }
        Ok(Codes { nomenclature, from, through })
    }

    /// Whether it is one code rather than a range.
    pub(super) fn is_one(&self) -> bool {
        self.from == self.through
    }

    /// Whether its first six digits mean the same in every tariff nomenclature: chapters 98 and 99 are left to each
    /// country.
    pub(super) fn is_international(&self) -> bool {
        self.nomenclature.is_tariff() && is_international(&self.from) && is_international(&self.through)
    }
}

/// Whether a tariff code stands in a chapter of the Harmonized System.
pub(super) fn is_international(code: &str) -> bool {
    !code.starts_with("98") && !code.starts_with("99")
}

/// The words of a text, in small letters, without the plural's s; none where it has none.
pub(super) fn words(text: &str) -> Option<Vec<String>> {
    let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let words: Vec<String> = parts.map(word).collect();
    (!words.is_empty()).then_some(words)
}

fn word(part: &str) -> String {
    let small = part.to_lowercase();
    let plural = small.chars().count() > 3 && small.ends_with('s') && !small.ends_with("ss");
    if plural { small[..small.len() - 1].to_owned() } else { small }
}

/// The two ends of a range; the same twice where there is none.
fn ends(text: &str) -> (&str, &str) {
    text.split_once(['-', '–']).unwrap_or((text, text))
}

/// A code, or the beginning of one, as the ledger writes codes: tariff codes without dots and spaces.
fn code(nomenclature: Nomenclature, text: &str) -> Result<String, String> {
    let code: String = if nomenclature.is_tariff() {
        text.chars().filter(|c| *c != '.' && !c.is_whitespace()).collect()
    } else {
        let text = text.trim();
        let entry = text.find('.').unwrap_or(text.len());
        text[..entry].to_ascii_uppercase() + &text[entry..].to_ascii_lowercase()
    };
    if !nomenclature.is_tariff() && begins_a_control_code(&code) {
        return Ok(code);
    }
    Product::new(nomenclature, &code).map(|product| product.code().to_owned()).map_err(|error| error.to_string())
}

/// Category and group, and at most two of the three digits: `3A`, `3A0`, `3A09`.
fn begins_a_control_code(code: &str) -> bool {
    matches!(code.as_bytes(), [category, group, digits @ ..]
        if category.is_ascii_digit() && (b'A'..=b'E').contains(group) && digits.len() < 3 && digits.iter().all(u8::is_ascii_digit))
}

fn not_a_code(text: &str) -> String {
    let (from, _) = ends(text);
    let digits = from.chars().filter(char::is_ascii_digit).count();
    if digits % 2 == 1 && digits < DIGITS_MAX {
        return format!(
            "{text:?} has {digits} digits, tariff codes have 2, 4, 6, 8 or 10; a leading zero may have been lost"
        );
    }
    format!("{text:?} is neither a code such as 280530, 9903.05.20 or 3A090.a, nor a range of codes, nor words")
}

fn unreadable(why: &str) -> Reading {
    Reading::Unreadable(why.to_owned())
}
