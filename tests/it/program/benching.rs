//! `entente bench`: a load on a running server, whose figures can be read by people and by programs.

use serde_json::Value;

use super::running::{Process, stderr, stdout};

const WORKS: [&str; 9] = [
    "append-alone",
    "append",
    "append-preconditions",
    "append-batches",
    "append-stream",
    "read",
    "follow",
    "assess",
    "assess-open",
];

#[test]
fn every_work_gives_figures_that_a_program_can_read_and_the_ledger_holds_what_was_acknowledged() {
    let demo = Process::start("demo");
    let output = demo.client(&[
        "bench",
        "--json",
        "--seconds",
        "1",
        "--clients",
        "4",
        "--connections",
        "2",
        "--assess-rate",
        "100",
    ]);
    assert!(output.status.success(), "{}", stderr(&output));
    let lines: Vec<Value> = stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let works: Vec<&str> = lines.iter().map(|line| line["work"].as_str().unwrap()).collect();
    assert_eq!(works, WORKS);
    for line in &lines {
        assert!(line["done"].as_u64().unwrap() > 0 && line["failed"] == 0, "{line}");
        let latency = &line["latency_ms"];
        assert!(latency["p50"].as_f64().unwrap() <= latency["max"].as_f64().unwrap(), "{line}");
    }
    assert_eq!(lines[6]["done"], 200, "every event that was due was heard");
    let truce = stdout(&demo.client(&["status", "--ledger", "us-china"]));
    assert!(truce.contains("rare-earth-suspension"), "the load has a ledger of its own: {truce}");
}

#[test]
fn one_work_is_shown_as_a_table() {
    let demo = Process::start("demo");
    let output = demo.client(&["bench", "--work", "append", "--seconds", "1", "--clients", "3"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let shown = stdout(&output);
    assert!(shown.contains("p99 ms") && shown.contains("append, 3 clients"), "{shown}");
    assert_eq!(shown.lines().count(), 2, "{shown}");
    let wrong = demo.client(&["bench", "--work", "appends"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(stderr(&wrong).contains("append-batches"), "it names what would be right: {}", stderr(&wrong));
}
