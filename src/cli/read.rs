//! `entente read`: events, in order.

use std::collections::BTreeSet;

use clap::Args;

use super::ledger_arg::LedgerArg;
use super::{ServerArg, event_line, output, when};
use crate::client::Client;
use crate::domain::Instant;
use crate::proto::v1;
use crate::wire::{self, Word};

/// Which events, and how to show them.
#[derive(Debug, Args)]
pub(super) struct ReadArgs {
    /// Events after this position
    #[arg(long, value_name = "POSITION", default_value_t = 0)]
    after: u64,
    /// From the head back towards the first
    #[arg(long)]
    backward: bool,
    /// With --backward: events before this position
    #[arg(long, value_name = "POSITION", requires = "backward", default_value_t = 0)]
    before: u64,
    /// At most so many events
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    limit: u64,
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
    /// Print each event as one line of proto JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArg,
    #[command(flatten)]
    server: ServerArg,
}

pub(super) async fn run(args: ReadArgs) -> anyhow::Result<()> {
    let client = args.server.connect().await?;
    let ledger = args.ledger.resolve(&client).await?;
    let in_ledger =
        |name: &String| if name.starts_with("ledgers/") { name.clone() } else { format!("{ledger}/{name}") };
    let filter = v1::EventFilter {
        subjects: args.subject.iter().map(in_ledger).collect(),
        families: args.family.iter().map(|family| i32::from(*family)).collect(),
        kinds: args.kind.iter().map(|kind| i32::from(*kind)).collect(),
        parties: args.party.clone(),
        product_prefixes: args.product.clone(),
        recorded_from: args.since.map(wire::instant_to_proto),
        recorded_until: args.until.map(wire::instant_to_proto),
    };
    let direction = if args.backward { v1::Direction::Backward } else { v1::Direction::Forward };
    let request = v1::ReadEventsRequest {
        ledger: ledger.clone(),
        direction: direction.into(),
        after: args.after,
        before: args.before,
        limit: args.limit,
        filter: Some(filter),
        min_position: 0,
    };
    let mut shown = 0;
    let mut unseen: BTreeSet<String> = request.filter.iter().flat_map(|filter| filter.subjects.clone()).collect();
    let mut parts = client.ledgers().read_events(request).await?.into_inner();
    while let Some(part) = parts.message().await? {
        match part.part {
            Some(v1::read_events_response::Part::Batch(batch)) => {
                shown += batch.events.len();
                for submission in batch.events.iter().filter_map(|event| event.submission.as_ref()) {
                    unseen.remove(&submission.subject);
                }
                print(&batch.events, args.json)?;
            }
            Some(v1::read_events_response::Part::End(end)) if !args.json && shown == 0 => {
                output::line(&format!("no event matches; head {}", end.head))?;
            }
            Some(v1::read_events_response::Part::End(end)) if !args.json && !end.at_end => {
                let again = if args.backward { "--backward --before" } else { "--after" };
                output::line(&format!("… more with {again} {}; head {}", end.next, end.head))?;
            }
            _ => {}
        }
    }
    for subject in unseen {
        if !is_recorded(&client, &ledger, &subject).await? {
            let name = subject.strip_prefix(&format!("{ledger}/")).unwrap_or(&subject);
            eprintln!("entente: nothing is recorded about {name}");
        }
    }
    Ok(())
}

/// Whether anything is recorded about a subject. Nothing may be yet, which is no fault; but a name may be wrong.
async fn is_recorded(client: &Client, ledger: &str, subject: &str) -> anyhow::Result<bool> {
    let filter = v1::EventFilter { subjects: vec![subject.to_owned()], ..v1::EventFilter::default() };
    let request = v1::ReadEventsRequest {
        ledger: ledger.to_owned(),
        limit: 1,
        filter: Some(filter),
        ..v1::ReadEventsRequest::default()
    };
    let mut parts = client.ledgers().read_events(request).await?.into_inner();
    let first = parts.message().await?.and_then(|part| part.part);
    Ok(matches!(first, Some(v1::read_events_response::Part::Batch(_))))
}

fn print(events: &[v1::Event], json: bool) -> anyhow::Result<()> {
    for event in events {
        if json {
            output::json_line(event)?;
        } else {
            output::page(&format!("{}\n", event_line::of(event)))?;
        }
    }
    Ok(())
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
