//! Durable appends per second, beside the two limits of the machine in the same run: a bare tonic echo and fdatasync.
//!
//! `cargo bench --bench append` prints a table; `-- --seconds 2 --rounds 5` sets how long and how often. Every round
//! measures every line, in shuffled order; the table gives medians, the range, and the share of the limit beside it.
//! Server and clients run in one process on the same cores, over real sockets on the loopback.

mod echo;
mod load;
mod report;
mod setup;

use std::time::Duration;

use load::Work;
use report::Rounds;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let asked = |name: &str, default: u64| {
        let mut words = std::env::args();
        words.find(|word| word == name).and_then(|_| words.next()).and_then(|it| it.parse().ok()).unwrap_or(default)
    };
    let slice = Duration::from_secs(asked("--seconds", 2));
    let rounds = asked("--rounds", 5);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut table = Rounds::default();
    runtime.block_on(async {
        for round in 0..rounds {
            for work in shuffled(round) {
                let rate = load::rate(work, slice).await?;
                table.add(work, rate);
            }
            eprintln!("round {} of {rounds} done", round + 1);
        }
        Ok::<(), Box<dyn std::error::Error>>(())
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
