//! Which commitments a command is about.

use clap::Args;

use crate::domain::{Kind, Status};
use crate::proto::v1;
use crate::wire::Word as _;

/// Which commitments. Different flags are joined by "and", one flag given twice by "or".
#[derive(Debug, Args)]
pub(super) struct FilterArgs {
    /// Only commitments by or to this party; may be repeated
    #[arg(long, value_name = "CODE")]
    party: Vec<String>,
    /// Only commitments of this kind, such as purchase-pledge; may be repeated
    #[arg(long, value_name = "KIND", value_parser = parse_kind)]
    kind: Vec<Kind>,
    /// Only commitments in this status, such as disputed; may be repeated
    #[arg(long, value_name = "STATUS", value_parser = parse_status)]
    status: Vec<Status>,
    /// Only commitments of this instrument; may be repeated
    #[arg(long, value_name = "ID")]
    instrument: Vec<String>,
    /// Only commitments whose products lie under this code; may be repeated
    #[arg(long, value_name = "CODE")]
    product: Vec<String>,
    /// Only commitments with these words in their title, id or note
    #[arg(long, value_name = "WORDS", default_value = "", hide_default_value = true)]
    text: String,
    /// Only commitments that pass this AIP-160 filter, such as 'status = DISPUTED AND party = CN'
    #[arg(long, value_name = "FILTER", default_value = "", hide_default_value = true)]
    filter: String,
}

impl FilterArgs {
    /// As the API takes them.
    pub(super) fn to_proto(&self, ledger: &str) -> v1::CommitmentFilter {
        v1::CommitmentFilter {
            parties: self.party.clone(),
            obligors: Vec::new(),
            kinds: self.kind.iter().map(|kind| kind.number()).collect(),
            instruments: self.instrument.iter().map(|id| in_collection(ledger, "instruments", id)).collect(),
            product_prefixes: self.product.clone(),
            text: self.text.clone(),
            expression: self.filter.clone(),
            statuses: self.status.iter().map(|status| status.number()).collect(),
        }
    }
}

/// The resource name of a member of a ledger, from its name or its id alone.
pub(super) fn in_collection(ledger: &str, collection: &str, id: &str) -> String {
    match id {
        full if full.starts_with("ledgers/") => full.to_owned(),
        id => format!("{ledger}/{collection}/{}", id.trim_start_matches(&format!("{collection}/"))),
    }
}

/// Whether what was asked for is there; refused with what is there where it is not.
pub(super) fn known<'a>(what: &str, asked: &[String], there: impl Iterator<Item = &'a str>) -> anyhow::Result<()> {
    let mut there: Vec<&str> = there.collect();
    let mut met = std::collections::BTreeSet::new();
    there.retain(|name| met.insert(*name));
    match asked.iter().find(|name| !there.contains(&name.as_str())) {
        Some(unknown) if there.is_empty() => anyhow::bail!("{what} {unknown} is not there; there is no {what} here"),
        Some(unknown) => anyhow::bail!("{what} {unknown} does not count here; those that do: {}", there.join(", ")),
        None => Ok(()),
    }
}

fn parse_kind(text: &str) -> Result<Kind, String> {
    Kind::parse(&spelled(text)).ok_or_else(|| one_of(Kind::ALL.iter().map(|kind| kind.as_str())))
}

fn parse_status(text: &str) -> Result<Status, String> {
    Status::parse(&spelled(text)).ok_or_else(|| one_of(Status::ALL.iter().map(|status| status.as_str())))
}

/// A word as people type it, as the vocabulary spells it.
pub(super) fn spelled(text: &str) -> String {
    text.to_ascii_uppercase().replace('-', "_")
}

/// What would have been right.
pub(super) fn one_of<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.map(|word| word.to_ascii_lowercase().replace('_', "-")).collect();
    format!("one of {}", words.join(", "))
}
