//! What is asked for by name, code or position and is not there: refused, with what would be right.

use super::running::{Process, entente, run, stderr, stdout, with_input};

/// Exit code and everything said.
fn said(server: &Process, arguments: &[&str]) -> (Option<i32>, String) {
    let output = server.client(arguments);
    (output.status.code(), stdout(&output) + &stderr(&output))
}

#[test]
fn what_is_not_there_is_refused_with_what_is() {
    let server = Process::start("demo");
    let cases: [(&[&str], &str); 21] = [
        (&["pace", "soybeans", "--tranche", "nope"], "tranche nope does not count here; those that do: t2025, t2026"),
        (&["pace", "soybeans", "--reading", "nope"], "reading nope does not count here; those that do: base"),
        (&["pace", "soybeans", "--reading", "nope", "--json"], "reading nope does not count here"),
        (&["explain", "soybeans", "--tranche", "nope"], "tranche nope does not count here; those that do: "),
        (&["explain", "coal", "--tranche", "nope"], "tranche nope"),
        (&["status", "--instrument", "nope"], "there is no instrument ledgers/us-china/instruments/nope"),
        (&["compare", "--since", "2026-10-01", "--instrument", "nope"], "there is no instrument"),
        (&["calendar", "--instrument", "nope"], "there is no instrument"),
        (&["scorecard", "--instrument", "nope"], "there is no instrument"),
        (&["status", "--instrument", "busan-truce", "--known-at", "1"], "(as known at position 1)"),
        (&["scorecard", "--instrument", "busan-truce", "--known-at", "1"], "(as known at position 1)"),
        (&["status", "--product", "abc"], "\"abc\" is not a product code"),
        (&["status", "--product", "99999"], "has 5 digits"),
        (&["read", "--product", "zz"], "\"zz\" is not a product code"),
        (&["status", "--filter", "product:zz"], "\"zz\" is not a product code"),
        (&["read", "--after", "99999"], "after: 99999 is after the head, 298"),
        (&["export", "--after", "99999"], "after: 99999 is after the head, 298"),
        (&["status", "--known-at", "99999"], "clocks.known_position: 99999 is after the head, 298"),
        (&["status", "Soybeans"], "did you mean soybeans?"),
        (&["pace", "Soy-Beans"], "did you mean soybeans?"),
        (&["shares", "nothing"], "there is neither asks/nothing nor commitments/nothing"),
    ];
    for (arguments, why) in cases {
        let (code, text) = said(&server, arguments);
        assert!(code == Some(1) && text.contains(why), "{arguments:?}: {code:?} {text}");
    }
    assert_eq!(said(&server, &["read", "--after", "298"]).0, Some(0), "the head is where the next ones come after");
}

#[test]
fn a_subject_of_which_nothing_is_recorded_yet_is_told_and_no_fault() {
    let server = Process::start("demo");
    for arguments in
        [&["read", "--subject", "commitments/nope"][..], &["read", "--subject", "commitments/nope", "--json"]]
    {
        let output = server.client(arguments);
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(stderr(&output), "entente: nothing is recorded about commitments/nope\n");
    }
    let there = server.client(&["read", "--subject", "commitments/soybeans", "--kind", "RateSet"]);
    assert_eq!(stderr(&there), "", "other filters may leave nothing of what is recorded");
}

#[test]
fn what_cannot_be_meant_is_wrong_usage() {
    let cases: [(&[&str], &str); 6] = [
        (&["read", "--kind", "Foo"], "the kinds are LedgerCreated"),
        (&["scorecard", "--party", ""], "ISO 3166-1"),
        (&["scorecard", "--party", "Germany"], "ISO 3166-1"),
        (&["status", "--as-of", "2026-11-10T23:59:60Z"], "60th second"),
        (
            &["status", "--as-of", "1763942400"],
            "not an RFC 3339 instant such as 2026-11-10T05:01:00Z, or a date such as",
        ),
        (&["status", "--status", "dispute"], "disputed"),
    ];
    for (arguments, why) in cases {
        let output = run(arguments);
        assert!(output.status.code() == Some(2) && stderr(&output).contains(why), "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn words_of_filters_may_be_small_and_an_id_alone_is_found() {
    let server = Process::start("demo");
    let when = ["--as-of", "2026-11-24", "--known-at", "298"];
    let board = |filter: &str| stdout(&server.client(&[&["status", "--filter", filter], &when[..]].concat()));
    assert_eq!(
        board("status = disputed AND kind = measure-suspension"),
        board("status = DISPUTED AND kind = MEASURE_SUSPENSION")
    );
    assert!(board("status = disputed").contains("rare-earth-suspension"));
    assert_eq!(board("product:\"2805.30\""), board("product:280530"));
    assert!(board("product:280530").contains("rare-earth-suspension"));
    let shares = |subject: &str| stdout(&server.client(&[&["shares", subject], &when[..]].concat()));
    assert_eq!(shares("oil-cut"), shares("asks/oil-cut"));
    assert!(shares("soybeans").starts_with("commitments/soybeans\n"));
}

#[test]
fn items_that_cannot_be_read_are_named_and_counted_by_the_exit_code() {
    let server = Process::start("demo");
    let (code, text) = said(&server, &["exposure", "2805-2801", "2.8E+05", "201", "2805"]);
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("\"2805-2801\" runs backwards"), "{text}");
    assert!(text.contains("\"2.8E+05\" is how a spreadsheet shows a long number"), "{text}");
    assert!(text.contains("could not be read (3)") && text.contains("3 of the items could not be read"), "{text}");
    assert_eq!(said(&server, &["exposure", "2805", "--json"]).0, Some(0));
    assert_eq!(said(&server, &["exposure", "201", "--json"]).0, Some(3));
    let output = with_input(entente(&["exposure", "--items", "-"]), "code,name\n2805,metal\n2846,oxides, mixed\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("line 3: 3 fields, where the first line names 2"), "{}", stderr(&output));
}
