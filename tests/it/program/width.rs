//! `--width`: what people read fits where they read it.

use std::collections::BTreeSet;

use super::running::{Process, stderr, stdout};

const WHEN: [&str; 4] = ["--as-of", "2026-11-24", "--known-at", "298"];

/// Commands whose output is wider than a page on the real ledger.
const WIDE: [&[&str]; 14] = [
    &["status"],
    &["status", "rare-earth-suspension"],
    &["meetings"],
    &["exposure", "2805", "dysprosium", "990303"],
    &["shares", "asks/oil-cut"],
    &["calendar"],
    &["asks"],
    &["scorecard"],
    &["pace", "soybeans"],
    &["explain", "soybeans"],
    &["scenario", "--until", "2027-02-01"],
    &["compare", "--since", "2026-10-01"],
    &["read"],
    &["read", "--backward", "--limit", "20"],
];

#[test]
fn no_line_is_longer_than_was_asked_for() {
    let server = Process::start("demo");
    for command in WIDE {
        let clocks = if command[0] == "read" { &[][..] } else { &WHEN };
        let show = |width: &[&str]| {
            let output = server.client(&[command, clocks, width].concat());
            assert!(output.status.success(), "{command:?}: {}", stderr(&output));
            stdout(&output)
        };
        let (free, fitted) = (show(&[]), show(&["--width", "100"]));
        let longest = |text: &str| text.lines().map(|line| line.chars().count()).max().unwrap_or_default();
        assert!(longest(&fitted) <= 100, "{command:?}: {}\n{fitted}", longest(&fitted));
        // Nothing is left out; what has no room in the table stands below its row, by the name of its column.
        let words = |text: &str| -> BTreeSet<String> {
            text.split_whitespace().map(|word| word.trim_end_matches(':').to_owned()).collect()
        };
        let lost: Vec<String> = words(&free).difference(&words(&fitted)).cloned().collect();
        assert!(lost.iter().all(|word| word == "-"), "{command:?}: {lost:?}\n{fitted}");
    }
}

#[test]
fn without_a_width_what_is_no_terminal_stays_as_wide_as_it_is() {
    let server = Process::start("demo");
    let mut command = super::running::entente(&["meetings"]);
    command.env("ENTENTE_SERVER", &server.address).env("COLUMNS", "60");
    let text = stdout(&command.output().unwrap());
    assert!(text.lines().any(|line| line.chars().count() > 200), "{text}");
    assert_eq!(server.client(&["meetings", "--width", "5"]).status.code(), Some(2));
}
