//! Cases: the worked examples of the specification against the pure function, and what holds for every history.

pub(crate) mod compare;
mod counterpart;
mod deadlines;
pub(crate) mod example;
pub(crate) mod explanation;
pub(crate) mod over_grpc;
mod properties;
mod reciprocity;
mod record;
mod record_use;
mod terms;

use std::path::Path;

use compare::Mismatch;
use entente::domain::{Instant, Role};
use serde_json::Value;

const WORKED_EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/worked_examples.json");
/// Examples of our own: what the worked ones do not touch, and amendments of every field of the terms.
const OWN_EXAMPLES: [&str; 2] = [
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/cases/further_examples.json"),
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/cases/amendment_examples.json"),
];

#[test]
fn every_worked_example_is_answered_as_the_specification_says() {
    check_files(&[WORKED_EXAMPLES]);
}

/// What the worked examples do not touch: duties about several measures, standing, and so on, in the same form. A record
/// that names a `measure` is about that measure, `announce` and `reinstate` are MeasureAnnounced and MeasureReinstated,
/// `confirm` and `disown` are CommitmentConfirmed and CommitmentDisowned.
#[test]
fn every_example_of_our_own_is_answered_as_it_says() {
    check_files(&OWN_EXAMPLES);
}

#[test]
fn every_further_example_is_answered_as_its_file_says() {
    let files = std::env::var("ENTENTE_EXAMPLES").unwrap_or_default();
    let files: Vec<&str> = files.split(':').filter(|file| !file.is_empty()).collect();
    check_files(&files);
}

#[test]
fn every_time_resolves_as_the_specification_says() {
    let file = read(Path::new(WORKED_EXAMPLES));
    let entries = file["time_resolution"].as_array().expect("the worked examples have time resolutions");
    for entry in entries {
        check_time(entry).unwrap_or_else(|error| panic!("{}: {error}", entry["id"]));
    }
    assert!(!entries.is_empty());
}

fn check_time(entry: &Value) -> Result<(), String> {
    let got = terms::resolve(&entry["input"], Role::End)?.instant();
    let expected = example::instant(entry, "expect")?;
    if got == expected { Ok(()) } else { Err(format!("expected {expected}, got {got}")) }
}

/// Checks file by file, says how many checks of each passed, and fails with the list of those that did not.
fn check_files(files: &[&str]) {
    let failures: Vec<String> = files.iter().filter_map(|file| check_file(Path::new(file)).err()).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Checks every example and time resolution of a file.
fn check_file(path: &Path) -> Result<(), String> {
    let file = read(path);
    let (mut passed, mut asked, mut mismatches) = (0, 0, Vec::new());
    for example in file["examples"].as_array().into_iter().flatten() {
        let checks = example["checks"].as_array().cloned().unwrap_or_default();
        asked += checks.len();
        match example::docket_of(example) {
            Ok(read) => {
                for check in &checks {
                    let found = compare::check(example, &read, check);
                    passed += usize::from(found.is_empty());
                    mismatches.extend(found);
                }
            }
            Err(error) => mismatches.push(Mismatch::unreadable(example, error)),
        }
    }
    for entry in file["time_resolution"].as_array().into_iter().flatten() {
        asked += 1;
        match check_time(entry) {
            Ok(()) => passed += 1,
            Err(error) => mismatches.push(Mismatch::unreadable(entry, error)),
        }
    }
    let summary = format!("{}: {passed} of {asked} checks passed", path.display());
    println!("{summary}");
    let list: String = mismatches.iter().map(|mismatch| format!("\n{mismatch}")).collect();
    if mismatches.is_empty() && passed == asked { Ok(()) } else { Err(format!("{summary}{list}")) }
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// An instant written in an example.
fn at(value: &Value, field: &str) -> Instant {
    example::instant(value, field).unwrap_or_else(|error| panic!("{error}"))
}
