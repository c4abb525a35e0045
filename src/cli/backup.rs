//! `entente backup`: every ledger of a server, or one, in a file.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use super::destination::Destination;
use super::ledger_arg::LedgerArg;
use super::{ServerArg, output, progress};
use crate::client::{Client, ClientError};
use crate::domain::Instant;
use crate::exchange::backup::{BEGINNING, BackupError, Reader, Summary, Writer};
use crate::proto::v1;

const NOTE: &str = "The server goes on working: the backup has what was acknowledged when it began. Each ledger's events are held \
to its signed checkpoint while they come, and the file once more before it takes its name, so a file of that name is a sound \
backup. It has no keys and no tokens in it: keep a copy of DATA_DIR/secret apart from it, since only with that key a restored \
ledger goes on being signed for as before. Exit codes: 0 done; 1 refused or failed, and no file is left; 69 no server answers.";

/// What is backed up, and where to.
#[derive(Debug, Args)]
#[command(after_help = NOTE)]
pub(super) struct BackupArgs {
    /// The file; one that is there is replaced once the backup is whole
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only the events up to this position of one ledger
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(u64).range(1..))]
    up_to: Option<u64>,
    /// Print the proto JSON mapping of the summary
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArg,
    #[command(flatten)]
    server: ServerArg,
}

pub(super) async fn run(args: BackupArgs) -> anyhow::Result<()> {
    let client = args.server.connect().await?;
    let one = args.ledger.is_given() || args.up_to.is_some();
    let ledger = if one { args.ledger.resolve(&client).await? } else { String::new() };
    check_replaceable(&args.file)?;
    let destination = Destination::open(Some(&args.file))?;
    let request = v1::BackupRequest { ledger, up_to: args.up_to.unwrap_or_default() };
    let summary = written(&client, request, &destination).await.map_err(|error| named(error, &args.file))?;
    let summary = match destination.written()? {
        Some(file) => tokio::task::spawn_blocking(move || read_again(file, summary))
            .await?
            .map_err(|error| named(error, &args.file))?,
        None => summary,
    };
    destination.keep_durably()?;
    if args.json {
        return output::json_line(&to_proto(&summary));
    }
    show(&summary, &args.file.display().to_string())
}

/// A backup takes the place of an older one, and of nothing else.
fn check_replaceable(path: &Path) -> anyhow::Result<()> {
    if !path.is_file() {
        return Ok(());
    }
    let mut first = Vec::new();
    File::open(path)?.take(BEGINNING.len() as u64).read_to_end(&mut first)?;
    if !first.is_empty() && first != BEGINNING {
        anyhow::bail!("{}: is there already and is no backup; choose another name", path.display());
    }
    Ok(())
}

/// Shows what a backup holds.
pub(super) fn show(summary: &Summary, file: &str) -> anyhow::Result<()> {
    for ledger in &summary.ledgers {
        let of = match ledger.checkpoint.size {
            size if size == ledger.through => String::new(),
            size => format!(", the beginning of {size}"),
        };
        output::line(&format!("{}  {} events{of}, root {}", ledger.name, ledger.through, ledger.root))?;
    }
    let made_at = summary.start.made_at.and_then(|stamp| Instant::from_unix_seconds(stamp.seconds).ok());
    let made_at = made_at.map_or_else(|| "at no known time".to_owned(), |at| at.to_string());
    output::line(&format!("begun   {made_at}, by entente {}", summary.start.server_version))?;
    output::line(&format!("file    {file}: {} events, {} bytes", summary.events, summary.bytes))?;
    output::line(&format!("sha256  {}", hexadecimal(&summary.sha256)))
}

/// The summary as a message.
pub(super) fn to_proto(summary: &Summary) -> v1::BackupSummary {
    let ledger = |it: &crate::exchange::backup::Checked| v1::BackupLedgerSummary {
        name: it.name.clone(),
        through: it.through,
        root_hash: it.root.0.to_vec(),
        checkpoint: it.note.clone(),
        verifier_key: it.key.to_string(),
    };
    v1::BackupSummary {
        made_at: summary.start.made_at,
        ledgers: summary.ledgers.iter().map(ledger).collect(),
        events: summary.events,
        bytes: summary.bytes,
        sha256: summary.sha256.to_vec(),
    }
}

async fn written(client: &Client, request: v1::BackupRequest, to: &Destination) -> anyhow::Result<Summary> {
    let mut parts = client.admin().backup(request).await.map_err(ClientError::from)?.into_inner();
    let mut writer = Writer::new(to.writer()?, Box::new(|_| Vec::new()))?;
    let mut bar = None;
    while let Some(message) = parts.message().await.map_err(ClientError::from)? {
        writer.write(message.part.context("the server sent an empty part of a backup")?)?;
        let events = writer.check().start().map_or(0, |start| start.events);
        let bar = bar.get_or_insert_with(|| progress::bar("backing up", events, "events"));
        bar.set_position(writer.check().events());
    }
    bar.inspect(indicatif::ProgressBar::finish_and_clear);
    Ok(writer.finish()?)
}

/// What is in the file is what was written to it.
fn read_again(file: std::fs::File, written: Summary) -> anyhow::Result<Summary> {
    let bar = progress::bytes("checking", written.bytes);
    let reader = Reader::new(std::io::BufReader::with_capacity(1 << 20, file), Box::new(|_| Vec::new()))?;
    let read = reader.finish(&mut |bytes| bar.set_position(bytes))?;
    bar.finish_and_clear();
    anyhow::ensure!(
        read.sha256 == written.sha256,
        "the file is not what was written to it; check the disk, and try again"
    );
    Ok(read)
}

/// What is wrong with a backup, under the name of its file.
fn named(error: anyhow::Error, file: &std::path::Path) -> anyhow::Error {
    match error.downcast::<BackupError>() {
        Ok(error) => super::restore::unsound(error, &file.display().to_string()),
        Err(error) => error,
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
