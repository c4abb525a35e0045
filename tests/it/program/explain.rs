//! `entente explain` on the real ledger: what it prints, and what it prints where it is asked for a part.

use super::running::{Process, stderr, stdout};

/// No line is wider than this.
const WIDTH: usize = 120;

const CLOCKS: [&str; 4] = ["--as-of", "2026-01-12", "--known-at", "2026-01-12"];

#[test]
fn a_promise_of_the_real_ledger_is_explained_from_its_terms_to_its_records() {
    let server = Process::start("demo");
    let explained = |arguments: &[&str]| {
        let output = server.client(&[&["explain", "soybeans"], CLOCKS.as_slice(), arguments].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    };
    let whole = explained(&[]);
    assert!(!whole.contains('\u{1b}'), "no escapes where no terminal is");
    let wide: Vec<&str> = whole.lines().filter(|line| line.chars().count() > WIDTH).collect();
    assert!(wide.is_empty(), "{wide:?}");
    for line in [
        "soybeans: To buy US soybeans: 12 Mt in November and December 2025, 25 Mt in each of 2026, 2027 and 2028",
        "status       ◆ DISPUTED, IN_FORCE",
        "readings     base, season give different answers, so it is disputed",
        "READING base: IN_FORCE, NOT_MET",
        "    tranches.t2025.target     undertaken by event 28  12,000,000",
        "    tranches.t2025.through  read by event 121, from 2025-12-03T05:00Z  2026-02-28",
        "    event 136  2025-12-26 through 2026-01-01  470.1 kt x 1000 = 470,100    470,100 to t2025 (late)",
        "      E(D)              6,200,000                         = T x 62 / 120 days",
        "      Q14  yes  otherwise: NOT_MET",
        "      Q9  yes  as_of < due', and P(D) >= E(D) x (1 - tolerance): ON_TRACK",
        "  135  OTHER_BASIS   AmountReported        us-esr SHIPPED: EXACT 794.4 kt, running total since 2025-09-01 through",
    ] {
        assert!(whole.lines().any(|shown| shown == line), "{line:?} is not in\n{whole}");
    }
    let part = explained(&["--part", "terms", "--reading", "season"]);
    assert!(part.contains("terms in force") && !part.contains("RECORDS") && !part.contains("READING base"), "{part}");
    let json: serde_json::Value = serde_json::from_str(&explained(&["--json"])).unwrap();
    assert_eq!(json["explanation"]["agreement"], "AGREEMENT_DIFFER");
    assert_eq!(json["assessment"]["status"], "STATUS_DISPUTED");
}

#[test]
fn a_reading_that_does_not_count_is_refused_with_those_that_do() {
    let server = Process::start("demo");
    let output = server.client(&[&["explain", "soybeans", "--reading", "other"], CLOCKS.as_slice()].concat());
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("reading other does not count here; those that do: base, season"));
}
