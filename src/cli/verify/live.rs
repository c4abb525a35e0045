//! A ledger of a running server: every stored byte against what is signed.

use std::path::Path;

use anyhow::Context as _;

use super::{NotIntact, earlier, judged, save, show};
use crate::cli::{output, progress};
use crate::client::{Client, ClientError, Told, VerifyFault};
use crate::proof::{Audit, Checkpoint, Hash, Verdict, VerifierKey};
use crate::proto::v1;

pub(super) async fn run(
    client: &Client,
    ledger: &str,
    key: Option<VerifierKey>,
    checkpoint: Option<&Path>,
    saved: Option<&Path>,
) -> anyhow::Result<()> {
    let from_outside = key.is_some();
    let trusted = match key {
        Some(key) => key,
        None => key_of(client, ledger).await?,
    };
    let told = client.told(ledger, &trusted).await.map_err(refused)?;
    let before = match checkpoint {
        Some(file) => Some(earlier(file, &trusted).or_else(|error| earlier(file, &told.key).map_err(|_| error))?),
        None => None,
    };
    if let Some(before) = &before {
        client.continues(ledger, before, &told.checkpoint).await.map_err(refused)?;
    }
    let verdict = audited(client, ledger, &told.checkpoint).await?;
    judged(ledger, &verdict, told.checkpoint.size)?;
    tell(ledger, &told, before.as_ref(), from_outside, &verdict)?;
    save(&told.note, saved)
}

fn tell(
    ledger: &str,
    told: &Told,
    before: Option<&Checkpoint>,
    from_outside: bool,
    verdict: &Verdict,
) -> anyhow::Result<()> {
    show(ledger, &told.checkpoint, &told.key, from_outside)?;
    if let Some(before) = before {
        output::line(&format!("since   continues the checkpoint of {} events", before.size))?;
    }
    if let Verdict::Intact { tree_differs: true } = verdict {
        output::line("tree    the server's tiles are damaged, its events are not; restart it on a copy without them")?;
    }
    Ok(())
}

/// The key that signs now, by the server's own words.
async fn key_of(client: &Client, ledger: &str) -> anyhow::Result<VerifierKey> {
    let request = v1::ListKeysRequest { ledger: ledger.to_owned() };
    let keys = client.proofs().list_keys(request).await.map_err(ClientError::from)?.into_inner().keys;
    let key = keys.into_iter().rfind(|key| key.signs).context("the server names no key that signs")?;
    Ok(key.verifier_key.parse()?)
}

/// Goes over every leaf that the checkpoint vouches for.
async fn audited(client: &Client, ledger: &str, checkpoint: &Checkpoint) -> anyhow::Result<Verdict> {
    let bar = progress::bar("verifying", checkpoint.size, "events");
    let mut audit = Audit::new(checkpoint.clone());
    let request = v1::ReadLeavesRequest { ledger: ledger.to_owned(), after: 0, through: checkpoint.size };
    let mut parts = client.proofs().read_leaves(request).await.map_err(ClientError::from)?.into_inner();
    loop {
        match parts.message().await {
            Ok(Some(part)) => {
                for leaf in part.leaves {
                    if leaf.position != audit.taken() + 1 {
                        return Ok(audit.verdict());
                    }
                    audit.take(Some(&leaf.entry), Hash::from_bytes(&leaf.hash).ok());
                }
                bar.set_position(audit.taken());
            }
            Ok(None) => break,
            // What the server cannot read is missing.
            Err(status) if status.code() == tonic::Code::DataLoss => break,
            Err(status) => return Err(ClientError::from(status).into()),
        }
    }
    bar.finish_and_clear();
    Ok(audit.verdict())
}

/// What a fault says of the record.
fn refused(fault: VerifyFault) -> anyhow::Error {
    match fault {
        VerifyFault::Client(ClientError::Status(status)) if status.code() == tonic::Code::DataLoss => {
            NotIntact::Tampered(status.message().to_owned()).into()
        }
        VerifyFault::Client(error) => error.into(),
        VerifyFault::Shorter { .. } => NotIntact::Incomplete(fault.to_string()).into(),
        fault if fault.is_tampering() => NotIntact::Tampered(fault.to_string()).into(),
        fault => NotIntact::UnknownKey(fault.to_string()).into(),
    }
}
