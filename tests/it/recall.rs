//! Recall: an answer that is given again is the one that would be worked out anew, whatever was recorded and asked in
//! between.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use entente::clock::Clock;
use entente::domain::event::LedgerKind;
use entente::domain::{Docket, Instant, Position, Preconditions, Slug, Submission, Text};
use entente::ledger::{AppendRequest, Ledger, Ledgers, NewLedger};
use entente::store::MemoryCatalog;
use entente::views::{Deadline, assess, assess_held, deadlines, trail};

use crate::cases::example::{Example, docket_of};
use crate::cases::over_grpc::batches;
use crate::{oracle, sieve};

/// How many random histories each law is tried on, unless `ENTENTE_SIEVE_SEEDS` names others.
const HISTORIES: u64 = 40;

/// The histories tried.
fn seeds() -> Range<u64> {
    sieve::seeds_given().unwrap_or(0..HISTORIES)
}

/// A random history, with the instants that matter in it.
struct History {
    read: Example,
    instants: Vec<Instant>,
}

impl History {
    fn of(seed: u64) -> Self {
        let case = oracle::random_case(seed);
        let read = docket_of(&case).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        let checks = case["checks"].as_array().cloned().unwrap_or_default();
        let asked = checks.iter().filter_map(|check| Instant::parse(check["as_of"].as_str()?).ok());
        let instants = asked.flat_map(|at| [at.plus_seconds(-1), at, at.plus_elapsed_days(9)]).collect();
        History { read, instants }
    }

    /// Positions spread over the history, its head among them.
    fn positions(&self) -> impl Iterator<Item = Position> {
        let head = self.read.docket.head().get();
        (0..4).map(move |part| Position::new(head - part * head / 4))
    }
}

#[test]
fn an_answer_holds_until_it_says_it_does() {
    for seed in seeds() {
        let history = History::of(seed);
        let (docket, commitment) = (&history.read.docket, &history.read.commitment);
        for known in history.positions() {
            for from in history.instants.iter().copied().step_by(3) {
                let held = assess_held(docket, commitment, from, known);
                assert_eq!(held.assessment, assess(docket, commitment, from, known), "seed {seed}");
                let until = held.until.unwrap_or(Instant::MAX);
                let probes = history.instants.iter().copied().chain([until.plus_seconds(-1)]);
                for as_of in probes.filter(|as_of| from <= *as_of && *as_of < until) {
                    let mut anew = assess(docket, commitment, as_of, known);
                    anew.as_of = from;
                    assert_eq!(anew, held.assessment, "seed {seed}: at {as_of}, between {from} and {until}");
                }
            }
        }
    }
}

#[test]
fn there_is_no_deadline_while_an_answer_holds() {
    let (mut windows, mut stirring) = (0, 0);
    for seed in seeds() {
        let history = History::of(seed);
        let (docket, commitment) = (&history.read.docket, &history.read.commitment);
        for known in history.positions() {
            let mut stirred = Vec::new();
            for at in history.instants.iter().copied() {
                let held = assess_held(docket, commitment, at, known);
                let begin = if held.stirs { at.plus_seconds(1) } else { at };
                let end = held.until.unwrap_or(Instant::MAX);
                let found =
                    if begin < end { deadlines(docket, commitment, begin, Some(end), known) } else { Vec::new() };
                assert!(found.is_empty(), "seed {seed}, known at {known}: between {begin} and {end}: {found:?}");
                windows += 1;
                stirring += usize::from(held.stirs);
                stirred.extend(held.until);
            }
            // What an answer holds until is itself where something stirs, or where a remark is made.
            for at in stirred.into_iter().step_by(4) {
                let held = assess_held(docket, commitment, at, known);
                let listed = deadlines(docket, commitment, at, Some(at.plus_seconds(1)), known);
                assert!(held.stirs || listed.is_empty(), "seed {seed}, known at {known}: at {at}: {listed:?}");
            }
        }
    }
    assert!(windows > 100 && stirring > 10, "{windows}, {stirring}");
}

#[test]
fn the_deadlines_of_a_window_are_those_of_a_longer_one_that_lie_in_it() {
    for seed in seeds() {
        let history = History::of(seed);
        let (docket, commitment) = (&history.read.docket, &history.read.commitment);
        let mut instants = history.instants.clone();
        instants.sort_unstable();
        let (early, late) = (instants[0], instants[instants.len() - 1].plus_elapsed_days(400));
        for known in history.positions() {
            let longer = deadlines(docket, commitment, early, Some(late), known);
            for pair in instants.windows(5).step_by(3) {
                let (from, until) = (pair[0], pair[4].plus_elapsed_days(30));
                let cut: Vec<Deadline> = longer.iter().filter(|it| from <= it.at && it.at < until).cloned().collect();
                let asked = deadlines(docket, commitment, from, Some(until), known);
                assert_eq!(cut, asked, "seed {seed}: [{from}, {until}) known at {known}");
            }
        }
    }
}

#[test]
fn a_ledger_that_grows_says_again_only_what_it_would_say_anew() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (mut asked, mut recorded, mut with_counterpart) = (0, 0, 0);
    for seed in seeds() {
        let history = History::of(seed);
        let (ledgers, ledger) = ledger_of(&history.read);
        let mut counterparts = BTreeMap::new();
        // Where no real commitment can have the statuses that are said by hand, there is nothing to record.
        let Ok(batches) = batches(&history.read, &mut counterparts) else { continue };
        let others: Vec<Slug> = counterparts.into_keys().collect();
        with_counterpart += usize::from(!others.is_empty());
        for (round, (_, _, batch)) in batches.into_iter().enumerate() {
            recorded += usize::from(runtime.block_on(ledger.append(append(batch))).is_ok());
            for place in 0..3 {
                let instants = &history.instants;
                let as_of = instants[(round * 5 + place * 7) % instants.len()];
                let head = ledger.head().get();
                let known = Position::new(head - (round as u64 * 3 + place as u64) % head.min(4));
                for commitment in [&history.read.commitment].into_iter().chain(&others) {
                    compare(&ledger, commitment, as_of, known, seed);
                    asked += 1;
                }
            }
        }
        ledgers.close();
    }
    println!(
        "{asked} questions while {recorded} batches were recorded, {with_counterpart} histories with a counterpart"
    );
    let tried = (seeds().end - seeds().start) as usize;
    assert!(asked > 5 * tried && recorded > 2 * tried, "{asked}, {recorded}");
    assert!(tried < 40 || with_counterpart > 0);
}

#[test]
fn answers_brought_forward_are_worked_out_once_for_as_long_as_they_hold() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (mut held, mut changed) = (0, 0);
    for seed in seeds() {
        let history = History::of(seed);
        let (ledgers, ledger) = ledger_of(&history.read);
        let mut counterparts = BTreeMap::new();
        let Ok(batches) = batches(&history.read, &mut counterparts) else { continue };
        for (round, (_, _, batch)) in batches.into_iter().enumerate() {
            let bears = runtime.block_on(ledger.append(append(batch))).is_ok();
            let as_of = history.instants[round % history.instants.len()];
            let forwarded = ledger.bring_forward(as_of);
            assert_eq!(forwarded.known, ledger.head(), "seed {seed}");
            changed += usize::from(bears && forwarded.anew > 0);
            let until = forwarded.until.unwrap_or(Instant::MAX);
            let probes = history.instants.iter().copied().chain([as_of, until.plus_seconds(-1)]);
            for later in probes.filter(|at| as_of <= *at && *at < until) {
                assert_eq!(ledger.bring_forward(later).anew, 0, "seed {seed}: at {later}, between {as_of} and {until}");
                held += 1;
            }
            compare(&ledger, &history.read.commitment, as_of, ledger.head(), seed);
        }
        ledgers.close();
    }
    let tried = (seeds().end - seeds().start) as usize;
    assert!(held > 5 * tried && changed > tried, "{held}, {changed}");
}

#[test]
fn a_trail_has_every_change_of_the_answers_and_no_other() {
    let mut changes = 0;
    for seed in seeds() {
        let history = History::of(seed);
        let (docket, commitment) = (&history.read.docket, &history.read.commitment);
        let mut instants = history.instants.clone();
        instants.sort_unstable();
        let (from, until) = (instants[0], instants[instants.len() - 1]);
        for known in history.positions() {
            let said = |at| assess(docket, commitment, at, known).judgement;
            let (first, trail) = trail(docket, commitment, from, until, known);
            assert_eq!(first, said(from), "seed {seed}, known at {known}");
            let mut last = first;
            for change in &trail {
                let (before, after) = (said(change.at.plus_seconds(-1)), said(change.at));
                assert_eq!((change.before, change.after), (before, after), "seed {seed}: at {}", change.at);
                assert!(change.before == last && before != after && !change.deadlines.is_empty(), "seed {seed}");
                last = after;
            }
            for at in instants.iter().copied() {
                let told = trail.iter().rfind(|change| change.at <= at).map_or(first, |change| change.after);
                assert_eq!(told, said(at), "seed {seed}: at {at}, known at {known}");
            }
            let listed = deadlines(docket, commitment, from.plus_seconds(1), Some(until.plus_seconds(1)), known);
            let of_trail: Vec<Deadline> = trail.iter().flat_map(|change| change.deadlines.clone()).collect();
            for deadline in listed.iter().filter(|it| it.changes_status()) {
                assert!(of_trail.contains(deadline), "seed {seed}, known at {known}: {deadline:?}");
            }
            changes += trail.len();
        }
    }
    assert!(changes > 100, "{changes}");
}

/// Asks twice, so that the second answer is one that is given again.
fn compare(ledger: &Ledger, commitment: &Slug, as_of: Instant, known: Position, seed: u64) {
    let docket: &Docket = &ledger.docket();
    let until = as_of.plus_elapsed_days(200);
    let anew = assess(docket, commitment, as_of, known);
    let listed = deadlines(docket, commitment, as_of, Some(until), known);
    for _ in 0..2 {
        let told = ledger.assess(docket, commitment, as_of, known);
        assert_eq!(told, anew, "seed {seed}: {commitment} at {as_of}, known at {known}");
        let around = ledger.deadlines_around(docket, commitment, as_of, Some(until), known);
        let cut: Vec<Deadline> = around.iter().filter(|it| as_of <= it.at && it.at < until).cloned().collect();
        assert_eq!(cut, listed, "seed {seed}: {commitment} from {as_of}, known at {known}");
    }
}

fn ledger_of(read: &Example) -> (Ledgers, Ledger) {
    let ledgers = Ledgers::open(Arc::new(MemoryCatalog::new()), Clock::system()).unwrap();
    let new = NewLedger {
        name: Slug::parse("example").unwrap(),
        kind: LedgerKind::Replay,
        title: Text::new("a random history").unwrap(),
        recorded_at: Some(read.events[0].recorded_at),
        created_by: Text::new("a test").unwrap(),
    };
    let ledger = ledgers.create(new).unwrap();
    (ledgers, ledger)
}

fn append(submissions: Vec<Submission>) -> AppendRequest {
    AppendRequest {
        submissions,
        append_sizes: Vec::new(),
        preconditions: Preconditions::default(),
        validate_only: false,
        recorded_by: Text::new("a test").unwrap(),
        bytes: 0,
    }
}
