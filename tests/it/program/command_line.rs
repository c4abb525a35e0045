//! Commands against a running server.

use super::running::{Process, entente, first_line_only, run, stderr, stdout, with_input};

const EVENTS: &str = r#"
- event_id: 20000000-0000-4000-8000-000000000001
  subject: ledgers/deal/instruments/truce
  instrument_signed: {title: A truce, parties: [US, CN], signed_at: {at: 2025-10-30T00:00:00Z}}
- event_id: 20000000-0000-4000-8000-000000000002
  subject: ledgers/deal/instruments/truce
  statement_made: {by: A spokesman, made_at: {at: 2025-10-31T00:00:00Z}, summary: It holds.}
"#;

fn record(server: &Process, arguments: &[&str], input: &str) -> std::process::Output {
    let mut command = entente(&[&["record", "-"], arguments].concat());
    command.env("ENTENTE_SERVER", &server.address);
    with_input(command, input)
}

#[test]
fn create_record_read_and_record_again() {
    let server = Process::start("serve");
    let created = server.client(&["create", "deal", "--title", "A deal"]);
    assert_eq!(stdout(&created), "created ledgers/deal (LIVE)\n");
    let validated = record(&server, &["--validate-only"], EVENTS);
    assert!(stdout(&validated).starts_with("would be recorded at position 2"), "{}", stderr(&validated));
    let recorded = record(&server, &[], EVENTS);
    assert!(stdout(&recorded).ends_with("head 3\n"), "{}", stderr(&recorded));
    let again = record(&server, &[], EVENTS);
    assert!(stdout(&again).starts_with("had been recorded before at position 2"), "{}", stdout(&again));
    let read = server.client(&["read", "--kind", "StatementMade"]);
    assert!(stdout(&read).contains("instruments/truce  It holds."), "{}", stdout(&read));
    let json = server.client(&["read", "--json", "--after", "2"]);
    let event: serde_json::Value = serde_json::from_str(stdout(&json).trim()).unwrap();
    assert_eq!(event["submission"]["statementMade"]["summary"], "It holds.");
    // What was read is what can be recorded: JSON lines in, every event known.
    let submission = serde_json::to_string(&event["submission"]).unwrap();
    assert!(stdout(&record(&server, &[], &submission)).starts_with("had been recorded before"));
    assert_eq!(server.stop(), Some(0), "a server that is asked to stop ends well");
}

#[test]
fn a_refusal_says_field_reason_and_request_and_exits_with_1() {
    let server = Process::start("serve");
    server.client(&["create", "deal", "--title", "A deal"]);
    let wrong = EVENTS.replace("[US, CN]", "[US, XX]");
    let refused = record(&server, &[], &wrong);
    assert_eq!(refused.status.code(), Some(1));
    let said = stderr(&refused);
    assert!(said.contains("submissions[0].instrument_signed.parties[1]: \"XX\" is not a party"), "{said}");
    assert!(said.contains("reason: INVALID_FIELD"), "{said}");
    assert!(said.contains("request: "), "{said}");
    let unknown_field = EVENTS.replace("title:", "titel:");
    let refused = record(&server, &[], &unknown_field);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("titel"), "{}", stderr(&refused));
    let no_yaml = record(&server, &[], "{ not: [closed");
    assert!(stderr(&no_yaml).contains("neither YAML nor JSON"), "{}", stderr(&no_yaml));
}

#[test]
fn one_file_is_one_append() {
    let server = Process::start("serve");
    server.client(&["create", "deal", "--title", "A deal"]);
    let second_is_wrong = EVENTS.replace(
        "subject: ledgers/deal/instruments/truce\n  statement_made",
        "subject: ledgers/deal/instruments/none\n  statement_made",
    );
    assert_eq!(record(&server, &[], &second_is_wrong).status.code(), Some(1));
    assert!(stdout(&record(&server, &[], EVENTS)).ends_with("head 3\n"), "the first event was not recorded before");
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let server = Process::start("demo");
    let mut command = entente(&["read", "--json"]);
    command.env("ENTENTE_SERVER", &server.address);
    assert_eq!(first_line_only(command), (Some(0), String::new()));
}

#[test]
fn output_that_is_no_terminal_has_no_escapes() {
    let server = Process::start("demo");
    for arguments in [vec!["status"], vec!["status", "soybeans"], vec!["read", "--limit", "3"]] {
        let text = stdout(&server.client(&arguments));
        assert!(!text.is_empty() && !text.contains('\u{1b}'), "{arguments:?}: {text}");
    }
}

#[test]
fn demo_once_prints_the_board_and_ends() {
    let text = ["demo", "--once", "--as-of", "2026-03-01T00:00:00Z", "--known-at", "2026-03-01T00:00:00Z"];
    let output = run(&text);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let board = stdout(&output);
    let line = board.lines().find(|line| line.contains(" rare-earth-suspension ")).unwrap();
    assert!(line.contains("ON_TRACK"), "{line}");
    let json = stdout(&run(&[text.as_slice(), &["--json"]].concat()));
    for line in json.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(value["assessment"]["status"].as_str().unwrap().starts_with("STATUS_"));
    }
    assert_eq!(
        json.lines().count(),
        board.lines().filter(|line| line.contains(" US ") || line.contains(" CN ")).count()
    );
}

#[test]
fn every_commit_of_the_server_is_timed_down_to_its_sync() {
    let server = Process::start("demo");
    let page = server.get("/metrics");
    let count = |name: &str| -> u64 {
        let line = page.lines().find_map(|line| line.strip_prefix(&format!("{name}_count "))).expect(name);
        line.parse().unwrap()
    };
    assert!(count("entente_sync_seconds") >= count("entente_commit_seconds"), "no commit without a sync");
    assert!(count("entente_commit_seconds") > 0);
}

#[test]
fn completions_and_the_manual_are_printed() {
    assert!(stdout(&run(&["completions", "bash"])).contains("_entente"));
    assert!(stdout(&run(&["man"])).contains(".TH"));
    let of_status = stdout(&run(&["man", "status"]));
    assert!(of_status.contains("entente\\-status") && of_status.contains("known\\-at"), "{of_status}");
    assert!(stderr(&run(&["man", "nothing"])).contains("\"nothing\" is not a command"));
}

#[test]
fn an_event_is_shown_whole_and_a_commitment_with_what_a_lapse_brings() {
    let server = Process::start("demo");
    let event: serde_json::Value = serde_json::from_str(&stdout(&server.client(&["show", "2"]))).unwrap();
    assert_eq!(event["event"]["position"], "2");
    assert!(event["event"]["submission"]["sources"][0]["publisher"].is_string());
    let said = stdout(&server.client(&["status", "rare-earth-suspension", "--as-of", "2026-03-01"]));
    assert!(said.contains("(through 2026-11-10 in Asia/Shanghai)"), "{said}");
    assert!(said.contains("on lapse      the measures apply again"), "{said}");
    assert!(said.contains("cn-announcement-61: "), "{said}");
}

#[test]
fn yaml_is_read_as_yaml_1_2_so_that_norway_is_a_country() {
    let server = Process::start("serve");
    server.client(&["create", "deal", "--title", "A deal"]);
    let recorded = record(&server, &[], &EVENTS.replace("[US, CN]", "[US, NO]"));
    assert!(recorded.status.success(), "{}", stderr(&recorded));
    let empty = record(&server, &[], "# nothing here\n");
    assert!(stderr(&empty).contains("holds no events"), "{}", stderr(&empty));
}

#[test]
fn with_no_server_the_exit_code_is_69_and_with_wrong_usage_2() {
    let output = run(&["status", "--server", "http://127.0.0.1:9"]);
    assert_eq!(output.status.code(), Some(69));
    assert!(stderr(&output).contains("no server answers at http://127.0.0.1:9"), "{}", stderr(&output));
    // Whom a server's certificate is to be of cannot be guessed.
    let output = run(&["status", "--server", "https://127.0.0.1:9"]);
    assert_eq!(output.status.code(), Some(69));
    assert!(stderr(&output).contains("--ca-file"), "{}", stderr(&output));
    for address in ["ftp://x", "http://127.0.0.1:99999", ""] {
        let output = run(&["status", "--server", address]);
        assert_eq!(output.status.code(), Some(69), "{address}");
        assert!(stderr(&output).contains("is not the address of a server"), "{address}: {}", stderr(&output));
    }
    for (time, words) in [
        ("2026-02-30", "is not a date that exists"),
        ("9999-12-31", "outside the supported span"),
        ("yesterday", "RFC 3339"),
    ] {
        let output = run(&["status", "--as-of", time]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(words), "{time}: {}", stderr(&output));
    }
}

#[test]
fn the_calendar_is_a_table_json_or_icalendar_and_says_when_it_is_empty() {
    let server = Process::start("demo");
    let fixed = ["calendar", "--as-of", "2026-11-24", "--known-at", "298"];
    let with = |more: &[&str]| server.client(&[fixed.as_slice(), more].concat());
    let table = stdout(&with(&["--within", "7d", "--zone", "Asia/Shanghai"]));
    let line = table.lines().find(|line| line.contains("gallium-germanium-suspension")).unwrap();
    assert!(line.contains("2026-11-26T16:00Z") && line.contains("2026-11-27 00:00"), "{line}");
    assert!(stdout(&with(&["--within", "1h"])).ends_with("no deadline in that time\n"));
    let json = stdout(&with(&["--within", "7d", "--json"]));
    let first: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(first["kind"], "DEADLINE_KIND_LAPSE");
    assert_eq!(first["localTime"], "2026-11-27T00:00:00");
    let calendar = stdout(&with(&["--within", "7d", "--ics"]));
    assert_eq!(calendar.matches("BEGIN:VEVENT\r\n").count(), json.lines().count());
    assert_eq!(with(&["--ics", "--json"]).status.code(), Some(2));
    for wrong in [["--within", "7"], ["--clock", "alarm"], ["--zone", "Asia/Atlantis"]] {
        assert_eq!(with(&wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn a_comparison_needs_an_earlier_coordinate_and_says_when_nothing_changed() {
    let server = Process::start("demo");
    let now = ["--as-of", "2026-11-24", "--known-at", "298"];
    let compare = |more: &[&str]| server.client(&[&["compare"], now.as_slice(), more].concat());
    assert_eq!(compare(&[]).status.code(), Some(2));
    let same = stdout(&compare(&["--from-as-of", "2026-11-24", "--from-known-at", "298"]));
    assert!(same.ends_with("\nnothing changed\n"), "{same}");
    let all = compare(&["--from-as-of", "2026-11-24", "--from-known-at", "298", "--all", "--json"]);
    assert_eq!(stdout(&all).lines().count(), 25, "every commitment, unchanged");
    let reversed = compare(&["--since", "2026-12-24"]);
    assert_eq!(reversed.status.code(), Some(1));
    assert!(stderr(&reversed).contains("now.as_of: "), "{}", stderr(&reversed));
}
