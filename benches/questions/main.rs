//! How long questions take on a large ledger, beside the limits of the machine in the same run.
//!
//! `cargo bench --bench questions` builds a ledger of 10,000 commitments and a million observations in memory, asks every
//! question many times, checks that two ways of asking agree, and prints a table. `-- --help` lists the sizes.

mod answers;
mod ask;
#[path = "../append/echo.rs"]
mod echo;
mod history;
mod memory;
mod paced;
mod promise;
mod remote;
mod report;
mod world;

use clap::Parser;

/// The one of the program that is measured.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long questions take on a large ledger.
#[derive(Debug, Clone, Parser)]
#[command(name = "cargo bench --bench questions --")]
struct Sizes {
    /// Commitments of the ledger, of all six kinds.
    #[arg(long, default_value_t = 10_000)]
    commitments: usize,
    /// Observations, spread over the commitments and over two years.
    #[arg(long, default_value_t = 1_000_000)]
    observations: usize,
    /// Records of the one commitment that the bitemporal question is about; a tenth of them are corrections.
    #[arg(long, default_value_t = 10_000)]
    records: usize,
    /// Lines of the list that FindExposure is asked about; at most 10,000.
    #[arg(long, default_value_t = 10_000)]
    items: usize,
    /// Times each quick question is asked; slow ones are asked less often.
    #[arg(long, default_value_t = 2_000)]
    times: usize,
    /// Assessments a second that are asked for whether or not those before were answered.
    #[arg(long, default_value_t = 10_000)]
    rate: u32,
    /// What cargo passes to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sizes = Sizes::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let table = runtime.block_on(answers::measure(&sizes))?;
    print!("{}", table.render());
    Ok(())
}
