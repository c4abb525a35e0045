//! `entente import csv`: the real weekly table, its next vintage, and tables that are wrong.

use std::path::{Path, PathBuf};

use super::running::{Process, entente, stderr, stdout, with_input};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/us-china/usda-weekly.csv");
const MAPPING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/us-china/usda-weekly.mapping.toml");

fn import(server: &Process, table: &Path, mapping: &Path, more: &[&str]) -> (Option<i32>, String) {
    let arguments =
        [&["import", "csv", table.to_str().unwrap(), "--mapping", mapping.to_str().unwrap()], more].concat();
    let output = server.client(&arguments);
    (output.status.code(), stdout(&output) + &stderr(&output))
}

fn events(server: &Process, arguments: &[&str]) -> Vec<serde_json::Value> {
    let output = stdout(&server.client(&[&["read", "--json"], arguments].concat()));
    output.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn written(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn the_weekly_table_says_what_the_ledger_has_and_its_next_vintage_only_what_changed() {
    let server = Process::start("demo");
    let folder = tempfile::tempdir().unwrap();
    let (code, said) = import(&server, Path::new(TABLE), Path::new(MAPPING), &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("0 new, 0 changed, 44 unchanged, 0 rejected"), "old crop and new crop together: {said}");

    // The next vintage: an old week corrected in its new-crop line, another in its old-crop line, and a week more.
    let text = std::fs::read_to_string(TABLE).unwrap();
    let corrected = text.replacen("6789.0,1101.0,", "6789.0,1100.0,", 1).replacen(
        "6892.5,1191.5,5701.0,470.1,",
        "6892.5,1191.5,5701.0,471,",
        1,
    ) + "2026-09-03,2026-27,8000.0,0.0,8000.0,239.0,2026-09-10T12:30:00Z\r\n";
    let vintage = written(&folder, "vintage.csv", &corrected);
    let (_, diff) = import(&server, &vintage, Path::new(MAPPING), &["--dry-run", "--recorded-at", "2026-11-20"]);
    let lines: Vec<&str> = diff.lines().collect();
    let expected = [
        "~ commitments/soybeans us-esr 2025-12-26/2026-01-01: 470.1 → 471 kt",
        "~ commitments/soybeans us-esr 2026-08-14/2026-08-20: 1101 → 1100 kt",
        "+ commitments/soybeans us-esr 2026-08-28/2026-09-03: 239 kt",
    ];
    assert_eq!(lines[..3], expected);
    assert!(
        lines[3].contains("nothing was recorded; it would be 1 new, 2 changed, 42 unchanged, 0 rejected"),
        "{diff}"
    );
    assert!(events(&server, &["--after", "298"]).is_empty());

    let (code, said) = import(&server, &vintage, Path::new(MAPPING), &["--recorded-at", "2026-11-20"]);
    assert!(code == Some(0) && said.contains("1 new, 2 changed, 42 unchanged"), "{said}");
    let recorded = events(&server, &["--after", "298"]);
    assert_eq!(recorded.len(), 3, "exactly the corrections and the new week");
    for event in &recorded[..2] {
        let superseded = event["submission"]["supersedes"].as_str().unwrap();
        let old = events(&server, &["--subject", "commitments/soybeans"]);
        let old = old.iter().find(|old| old["submission"]["eventId"] == superseded).unwrap();
        let through = |event: &serde_json::Value| event["submission"]["amountReported"]["through"].clone();
        assert_eq!(through(old), through(event));
    }
    assert_eq!(recorded[2]["submission"]["recordedAt"], "2026-11-20T00:00:00Z");
    let (_, again) = import(&server, &vintage, Path::new(MAPPING), &["--recorded-at", "2026-11-21"]);
    assert!(again.contains("0 new, 0 changed, 45 unchanged"), "{again}");

    // And back: the first value again is a third revision, not the first event.
    let (_, back) = import(&server, Path::new(TABLE), Path::new(MAPPING), &["--recorded-at", "2026-11-22"]);
    assert!(back.contains("0 new, 2 changed, 42 unchanged"), "{back}");
    let first = events(&server, &["--after", "301", "--limit", "1"]);
    assert_eq!(first[0]["submission"]["supersedes"], recorded[0]["submission"]["eventId"]);
}

#[test]
fn rejected_lines_are_told_in_a_file_and_by_the_exit_code() {
    let server = Process::start("demo");
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(TABLE).unwrap();
    let wrong = text.replacen("464.0,232.0,", "464.0,n/a,", 1).replacen("6789.0,1101.0,", "6789.0,1100.0,", 1);
    let table = written(&folder, "wrong.csv", &wrong);
    let (code, said) = import(&server, &table, Path::new(MAPPING), &[]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("0 new, 0 changed, 42 unchanged, 2 rejected"), "{said}");
    let rejects = folder.path().join("wrong.csv.rejected.csv");
    assert!(said.contains(rejects.to_str().unwrap()), "{said}");
    let mut reader = csv::Reader::from_path(rejects).unwrap();
    assert_eq!(reader.headers().unwrap(), ["line", "field", "value", "reason"].as_slice());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!((&rows[0][0], &rows[0][1], &rows[0][2]), ("3", "net_sales_kt", "n/a"));
    // Lines of one figure: the first one's number. The ledger says why: its head is later than the line's own date.
    assert_eq!((&rows[1][0], &rows[1][1]), ("44", "available_at"));
    assert!(rows[1][3].contains("record times never go back"), "{rows:?}");
    assert!(events(&server, &["--after", "298"]).is_empty());
}

#[test]
fn what_the_ledger_refuses_does_not_hold_up_the_rest() {
    let server = Process::start("demo");
    let folder = tempfile::tempdir().unwrap();
    let mapping = std::fs::read_to_string(MAPPING).unwrap().replace("days = 7", "days = 5");
    let mapping = written(&folder, "five.toml", &mapping);
    let table =
        "week_ending,net_sales_kt,available_at\n2026-08-27,1,2026-11-11T00:00:00Z\n2026-09-03,2,2026-11-12T00:00:00Z\n";
    let table = written(&folder, "table.csv", table);
    let (code, said) = import(&server, &table, &mapping, &["--json"]);
    assert_eq!(code, Some(3), "{said}");
    let summary: serde_json::Value = serde_json::from_str(said.lines().next().unwrap()).unwrap();
    assert_eq!((&summary["new"], &summary["rejected"]), (&1.into(), &1.into()));
    let rejects = std::fs::read_to_string(folder.path().join("table.csv.rejected.csv")).unwrap();
    assert!(rejects.contains("2,amount_reported.from,,\"2026-08-23 through 2026-08-27 overlaps"), "{rejects}");
}

/// A deal on a new server.
fn deal(kind: &str) -> Process {
    let server = Process::start("serve");
    let (from, at) = match kind {
        "replay" => (vec!["--recorded-at", "2020-01-01"], ", recorded_at: 2020-01-02T00:00:00Z"),
        _ => (Vec::new(), ""),
    };
    let create = ["create", "deal", "--title", "A deal", "--kind", kind];
    assert!(server.client(&[&create[..], &from].concat()).status.success());
    let signed = format!(
        "{{subject: ledgers/deal/instruments/truce{at}, \
         instrument_signed: {{title: A truce, parties: [US, CN], signed_at: {{at: 2020-01-01T00:00:00Z}}}}}}"
    );
    let mut record = entente(&["record", "-"]);
    record.env("ENTENTE_SERVER", &server.address);
    let output = with_input(record, &signed);
    assert!(output.status.success(), "{}", stderr(&output));
    server
}

const METRICS: &str = r#"
kind = "MetricReported"
subject = "instruments/truce"
series = "customs"
unit = "kt"
item = { column = "origin" }
[period]
day = "day"
[value]
column = "kt"
[recorded_at]
column = "out"
[[source]]
publisher = "Customs"
"#;

#[test]
fn thousands_of_rows_go_in_once() {
    let server = deal("live");
    let folder = tempfile::tempdir().unwrap();
    let mut table = "day,origin,kt,out\n".to_owned();
    for day in 1..=28 {
        for origin in 0..250 {
            table.push_str(&format!("2026-02-{day:02},O{origin},{}.5,2026-03-01\n", day * origin));
        }
    }
    let (table, mapping) = (written(&folder, "table.csv", &table), written(&folder, "mapping.toml", METRICS));
    let (code, said) = import(&server, &table, &mapping, &[]);
    assert!(code == Some(0) && said.contains("7000 new, 0 changed, 0 unchanged"), "{said}");
    let (_, again) = import(&server, &table, &mapping, &[]);
    assert!(again.contains("0 new, 0 changed, 7000 unchanged"), "{again}");
    let one = events(&server, &["--kind", "MetricReported", "--limit", "1"]);
    assert!(one[0]["submission"].get("recordedAt").is_none(), "a LIVE ledger stamps record times itself");
    let (code, said) = import(&server, &table, &mapping, &["--recorded-at", "2026-03-01"]);
    assert!(code == Some(1) && said.contains("is LIVE and stamps record times itself"), "{said}");
}

#[test]
fn a_figure_that_was_retracted_is_recorded_anew_under_another_id() {
    let server = deal("replay");
    let folder = tempfile::tempdir().unwrap();
    let table = "day,origin,kt,out\n2026-02-01,RU,5,2026-03-01\n";
    let (table, mapping) = (written(&folder, "table.csv", table), written(&folder, "mapping.toml", METRICS));
    import(&server, &table, &mapping, &[]);
    let first = events(&server, &["--kind", "MetricReported"])[0]["submission"]["eventId"].as_str().unwrap().to_owned();
    let retraction = format!(
        "{{subject: ledgers/deal/instruments/truce, recorded_at: 2026-03-02T00:00:00Z, event_retracted: {{event: {first}, by: RETRACTOR_SOURCE, reason: withdrawn}}}}"
    );
    let mut record = entente(&["record", "-"]);
    record.env("ENTENTE_SERVER", &server.address);
    let output = with_input(record, &retraction);
    assert!(output.status.success(), "{}", stderr(&output));
    let (code, said) = import(&server, &table, &mapping, &["--recorded-at", "2026-03-03"]);
    assert!(code == Some(0) && said.contains("1 new, 0 changed"), "{said}");
    let recorded = events(&server, &["--kind", "MetricReported"]);
    assert_eq!(recorded.len(), 2);
    assert_ne!(recorded[1]["submission"]["eventId"], first.as_str());
    assert!(recorded[1]["submission"].get("supersedes").is_none());
}

#[test]
fn the_categories_of_phase_one_can_be_imported_by_whoever_has_them() {
    let server = Process::start("serve");
    let root = env!("CARGO_MANIFEST_DIR");
    let create = ["create", "phase-one", "--kind", "replay", "--recorded-at", "2020-01-15", "--title", "Phase One"];
    assert!(server.client(&create).status.success());
    assert!(server.client(&["record", &format!("{root}/data/phase-one/events")]).status.success());
    let folder = tempfile::tempdir().unwrap();
    // Made-up figures.
    let table = "month,category,series,value,unit,published\n\
        2020-01,agriculture,us-exports,1.25,busd,2022-03-01\n2020-01,services,us-services,2500,musd,2022-03-01\n\
        2020-02,agriculture,us-exports,,busd,2022-03-01\n";
    let table = written(&folder, "categories.csv", table);
    let mapping = PathBuf::from(format!("{root}/data/phase-one/categories.mapping.toml"));
    let (code, said) = import(&server, &table, &mapping, &[]);
    assert!(code == Some(0) && said.contains("2 new"), "{said}");
    let farm = stdout(&server.client(&["status", "agriculture", "--as-of", "2022-03-02"]));
    assert!(farm.contains("y2020: UNVERIFIED (Q13), 1.25 of 33.4 busd"), "{farm}");
    let services = stdout(&server.client(&["status", "services", "--as-of", "2022-03-02"]));
    assert!(services.contains("2.5 of 68.9 busd"), "{services}");
}

#[test]
fn a_mapping_that_is_wrong_is_told_before_anything_is_read() {
    let server = deal("live");
    let folder = tempfile::tempdir().unwrap();
    let mapping = written(&folder, "mapping.toml", &METRICS.replace("series = \"customs\"", "serie = \"customs\""));
    let (code, said) = import(&server, Path::new("/nowhere.csv"), &mapping, &[]);
    assert_eq!(code, Some(1));
    assert!(said.contains("unknown field `serie`"), "{said}");
}
