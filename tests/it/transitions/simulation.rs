//! A simulation of writers, subscribers, breaks, restarts, failing disks and clocks that jump, by seed. The scheduler is
//! the test's own: it decides who runs next, and no wall clock is asked. What each subscriber hears must be, to the line,
//! what brute force finds in the ledger afterwards.
//!
//! How many seeds are played is in `ENTENTE_TRANSITION_SEEDS`: a number, or a range such as `17..18`, which plays one seed
//! again and prints what was done and heard.

mod disk;
mod line;
mod play;
mod script;
mod subscriber;
mod truth;

use std::ops::Range;

use play::Played;

/// What a plain `cargo test` can afford in an unoptimised build; `tests/run` plays far more.
const SEEDS: u64 = 10;

/// How many failures are listed.
const LISTED: usize = 5;

#[test]
fn every_subscriber_hears_exactly_what_the_ledger_and_time_bring() {
    let seeds = seeds();
    let parts = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let edge = |part: u64| seeds.start + (seeds.end - seeds.start) * part / parts;
    let played: Vec<(u64, Played)> = std::thread::scope(|scope| {
        let part =
            |part| scope.spawn(move || (edge(part)..edge(part + 1)).map(|seed| (seed, play::play(seed))).collect());
        let running: Vec<std::thread::ScopedJoinHandle<'_, Vec<_>>> = (0..parts).map(part).collect();
        running.into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    let sum = |count: fn(&Played) -> usize| played.iter().map(|(_, it)| count(it)).sum::<usize>();
    println!(
        "transitions: seeds {seeds:?}: {} heard, {} by time, {} revisions, {} leads, {} appends, {} refused, {} breaks, {} failed writes",
        sum(|it| it.heard),
        sum(|it| it.by_time),
        sum(|it| it.revisions),
        sum(|it| it.leads),
        sum(|it| it.appends),
        sum(|it| it.refused),
        sum(|it| it.breaks),
        sum(|it| it.failed_writes),
    );
    if let [(_, only)] = &played[..] {
        println!("{}", only.transcript);
    }
    let failed: Vec<(u64, &String)> =
        played.iter().flat_map(|(seed, it)| it.failures.first().map(|failure| (*seed, failure))).collect();
    let listed: Vec<String> = failed.iter().take(LISTED).map(|(seed, why)| format!("seed {seed}: {why}")).collect();
    assert!(failed.is_empty(), "{} of {} seeds failed:\n{}", failed.len(), played.len(), listed.join("\n"));
    assert!(sum(|it| it.heard) > 0 || seeds.is_empty());
}

#[test]
fn the_same_seed_plays_the_same_to_the_byte() {
    for seed in [3, 14, 15] {
        assert_eq!(play::play(seed).transcript, play::play(seed).transcript, "seed {seed}");
    }
}

/// The seeds to play.
fn seeds() -> Range<u64> {
    let given = std::env::var("ENTENTE_TRANSITION_SEEDS").unwrap_or_else(|_| SEEDS.to_string());
    let (from, until) = given.split_once("..").unwrap_or(("0", &given));
    from.parse().unwrap()..until.parse().unwrap()
}
