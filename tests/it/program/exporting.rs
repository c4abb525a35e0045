//! `entente export` and `entente import events`: a ledger leaves and comes back the same.

use std::path::Path;

use entente::client::Client;
use entente::proto::v1;
use prost::Message as _;

use super::running::{Process, entente, stderr, stdout, with_input};

/// Every event of a ledger, as the server gives them.
async fn events(address: &str, ledger: &str) -> Vec<v1::Event> {
    let client = Client::connect(address, std::time::Duration::from_secs(60)).await.unwrap();
    let request = v1::ReadEventsRequest { ledger: ledger.to_owned(), ..v1::ReadEventsRequest::default() };
    let mut parts = client.ledgers().read_events(request).await.unwrap().into_inner();
    let mut events = Vec::new();
    while let Some(part) = parts.message().await.unwrap() {
        if let Some(v1::read_events_response::Part::Batch(batch)) = part.part {
            events.extend(batch.events);
        }
    }
    events
}

fn export_to(server: &Process, file: &Path, more: &[&str]) {
    let output = server.client(&[&["export", "--out", file.to_str().unwrap()], more].concat());
    assert!(output.status.success() && output.stdout.is_empty(), "{}", stderr(&output));
}

fn import(server: &Process, file: &Path) -> (Option<i32>, String) {
    let output = server.client(&["import", "events", file.to_str().unwrap()]);
    (output.status.code(), stdout(&output) + &stderr(&output))
}

#[tokio::test]
async fn a_ledger_comes_back_byte_for_byte() {
    let (there, here) = (Process::start("demo"), Process::start("serve"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("truce.jsonl");
    export_to(&there, &file, &[]);
    let (code, said) = import(&here, &file);
    assert_eq!((code, said.as_str()), (Some(0), "ledgers/us-china: 297 events recorded, 1 were there; head 298\n"));

    let (old, new) =
        (events(&there.address, "ledgers/us-china").await, events(&here.address, "ledgers/us-china").await);
    assert_eq!((old.len(), new.len()), (298, 298));
    assert_eq!(old[0].recorded_at, new[0].recorded_at, "history can be replayed from the same day on");
    for (old, new) in old.iter().zip(&new).skip(1) {
        let bytes = |event: &v1::Event| event.submission.as_ref().unwrap().encode_to_vec();
        assert_eq!(bytes(old), bytes(new), "position {}", old.position);
        assert_eq!(old, new);
    }
    // The same text again, but for the first line: a ledger is created once, with an id and incarnation of its own.
    let again = folder.path().join("again.jsonl");
    export_to(&here, &again, &[]);
    let lines = |path: &Path| -> Vec<String> {
        std::fs::read_to_string(path).unwrap().lines().skip(1).map(str::to_owned).collect()
    };
    assert_eq!(lines(&file), lines(&again));
    // And the same answers.
    let board = ["status", "--as-of", "2026-11-24", "--known-at", "298"];
    assert_eq!(stdout(&there.client(&board)), stdout(&here.client(&board)));
}

#[tokio::test]
async fn an_import_that_was_cut_short_goes_on_where_it_ended() {
    let (there, here) = (Process::start("demo"), Process::start("serve"));
    let folder = tempfile::tempdir().unwrap();
    let (file, part) = (folder.path().join("truce.jsonl"), folder.path().join("part.jsonl"));
    export_to(&there, &file, &[]);
    let text = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    std::fs::write(&part, lines[..100].concat()).unwrap();
    // What was recorded at once is recorded at once again, or not at all.
    let (code, said) = import(&here, &part);
    assert!(code == Some(1) && said.contains("ends at position 100, within an append of several events"), "{said}");
    assert_eq!(events(&here.address, "ledgers/us-china").await.len(), 1);
    // An export from before appends were told apart: every event is its own.
    let before = text.replace(",\"appendThrough\":\"298\"", "");
    assert_eq!(before.matches("appendThrough").count(), 1, "that of the first event");
    let lines: Vec<&str> = before.split_inclusive('\n').collect();
    std::fs::write(&file, &before).unwrap();
    std::fs::write(&part, lines[..100].concat()).unwrap();
    assert!(import(&here, &part).1.contains("99 events recorded, 1 were there; head 100"));
    std::fs::write(&part, lines[150..].concat()).unwrap();
    let (code, said) = import(&here, &part);
    assert!(code == Some(1) && said.contains("position 151 cannot follow 100"), "{said}");
    assert!(import(&here, &file).1.contains("198 events recorded, 100 were there; head 298"));
    assert!(import(&here, &file).1.contains("0 events recorded, 298 were there; head 298"));
    let recorded = events(&here.address, "ledgers/us-china").await;
    assert!(recorded.iter().all(|event| event.append_through == event.position));
    // An export from a position on is what follows.
    export_to(&there, &part, &["--after", "290"]);
    let after: Vec<&str> = text.split_inclusive('\n').skip(290).collect();
    assert_eq!(std::fs::read_to_string(&part).unwrap(), after.concat());
    // Another ledger of the same name is not mistaken for this one.
    let id = lines[297].split("\"eventId\":\"").nth(1).unwrap().split('"').next().unwrap();
    std::fs::write(&part, before.replace(id, "20000000-0000-4000-8000-000000000009")).unwrap();
    let (code, said) = import(&here, &part);
    assert!(code == Some(1) && said.contains("they are different ledgers"), "{said}");
}

#[tokio::test]
async fn a_live_ledger_comes_back_with_the_record_times_that_its_server_stamped() {
    let (there, here) = (Process::start("serve"), Process::start("serve"));
    there.client(&["create", "deal", "--title", "A deal"]);
    let event = r#"{subject: ledgers/deal/instruments/truce,
        instrument_signed: {title: A truce, parties: [US, CN], signed_at: {at: 2025-10-30T00:00:00Z}}}"#;
    let mut record = entente(&["record", "-"]);
    record.env("ENTENTE_SERVER", &there.address);
    assert!(with_input(record, event).status.success());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deal.jsonl");
    export_to(&there, &file, &[]);
    let (code, said) = import(&here, &file);
    assert_eq!(code, Some(0), "{said}");
    let (old, new) = (events(&there.address, "ledgers/deal").await, events(&here.address, "ledgers/deal").await);
    assert_eq!((old[1].position, old[1].recorded_at), (new[1].position, new[1].recorded_at));
    let (old, new) = (old[1].submission.clone().unwrap(), new[1].submission.clone().unwrap());
    assert_eq!((old.event_id, old.payload), (new.event_id, new.payload));
    assert_eq!((old.recorded_at.is_some(), new.recorded_at.is_some()), (false, true), "a REPLAY ledger is told them");
    // A LIVE ledger of that name takes no history.
    let (code, said) = import(&there, &file);
    assert!(code == Some(1) && said.contains("ledgers/deal is LIVE"), "{said}");
}

#[test]
fn views_are_tables_with_a_header() {
    let server = Process::start("demo");
    let at = ["--as-of", "2026-11-24", "--known-at", "298"];
    let table = |view: &str| {
        let text = stdout(&server.client(&[&["export", "--format", "csv", "--view", view], &at[..]].concat()));
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        (header, rows)
    };
    let (header, rows) = table("assessments");
    assert_eq!(rows.len(), 25);
    let column = |name: &str| header.iter().position(|column| column == name).unwrap();
    let row = rows.iter().find(|row| row[column("commitment")].ends_with("/rare-earth-suspension")).unwrap();
    assert_eq!((&row[column("status")], &row[column("until")]), ("DISPUTED", "2026-11-10T16:00:00Z"));
    assert_eq!(&row[column("readings")], "base: LAPSED MET; extended: IN_FORCE ON_TRACK; until: LAPSED MET");
    let (header, rows) = table("tranches");
    let column = |name: &str| header.iter().position(|column| column == name).unwrap();
    let row = rows.iter().find(|row| row[0].ends_with("/soybeans") && &row[1] == "t2026").unwrap();
    assert_eq!(
        (&row[column("performed")], &row[column("target")], &row[column("unit")]),
        ("13366600", "25000000", "t")
    );

    let json = stdout(&server.client(&[&["export", "--view", "tranches"], &at[..]].concat()));
    assert_eq!(json.lines().count(), rows.len());
    let first: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(first["known_position"], 298);
}

#[test]
fn every_event_is_a_cloud_event_and_a_row() {
    let server = Process::start("demo");
    let clouds = stdout(&server.client(&["export", "--format", "cloudevents"]));
    let mut ids = std::collections::BTreeSet::new();
    for line in clouds.lines() {
        let cloud: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!((cloud["specversion"].as_str(), cloud["source"].as_str()), (Some("1.0"), Some("ledgers/us-china")));
        assert!(ids.insert((cloud["source"].to_string(), cloud["id"].to_string())), "source and id are unique: {line}");
    }
    assert_eq!(ids.len(), 298);
    let rows = stdout(&server.client(&["export", "--format", "csv"]));
    assert_eq!(csv::Reader::from_reader(rows.as_bytes()).records().map(Result::unwrap).count(), 298);
    let mixed = server.client(&["export", "--format", "cloudevents", "--view", "assessments"]);
    assert!(stderr(&mixed).contains("only events are CloudEvents"), "{}", stderr(&mixed));
}

#[test]
fn an_export_that_fails_leaves_no_file() {
    let server = Process::start("demo");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("none.jsonl");
    let failed = server.client(&["export", "--ledger", "none", "--out", file.to_str().unwrap()]);
    assert_eq!(failed.status.code(), Some(1));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
