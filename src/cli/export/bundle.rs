//! Chosen events with their proofs, for somebody who has no access to the ledger.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::ensure;

use crate::cli::destination::Destination;
use crate::cli::output;
use crate::client::Client;
use crate::exchange::bundle;
use crate::proof::Checkpoint;
use crate::proto::v1;

pub(super) async fn write(
    client: &Client,
    ledger: &str,
    file: &Path,
    events: &[String],
    subjects: &[String],
) -> anyhow::Result<()> {
    ensure!(!events.is_empty() || !subjects.is_empty(), "--bundle: say which events: --event, or --subject");
    let request = v1::GetCheckpointRequest { ledger: ledger.to_owned(), min_position: 0 };
    let told = client.proofs().get_checkpoint(request).await?.into_inner().checkpoint.unwrap_or_default();
    let checkpoint = Checkpoint::unverified(&told.note)?;
    let mut wanted = events.to_vec();
    if !subjects.is_empty() {
        wanted.extend(about(client, ledger, subjects).await?);
    }
    let mut proven = BTreeMap::new();
    for event in &wanted {
        let event = client.proven(ledger, event, &checkpoint).await?;
        proven.insert(event.position, event);
    }
    ensure!(!proven.is_empty(), "--subject: nothing is recorded about it");
    let bundle = v1::Bundle { checkpoint: told.note, events: proven.into_values().collect() };
    let destination = Destination::open(Some(file))?;
    let mut out = destination.writer()?;
    out.write_all(bundle::to_text(&bundle)?.as_bytes())?;
    out.flush()?;
    destination.keep()?;
    output::line(&format!(
        "{} events with their proofs, under the checkpoint of {} events, in {}",
        bundle.events.len(),
        checkpoint.size,
        file.display()
    ))
}

/// The positions of all events about some subjects.
async fn about(client: &Client, ledger: &str, subjects: &[String]) -> anyhow::Result<Vec<String>> {
    let full = |name: &String| if name.starts_with("ledgers/") { name.clone() } else { format!("{ledger}/{name}") };
    let filter = v1::EventFilter { subjects: subjects.iter().map(full).collect(), ..v1::EventFilter::default() };
    let request =
        v1::ReadEventsRequest { ledger: ledger.to_owned(), filter: Some(filter), ..v1::ReadEventsRequest::default() };
    let mut parts = client.ledgers().read_events(request).await?.into_inner();
    let mut positions = Vec::new();
    while let Some(part) = parts.message().await? {
        if let Some(v1::read_events_response::Part::Batch(batch)) = part.part {
            positions.extend(batch.events.iter().map(|event| event.position.to_string()));
        }
    }
    Ok(positions)
}
