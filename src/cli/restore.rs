//! `entente restore`: a data directory from a backup.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use bytes::Bytes;
use clap::Args;

use super::config_file::{LogFormat, Logging};
use super::verify::NotIntact;
use super::{backup, output, progress, serve};
use crate::clock::Clock;
use crate::domain::{Instant, Position, Slug};
use crate::exchange::backup::{BackupError, Reader, Summary, TrustedKeys};
use crate::ledger::{self, Keyring, Restored, Restoring, Source};
use crate::proto::v1;
use crate::store::{Catalog, Founding, SledCatalog, SledConfig};
use v1::backup_part::Part;

const NOTE: &str = "Events come back byte for byte and keep their positions, and prove themselves against checkpoints made before. \
Cursors made before are refused (OUT_OF_RANGE): what was recorded after the backup is lost, and a consumer must choose where to go \
on; named cursors are kept so that it can be seen where each stood. GetLedger says of a ledger that it was restored. With \
--key-file the key goes on that signed before; without it a new key is made, which nobody knows yet. Anything wrong with the \
backup is named by position, and nothing is left behind then. Exit codes: 0 done; 1 refused or failed; 10 the backup was tampered \
with, 11 it is damaged or cut short, 12 it is signed by another key.";

/// What is restored, and where to.
#[derive(Debug, Args)]
#[command(after_help = NOTE)]
pub(super) struct RestoreArgs {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Directory of the store; it must be empty, or not be there
    #[arg(long, env = "ENTENTE_DATA_DIR", value_name = "DIR")]
    data_dir: PathBuf,
    /// Only the events up to this position, of one ledger where the backup has several; may be repeated
    #[arg(long, value_name = "[LEDGER=]POSITION")]
    up_to: Vec<UpTo>,
    /// The keys that signed, as kept in the file `secret` of the old data directory; a copy is kept in the new one
    #[arg(long, env = "ENTENTE_KEY_FILE", value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Print the proto JSON mapping of the summary
    #[arg(long)]
    json: bool,
}

/// The last position wanted of a ledger.
#[derive(Debug, Clone)]
struct UpTo {
    ledger: Option<String>,
    position: u64,
}

impl FromStr for UpTo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (ledger, position) = match text.rsplit_once('=') {
            Some((ledger, position)) => (Some(ledger.trim_start_matches("ledgers/").to_owned()), position),
            None => (None, text),
        };
        let position = position.parse().ok().filter(|position| *position > 0);
        let position = position.ok_or("is a position, such as 298, or a ledger and one, such as us-china=298")?;
        Ok(UpTo { ledger, position })
    }
}

pub(super) async fn run(args: RestoreArgs) -> anyhow::Result<()> {
    // Who restored what is to be seen afterwards.
    serve::start_logging(&Logging { filter: "error,entente::audit=info".to_owned(), format: LogFormat::Text });
    let (json, file) = (args.json, args.file.display().to_string());
    let summary = tokio::task::spawn_blocking(move || restore(&args)).await??;
    if json { output::json_line(&backup::to_proto(&summary)) } else { backup::show(&summary, &file) }
}

fn restore(args: &RestoreArgs) -> anyhow::Result<Summary> {
    let keyring = args.key_file.as_deref().map(read_keyring).transpose()?;
    let held = keyring.clone();
    // Where no key was brought, the backup is held to the keys that it names itself.
    let trusted: TrustedKeys =
        Box::new(move |origin| held.as_ref().and_then(|held| held.verifiers(origin).ok()).unwrap_or_default());
    let name = args.file.display().to_string();
    let file = File::open(&args.file).with_context(|| name.clone())?;
    let bar = progress::bytes("restoring", file.metadata()?.len());
    let input = BufReader::with_capacity(1 << 20, file);
    let reader = Reader::new(input, trusted).map_err(|error| unsound(error, &name))?;
    let founding = Founding::begin(&args.data_dir)?;
    let catalog: Arc<dyn Catalog> = Arc::new(SledCatalog::open(SledConfig::new(founding.path()))?);
    let (mut summary, restored) = read_all(reader, &catalog, wanted(&args.up_to)?, &bar)
        .map_err(|error| error.downcast().map_or_else(|error| error, |error| unsound(error, &name)))?;
    let keyring = keyring.map_or_else(Keyring::generate, Ok)?;
    ledger::complete_restore(&catalog, Clock::system(), &keyring, &restored)?;
    for (ledger, restored) in summary.ledgers.iter_mut().zip(restored) {
        (ledger.through, ledger.root) = (restored.through.get(), restored.root);
    }
    summary.events = summary.ledgers.iter().map(|ledger| ledger.through).sum();
    // Closed before it is moved.
    drop(catalog);
    founding.complete()?;
    bar.finish_and_clear();
    Ok(summary)
}

/// The last positions wanted, by ledger; that of no ledger is for the only one.
type Wanted = BTreeMap<Option<String>, Position>;

fn read_all(
    mut reader: Reader<BufReader<File>>,
    catalog: &Arc<dyn Catalog>,
    mut wanted: Wanted,
    bar: &indicatif::ProgressBar,
) -> anyhow::Result<(Summary, Vec<Restored>)> {
    let mut open: Option<Restoring> = None;
    let mut restored = Vec::new();
    let mut close = |open: &mut Option<Restoring>| -> anyhow::Result<()> {
        restored.extend(open.take().map(|open| open.finish(Clock::system().now())).transpose()?);
        Ok(())
    };
    while let Some(part) = reader.next_part()? {
        match part.part {
            Some(Part::Ledger(of_backup)) => {
                close(&mut open)?;
                let start = reader.check().start().cloned().unwrap_or_default();
                let source = source(of_backup, &start)?;
                let named = wanted.remove(&Some(source.name.to_string()));
                let up_to = named.or_else(|| if start.ledgers == 1 { wanted.remove(&None) } else { None });
                open = Some(Restoring::begin(Arc::clone(catalog), source, up_to)?);
            }
            Some(Part::Entries(events)) => {
                let entries = events.entries.into_iter().map(Bytes::from).collect();
                open.as_mut().context("the backup has events of no ledger")?.take(entries)?;
            }
            Some(Part::End(_)) => close(&mut open)?,
            Some(Part::Start(_)) | None => {}
        }
        bar.set_position(reader.bytes());
    }
    match wanted.into_keys().next() {
        Some(Some(name)) => bail!("--up-to: the backup has no ledger {name:?}"),
        Some(None) => bail!("--up-to: the backup has several ledgers; say of which one, as LEDGER=POSITION"),
        None => Ok((reader.finish(&mut |_| {})?, restored)),
    }
}

fn source(ledger: v1::BackupLedger, start: &v1::BackupStart) -> anyhow::Result<Source> {
    let name = ledger.name.strip_prefix("ledgers/").unwrap_or(&ledger.name);
    let name = Slug::parse(name).with_context(|| format!("the backup has a ledger of the name {:?}", ledger.name))?;
    let made_at = start.made_at.map_or(0, |stamp| stamp.seconds);
    let cell = |cell: v1::BackupCell| (Bytes::from(cell.key), Bytes::from(cell.value));
    Ok(Source {
        name,
        checkpoint: ledger.checkpoint,
        through: ledger.through,
        cells: ledger.cells.into_iter().map(cell).collect(),
        made_at: Instant::from_unix_seconds(made_at).context("the backup says no time at which it was begun")?,
    })
}

fn wanted(given: &[UpTo]) -> anyhow::Result<Wanted> {
    let mut wanted = Wanted::new();
    for up_to in given {
        let before = wanted.insert(up_to.ledger.clone(), Position::new(up_to.position));
        ensure!(before.is_none(), "--up-to: a ledger is given twice");
    }
    Ok(wanted)
}

fn read_keyring(path: &Path) -> anyhow::Result<Keyring> {
    let text = std::fs::read_to_string(path).with_context(|| format!("--key-file {}", path.display()))?;
    Keyring::parse(&text).with_context(|| format!("--key-file {}", path.display()))
}

/// What is wrong with a backup, under the name of its file and with the exit code for it.
pub(super) fn unsound(error: BackupError, file: &str) -> anyhow::Error {
    let said = format!("{file} {error}");
    if error.is_unknown_key() {
        NotIntact::UnknownKey(said).into()
    } else if error.is_tampering() {
        NotIntact::Tampered(said).into()
    } else if error.is_incomplete() {
        NotIntact::Incomplete(said).into()
    } else {
        anyhow::anyhow!(said)
    }
}
