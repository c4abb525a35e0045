//! The mapping as its TOML file spells it. Every field is documented in docs/import.md; unknown ones are refused.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::{Deserialize, Deserializer, de};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MappingFile {
    pub(super) kind: String,
    pub(super) subject: GivenFile,
    pub(super) series: Option<GivenFile>,
    pub(super) basis: Option<GivenFile>,
    pub(super) unit: Option<GivenFile>,
    pub(super) bound: Option<String>,
    pub(super) covers: Option<bool>,
    pub(super) item: Option<GivenFile>,
    pub(super) component: Option<GivenFile>,
    pub(super) reference: Option<String>,
    pub(super) combine: Option<String>,
    pub(super) confidence: Option<String>,
    pub(super) note: Option<String>,
    #[serde(default)]
    pub(super) table: TableFile,
    pub(super) period: PeriodFile,
    pub(super) value: QuantityFile,
    pub(super) denominator: Option<QuantityFile>,
    pub(super) recorded_at: Option<RecordedAtFile>,
    #[serde(default)]
    pub(super) filter: Vec<FilterFile>,
    #[serde(default)]
    pub(super) source: Vec<SourceFile>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableFile {
    pub(super) delimiter: Option<char>,
    pub(super) comment: Option<char>,
    #[serde(default)]
    pub(super) skip_lines: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PeriodFile {
    pub(super) ending: Option<String>,
    pub(super) starting: Option<String>,
    pub(super) days: Option<u32>,
    pub(super) day: Option<String>,
    pub(super) month: Option<String>,
    pub(super) quarter: Option<String>,
    pub(super) year: Option<String>,
    pub(super) from: Option<String>,
    pub(super) through: Option<String>,
    pub(super) name: Option<GivenFile>,
    pub(super) effective: Option<String>,
    pub(super) zone: Option<String>,
    pub(super) format: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuantityFile {
    pub(super) column: String,
    pub(super) scale: Option<String>,
    pub(super) thousands: Option<char>,
    pub(super) decimal: Option<char>,
    pub(super) blank: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecordedAtFile {
    pub(super) column: String,
    pub(super) basis: Option<String>,
    pub(super) zone: Option<String>,
    pub(super) format: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FilterFile {
    pub(super) column: String,
    pub(super) is: Option<String>,
    pub(super) one_of: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceFile {
    pub(super) publisher: String,
    pub(super) title: Option<String>,
    pub(super) address: Option<String>,
    pub(super) archived_address: Option<String>,
    pub(super) published: Option<String>,
    pub(super) class: Option<String>,
    pub(super) attribution: Option<String>,
    pub(super) quality: Option<String>,
}

/// A text, or where it is found.
#[derive(Debug)]
pub(super) enum GivenFile {
    Always(String),
    Column(ColumnFile),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnFile {
    pub(super) column: String,
    pub(super) map: Option<BTreeMap<String, String>>,
}

/// By hand, because an untagged enum tells nobody which field is wrong.
impl<'de> Deserialize<'de> for GivenFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrColumn;

        impl<'de> de::Visitor<'de> for TextOrColumn {
            type Value = GivenFile;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or { column = \"NAME\" } with an optional map of its words")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<GivenFile, E> {
                Ok(GivenFile::Always(text.to_owned()))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<GivenFile, A::Error> {
                ColumnFile::deserialize(MapAccessDeserializer::new(map)).map(GivenFile::Column)
            }
        }

        deserializer.deserialize_any(TextOrColumn)
    }
}
