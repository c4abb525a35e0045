//! Which events a command is about.

use clap::Args;

use super::filter_arg::in_collection;
use super::when;
use crate::domain::Instant;
use crate::proto::v1;
use crate::wire::{self, Word};

/// Which events. Different flags are joined by "and", one flag given twice by "or".
#[derive(Debug, Args)]
pub(super) struct EventFilterArgs {
    /// Only events about this subject, such as commitments/rare-earth-suspension; may be repeated
    #[arg(long, value_name = "NAME")]
    subject: Vec<String>,
    /// Only this family, such as observations; may be repeated
    #[arg(long, value_name = "FAMILY", value_parser = parse_family)]
    family: Vec<v1::Family>,
    /// Only this kind, such as AmountReported; may be repeated
    #[arg(long, value_name = "KIND", value_parser = parse_kind)]
    kind: Vec<v1::EventKind>,
    /// Only events that name this party; may be repeated
    #[arg(long, value_name = "CODE")]
    party: Vec<String>,
    /// Only events whose products lie under this code; may be repeated
    #[arg(long, value_name = "CODE")]
    product: Vec<String>,
    /// Recorded at or after
    #[arg(long, value_name = "TIME", value_parser = when::parse_time)]
    since: Option<Instant>,
    /// Recorded before
    #[arg(long, value_name = "TIME", value_parser = when::parse_time)]
    until: Option<Instant>,
}

impl EventFilterArgs {
    /// As the API takes them.
    pub(super) fn to_proto(&self, ledger: &str) -> v1::EventFilter {
        let in_ledger =
            |name: &String| if name.starts_with("ledgers/") { name.clone() } else { format!("{ledger}/{name}") };
        v1::EventFilter {
            subjects: self.subject.iter().map(in_ledger).collect(),
            families: self.family.iter().map(|family| i32::from(*family)).collect(),
            kinds: self.kind.iter().map(|kind| i32::from(*kind)).collect(),
            parties: self.party.clone(),
            product_prefixes: self.product.clone(),
            recorded_from: self.since.map(wire::instant_to_proto),
            recorded_until: self.until.map(wire::instant_to_proto),
        }
    }

    /// The same as a question about commitments: their names, and which parties and products. An error names the flag that
    /// is for events only.
    pub(super) fn to_commitments(&self, ledger: &str) -> anyhow::Result<(Vec<String>, v1::CommitmentFilter)> {
        let only = [
            ("--family", self.family.is_empty()),
            ("--kind", self.kind.is_empty()),
            ("--since", self.since.is_none()),
            ("--until", self.until.is_none()),
        ];
        if let Some((flag, _)) = only.iter().find(|(_, is_absent)| !is_absent) {
            anyhow::bail!("{flag} is for events; transitions are chosen by --subject, --party and --product");
        }
        let names = self.subject.iter().map(|name| in_collection(ledger, "commitments", name)).collect();
        let filter = v1::CommitmentFilter {
            parties: self.party.clone(),
            product_prefixes: self.product.clone(),
            ..v1::CommitmentFilter::default()
        };
        Ok((names, filter))
    }
}

fn parse_family(text: &str) -> Result<v1::Family, String> {
    let spelled = format!("FAMILY_{}", text.to_ascii_uppercase().replace('-', "_"));
    v1::Family::from_str_name(&spelled).ok_or_else(|| {
        "not a family: ledger, instruments, commitments, measures, observations, claims, relief, negotiation, context, corrections"
            .to_owned()
    })
}

fn parse_kind(text: &str) -> Result<v1::EventKind, String> {
    crate::domain::EventKind::ALL
        .iter()
        .copied()
        .find(|kind| kind.name().eq_ignore_ascii_case(text))
        .map(Word::to_proto)
        .ok_or_else(|| {
            let kinds: Vec<&str> = crate::domain::EventKind::ALL.iter().map(|kind| kind.name()).collect();
            format!("not a kind of event; the kinds are {}", kinds.join(", "))
        })
}
