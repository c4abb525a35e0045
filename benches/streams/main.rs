//! What following a ledger costs, beside a bare tonic server stream of the same bytes in the same run.
//!
//! `cargo bench --bench streams` prints two tables; `-- --seconds 4 --rounds 5 --events 1000000` sets how long, how often
//! and how many. Latency is from the moment at which the store has synced an event to the moment at which a subscriber has
//! decoded it; for the bare stream, from the moment at which the server gives it to its streams. Every round measures every
//! line, in shuffled order. Server and clients run in one process on the same cores, over real sockets on the loopback.

mod bare;
mod catch_up;
mod latency;
mod report;
mod setup;
mod timed;

use std::time::Duration;

use latency::Work;
use report::Rounds;

type Fault = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Fault> {
    let asked = |name: &str, default: u64| {
        let mut words = std::env::args();
        words.find(|word| word == name).and_then(|_| words.next()).and_then(|it| it.parse().ok()).unwrap_or(default)
    };
    let slice = Duration::from_secs(asked("--seconds", 4));
    let rounds = asked("--rounds", 5);
    let events = asked("--events", 1_000_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut table = Rounds::default();
    runtime.block_on(async {
        for round in 0..rounds {
            for work in shuffled(round) {
                let run = latency::measure(work, slice).await.map_err(|fault| format!("{work:?}: {fault}"))?;
                table.add(work, run);
            }
            eprintln!("round {} of {rounds} done", round + 1);
        }
        let ready = catch_up::Ready::with(events).await?;
        for round in 0..rounds {
            // Whichever is first finds a machine in another state than the second.
            for bare_first in [round % 2 == 0, round % 2 == 1] {
                match bare_first {
                    true => table.add_bare_rate(ready.bare().await?),
                    false => table.add_rate(ready.subscribed().await?),
                }
            }
        }
        Ok::<(), Fault>(())
    })?;
    print!("{}", table.render());
    Ok(())
}

/// Every line in another order each round, the same orders in every run.
fn shuffled(round: u64) -> Vec<Work> {
    let mut lines = Work::ALL.to_vec();
    let mut state = round.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0x1234_5678_9ABC_DEF1);
    for index in (1..lines.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        lines.swap(index, usize::try_from(state % (index as u64 + 1)).unwrap_or(0));
    }
    lines
}
