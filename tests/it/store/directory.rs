//! Who may open a data directory, and which release can read it.

use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use entente::store::{Catalog, SledCatalog, SledConfig, StoreError, SystemDisk};

use super::{append, assert_whole, at, child, open, open_on};

/// Says to the test [`hold_the_lock`] that it is the child, and of which directory.
const HELD_DIRECTORY: &str = "ENTENTE_TEST_HELD_DIRECTORY";

#[test]
fn a_stale_snapshot_does_not_keep_a_store_from_opening() {
    let directory = tempfile::tempdir().expect("a directory");
    let log = open(directory.path()).create("a").expect("a new ledger");
    append(&*log, 500).expect("appended");
    drop(log);
    let engine = directory.path().join("sled");
    for name in ["snap.0000000000000000.generating", "snap.FFFFFFFFFFFFFFFF.generating"] {
        fs::write(engine.join(name), b"half a snap").expect("written");
    }
    let catalog = open(directory.path());
    assert_whole(&*catalog.open("a").expect("there"), at(500));
    let mut left = fs::read_dir(&engine).expect("listed").map(|entry| entry.expect("listed").file_name());
    assert!(left.all(|name| !name.to_string_lossy().ends_with(".generating")));
}

#[test]
fn a_directory_is_open_once() {
    let directory = tempfile::tempdir().expect("a directory");
    let catalog = open(directory.path());
    let locked = StoreError::Locked { path: directory.path().join("lock") };
    assert_eq!(refusal(directory.path()), locked);
    let log = catalog.create("a").expect("a new ledger");
    drop(catalog);
    assert_eq!(refusal(directory.path()), locked, "a log of it is still held");
    drop(log);
    open(directory.path());
}

#[test]
fn a_directory_held_by_another_process_is_locked() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut holder = child(module_path!(), "hold_the_lock")
        .env(HELD_DIRECTORY, directory.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut lines = BufReader::new(holder.stdout.take().expect("piped")).lines();
    assert!(lines.any(|line| line.expect("text").contains("held")), "the child has the store open");
    assert_eq!(refusal(directory.path()), StoreError::Locked { path: directory.path().join("lock") });
    drop(holder.stdin.take());
    assert!(holder.wait().expect("ends").success());
    open(directory.path());
}

/// Does nothing unless it is the child of the test above: then it holds the directory until its input ends.
#[test]
fn hold_the_lock() {
    let Some(directory) = std::env::var_os(HELD_DIRECTORY) else {
        return;
    };
    let _catalog = open(Path::new(&directory));
    println!("held");
    io::stdin().read_to_end(&mut Vec::new()).expect("read");
}

#[test]
fn a_newer_format_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().expect("a directory");
    drop(open(directory.path()));
    let format = directory.path().join("format");
    let newer = fs::read_to_string(&format).expect("text").replace("format 1", "format 2");
    fs::write(&format, &newer).expect("written");
    fs::remove_file(directory.path().join("lock")).expect("removed");
    let refusal = refusal(directory.path());
    assert!(!directory.path().join("lock").exists());
    let path = directory.path().to_owned();
    assert_eq!(refusal, StoreError::NewerFormat { path, found: 2, supported: 1 });
    assert!(refusal.to_string().contains("has format 2, but this release reads formats up to 1"), "{refusal}");
    assert_eq!(fs::read_to_string(&format).expect("text"), newer);
}

#[test]
fn a_directory_of_something_else_is_refused_and_left_alone() {
    for (file, text) in [("letter.txt", "dear"), ("format", "gibberish"), ("format", "entente store format 1\n")] {
        let directory = tempfile::tempdir().expect("a directory");
        fs::write(directory.path().join(file), text).expect("written");
        let refusal = refusal(directory.path());
        assert!(matches!(refusal, StoreError::NotAStore { .. }), "{file} {text}");
        assert!(refusal.to_string().contains(&directory.path().display().to_string()), "{refusal}");
        assert_eq!(names_in(directory.path()), [file], "nothing is left behind");
        assert_eq!(fs::read_to_string(directory.path().join(file)).expect("there"), text);
    }
}

#[test]
fn a_path_that_is_or_leads_through_a_file_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("letter.txt");
    fs::write(&file, "dear").expect("written");
    for path in [file.clone(), file.join("data")] {
        let refusal = refusal(&path).to_string();
        assert!(refusal.contains(&path.display().to_string()), "{refusal}");
    }
    assert_eq!(fs::read_to_string(&file).expect("there"), "dear");
    assert_eq!(names_in(directory.path()), ["letter.txt"]);
}

#[test]
fn a_store_whose_founding_was_cut_off_opens() {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("lock"), b"").expect("written");
    fs::write(directory.path().join("format.new"), b"entente st").expect("written");
    drop(open(directory.path()));
    fs::remove_dir_all(directory.path().join("sled")).expect("removed");
    fs::remove_file(directory.path().join("heads")).expect("removed");
    open(directory.path()).create("a").expect("a new ledger");
}

#[test]
fn the_segment_size_is_that_of_the_founding() {
    let directory = tempfile::tempdir().expect("a directory");
    let sized = |segment_bytes| SledConfig { segment_bytes, ..SledConfig::new(directory.path()) };
    let log = SledCatalog::open(sized(1 << 20)).expect("opens").create("a").expect("a new ledger");
    for _ in 0..20 {
        append(&*log, 200).expect("appended");
    }
    drop(log);
    let log = SledCatalog::open(sized(512 << 10)).expect("opens").open("a").expect("there");
    append(&*log, 200).expect("appended");
    assert_whole(&*log, at(4200));
    drop(log);
    for unfit in [0, 64 << 10, 1_000_000, 32 << 20] {
        assert!(matches!(SledCatalog::open(sized(unfit)), Err(StoreError::Io { .. })), "{unfit}");
    }
}

fn names_in(path: &Path) -> Vec<String> {
    let entries = fs::read_dir(path).expect("listed");
    entries.map(|entry| entry.expect("listed").file_name().to_string_lossy().into_owned()).collect()
}

fn refusal(path: &Path) -> StoreError {
    match open_on(path, Arc::new(SystemDisk)) {
        Ok(_) => panic!("the store opened"),
        Err(error) => error,
    }
}
