//! The same work on entente, its peers and the limits of the machine, in one run.
//!
//! `benches/peers/run` installs what is needed and starts this. Every store runs as a process of its own, with every
//! acknowledgement after a sync, and every round does every work on every store in a shuffled order. After each work what was
//! acknowledged is read back and compared: a rate whose contents are not right is an error, and nothing is printed of it.

mod connection;
mod entente;
mod etcd;
mod event;
mod jetstream;
mod limits;
mod load;
mod postgres;
mod process;
mod report;
mod store;
mod syncs;
mod umadb;
mod work;

use std::time::Duration;

use clap::Parser as _;
use report::Report;
use store::Store;
use work::Work;

/// What the run is told.
#[derive(Debug, clap::Parser)]
#[command(about = "The same work on entente, its peers and the limits of the machine", version)]
struct Plan {
    /// Seconds for each work on each store, in each round
    #[arg(long = "seconds", default_value = "2", value_parser = seconds)]
    slice: Duration,
    /// Rounds, each in an order of its own
    #[arg(long, default_value_t = 5)]
    rounds: u64,
    /// How many events a store holds before it is read from
    #[arg(long, default_value_t = 200_000)]
    filled: u64,
    /// Only these, such as `entente,echo`
    #[arg(long = "only", value_enum, value_delimiter = ',', default_values_t = Store::ALL)]
    stores: Vec<Store>,
}

fn main() -> anyhow::Result<()> {
    // The bare echo is a process of its own too, as every store is.
    if std::env::args().nth(1).as_deref() == Some("echo") {
        return limits::serve_echo();
    }
    let plan = Plan::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(&plan))
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ 1..) => Ok(Duration::from_secs(seconds)),
        _ => Err("is to be a number of seconds, at least 1".to_owned()),
    }
}

async fn run(plan: &Plan) -> anyhow::Result<()> {
    let mut report = Report::new(plan);
    for store in &plan.stores {
        report.syncs(*store, syncs::check(*store).await?);
    }
    for round in 0..plan.rounds {
        let mut lines: Vec<(Store, Work)> = Vec::new();
        for store in &plan.stores {
            lines.extend(Work::ALL.into_iter().filter(|work| store.can(*work)).map(|work| (*store, work)));
        }
        for (store, work) in shuffled(lines, round) {
            let measured =
                work.measure(store, plan).await.map_err(|error| error.context(format!("{store:?} {work:?}")))?;
            report.add(store, work, measured);
        }
        eprintln!("round {} of {} done", round + 1, plan.rounds);
    }
    print!("{}", report.render());
    Ok(())
}

/// Every line in another order each round, the same orders in every run.
fn shuffled<T>(mut lines: Vec<T>, round: u64) -> Vec<T> {
    let mut state = round.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0x1234_5678_9ABC_DEF1);
    for index in (1..lines.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        lines.swap(index, usize::try_from(state % (index as u64 + 1)).unwrap_or(0));
    }
    lines
}
