//! Histories: clients append with preconditions, read, subscribe and send again, through cut connections, a disk that fails
//! and a server that restarts; what each was told is written down and held against a ledger that does one thing after the
//! other.
//!
//! The check is our own and not one of the general ones for linearizability: those search for an order that explains what
//! was seen, which takes exponential time and small histories. Here every answer tells positions, so the order is given, and
//! what is left is to compare: every check goes once over the history.
//!
//! `ENTENTE_HISTORY_SEEDS` is how many histories are played: a number, or a range such as `17..18`. A seed decides who asks
//! what and which faults come; how they meet is up to the machine.

mod check; // what must be so of any history
mod client; // who asks, and how often again
mod planted; // histories that are wrong, by hand: each is caught
mod record; // what was asked and told
mod world; // a server, a network and a disk, all of which fail

use std::ops::Range;

use crate::oracle::Dice;

/// What a plain `cargo test` can afford; `tests/run` plays far more.
const SEEDS: u64 = 8;

#[test]
fn whatever_breaks_the_ledger_does_one_thing_after_the_other() {
    let seeds = seeds();
    let mut sum = record::Sum::default();
    let mut wrong = Vec::new();
    for seed in seeds.clone() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let history = runtime.block_on(world::play(Dice::new(seed)));
        sum.add(&history);
        wrong.extend(check::faults(&history).into_iter().take(3).map(|why| format!("seed {seed}: {why}")));
    }
    println!("histories: seeds {seeds:?}: {sum:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        sum.recorded > 0 && sum.stale > 0 && sum.replayed > 0 && sum.unknown > 0 || seeds.end - seeds.start < SEEDS
    );
}

fn seeds() -> Range<u64> {
    let given = std::env::var("ENTENTE_HISTORY_SEEDS").unwrap_or_else(|_| SEEDS.to_string());
    let (from, until) = given.split_once("..").unwrap_or(("0", &given));
    from.parse().unwrap()..until.parse().unwrap()
}
