//! Events of the real ledger in other formats.

use entente::exchange::sheet::{ASSESSMENTS, CsvSheet, EVENTS, TRANCHES, assessment_row, event_row, tranche_rows};
use entente::exchange::{cloud_event, event_lines};
use entente::proto::{json, v1};

use crate::server::stamp;

fn event() -> v1::Event {
    let submission = json::from_json(&serde_json::json!({
        "eventId": "20000000-0000-4000-8000-000000000001",
        "subject": "ledgers/deal/commitments/soybeans",
        "sources": [{"publisher": "USDA, \"weekly\"", "class": "SOURCE_CLASS_OBLIGEE_OFFICIAL"}],
        "note": "two\nlines",
        "amountReported": {"series": "us-esr", "basis": "BASIS_SOLD", "from": "2026-01-02", "through": "2026-01-08",
            "value": "12.5", "unit": "kt", "covers": true, "bound": "BOUND_EXACT"},
    }));
    v1::Event {
        name: "ledgers/deal/events/7".to_owned(),
        position: 7,
        recorded_at: Some(stamp("2026-01-15T13:30:00Z")),
        recorded_by: "local".to_owned(),
        kind: v1::EventKind::AmountReported.into(),
        family: v1::Family::Observations.into(),
        submission: Some(submission.unwrap()),
        append_through: 7,
    }
}

#[test]
fn a_cloud_event_has_what_the_format_requires() {
    let cloud = cloud_event::of(&event()).unwrap();
    let attribute = |name: &str| cloud[name].as_str().unwrap_or_default();
    assert_eq!(attribute("specversion"), "1.0");
    assert_eq!(attribute("id"), "20000000-0000-4000-8000-000000000001");
    assert_eq!(attribute("source"), "ledgers/deal");
    assert_eq!(attribute("type"), "entente.v1.AmountReported");
    assert_eq!(attribute("time"), "2026-01-15T13:30:00Z");
    assert_eq!(attribute("subject"), "ledgers/deal/commitments/soybeans");
    assert_eq!(attribute("sequence"), "00000000000000000007");
    assert_eq!(cloud["data"]["amountReported"]["value"], "12.5");
    for name in cloud.as_object().unwrap().keys() {
        let allowed = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        assert!(allowed && name.len() <= 20, "{name} is no name of an attribute");
    }
}

#[test]
fn a_line_of_json_is_the_event_again() {
    let event = event();
    let line = event_lines::to_line(&event).unwrap();
    let back: Vec<v1::Event> =
        event_lines::EventLines::new(format!("\n{line}\n\n").as_bytes()).collect::<Result<_, _>>().unwrap();
    assert_eq!(back, std::slice::from_ref(&event));
    let replayed = event_lines::replayed(&event);
    assert_eq!(replayed.recorded_at, event.recorded_at, "an event without a record time is given its own");
    let wrong = event_lines::EventLines::new("{}\n{\"positoin\": 3}".as_bytes()).nth(1).unwrap().unwrap_err();
    assert!(wrong.to_string().starts_with("line 2: not an event of entente.v1: positoin"), "{wrong}");
}

#[test]
fn a_sheet_is_read_back_as_it_was_written() {
    let row = event_row(&event()).unwrap();
    let mut bytes = Vec::new();
    let mut sheet = CsvSheet::new(&mut bytes, EVENTS).unwrap();
    sheet.row(&row).unwrap();
    sheet.finish().unwrap();
    drop(sheet);
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let header = reader.headers().unwrap().clone();
    let record = reader.records().next().unwrap().unwrap();
    let cell = |name: &str| &record[header.iter().position(|column| column == name).unwrap()];
    assert_eq!(cell("position"), "7");
    assert_eq!(cell("recorded_at"), "2026-01-15T13:30:00Z");
    assert_eq!(cell("publisher"), "USDA, \"weekly\"");
    assert_eq!(cell("class"), "OBLIGEE_OFFICIAL");
    assert_eq!(cell("note"), "two\nlines");
    let payload: serde_json::Value = serde_json::from_str(cell("payload")).unwrap();
    assert_eq!(payload["unit"], "kt");
}

#[test]
fn every_row_has_a_cell_for_every_column() {
    let assessment = |numbers| v1::BoardLine {
        assessment: Some(v1::Assessment { numbers: Some(numbers), ..v1::Assessment::default() }),
        ..v1::BoardLine::default()
    };
    use v1::assessment::Numbers;
    let latest = Some(v1::Flow { performed: "1".to_owned(), ..v1::Flow::default() });
    let pledge = v1::PurchaseNumbers {
        latest,
        tranches: vec![v1::TrancheAssessment::default()],
        ..v1::PurchaseNumbers::default()
    };
    let lines = [
        v1::BoardLine::default(),
        assessment(Numbers::Maintenance(v1::MaintenanceNumbers::default())),
        assessment(Numbers::Purchase(v1::PurchaseNumbers::default())),
        assessment(Numbers::Purchase(pledge)),
        assessment(Numbers::Act(v1::ActNumbers::default())),
        assessment(Numbers::Periodic(v1::PeriodicNumbers::default())),
    ];
    for line in &lines {
        assert_eq!(assessment_row(line).len(), ASSESSMENTS.len(), "{line:?}");
        assert!(tranche_rows(line).iter().all(|row| row.len() == TRANCHES.len()), "{line:?}");
    }
    assert_eq!(lines.iter().map(|line| tranche_rows(line).len()).sum::<usize>(), 1);
    assert_eq!(event_row(&v1::Event::default()).unwrap().len(), EVENTS.len());
}
