//! `entente watch` and `entente cursors`: over restarts of the server, with commands, into pipes.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use super::running::{Process, entente, first_line_only, stderr, stdout};

fn said(server: &Process, arguments: &[&str]) -> String {
    let output = server.client(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    stdout(&output)
}

/// A command of the client, not started yet.
fn command(address: &str, arguments: &[&str]) -> Command {
    let mut command = entente(arguments);
    command.env("ENTENTE_SERVER", address);
    command
}

/// Asks a program to stop as Ctrl-C does, and gives its exit code.
fn interrupt(mut child: Child) -> Option<i32> {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    child.wait().unwrap().code()
}

/// The positions in lines of proto JSON.
fn positions(text: &str) -> Vec<u64> {
    let position = |line: &str| {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        event["position"].as_str().unwrap().parse().unwrap()
    };
    text.lines().map(position).collect()
}

fn statement(number: u32) -> String {
    serde_json::json!({
        "eventId": format!("00000000-0000-4000-8000-{number:012}"),
        "subject": "ledgers/deal/instruments/truce",
        "statementMade": {
            "by": "a spokesman", "madeAt": {"at": "2026-01-01T00:00:00Z", "precision": "PRECISION_SECOND"},
            "summary": format!("statement {number}")
        }
    })
    .to_string()
}

fn record(address: &str, events: &[String]) {
    let output =
        super::running::with_input(command(address, &["record", "-", "--ledger", "deal"]), &events.join("\n---\n"));
    assert!(output.status.success(), "{}", stderr(&output));
}

fn create(address: &str) {
    let created = command(address, &["create", "deal", "--title", "A deal"]).output().unwrap();
    assert!(created.status.success(), "{}", stderr(&created));
    let signed = serde_json::json!({
        "subject": "ledgers/deal/instruments/truce",
        "instrumentSigned": {
            "title": "A truce", "parties": ["CN", "US"],
            "signedAt": {"at": "2025-10-30T04:00:00Z", "precision": "PRECISION_SECOND"}
        }
    });
    record(address, &[signed.to_string()]);
}

#[test]
fn it_prints_what_read_prints() {
    let server = Process::start("demo");
    let read = said(&server, &["read"]);
    assert_eq!(said(&server, &["watch", "--after", "start", "--once"]), read);
    let json = said(&server, &["watch", "--after", "290", "--limit", "3", "--json"]);
    assert_eq!(positions(&json), vec![291, 292, 293]);
    let relief = said(&server, &["watch", "--after", "start", "--once", "--family", "relief"]);
    assert_eq!(relief, said(&server, &["read", "--family", "relief"]).replace("no event matches; head 298\n", ""));
    assert_eq!(said(&server, &["watch", "--once"]), "", "from now on there is nothing yet");
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let server = Process::start("demo");
    let (code, complaint) = first_line_only(command(&server.address, &["watch", "--after", "start"]));
    assert_eq!((code, complaint.as_str()), (Some(0), ""));
}

#[test]
fn a_kept_place_is_gone_on_from_and_its_lag_is_told() {
    let server = Process::start("serve");
    create(&server.address);
    let watch = ["watch", "--cursor-name", "desk", "--once", "--json"];
    assert_eq!(positions(&said(&server, &watch)), vec![1, 2]);
    assert_eq!(said(&server, &watch), "", "nothing twice");
    record(&server.address, &[statement(1), statement(2)]);
    let lag = said(&server, &["cursors"]);
    assert!(lag.contains("desk") && lag.contains("2 events"), "{lag}");
    assert_eq!(positions(&said(&server, &watch)), vec![3, 4]);
    let other = server.client(&["watch", "--cursor-name", "desk", "--once", "--party", "US"]);
    assert_eq!(other.status.code(), Some(1));
    assert!(stderr(&other).contains("CURSOR_OF_OTHER_FILTER"), "{}", stderr(&other));
    assert!(said(&server, &["cursors", "--delete", "desk"]).contains("is forgotten"));
    assert_eq!(positions(&said(&server, &watch)), vec![1, 2, 3, 4], "begins anew");
}

#[test]
fn it_survives_restarts_of_the_server_and_ends_cleanly() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path().to_str().unwrap();
    let mut server = Process::launch(&["serve", "--listen", "127.0.0.1:0", "--data-dir", data_dir]);
    let address = server.address.clone();
    let listen = address.trim_start_matches("http://").to_owned();
    create(&address);
    let mut watching = command(&address, &["watch", "--after", "start", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(watching.stdout.take().unwrap()).lines();
    let mut heard = || positions(&lines.next().unwrap().unwrap())[0];
    assert_eq!((heard(), heard()), (1, 2));
    for round in 0..2_u32 {
        record(&address, &[statement(10 * round)]);
        assert_eq!(server.stop(), Some(0), "an open stream does not hold the server");
        server = Process::launch(&["serve", "--listen", &listen, "--data-dir", data_dir]);
        record(&address, &[statement(10 * round + 1)]);
        let first = 3 + 2 * u64::from(round);
        assert_eq!((heard(), heard()), (first, first + 1));
    }
    let mut complaints = BufReader::new(watching.stderr.take().unwrap()).lines();
    assert_eq!(interrupt(watching), Some(0));
    let said: Vec<String> = complaints.by_ref().map(Result::unwrap).collect();
    assert_eq!(said.len(), 4, "each break is told once, and its end: {said:?}");
    assert!(said[0].contains("connecting again") && said[1].contains("nothing was missed"), "{said:?}");
}

#[test]
fn a_command_runs_for_each_event_at_least_once_and_in_order() {
    let server = Process::start("serve");
    create(&server.address);
    record(&server.address, &[statement(1), statement(2)]);
    let folder = tempfile::tempdir().unwrap();
    // Fails the first time for position 3, after it has taken the event.
    let script = "read -r line; echo \"$ENTENTE_EVENT_POSITION $ENTENTE_EVENT_KIND $ENTENTE_LEDGER ${#line}\" >> done; \
                  if [ $ENTENTE_EVENT_POSITION = 3 ] && [ ! -e failed ]; then touch failed; exit 7; fi";
    let run = |limit: &str| {
        command(&server.address, &["watch", "--cursor-name", "robot", "--limit", limit, "--exec", script])
            .current_dir(folder.path())
            .output()
            .unwrap()
    };
    let first = run("3");
    assert!(first.status.success(), "{}", stderr(&first));
    assert!(stderr(&first).contains("failed for event 3 (exit status: 7)"), "{}", stderr(&first));
    assert!(run("1").status.success());
    let done = std::fs::read_to_string(folder.path().join("done")).unwrap();
    let handled: Vec<&str> = done.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(handled, ["1", "2", "3", "3", "4"]);
    assert!(done.lines().all(|line| !line.ends_with(" 0")), "the event came on standard input: {done}");
    assert!(done.contains("4 STATEMENT_MADE ledgers/deal"), "{done}");
    assert!(said(&server, &["cursors"]).lines().nth(1).unwrap().contains(" - "), "nothing is left to do");
}

#[test]
fn what_was_typed_wrongly_is_said() {
    let server = Process::start("serve");
    create(&server.address);
    let cases: [(&[&str], i32, &str); 5] = [
        (&["watch", "--after", "tomorrow"], 2, "not start, now, a position, or a cursor"),
        (&["watch", "--exec", "true"], 2, "--cursor-name"),
        (&["watch", "--after", "99"], 1, "CURSOR_BEYOND_HEAD"),
        (&["watch", "--ledger", "none"], 1, "there is no ledger ledgers/none"),
        (&["watch", "--cursor-name", "No Name"], 1, "name: "),
    ];
    for (arguments, code, complaint) in cases {
        let output = server.client(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(stderr(&output).contains(complaint), "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn transitions_are_watched_as_they_came_about_and_a_kept_place_is_gone_on_from() {
    let server = Process::start("demo");
    let watch = ["watch", "--transitions", "--subject", "commitments/rare-earth-suspension", "--once"];
    let text = said(&server, &[&watch[..], &["--after", "start"]].concat());
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].contains("rare-earth-suspension") && lines[0].contains(" → "), "{text}");
    assert!(lines.iter().any(|line| line.contains("IN_FORCE ON_TRACK")), "{text}");
    assert!(lines.iter().any(|line| line.contains("(time: ")), "time alone changed something: {text}");
    assert!(lines.iter().any(|line| line.contains("(event")), "and so did what was recorded: {text}");
    let json = said(&server, &[&watch[..], &["--after", "start", "--json"]].concat());
    assert_eq!(json.lines().count(), lines.len());
    let kept = [&watch[..], &["--cursor-name", "board"]].concat();
    assert_eq!(said(&server, &[&kept[..], &["--limit", "2"]].concat()).lines().collect::<Vec<_>>(), lines[..2]);
    assert_eq!(said(&server, &kept).lines().collect::<Vec<_>>(), lines[2..]);
    assert_eq!(said(&server, &kept), "");
    let led = said(&server, &[&watch[..], &["--after", "start", "--lead", "30d"]].concat());
    assert!(led.lines().count() > lines.len(), "deadlines that come near are told too: {led}");
    let wrong: [(&[&str], i32, &str); 3] = [
        (&["watch", "--transitions", "--after", "7"], 1, "a position is no place among transitions"),
        (&["watch", "--transitions", "--kind", "AmountReported"], 1, "--kind is for events"),
        (&["watch", "--lead", "30d"], 2, "--transitions"),
    ];
    for (arguments, code, complaint) in wrong {
        let output = server.client(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(stderr(&output).contains(complaint), "{arguments:?}: {}", stderr(&output));
    }
}
