//! The file of rejected lines of `entente import csv`, and what a dry run says before.

use std::path::PathBuf;

use super::running::{Process, entente, stderr, stdout, with_input};

const MAPPING: &str = r#"
kind = "MetricReported"
subject = { column = "about" }
series = "customs"
unit = "kt"
[period]
day = "day"
[value]
column = "kt"
[recorded_at]
column = "out"
[[source]]
publisher = "Customs"
"#;

/// A deal on a new server, and a folder with a mapping in it.
struct Desk {
    server: Process,
    folder: tempfile::TempDir,
}

impl Desk {
    fn new(kind: &str) -> Self {
        let server = Process::start("serve");
        let from = if kind == "replay" { &["--recorded-at", "2020-01-01"][..] } else { &[] };
        let at = if kind == "replay" { ", recorded_at: 2026-02-10T00:00:00Z" } else { "" };
        let create = ["create", "deal", "--title", "A deal", "--kind", kind];
        assert!(server.client(&[&create[..], from].concat()).status.success());
        let signed = format!(
            "{{subject: instruments/truce{at}, \
             instrument_signed: {{title: A truce, parties: [US, CN], signed_at: {{at: 2020-01-01T00:00:00Z}}}}}}"
        );
        let mut record = entente(&["record", "-"]);
        record.env("ENTENTE_SERVER", &server.address);
        let output = with_input(record, &signed);
        assert!(output.status.success(), "a subject may be given within the ledger: {}", stderr(&output));
        let desk = Desk { server, folder: tempfile::tempdir().unwrap() };
        desk.write("mapping.toml", MAPPING);
        desk
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.at(name), text).unwrap();
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.at(name)).unwrap()
    }

    fn import(&self, more: &[&str]) -> (Option<i32>, String) {
        let (table, mapping) = (self.at("table.csv"), self.at("mapping.toml"));
        let arguments = ["import", "csv", table.to_str().unwrap(), "--mapping", mapping.to_str().unwrap()];
        let output = self.server.client(&[&arguments[..], more].concat());
        (output.status.code(), stdout(&output) + &stderr(&output))
    }

    /// Line, field and value of each rejected line.
    fn rejects(&self) -> Vec<(u64, String, String)> {
        let mut reader = csv::Reader::from_path(self.at("table.csv.rejected.csv")).unwrap();
        let rows = reader.records().map(Result::unwrap);
        rows.map(|row| (row[0].parse().unwrap(), row[1].to_owned(), row[2].to_owned())).collect()
    }
}

#[test]
fn the_table_and_the_mapping_are_not_written_over() {
    let desk = Desk::new("live");
    let table = "about,day,kt,out\ninstruments/truce,2026-02-01,x,\n";
    desk.write("table.csv", table);
    std::os::unix::fs::symlink(desk.at("mapping.toml"), desk.at("link")).unwrap();
    std::fs::hard_link(desk.at("table.csv"), desk.at("same")).unwrap();
    for (name, what) in [("table.csv", "the table"), ("same", "the table"), ("link", "the mapping")] {
        for more in [&[][..], &["--dry-run"]] {
            let (code, said) = desk.import(&[&["--rejects", desk.at(name).to_str().unwrap()], more].concat());
            assert!(code == Some(1) && said.contains(what), "{name}: {said}");
        }
    }
    assert_eq!((desk.text("table.csv").as_str(), desk.text("mapping.toml").as_str()), (table, MAPPING));
}

#[test]
fn a_file_that_cannot_be_made_is_named_once_and_before_anything_is_recorded() {
    let desk = Desk::new("live");
    desk.write("table.csv", "about,day,kt,out\ninstruments/truce,2026-02-01,5,\n");
    let (code, said) = desk.import(&["--rejects", "/proc/nope/x"]);
    assert_eq!(code, Some(1), "{said}");
    assert_eq!(said.matches("/proc/nope/x").count(), 1, "{said}");
    assert!(said.starts_with("entente: --rejects /proc/nope/x: ") && !said.contains("table.csv"), "{said}");
    assert!(stdout(&desk.server.client(&["read", "--kind", "MetricReported"])).starts_with("no event matches"));
    let lost = desk.at("lost.csv");
    let missing = desk.server.client(&[
        "import",
        "csv",
        lost.to_str().unwrap(),
        "--mapping",
        desk.at("mapping.toml").to_str().unwrap(),
    ]);
    assert_eq!(stderr(&missing).matches("No such file").count(), 1, "{}", stderr(&missing));
}

#[test]
fn an_import_without_rejects_takes_the_file_of_an_earlier_one_away() {
    let desk = Desk::new("live");
    desk.write("table.csv", "about,day,kt,out\ninstruments/truce,2026-02-01,x,\n");
    assert_eq!(desk.import(&[]).0, Some(3));
    assert_eq!(desk.rejects(), [(2, "kt".to_owned(), "x".to_owned())]);
    desk.write("table.csv", "about,day,kt,out\ninstruments/truce,2026-02-01,5,\n");
    assert_eq!(desk.import(&[]).0, Some(0));
    assert!(!desk.at("table.csv.rejected.csv").exists());
    desk.write("table.csv.rejected.csv", "my notes\n");
    assert_eq!(desk.import(&[]).0, Some(0));
    assert_eq!(desk.text("table.csv.rejected.csv"), "my notes\n", "what is none of an import's stays");
}

#[test]
fn rejected_lines_stand_in_order_and_name_the_column() {
    let desk = Desk::new("replay");
    // Lines 2 and 5 are of one figure, line 3 goes back, line 4 and 7 cannot be read, line 6 is about nothing.
    desk.write(
        "table.csv",
        "about,day,kt,out\n\
         instruments/truce,2026-02-01,1,2026-03-01\n\
         instruments/truce,2026-02-02,2,2026-01-01\n\
         instruments/truce,2026-02-03,x,2026-03-01\n\
         instruments/truce,2026-02-01,3,2026-03-01\n\
         commitments/nothing,2026-02-04,4,2026-03-02\n\
         instruments/truce,someday,5,2026-03-01\n",
    );
    let (code, said) = desk.import(&[]);
    assert_eq!(code, Some(3), "{said}");
    let told = |line: u64, field: &str, value: &str| (line, field.to_owned(), value.to_owned());
    let expected = [
        told(2, "", ""),
        told(3, "out", "2026-01-01T23:59:59Z"),
        told(4, "kt", "x"),
        told(5, "", ""),
        told(6, "subject", ""),
        told(7, "day", "someday"),
    ];
    assert_eq!(desk.rejects(), expected, "{said}");
}

#[test]
fn a_dry_run_marks_what_the_ledger_would_refuse() {
    let desk = Desk::new("replay");
    desk.write(
        "table.csv",
        "about,day,kt,out\n\
         instruments/truce,2026-02-02,2,2026-01-01\n\
         instruments/truce,2026-02-03,3,2026-03-01\n\
         commitments/nothing,2026-02-04,4,2026-03-02\n\
         instruments/truce,2026-02-05,5,2026-03-03\n",
    );
    let (code, said) = desk.import(&["--dry-run"]);
    assert_eq!(code, Some(3), "{said}");
    let lines: Vec<&str> = said.lines().collect();
    assert!(
        lines[0].starts_with("! instruments/truce customs 2026-02-02: recorded at 2026-01-01T23:59:59Z, before"),
        "{said}"
    );
    assert_eq!(lines[1], "+ instruments/truce customs 2026-02-03: 3 kt");
    assert!(lines[2].starts_with("! commitments/nothing customs 2026-02-04: "), "{said}");
    assert_eq!(lines[3], "+ instruments/truce customs 2026-02-05: 5 kt");
    assert!(lines[4].contains("it would be 2 new, 0 changed, 0 unchanged, 2 rejected"), "{said}");
    assert!(stdout(&desk.server.client(&["read", "--kind", "MetricReported"])).starts_with("no event matches"));
}

#[test]
fn a_live_ledger_does_not_read_the_record_times_of_a_mapping() {
    let desk = Desk::new("live");
    desk.write("table.csv", "about,day,kt,out\ninstruments/truce,2026-02-01,5,not yet\n");
    let (code, said) = desk.import(&[]);
    assert!(code == Some(0) && said.contains("1 new"), "{said}");
    desk.write("table.csv", "about,day,kt\ninstruments/truce,2026-02-02,5\n");
    let (code, said) = desk.import(&[]);
    assert!(code == Some(0) && said.contains("1 new"), "the column need not be there: {said}");
}

#[test]
fn what_is_no_table_is_named_and_commands_no_terminal() {
    let desk = Desk::new("live");
    let utf_16: Vec<u8> = "\u{feff}about,day\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cases: [(&[u8], &str); 6] = [
        (b"", "the table is empty"),
        (b"\n\n", "the table is empty"),
        (&utf_16, "the table is UTF-16; save it as CSV in UTF-8"),
        (b"\x1b[31mabout,d\x07ay\n", "its columns are \\u{1b}[31mabout, d\\u{7}ay"),
        (b"\x80\x9b\xc3\x28,\xff\x1b\n1,2\n", "has a header that is not UTF-8"),
        (b"\x7fELF\x02\x01\0\0\0", "zero bytes"),
    ];
    for (table, why) in cases {
        desk.write("table.csv", table);
        let (code, said) = desk.import(&[]);
        assert!(code == Some(1) && said.contains(why), "{why}: {said}");
        assert!(!said.chars().any(|sign| sign.is_control() && sign != '\n'), "{said:?}");
    }
    for (items, why) in [
        (&b"\x1b[31mcodes,\x07\n1\n"[..], "\\u{1b}[31mcodes"),
        (&utf_16, "is UTF-16; save it as CSV in UTF-8"),
        (b"", "is empty"),
        (b"code,\xff\n", "is not UTF-8"),
    ] {
        desk.write("items.csv", items);
        let output = desk.server.client(&["exposure", "--items", desk.at("items.csv").to_str().unwrap()]);
        let said = stderr(&output);
        assert!(output.status.code() == Some(1) && said.contains(why), "{why}: {said}");
        assert!(!said.chars().any(|sign| sign.is_control() && sign != '\n'), "{said:?}");
    }
}
