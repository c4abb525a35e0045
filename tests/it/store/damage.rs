//! A flipped bit is named by position, and the log is read-only.

use std::fs;
use std::path::Path;

use entente::domain::Position;
use entente::store::{Catalog, Damage, DamageCause, Log, ReadLimits, SledCatalog, SledConfig, StoreError};

use super::{ALL, append, assert_whole, at, entry, open, raw, read_all};

const HEAD: u64 = 2000;

/// A store with 2,000 entries in ledger `a`, in groups of 50, and ten in ledger `b`; closed again.
fn stored(path: &Path) {
    let catalog = open(path);
    let log = catalog.create("a").expect("a new ledger");
    while log.head() < at(HEAD) {
        append(&*log, 50).expect("appended");
    }
    append(&*catalog.create("b").expect("a new ledger"), 10).expect("appended");
}

/// Flips one bit of the entry at `position` wherever the engine's file holds it.
fn flip_in_file(path: &Path, position: u64) {
    let file = path.join("sled/db");
    let mut bytes = fs::read(&file).expect("read");
    let wanted = entry(position, 300);
    let found: Vec<usize> = bytes.windows(300).enumerate().filter(|(_, at)| *at == wanted).map(|(at, _)| at).collect();
    assert!(!found.is_empty(), "position {position} is in the file");
    for start in found {
        bytes[start + 150] ^= 0x10;
    }
    fs::write(&file, bytes).expect("written");
}

/// Flips one bit of the block of the first ledger that holds `position`, behind the engine's own checksums.
pub(crate) fn flip_in_block(path: &Path, position: u64) {
    let database = raw::reopened(path);
    let tree = database.open_tree("log").expect("opens");
    let (key, value) = tree.range(..=raw::block_key(position)).next_back().expect("there").expect("reads");
    let mut value = value.to_vec();
    let middle = value.len() / 2;
    value[middle] ^= 0x10;
    tree.insert(key, value).expect("written");
    tree.flush().expect("flushed");
}

/// The log is read-only and serves everything but its damage, which holds `position` and little more.
fn assert_damaged_at(log: &dyn Log, position: u64, cause: DamageCause, span_max: u64) -> Damage {
    let damage = log.damage();
    assert_eq!(damage.len(), 1, "{damage:?}");
    let Damage { first, last, .. } = damage[0];
    assert_eq!(damage[0].cause, cause);
    assert!((first..=last).contains(&at(position)), "{damage:?}");
    assert!(last.get() - first.get() < span_max, "{damage:?}");
    assert_eq!(log.head(), at(HEAD));
    assert_eq!(log.verify(), Ok(damage.clone()));

    let damaged = StoreError::Damaged { first, last };
    assert_eq!(append(log, 1), Err(damaged.clone()));
    assert!(damaged.to_string().contains(&format!("positions {first} to {last} are damaged")));

    let before = at(first.get() - 1);
    let page = log.read(Position::ORIGIN, ALL).expect("reads up to the damage");
    assert!(page.entries.iter().map(|(position, _)| position.get()).eq(1..first.get()));
    assert_eq!(log.read(before, ALL), Err(damaged.clone()));
    assert_eq!(log.read_back(last.next(), ReadLimits { entries: 1, bytes: 1 }), Err(damaged));
    for (position, found) in read_all(log, last) {
        assert_eq!(found, entry(position.get(), 300));
    }
    damage[0]
}

#[test]
fn a_bit_flipped_in_a_block_is_named_at_open() {
    let directory = tempfile::tempdir().expect("a directory");
    stored(directory.path());
    flip_in_block(directory.path(), 777);
    let catalog = open(directory.path());
    let damage = assert_damaged_at(&*catalog.open("a").expect("opens"), 777, DamageCause::Checksum, 64);
    assert_eq!(read_all(&*catalog.open("a").expect("there"), damage.last).len() as u64, HEAD - damage.last.get());

    // The other ledger of the store is not touched by it.
    let other = catalog.open("b").expect("there");
    append(&*other, 10).expect("appended");
    assert_whole(&*other, at(20));
}

#[test]
fn a_bit_flipped_in_the_last_block_is_named_at_open() {
    let directory = tempfile::tempdir().expect("a directory");
    stored(directory.path());
    flip_in_block(directory.path(), HEAD);
    assert_damaged_at(&*open(directory.path()).open("a").expect("opens"), HEAD, DamageCause::Checksum, 64);
}

#[test]
fn a_bit_flipped_in_the_file_is_named_at_open() {
    let directory = tempfile::tempdir().expect("a directory");
    stored(directory.path());
    // Opened once more, the engine notes where its pages are, and later finds the others without this one.
    drop(open(directory.path()));
    flip_in_file(directory.path(), 777);
    // The engine loses a page of up to 18 blocks to it.
    let catalog = open(directory.path());
    let damage = assert_damaged_at(&*catalog.open("a").expect("opens"), 777, DamageCause::Unreadable, 18 * 64);
    assert_eq!(read_all(&*catalog.open("a").expect("there"), damage.last).len() as u64, HEAD - damage.last.get());
}

#[test]
fn a_log_that_the_engine_cut_short_is_named_at_open() {
    let directory = tempfile::tempdir().expect("a directory");
    stored(directory.path());
    // Not opened since it was written, the engine drops all that follows, and must not do so silently.
    flip_in_file(directory.path(), 1555);
    let catalog = open(directory.path());
    let log = catalog.open("a").expect("opens");
    assert_damaged_at(&*log, 1555, DamageCause::Missing, 1 + HEAD - 1500);
}

#[test]
fn verify_finds_what_opening_did_not_look_at() {
    let directory = tempfile::tempdir().expect("a directory");
    stored(directory.path());
    flip_in_block(directory.path(), 100);
    let config = SledConfig { entries_checked_at_open: 500, ..SledConfig::new(directory.path()) };
    let catalog = SledCatalog::open(config).expect("opens");
    let log = catalog.open("a").expect("there");
    assert_eq!(log.damage(), []);
    append(&*log, 1).expect("nothing is known to be wrong yet");
    let found = log.verify().expect("verifies");
    assert!(found.iter().any(|damage| (damage.first..=damage.last).contains(&at(100))), "{found:?}");
    assert_eq!(log.damage(), found);
    assert!(matches!(append(&*log, 1), Err(StoreError::Damaged { .. })));
}

#[test]
fn a_read_finds_what_opening_did_not_look_at() {
    let directory = tempfile::tempdir().expect("a directory");
    stored(directory.path());
    flip_in_block(directory.path(), 100);
    let config = SledConfig { entries_checked_at_open: 500, ..SledConfig::new(directory.path()) };
    let log = SledCatalog::open(config).expect("opens").open("a").expect("there");
    assert!(matches!(log.read(at(99), ALL), Err(StoreError::Damaged { .. })));
    assert_eq!(log.damage().len(), 1);
    assert!(matches!(append(&*log, 1), Err(StoreError::Damaged { .. })));
}
