//! The sieve: the product and the oracle answer the same random questions, and any difference is a failure.
//!
//! How many random histories are asked about (eight questions each) is in `ENTENTE_SIEVE_SEEDS`: a number, or a range of
//! seeds such as `4711..4712`, which asks about one history again and prints it.

mod accepted;
mod answer;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde_json::Value;

use crate::cases::example::docket_of;
use crate::oracle;

/// What a plain `cargo test` can afford in an unoptimised build; `tests/run` asks about far more.
const SEEDS: u64 = 1000;

/// How many differences are listed in full.
const LISTED: usize = 20;

#[test]
fn product_and_oracle_agree_on_every_random_question() {
    let seeds = seeds();
    let halves = split(seeds.clone(), std::thread::available_parallelism().map_or(1, usize::from) as u64);
    let sieved: Vec<Sieved> = std::thread::scope(|scope| {
        let running: Vec<_> = halves.into_iter().map(|part| scope.spawn(move || sieve(part))).collect();
        running.into_iter().map(|part| part.join().unwrap()).collect()
    });
    let questions: usize = sieved.iter().map(|part| part.questions).sum();
    let differences: Vec<Difference> = sieved.into_iter().flat_map(|part| part.differences).collect();
    if seeds.end - seeds.start == 1 {
        println!("{:#}", oracle::random_case(seeds.start));
    }
    println!("sieve: seeds {seeds:?}: {questions} questions, {} disagreements", differences.len());
    assert!(differences.is_empty(), "{}", report(&differences));
    assert!(questions > 0 || seeds.is_empty());
}

/// The seeds to ask about.
fn seeds() -> Range<u64> {
    seeds_given().unwrap_or(0..SEEDS)
}

/// The seeds named in the environment, for every test on random histories.
pub(crate) fn seeds_given() -> Option<Range<u64>> {
    let given = std::env::var("ENTENTE_SIEVE_SEEDS").ok()?;
    let (from, until) = given.split_once("..").unwrap_or(("0", &given));
    Some(from.parse().unwrap()..until.parse().unwrap())
}

fn split(seeds: Range<u64>, parts: u64) -> Vec<Range<u64>> {
    let edge = |part: u64| seeds.start + (seeds.end - seeds.start) * part / parts;
    (0..parts).map(|part| edge(part)..edge(part + 1)).collect()
}

/// What came of some seeds.
struct Sieved {
    questions: usize,
    differences: Vec<Difference>,
}

/// One question on which the two differ.
struct Difference {
    seed: u64,
    kind: String,
    as_of: String,
    known_at: String,
    found: Vec<String>,
}

fn sieve(seeds: Range<u64>) -> Sieved {
    let mut sieved = Sieved { questions: 0, differences: Vec::new() };
    for seed in seeds {
        let case = oracle::random_case(seed);
        let read = docket_of(&case).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        for check in case["checks"].as_array().into_iter().flatten() {
            let text = |field: &str| check[field].as_str().unwrap_or_default().to_owned();
            let (as_of, known_at) = (text("as_of"), text("known_at"));
            let product = answer::answer(&read, &as_of, &known_at);
            let found = oracle::disagreements(&product, &oracle::evaluate(&case, &as_of, &known_at));
            sieved.questions += 1;
            if !found.is_empty() {
                let kind = case["kind"].as_str().unwrap_or_default().to_owned();
                sieved.differences.push(Difference { seed, kind, as_of, known_at, found });
            }
        }
    }
    sieved
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { seed, kind, as_of, known_at, found } = self;
        write!(f, "seed {seed} ({kind}) as of {as_of} known at {known_at}:\n  {}", found.join("\n  "))
    }
}

/// The first differences in full, those that show something new before the others, and how many there are of each kind
/// and key.
fn report(differences: &[Difference]) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let (mut telling, mut repeating) = (Vec::new(), Vec::new());
    for difference in differences {
        let mut is_new = false;
        for found in &difference.found {
            let key = found.split([':', '[']).next().unwrap_or_default();
            let count = counts.entry(format!("{} {key}", difference.kind)).or_default();
            is_new |= *count == 0;
            *count += 1;
        }
        if is_new { telling.push(difference) } else { repeating.push(difference) }
    }
    let listed = telling.into_iter().chain(repeating).take(LISTED);
    let mut lines: Vec<String> = listed.map(ToString::to_string).collect();
    lines.extend(counts.into_iter().map(|(key, count)| format!("{count:6} {key}")));
    format!("{} questions are answered differently:\n{}", differences.len(), lines.join("\n"))
}

/// The value of a key that may not be there.
fn or_null(value: Option<impl Into<Value>>) -> Value {
    value.map_or(Value::Null, Into::into)
}
