//! How an import ended.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::output;

/// Some lines were rejected; everything else is done.
#[derive(Debug, thiserror::Error)]
#[error("{count} rejected; {} has each with its line, field and reason", path.display())]
pub(in crate::cli) struct LinesRejected {
    pub(super) count: u64,
    pub(super) path: PathBuf,
}

/// What became of the figures of a table.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) new: u64,
    pub(super) changed: u64,
    pub(super) unchanged: u64,
    pub(super) skipped_rows: u64,
    pub(super) rejected: u64,
}

impl Counts {
    /// Says it, in one line.
    pub(super) fn say(&self, ledger: &str, dry_run: bool, json: bool) -> anyhow::Result<()> {
        let Counts { new, changed, unchanged, skipped_rows, rejected } = self;
        if json {
            let value = json!({
                "ledger": ledger, "dryRun": dry_run, "new": new, "changed": changed, "unchanged": unchanged,
                "skippedRows": skipped_rows, "rejected": rejected,
            });
            return output::line(&value.to_string());
        }
        let would = if dry_run { "nothing was recorded; it would be " } else { "" };
        output::line(&format!(
            "{ledger}: {would}{new} new, {changed} changed, {unchanged} unchanged, {rejected} rejected; {skipped_rows} rows left out by the mapping"
        ))
    }
}
