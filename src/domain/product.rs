//! Product codes, each with the nomenclature it belongs to.

use std::fmt;

use super::ValueError;

/// Which list a product code is from. "1C902" of China's list is not an ECCN; only within the tariff nomenclatures do
/// the first six digits mean the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nomenclature {
    /// Harmonized System, edition 2022: 2, 4 or 6 digits.
    Hs2022,
    /// Harmonized Tariff Schedule of the United States: 2, 4, 6, 8 or 10 digits.
    Htsus,
    /// Combined Nomenclature of the European Union, edition 2025: 2, 4, 6 or 8 digits.
    Cn2025,
    /// China's customs tariff: 2, 4, 6, 8 or 10 digits.
    ChinaTariff,
    /// China's dual-use export-control list, such as 1C902.
    ChinaControl,
    /// US Export Control Classification Number, such as 3A090.a.
    Eccn,
}

impl Nomenclature {
    /// Every list, the tariff nomenclatures first.
    pub const ALL: [Nomenclature; 6] = [
        Nomenclature::Hs2022,
        Nomenclature::Htsus,
        Nomenclature::Cn2025,
        Nomenclature::ChinaTariff,
        Nomenclature::ChinaControl,
        Nomenclature::Eccn,
    ];

    /// The name used in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Nomenclature::Hs2022 => "HS-2022",
            Nomenclature::Htsus => "HTSUS",
            Nomenclature::Cn2025 => "CN-2025",
            Nomenclature::ChinaTariff => "China's customs tariff",
            Nomenclature::ChinaControl => "China's export-control list",
            Nomenclature::Eccn => "ECCN",
        }
    }

    /// Whether its codes start with the six digits of the Harmonized System.
    pub const fn is_tariff(self) -> bool {
        !matches!(self, Nomenclature::ChinaControl | Nomenclature::Eccn)
    }

    const fn digits_max(self) -> usize {
        match self {
            Nomenclature::Hs2022 => 6,
            Nomenclature::Cn2025 => 8,
            _ => 10,
        }
    }

    const fn form(self) -> &'static str {
        match self {
            Nomenclature::Hs2022 => "2, 4 or 6 digits without dots, such as 120190",
            Nomenclature::Htsus => "2, 4, 6, 8 or 10 digits without dots, such as 99030301",
            Nomenclature::Cn2025 => "2, 4, 6 or 8 digits without dots, such as 12019000",
            Nomenclature::ChinaTariff => "2, 4, 6, 8 or 10 digits without dots, such as 2846901940",
            Nomenclature::ChinaControl => {
                "digit, letter A to E, three digits, optional paragraphs, such as 1C902 or 1C902.a.1"
            }
            Nomenclature::Eccn => "digit, letter A to E, three digits, optional paragraphs, such as 3A090 or 3A090.a",
        }
    }
}

/// A product code in its nomenclature. Its form is checked; whether it exists in the edition is not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Product {
    nomenclature: Nomenclature,
    code: String,
}

impl Product {
    /// Reads a code, written without dots between digits.
    pub fn new(nomenclature: Nomenclature, code: &str) -> Result<Self, ValueError> {
        let well_formed = if nomenclature.is_tariff() {
            is_tariff_code(code, nomenclature.digits_max())
        } else {
            is_control_code(code)
        };
        if !well_formed {
            return Err(ValueError::Product {
                code: code.to_owned(),
                nomenclature: nomenclature.name(),
                expected: nomenclature.form(),
            });
        }
        Ok(Product { nomenclature, code: code.to_owned() })
    }

    /// Which list it is from.
    pub const fn nomenclature(&self) -> Nomenclature {
        self.nomenclature
    }

    /// The code itself.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Whether this code lies under `prefix`, or `prefix` under it, in one nomenclature.
    pub fn touches(&self, prefix: &str) -> bool {
        self.code.starts_with(prefix) || prefix.starts_with(self.code.as_str())
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.nomenclature.name(), self.code)
    }
}

fn is_tariff_code(code: &str, digits_max: usize) -> bool {
    let digits = code.len();
    let chapter_exists = code.get(..2).is_some_and(|chapter| chapter != "00");
    (2..=digits_max).contains(&digits)
        && digits.is_multiple_of(2)
        && chapter_exists
        && code.bytes().all(|b| b.is_ascii_digit())
}

fn is_control_code(code: &str) -> bool {
    let (entry, paragraphs) = code.split_once('.').map_or((code, None), |(entry, rest)| (entry, Some(rest)));
    let entry_ok = matches!(entry.as_bytes(), [category, group, rest @ ..]
        if category.is_ascii_digit() && (b'A'..=b'E').contains(group) && rest.len() == 3 && rest.iter().all(u8::is_ascii_digit));
    let part_ok = |part: &str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    entry_ok && code.len() <= 24 && paragraphs.is_none_or(|rest| rest.split('.').all(part_ok))
}
