//! How one client is answered while another does what it can to keep it from that.
//!
//! `cargo bench --bench attack` prints a table; `-- --seconds 5 --rounds 3` sets how long and how often. The server runs with
//! its default limits; attacker and victim come from two addresses of the loopback, so they are two principals. All share
//! the cores of the machine, so part of what an attack costs the victim is the attacker's own work.

mod attack;
mod report;
mod setup;
mod victim;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use attack::Attack;
use report::Table;

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// What an attacker has done, and whether it is to stop.
#[derive(Debug, Default)]
struct Tally {
    stop: AtomicBool,
    tried: AtomicU64,
    refused: AtomicU64,
}

impl Tally {
    fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }

    fn count(&self, worked: bool) {
        self.tried.fetch_add(1, Ordering::Relaxed);
        self.refused.fetch_add(u64::from(!worked), Ordering::Relaxed);
    }
}

fn main() -> Result<(), Fault> {
    let asked = |name: &str, default: u64| {
        let mut words = std::env::args();
        words.find(|word| word == name).and_then(|_| words.next()).and_then(|it| it.parse().ok()).unwrap_or(default)
    };
    let slice = Duration::from_secs(asked("--seconds", 5));
    let rounds = asked("--rounds", 3);
    let serving = runtime(2)?;
    let server = serving.block_on(setup::entente())?;
    let mut table = Table::default();
    for round in 0..rounds {
        for attack in Attack::ALL {
            let tally = Arc::new(Tally::default());
            // One thread attacks, one asks: neither waits for the other's tasks.
            let attacking = runtime(1)?;
            attacking.spawn(attack::run(attack, server.address, Arc::clone(&tally)));
            let asking = runtime(1)?;
            let latencies = asking.block_on(victim::ask(server.address, slice))?;
            tally.stop.store(true, Ordering::Relaxed);
            attacking.shutdown_timeout(Duration::from_millis(500));
            table.add(attack, &latencies, &tally);
            // The server lets go of what the attack held before the next one begins.
            serving.block_on(setup::settle(server.address))?;
        }
        eprintln!("round {} of {rounds} done", round + 1);
    }
    print!("{}", table.render());
    serving.shutdown_timeout(Duration::from_secs(2));
    Ok(())
}

fn runtime(threads: usize) -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()
}
