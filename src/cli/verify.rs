//! `entente verify`: whether anybody has altered a ledger.

mod at_rest;
mod backup;
mod bundle;
mod live;

use std::path::PathBuf;

use clap::Args;

use super::key_arg::KeyArg;
use super::ledger_arg::LedgerArg;
use super::{ServerArg, output};
use crate::proof::{Checkpoint, Verdict, VerifierKey};

const EXIT_CODES: &str = "Exit codes: 0 intact; 10 tampered: what is there is not what was signed; 11 incomplete: what was \
signed for is missing or cannot be read; 12 unknown key: it is signed, but not by the key given; 1 it could not be checked; \
69 no server answers.";

/// What is checked, and with which key.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct VerifyArgs {
    /// A data directory, or a copy of one, that no server has open; every ledger in it, unless --ledger or --key names one
    #[arg(long, value_name = "DIR", conflicts_with = "bundle")]
    data_dir: Option<PathBuf>,
    /// A file of events with their proofs that `entente export --bundle` wrote; checked with the key alone
    #[arg(long, value_name = "FILE", requires = "key")]
    bundle: Option<PathBuf>,
    /// A file that `entente backup` wrote; every ledger in it, unless --ledger or --key names one
    #[arg(long, value_name = "FILE", conflicts_with_all = ["data_dir", "bundle", "checkpoint", "save"])]
    backup: Option<PathBuf>,
    /// The key to hold it to: a verifier key as `entente keys` prints it, or a file with one. Have it from somebody you
    /// trust; without it the key is the one that is found there, which proves nothing against whoever could replace both
    #[arg(long, value_name = "KEY|FILE")]
    key: Option<KeyArg>,
    /// A file with a checkpoint seen earlier, which the record must continue
    #[arg(long, value_name = "FILE", conflicts_with = "bundle")]
    checkpoint: Option<PathBuf>,
    /// Write the checkpoint that was checked to a file, to be given as --checkpoint next time
    #[arg(long, value_name = "FILE", conflicts_with = "bundle")]
    save: Option<PathBuf>,
    #[command(flatten)]
    ledger: LedgerArg,
    #[command(flatten)]
    server: ServerArg,
}

/// Why a record is not intact, or cannot be told to be.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotIntact {
    /// What is there is not what was signed.
    #[error("tampered: {0}")]
    Tampered(String),
    /// What was signed for is missing or cannot be read.
    #[error("incomplete: {0}")]
    Incomplete(String),
    /// It is signed, but not by the key given.
    #[error("unknown key: {0}")]
    UnknownKey(String),
}

impl NotIntact {
    /// The exit code.
    pub(super) fn code(&self) -> u8 {
        match self {
            NotIntact::Tampered(_) => 10,
            NotIntact::Incomplete(_) => 11,
            NotIntact::UnknownKey(_) => 12,
        }
    }
}

pub(super) async fn run(args: VerifyArgs) -> anyhow::Result<()> {
    let key = args.key.map(|key| key.0);
    if let Some(file) = args.backup {
        let wanted = args.ledger.id();
        return tokio::task::spawn_blocking(move || backup::run(&file, key.as_ref(), wanted.as_deref())).await?;
    }
    match (args.data_dir, args.bundle, key) {
        (Some(directory), _, key) => {
            let asked = at_rest::Asked { key, ledger: args.ledger, earlier: args.checkpoint, save: args.save };
            tokio::task::spawn_blocking(move || at_rest::run(&directory, &asked)).await?
        }
        (None, Some(file), Some(key)) => bundle::run(&file, &key),
        (None, _, key) => {
            let client = args.server.connect().await?;
            let ledger = args.ledger.resolve(&client).await?;
            live::run(&client, &ledger, key, args.checkpoint.as_deref(), args.save.as_deref()).await
        }
    }
}

/// What a verdict says of a ledger: nothing where it is intact.
fn judged(name: &str, verdict: &Verdict, size: u64) -> Result<(), NotIntact> {
    match verdict {
        Verdict::Intact { .. } => Ok(()),
        Verdict::Tampered { position: Some(position) } => Err(NotIntact::Tampered(format!(
            "{name}: position {position} is the first that is not what was signed for ({size} events were)"
        ))),
        Verdict::Tampered { position: None } => Err(NotIntact::Tampered(format!(
            "{name}: the {size} events are not those that were signed for; which is the first cannot be told"
        ))),
        Verdict::Incomplete { position } => Err(NotIntact::Incomplete(format!(
            "{name}: position {position} is missing or cannot be read; {size} events were signed for"
        ))),
    }
}

/// Shows what a record was held to.
fn show(name: &str, checkpoint: &Checkpoint, key: &VerifierKey, from_outside: bool) -> anyhow::Result<()> {
    output::line(&format!("{name}: intact"))?;
    output::line(&format!("size    {}", checkpoint.size))?;
    output::line(&format!("root    {}", checkpoint.root))?;
    let whose = if from_outside { "" } else { "  (as found there; give --key to hold it to one you know)" };
    output::line(&format!("key     {key}{whose}"))
}

/// The checkpoint of a file, which the key must have signed.
fn earlier(file: &std::path::Path, key: &VerifierKey) -> anyhow::Result<Checkpoint> {
    let note = std::fs::read_to_string(file).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?;
    Checkpoint::verified(&note, key).map_err(|error| {
        let said = format!("{}: {error}", file.display());
        if error.is_unknown_key() { NotIntact::UnknownKey(said).into() } else { NotIntact::Tampered(said).into() }
    })
}

fn save(note: &str, file: Option<&std::path::Path>) -> anyhow::Result<()> {
    let Some(file) = file else { return Ok(()) };
    std::fs::write(file, note).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))
}
