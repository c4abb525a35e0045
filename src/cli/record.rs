//! `entente record`: events from a file, or from standard input.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use super::ledger_arg::LedgerArg;
use super::{ServerArg, output};
use crate::exchange::event_file;
use crate::proto::v1;

/// Events to record.
#[derive(Debug, Args)]
pub(super) struct RecordArgs {
    /// File of events: YAML, JSON or JSON lines, in the proto JSON mapping of entente.v1.Submission; or a folder of such
    /// files, taken in the order of their record times; - is standard input. A subject may be given within the ledger, such as
    /// commitments/soybeans
    file: PathBuf,
    /// Say what would happen, and record nothing
    #[arg(long)]
    validate_only: bool,
    /// Record only if the ledger's head is at this position
    #[arg(long, value_name = "POSITION")]
    if_head: Option<u64>,
    /// Print the proto JSON mapping of the answer
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArg,
    #[command(flatten)]
    server: ServerArg,
}

pub(super) async fn run(args: RecordArgs) -> anyhow::Result<()> {
    let mut submissions = read(&args.file)?;
    let client = args.server.connect().await?;
    let ledger = match ledger_of(&submissions) {
        Some(ledger) if !args.ledger.is_given() => ledger,
        _ => args.ledger.resolve(&client).await?,
    };
    name_in(&ledger, &mut submissions);
    let preconditions =
        args.if_head.map(|head| v1::Preconditions { ledger_head: Some(head), subject_revisions: Vec::new() });
    // One file, or one folder, is one append: all of it is recorded, or nothing.
    let request = v1::AppendEventsRequest { ledger, submissions, preconditions, validate_only: args.validate_only };
    let response = client.append_settled(request).await?;
    if args.json {
        return output::json_line(&response);
    }
    let verb = match (response.validate_only, response.replayed) {
        (true, _) => "would be recorded",
        (_, true) => "had been recorded before",
        _ => "recorded",
    };
    for event in &response.events {
        output::line(&format!("{verb} at position {}: event {}", event.position, event.event_id))?;
    }
    output::line(&format!("head {}", response.head))
}

/// The events of a file or a folder, or of standard input where the file is `-`; at least one.
pub(super) fn read(file: &Path) -> anyhow::Result<Vec<v1::Submission>> {
    let submissions = if file.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("standard input")?;
        event_file::parse(&text, "standard input")?
    } else if file.is_dir() {
        event_file::read_folder(file)?
    } else {
        event_file::read_file(file)?
    };
    if submissions.is_empty() {
        bail!("{} holds no events", file.display());
    }
    Ok(submissions)
}

/// The ledger that the events themselves name, so that it need not be said twice.
pub(super) fn ledger_of(submissions: &[v1::Submission]) -> Option<String> {
    let mut full = submissions.iter().filter_map(|submission| submission.subject.strip_prefix("ledgers/"));
    let id = full.next()?.split('/').next()?;
    Some(format!("ledgers/{id}"))
}

/// Gives subjects such as commitments/soybeans their ledger, as flags and mappings do.
pub(super) fn name_in(ledger: &str, submissions: &mut [v1::Submission]) {
    for subject in submissions.iter_mut().map(|submission| &mut submission.subject) {
        if !subject.is_empty() && !subject.starts_with("ledgers/") {
            *subject = format!("{ledger}/{subject}");
        }
    }
}
