//! Events with their proofs, with nothing but the key.

use std::path::Path;

use anyhow::Context as _;

use super::NotIntact;
use crate::cli::{event_line, output};
use crate::exchange::bundle::{self, BundleError};
use crate::proof::VerifierKey;

pub(super) fn run(file: &Path, key: &VerifierKey) -> anyhow::Result<()> {
    let name = file.display();
    let text = std::fs::read_to_string(file).with_context(|| name.to_string())?;
    let read = bundle::from_text(&text).map_err(|error| anyhow::anyhow!("{name} {error}"))?;
    let (checkpoint, events) = bundle::open(&read, key).map_err(|error| match error {
        BundleError::Checkpoint(error) if error.is_unknown_key() => NotIntact::UnknownKey(format!("{name}: {error}")),
        error => NotIntact::Tampered(format!("{name}: {error}")),
    })?;
    super::show(&name.to_string(), &checkpoint, key, true)?;
    output::line(&format!("proved  {} of its events, recorded as shown:", events.len()))?;
    events.iter().try_for_each(|event| output::page(&format!("{}\n", event_line::of(event))))
}
