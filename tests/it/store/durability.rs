//! Nothing is acknowledged or shown before its sync; what happens when a step of a commit fails.

use std::io::ErrorKind;
use std::sync::Arc;

use entente::domain::Position;
use entente::store::{Catalog, Step, StoreError, Swap};

use super::seam::{Fault, Seen, WatchedDisk};
use super::{ALL, append, assert_whole, at, cause_of, open_on};

/// The only order in which a change may be acknowledged.
const COMMIT: [Seen; 7] = [
    Seen::Begun(Step::Write),
    Seen::Done(Step::Write),
    Seen::Begun(Step::Flush),
    Seen::Done(Step::Flush),
    Seen::Begun(Step::Sync),
    Seen::Done(Step::Sync),
    Seen::Acknowledged,
];

#[test]
fn nothing_is_acknowledged_before_its_sync() {
    let directory = tempfile::tempdir().expect("a directory");
    let disk = WatchedDisk::new();
    let catalog = open_on(directory.path(), disk.clone()).expect("opens");
    disk.take();
    let log = catalog.create("a").expect("a new ledger");
    disk.acknowledge();
    assert_eq!(disk.take(), COMMIT, "a new ledger");
    for count in [1, 100, 1000] {
        append(&*log, count).expect("appended");
        disk.acknowledge();
        assert_eq!(disk.take(), COMMIT, "a group of {count}");
    }
    for (expected, new) in [(None, Some(&b"1"[..])), (Some(&b"1"[..]), Some(b"2")), (Some(b"2"), None)] {
        assert_eq!(catalog.cells().compare_and_set(b"floor", expected, new), Ok(Swap::Done));
        disk.acknowledge();
        assert_eq!(disk.take(), COMMIT, "a cell");
    }
}

#[test]
fn what_changes_nothing_costs_no_sync() {
    let directory = tempfile::tempdir().expect("a directory");
    let disk = WatchedDisk::new();
    let catalog = open_on(directory.path(), disk.clone()).expect("opens");
    let log = catalog.create("a").expect("a new ledger");
    append(&*log, 3).expect("appended");
    disk.take();
    assert_eq!(log.append(at(3), &[]), Ok(at(3)));
    assert!(log.append(at(2), &[]).is_err());
    assert!(catalog.create("a").is_err());
    assert_eq!(catalog.cells().compare_and_set(b"x", Some(b"1"), None), Ok(Swap::Differs(None)));
    assert_eq!(disk.take(), []);
}

#[test]
fn the_directories_are_synced_before_a_new_store_is_open() {
    let directory = tempfile::tempdir().expect("a directory");
    let disk = WatchedDisk::new();
    open_on(&directory.path().join("new"), disk.clone()).expect("opens");
    let synced = disk.take().into_iter().filter(|seen| *seen == Seen::Done(Step::Directory)).count();
    assert!(synced >= 3, "the engine's directory, the data directory and the one above it, but saw {synced}");
}

#[test]
fn nothing_is_shown_before_its_sync() {
    let directory = tempfile::tempdir().expect("a directory");
    let disk = WatchedDisk::new();
    let catalog = open_on(directory.path(), disk.clone()).expect("opens");
    let (log, cells) = (catalog.create("a").expect("a new ledger"), catalog.cells());
    append(&*log, 10).expect("appended");
    assert_eq!(cells.compare_and_set(b"floor", None, Some(b"1")), Ok(Swap::Done));
    let (watched_log, watched_cells) = (Arc::clone(&log), Arc::clone(&cells));
    disk.watch(move |_| {
        assert_eq!(watched_log.head(), at(10));
        let page = watched_log.read(at(8), ALL).expect("reads");
        assert_eq!((page.entries.len(), page.head), (2, at(10)));
        assert_eq!(watched_log.read(at(10), ALL).expect("reads").entries, []);
        assert_eq!(watched_log.read_back(at(99), ALL).expect("reads").entries[0].0, at(10));
        assert_eq!(watched_cells.get(b"floor"), Ok(Some("1".into())));
    });
    assert_eq!(append(&*log, 500), Ok(at(510)));
    disk.watch(|_| {});
    let watched_cells = Arc::clone(&cells);
    disk.watch(move |_| assert_eq!(watched_cells.list(b"floor").expect("lists")[0].1, "1"));
    assert_eq!(cells.compare_and_set(b"floor", Some(b"1"), Some(b"2")), Ok(Swap::Done));
    assert_eq!(cells.get(b"floor"), Ok(Some("2".into())));
    disk.watch(|_| {});
}

#[test]
fn a_failed_step_poisons_the_store_until_it_is_recovered() {
    for step in [Step::Write, Step::Flush, Step::Sync] {
        for done_first in [false, true] {
            for kind in [ErrorKind::StorageFull, ErrorKind::Other] {
                check_fault(Fault { step, done_first, kind });
            }
        }
    }
}

fn check_fault(fault: Fault) {
    let directory = tempfile::tempdir().expect("a directory");
    let disk = WatchedDisk::new();
    let catalog = open_on(directory.path(), disk.clone()).expect("opens");
    let log = catalog.create("a").expect("a new ledger");
    append(&*log, 150).expect("appended");

    disk.fail(fault);
    let cause = match append(&*log, 70) {
        Err(StoreError::Poisoned { cause }) => cause,
        other => panic!("{other:?} at {:?}", fault.step),
    };
    assert_eq!(cause_of(&catalog), cause);
    assert!(cause.contains(&std::io::Error::from(fault.kind).to_string()), "{cause}");

    // Nothing is taken and nothing undurable is shown; what was acknowledged is still read.
    let poisoned = StoreError::Poisoned { cause };
    assert_eq!(append(&*log, 1), Err(poisoned.clone()));
    assert_eq!(catalog.create("b").err(), Some(poisoned.clone()));
    assert_eq!(catalog.cells().compare_and_set(b"x", None, Some(b"1")), Err(poisoned));
    assert_eq!((log.head(), read_count(&*log)), (at(150), 150));

    // Recovery settles whether the group is there: all of it or nothing.
    catalog.recover().expect("recovers");
    assert_eq!(catalog.poisoned(), None);
    assert!([at(150), at(220)].contains(&log.head()), "{}", log.head());
    assert_whole(&*log, at(150));
    append(&*log, 30).expect("appended");
    catalog.create("b").expect("a new ledger");
    let head = log.head();
    assert_whole(&*log, head);
    drop((log, catalog));

    let catalog = open_on(directory.path(), disk).expect("opens");
    let log = catalog.open("a").expect("there");
    assert_eq!(log.head(), head);
    assert_whole(&*log, head);
}

#[test]
fn a_recovery_that_fails_leaves_the_store_poisoned_and_can_be_repeated() {
    let directory = tempfile::tempdir().expect("a directory");
    let disk = WatchedDisk::new();
    let catalog = open_on(directory.path(), disk.clone()).expect("opens");
    let log = catalog.create("a").expect("a new ledger");
    append(&*log, 10).expect("appended");
    let fault = Fault { step: Step::Sync, done_first: false, kind: ErrorKind::Other };
    disk.fail(fault);
    append(&*log, 10).expect_err("the sync failed");
    for _ in 0..3 {
        disk.fail(fault);
        assert!(matches!(catalog.recover(), Err(StoreError::Io { .. })));
        let cause = cause_of(&catalog);
        assert_eq!(append(&*log, 1), Err(StoreError::Poisoned { cause }));
    }
    catalog.recover().expect("recovers");
    append(&*log, 1).expect("appended");
    assert_whole(&*log, at(11));
}

#[test]
fn a_value_spilled_by_the_engine_is_never_acknowledged() {
    let directory = tempfile::tempdir().expect("a directory");
    let disk = WatchedDisk::new();
    let catalog = open_on(directory.path(), disk).expect("opens");
    let log = catalog.create("a").expect("a new ledger");
    append(&*log, 10).expect("appended");
    std::fs::write(directory.path().join("sled/blobs/17"), b"spilled").expect("written");
    assert!(matches!(append(&*log, 1), Err(StoreError::Poisoned { .. })));
    assert_eq!(log.head(), at(10));
}

fn read_count(log: &dyn entente::store::Log) -> usize {
    log.read(Position::ORIGIN, ALL).expect("reads").entries.len()
}
