//! What a ledger costs as it grows: to append, to start, to read, to ask, in memory, on disk.
//!
//! `cargo bench --bench growth` makes a ledger of each size in a data directory of its own, kills the process that made it
//! with SIGKILL, and opens it again in a process that has done nothing else: as the kill left it, after a clean end, and
//! without its transcripts. `-- --help` lists the sizes.

mod cpu;
#[path = "../questions/history.rs"]
mod history;
mod making;
#[path = "../questions/memory.rs"]
mod memory;
mod opening;
#[path = "../questions/promise.rs"]
mod promise;
mod stages;
#[path = "../questions/world.rs"]
mod world;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::Parser;

type Fault = Box<dyn std::error::Error>;

/// In a data directory: how fast it was made, and what a start can do without.
const APPENDED: &str = "appended";
const TRANSCRIPTS: &str = "transcripts";

/// What a ledger costs as it grows.
#[derive(Debug, Parser)]
#[command(name = "cargo bench --bench growth --")]
struct Growth {
    /// Observations of each ledger, one ledger after the other.
    #[arg(long, value_delimiter = ',', default_values_t = [10_000, 100_000, 1_000_000])]
    observations: Vec<usize>,
    /// Commitments of each ledger, of all six kinds.
    #[arg(long, default_value_t = 10_000)]
    commitments: usize,
    /// Where the data directories are kept for another run; without it they are made anew and deleted.
    #[arg(long)]
    keep: Option<PathBuf>,
    /// Time each stage of a rebuild alone, on the largest ledger.
    #[arg(long)]
    stages: bool,
    /// Make a ledger in this directory: what the bench calls itself for.
    #[arg(long, hide = true)]
    make: Option<PathBuf>,
    /// Open the ledger in this directory: what the bench calls itself for.
    #[arg(long, hide = true)]
    open: Option<PathBuf>,
    /// What cargo passes to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<(), Fault> {
    let asked = Growth::parse();
    if let Some(directory) = &asked.make {
        return making::make(directory, asked.commitments, asked.observations[0]);
    }
    if let Some(directory) = &asked.open {
        return if asked.stages { stages::measure(directory) } else { opening::open(directory) };
    }
    println!(
        "| observations | appended, events/s | disk, bytes an event | opened | ready after, s | worked, s | events/s | \
         transcribed | memory, bytes an event | read, events/s | assessed, us |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    let temporary = tempfile::Builder::new().prefix("entente-growth-").tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let base = asked.keep.as_deref().unwrap_or(temporary.path());
    let mut last = None;
    for observations in &asked.observations {
        let directory = base.join(format!("{}-{observations}", asked.commitments));
        if !directory.exists() {
            make_and_kill(&directory, asked.commitments, *observations)?;
        }
        let appended = std::fs::read_to_string(directory.join(APPENDED)).unwrap_or_default();
        for opened in ["after SIGKILL", "after a clean end", "without transcripts"] {
            if opened == "without transcripts" && directory.join(TRANSCRIPTS).exists() {
                std::fs::remove_dir_all(directory.join(TRANSCRIPTS))?;
            }
            let disk = disk_bytes(&directory)?;
            let told = call("--open", &directory, &[])?;
            let figures: Vec<f64> = told.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
            let &[seconds, worked, head, bytes, transcribed, read, assessed] = figures.as_slice() else {
                return Err("the opening said nothing".into());
            };
            println!(
                "| {observations} | {appended} | {:.0} | {opened} | {seconds:.2} | {worked:.2} | {:.0} | {:.0} % | {:.0} | \
                 {read:.0} | {assessed:.0} |",
                disk as f64 / head,
                head / seconds,
                100.0 * transcribed / head,
                bytes / head
            );
        }
        last = Some(directory);
    }
    if let (true, Some(directory)) = (asked.stages, last) {
        println!("\n{}", call("--open", &directory, &["--stages"])?);
    }
    Ok(())
}

/// Has another process make a ledger, and kills it when the last event is acknowledged.
fn make_and_kill(directory: &Path, commitments: usize, observations: usize) -> Result<(), Fault> {
    let mut maker = Command::new(std::env::current_exe()?)
        .arg("--make")
        .arg(directory)
        .args(["--commitments", &commitments.to_string(), "--observations", &observations.to_string()])
        .stdout(Stdio::piped())
        .spawn()?;
    let told = maker.stdout.take().ok_or("the maker has no output")?;
    let said = BufReader::new(told).lines().next();
    maker.kill()?;
    maker.wait()?;
    match said {
        Some(Ok(line)) => {
            eprintln!("{line}");
            let rate = line.split_whitespace().nth_back(2).unwrap_or_default();
            Ok(std::fs::write(directory.join(APPENDED), rate)?)
        }
        _ => Err("the ledger could not be made".into()),
    }
}

/// Has another process do something with a directory, and gives what it printed.
fn call(what: &str, directory: &Path, further: &[&str]) -> Result<String, Fault> {
    let mut command = Command::new(std::env::current_exe()?);
    let output = command.arg(what).arg(directory).args(further).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{what} failed with {}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn disk_bytes(directory: &Path) -> Result<u64, Fault> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        bytes += if entry.file_type()?.is_dir() { disk_bytes(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}
