//! `entente bench`: what a running server does in a second, and how long each request waits.

mod load;
mod measured;
mod scratch;
mod work;

use clap::{Args, ValueEnum as _};

use self::measured::Measured;
use self::scratch::Scratch;
use self::work::Work;
use super::{ServerArg, output, table};
use crate::client::Client;

/// A load on a running server. It records real events, into a new ledger of its own; nothing deletes that ledger, so run it
/// against a server that is for trying.
#[derive(Debug, Args)]
#[command(
    after_help = "Closed loop: each client asks again once it is answered, so the rate is what the server can do. Open \
    loop: requests are due at a fixed rate, and each one's latency counts from when it was due, so that a server which \
    stands still is not spared the requests that it kept waiting. Client and server share the machine where they run on \
    one; compare only what was measured in the same way."
)]
pub(super) struct BenchArgs {
    /// What is measured; can be given several times [default: all]
    #[arg(long, value_enum, value_name = "WORK")]
    work: Vec<Work>,
    /// Seconds for each work
    #[arg(long, value_name = "SECONDS", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
    /// How many clients, or streams, ask at once
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    clients: u32,
    /// How many connections they share
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    connections: u32,
    /// Events in a request of append-batches
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    batch: u32,
    /// Batches that one stream of append-stream has under way
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=64))]
    window: u32,
    /// Appends a second in follow, an open loop
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rate: u32,
    /// Questions a second in assess-open, an open loop
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    assess_rate: u32,
    /// Print each result as one line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerArg,
}

/// What every work is told.
struct Plan {
    seconds: u64,
    clients: u32,
    batch: u32,
    window: u32,
    rate: u32,
    assess_rate: u32,
}

pub(super) async fn run(args: BenchArgs) -> anyhow::Result<()> {
    let mut clients: Vec<Client> = Vec::new();
    for _ in 0..args.connections {
        clients.push(args.server.connect().await?);
    }
    let plan = Plan {
        seconds: args.seconds,
        clients: args.clients,
        batch: args.batch,
        window: args.window,
        rate: args.rate,
        assess_rate: args.assess_rate,
    };
    let works = if args.work.is_empty() { Work::value_variants() } else { &args.work };
    let scratch = Scratch::create(&clients[0], args.clients.max(work::BATCH_CLIENTS)).await?;
    let mut all = Vec::new();
    for work in works {
        eprintln!("{} for {} s", work.sentence(&plan), args.seconds);
        let measured = work.run(&plan, &clients, &scratch).await?;
        if args.json {
            output::line(&measured.to_json()?)?;
        }
        all.push(measured);
    }
    if !args.json {
        output::write(table::print(tabled(&all)).as_bytes())?;
    }
    // A rate of answers that were not kept would be no rate at all.
    let acknowledged: u64 = all.iter().map(|measured| measured.recorded).sum();
    let recorded = scratch.recorded(&clients[0]).await?;
    if recorded != acknowledged && all.iter().all(|measured| measured.failed == 0) {
        anyhow::bail!("{acknowledged} events were acknowledged, but {} holds {recorded}", scratch.ledger);
    }
    if let Some(measured) = all.iter().find(|measured| measured.failed > 0) {
        anyhow::bail!("{} of {} failed: {}", measured.failed, measured.work, measured.fault);
    }
    Ok(())
}

fn tabled(all: &[Measured]) -> comfy_table::Table {
    let mut table = table::columns(["work", "a second", "p50 ms", "p90 ms", "p99 ms", "p99.9 ms", "max ms", "failed"]);
    for measured in all {
        let at = |percent: f64| format!("{:.2}", measured.milliseconds(percent));
        table.add_row([
            measured.what.clone(),
            format!("{:.0} {}", measured.per_second(), measured.unit),
            at(50.0),
            at(90.0),
            at(99.0),
            at(99.9),
            at(100.0),
            measured.failed.to_string(),
        ]);
    }
    table
}
