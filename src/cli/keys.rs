//! `entente keys`: the keys that a ledger is signed with, and a new one taking over.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};

use super::ledger_arg::LedgerArg;
use super::{ServerArg, output};
use crate::client::ClientError;
use crate::clock::Clock;
use crate::ledger::{Keyring, Ledgers};
use crate::proto::v1;
use crate::store::{Catalog as _, SledCatalog, SledConfig};

/// Keys.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct KeysArgs {
    #[command(subcommand)]
    command: Option<KeysCommand>,
    /// Print the proto JSON mapping of the answer
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArg,
    #[command(flatten)]
    server: ServerArg,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Have a new key take over, in a data directory whose server is stopped. Every ledger records it; the key before goes
    /// on signing beside the new one until the next rotation
    Rotate {
        /// Directory of the store
        #[arg(long, env = "ENTENTE_DATA_DIR", value_name = "DIR")]
        data_dir: PathBuf,
    },
}

pub(super) async fn run(args: KeysArgs) -> anyhow::Result<()> {
    if let Some(KeysCommand::Rotate { data_dir }) = args.command {
        return tokio::task::spawn_blocking(move || rotate(data_dir)).await?;
    }
    let client = args.server.connect().await?;
    let ledger = args.ledger.resolve(&client).await?;
    let answer = client.proofs().list_keys(v1::ListKeysRequest { ledger }).await.map_err(ClientError::from)?;
    let answer = answer.into_inner();
    if args.json {
        return output::json_line(&answer);
    }
    answer.keys.iter().try_for_each(|key| output::line(&described(key)))
}

fn described(key: &v1::LedgerKey) -> String {
    let signs = if key.signs { "signs" } else { "signed before" };
    match key.since_position {
        0 => format!("{}  {signs}, from the first event on", key.verifier_key),
        since => format!("{}  {signs}, took over at position {since}", key.verifier_key),
    }
}

fn rotate(data_dir: PathBuf) -> anyhow::Result<()> {
    let catalog = Arc::new(SledCatalog::open_existing(SledConfig::new(data_dir))?);
    // The new key is kept before any ledger says so: cut short, the next start goes on.
    let keyring = Keyring::of(&*catalog)?;
    let refused = Ledgers::open_with_keys(catalog.clone(), Clock::system(), keyring.clone())?;
    let damaged = refused.all().into_iter().find_map(|ledger| Some((ledger.name().clone(), ledger.damage()?)));
    refused.close();
    if let Some((name, damage)) = damaged {
        anyhow::bail!("no key takes over, because ledger {name} is read-only: {damage}");
    }
    let rotated = keyring.rotated()?;
    catalog.keep_secret(&rotated.reveal())?;
    let ledgers = Ledgers::open_with_keys(catalog, Clock::system(), rotated)?;
    for ledger in ledgers.all() {
        for key in ledger.keys()?.into_iter().filter(|key| key.signs) {
            let since =
                key.since.map_or_else(|| "from before".to_owned(), |since| format!("took over at position {since}"));
            output::line(&format!("ledgers/{}  {}  {since}", ledger.name(), key.verifier_key))?;
        }
    }
    ledgers.close();
    Ok(())
}
