//! The store: one suite that every engine passes, then what only an engine on a disk can get wrong.

mod contract;
mod damage;
mod directory;
mod durability;
mod full;
mod kill;
pub(crate) mod raw;
mod seam;

pub(crate) use damage::flip_in_block;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use bytes::Bytes;
use entente::domain::Position;
use entente::store::{Catalog, Disk, Log, ReadLimits, SledCatalog, SledConfig, StoreError};

/// Limits that a page of these tests never meets.
const ALL: ReadLimits = ReadLimits { entries: usize::MAX, bytes: usize::MAX };

fn at(number: u64) -> Position {
    Position::new(number)
}

fn open(path: &Path) -> SledCatalog {
    SledCatalog::open(SledConfig::new(path)).expect("the store opens")
}

fn open_on(path: &Path, disk: Arc<dyn Disk>) -> Result<SledCatalog, StoreError> {
    SledCatalog::open(SledConfig { disk, ..SledConfig::new(path) })
}

/// Numbers that look random and are the same in every run (splitmix64).
pub(crate) fn scrambled(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The entry that belongs at `position`: incompressible, and different from every other.
fn entry(position: u64, bytes: usize) -> Bytes {
    let words = (0..=bytes as u64 / 8).flat_map(|word| scrambled(position << 20 | word).to_be_bytes());
    words.take(bytes).collect()
}

/// Appends `count` entries of 300 bytes in one group.
fn append(log: &dyn Log, count: u64) -> Result<Position, StoreError> {
    let head = log.head();
    let group: Vec<Bytes> = (1..=count).map(|further| entry(head.get() + further, 300)).collect();
    log.append(head, &group)
}

/// Every entry after `after`, read page by page.
fn read_all(log: &dyn Log, after: Position) -> Vec<(Position, Bytes)> {
    let mut entries = Vec::new();
    let mut after = after;
    loop {
        let page = log.read(after, ReadLimits { entries: 1000, bytes: 1 << 20 }).expect("the log reads");
        let Some((last, _)) = page.entries.last() else {
            return entries;
        };
        after = *last;
        entries.extend(page.entries);
    }
}

/// The log holds the entries that [`append`] makes, dense up to its head, and that is at least `acknowledged`.
fn assert_whole(log: &dyn Log, acknowledged: Position) {
    let entries = read_all(log, Position::ORIGIN);
    assert!(log.head() >= acknowledged, "acknowledged {acknowledged}, found {}", log.head());
    assert_eq!(entries.len() as u64, log.head().get());
    for ((position, found), number) in entries.into_iter().zip(1..) {
        assert_eq!(position, at(number));
        assert_eq!(found, entry(number, 300), "position {number}");
    }
    assert_eq!(log.damage(), []);
    assert_eq!(log.verify(), Ok(vec![]));
}

fn cause_of(catalog: &dyn Catalog) -> String {
    catalog.poisoned().expect("the store is poisoned")
}

/// This test binary again, to run only the test `name` of `module` as a process of its own.
fn child(module: &str, name: &str) -> Command {
    let module = module.split_once("::").map_or("", |(_, rest)| rest);
    let mut command = Command::new(std::env::current_exe().expect("a test has a path"));
    command.args([&format!("{module}::{name}"), "--exact", "--nocapture", "--test-threads=1"]);
    command
}
