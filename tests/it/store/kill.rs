//! SIGKILL in mid-append.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;

use bytes::Bytes;
use entente::domain::Position;
use entente::store::Catalog;

use super::{at, child, entry, open, read_all, scrambled};

/// Says to the test [`append_until_killed`] that it is the child, and to which directory.
const KILLED_DIRECTORY: &str = "ENTENTE_TEST_KILLED_DIRECTORY";
const ROUNDS: u64 = 50;
/// A new directory now and then keeps the checks short; in between, each kill hits a store that was killed before.
const ROUNDS_PER_DIRECTORY: u64 = 10;

/// How many entries the group that begins behind `head` has.
fn group_count(head: u64) -> u64 {
    1 + scrambled(head) % 40
}

/// The entry at `position`: mostly a few hundred bytes, now and then too long for a block.
fn killed_entry(position: u64) -> Bytes {
    let bytes = if position.is_multiple_of(97) { 30_000 } else { scrambled(!position) % 900 };
    entry(position, bytes as usize)
}

#[test]
fn a_kill_in_mid_append_loses_nothing_acknowledged() {
    let mut directory = tempfile::tempdir().expect("a directory");
    // The groups are known from where they begin, so whole groups end only at these heads.
    let mut whole = Position::ORIGIN;
    for round in 0..ROUNDS {
        if round.is_multiple_of(ROUNDS_PER_DIRECTORY) {
            directory = tempfile::tempdir().expect("a directory");
            whole = Position::ORIGIN;
        }
        let acknowledged = run_and_kill(directory.path(), 1 + scrambled(round) % 60, scrambled(round + 1000) % 3000);
        let catalog = open(directory.path());
        let log = catalog.open("a").expect("there");
        assert!(log.head() >= acknowledged, "round {round}: acknowledged {acknowledged}, found {}", log.head());
        while whole < log.head() {
            whole = whole.plus(group_count(whole.get()));
        }
        assert_eq!(log.head(), whole, "round {round}: a torn group");
        let entries = read_all(&*log, Position::ORIGIN);
        assert_eq!(entries.len() as u64, log.head().get(), "round {round}");
        for ((position, found), number) in entries.into_iter().zip(1..) {
            assert_eq!(position, at(number), "round {round}");
            assert_eq!(found, killed_entry(number), "round {round}: position {number}");
        }
        assert_eq!(log.damage(), [], "round {round}");
    }
}

/// Starts the child, kills it some microseconds after it acknowledged so many groups, and gives the last head it
/// acknowledged.
fn run_and_kill(directory: &Path, groups: u64, microseconds: u64) -> Position {
    let mut appender = child(module_path!(), "append_until_killed")
        .env(KILLED_DIRECTORY, directory)
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let lines = BufReader::new(appender.stdout.take().expect("piped")).lines();
    // The harness of the child writes to its output too.
    let heads = lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("head ")?.parse().ok());
    let mut acknowledged = 0;
    for (head, seen) in heads.zip(1..) {
        acknowledged = head;
        if seen == groups {
            std::thread::sleep(std::time::Duration::from_micros(microseconds));
            appender.kill().expect("killed");
        }
    }
    assert!(!appender.wait().expect("ends").success(), "the child was killed");
    at(acknowledged)
}

/// Does nothing unless it is the child of the test above: then it appends until it is killed.
#[test]
fn append_until_killed() {
    let Some(directory) = std::env::var_os(KILLED_DIRECTORY) else {
        return;
    };
    let catalog = open(Path::new(&directory));
    let log = catalog.open("a").or_else(|_| catalog.create("a")).expect("there");
    let mut output = std::io::stdout();
    writeln!(output).expect("written");
    loop {
        let head = log.head().get();
        let group: Vec<Bytes> = (head + 1..=head + group_count(head)).map(killed_entry).collect();
        let head = log.append(at(head), &group).expect("appended");
        writeln!(output, "head {head}").expect("written");
        output.flush().expect("written");
    }
}
