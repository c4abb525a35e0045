//! `entente import csv`: the figures of a statistical table.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use super::outcome::{Counts, LinesRejected};
use super::rejects::RejectsFile;
use super::send::{Parcel, Sender, Sent};
use crate::cli::ledger_arg::LedgerArg;
use crate::cli::{ServerArg, output, progress, when};
use crate::client::{Batch, Client};
use crate::domain::{EventKind, Instant, Slug};
use crate::exchange::table::{Change, Figures, Holdings, Mapping, Reject};
use crate::proto::v1;
use crate::wire::{self, Word as _};

/// A table, and how to read it.
#[derive(Debug, Args)]
pub(in crate::cli) struct TableArgs {
    /// The table: CSV with a header; - is standard input
    file: PathBuf,
    /// What its columns are: a TOML file, every field of which docs/import.md explains
    #[arg(long, value_name = "FILE")]
    mapping: PathBuf,
    /// Have it checked by the server, show what would be recorded (+ new, ~ changed) and what would be refused (!), and
    /// record nothing
    #[arg(long)]
    dry_run: bool,
    /// Where rejected lines go, with field and reason [default: FILE.rejected.csv]; not made if there is none, and that of an
    /// earlier import is then taken away
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// REPLAY ledgers: when this table came out, in place of what its rows say
    #[arg(long, value_name = "TIME", value_parser = when::parse_time)]
    recorded_at: Option<Instant>,
    /// Print what became of it as one line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArg,
    #[command(flatten)]
    server: ServerArg,
}

pub(super) async fn run(args: TableArgs) -> anyhow::Result<()> {
    let path = args.mapping.display();
    let text = std::fs::read_to_string(&args.mapping).with_context(|| format!("mapping {path}"))?;
    let client = args.server.connect().await?;
    let ledger = args.ledger.resolve(&client).await?;
    let id = Slug::parse(ledger.trim_start_matches("ledgers/"))?;
    let mut mapping = Mapping::parse(&text, &id).with_context(|| format!("mapping {path}"))?;
    let is_replay = kind(&client, &ledger).await? == v1::LedgerKind::Replay;
    let timed = is_replay || args.recorded_at.is_none();
    anyhow::ensure!(timed, "--recorded-at: {ledger} is LIVE and stamps record times itself");
    let is_timed_as_a_whole = !is_replay || args.recorded_at.is_some();
    if is_timed_as_a_whole {
        mapping = mapping.without_record_times();
    }
    let mut rejects = RejectsFile::new(args.rejects.as_deref(), &args.file, &args.mapping)?;

    let mut figures = read(&args.file, &mapping, &mut |reject| rejects.add(&reject))?;
    if is_timed_as_a_whole {
        figures.record_all_at(args.recorded_at);
    }
    let holdings = holdings(&client, &id, &figures, &mapping).await?;
    let mut counts = Counts { skipped_rows: figures.skipped(), ..Counts::default() };
    let sender = Sender {
        client: &client,
        ledger: ledger.clone(),
        record_times: mapping.record_times().unwrap_or("--recorded-at").to_owned(),
        validate_only: args.dry_run,
        batch: Batch::default(),
        refusals: 0,
    };
    let importing = Importing { args: &args, figures: &figures, holdings: &holdings, mapping: &mapping, id: &id };
    let outcome = importing.send(sender, &mut counts, &mut |reject| rejects.add(&reject)).await;
    counts.rejected = rejects.count();
    let path = rejects.keep()?;
    outcome?;
    counts.say(&ledger, args.dry_run, args.json)?;
    match counts.rejected {
        0 => Ok(()),
        count => Err(LinesRejected { count, path }.into()),
    }
}

/// An import, once table and ledger are read.
struct Importing<'a> {
    args: &'a TableArgs,
    figures: &'a Figures,
    holdings: &'a Holdings,
    mapping: &'a Mapping,
    id: &'a Slug,
}

impl Importing<'_> {
    async fn send(
        &self,
        mut sender: Sender<'_>,
        counts: &mut Counts,
        reject: &mut (dyn FnMut(Reject) -> std::io::Result<()> + Send),
    ) -> anyhow::Result<()> {
        let mut take = |sent: Sent, counts: &mut Counts| -> anyhow::Result<()> {
            counts.new += sent.new;
            counts.changed += sent.changed;
            sent.told.iter().try_for_each(|line| output::line(line))?;
            Ok(sent.rejects.into_iter().try_for_each(&mut *reject)?)
        };
        let shows = self.args.dry_run && !self.args.json;
        // The lines of a dry run are progress enough.
        let bar = match self.args.dry_run {
            true => indicatif::ProgressBar::hidden(),
            false => progress::bar("recording", self.figures.len() as u64, "figures"),
        };
        for compared in self.figures.compare(self.holdings, self.mapping) {
            bar.inc(1);
            let line = compared.line();
            let (submission, is_change) = match &compared.change {
                Change::Unchanged => {
                    counts.unchanged += 1;
                    continue;
                }
                Change::Unclear(unclear) => {
                    let told = shows.then(|| format!("! {}: {}", compared.label(self.id), unclear.reason));
                    let told = told.into_iter().collect();
                    take(Sent { rejects: vec![unclear.clone()], told, ..Sent::default() }, counts)?;
                    continue;
                }
                Change::New(submission) => (submission, false),
                Change::Changed { submission, .. } => (submission, true),
            };
            let said = shows.then(|| {
                let (label, now) = (compared.label(self.id), compared.number());
                match &compared.change {
                    Change::Changed { was, .. } => (label, format!("{was} → {now}")),
                    _ => (label, now),
                }
            });
            let message = wire::submission_to_proto(submission, self.id);
            take(sender.add(Parcel { line, is_change, said }, message).await?, counts)?;
        }
        take(sender.finish().await?, counts)?;
        bar.finish_and_clear();
        Ok(())
    }
}

fn read(
    path: &Path,
    mapping: &Mapping,
    reject: &mut dyn FnMut(Reject) -> std::io::Result<()>,
) -> anyhow::Result<Figures> {
    let named = || path.display().to_string();
    let (source, length): (Box<dyn Read>, u64) = if path.as_os_str() == "-" {
        (Box::new(std::io::stdin().lock()), 0)
    } else {
        let file = File::open(path).with_context(named)?;
        let length = file.metadata().map_or(0, |metadata| metadata.len());
        (Box::new(file), length)
    };
    let bar = progress::bytes("reading", length);
    let figures = Figures::read(BufReader::with_capacity(1 << 16, bar.wrap_read(source)), mapping, reject);
    bar.finish_and_clear();
    figures.with_context(named)
}

/// What the ledger has about the subjects of the table.
async fn holdings(client: &Client, id: &Slug, figures: &Figures, mapping: &Mapping) -> anyhow::Result<Holdings> {
    let mut holdings = Holdings::default();
    if figures.is_empty() {
        return Ok(holdings);
    }
    let kinds = [mapping.kind(), EventKind::EventRetracted];
    let filter = v1::EventFilter {
        subjects: figures.subjects().iter().map(|subject| subject.name_in(id)).collect(),
        kinds: kinds.iter().map(|kind| kind.number()).collect(),
        ..v1::EventFilter::default()
    };
    let request = v1::ReadEventsRequest {
        ledger: format!("ledgers/{id}"),
        filter: Some(filter),
        ..v1::ReadEventsRequest::default()
    };
    let bar = progress::count("comparing with", "events of the ledger");
    let mut parts = client.ledgers().read_events(request).await?.into_inner();
    while let Some(part) = parts.message().await? {
        let Some(v1::read_events_response::Part::Batch(batch)) = part.part else { continue };
        for event in &batch.events {
            holdings.take(&wire::event_from_proto(event, id)?, figures);
        }
        bar.inc(batch.events.len() as u64);
    }
    bar.finish_and_clear();
    holdings.settle();
    Ok(holdings)
}

async fn kind(client: &Client, ledger: &str) -> anyhow::Result<v1::LedgerKind> {
    let request = v1::GetLedgerRequest { name: ledger.to_owned() };
    Ok(client.ledgers().get_ledger(request).await?.into_inner().ledger.unwrap_or_default().kind())
}
