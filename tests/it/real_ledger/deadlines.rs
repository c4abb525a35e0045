//! The truce's clocks: what runs out in November 2026 and January 2027, in whose words, and what comes back.

use entente::domain::{MomentForm, Slug};
use entente::views::{Consequence, Deadline, DeadlineKind, deadlines};

use super::{TRUCE, at};

/// Every deadline of the truce in a window, as known at an instant, by time and commitment.
fn truce(from: &str, until: &str, known_at: &str) -> Vec<Deadline> {
    let docket = &TRUCE.docket;
    let known = docket.known_at(at(known_at));
    let ids = docket.dossiers().map(entente::domain::Dossier::commitment);
    let mut all: Vec<Deadline> = ids.flat_map(|id| deadlines(docket, id, at(from), Some(at(until)), known)).collect();
    all.sort_by(|a, b| (a.at, &a.commitment).cmp(&(b.at, &b.commitment)));
    all
}

/// The lapses among them: instant, commitment, reading.
fn lapses(deadlines: &[Deadline]) -> Vec<(String, &str, &str)> {
    let lapses = deadlines.iter().filter(|deadline| deadline.kind == DeadlineKind::Lapse);
    lapses.map(|it| (it.at.to_string(), it.commitment.as_str(), it.reading.as_deref().unwrap_or("-"))).collect()
}

#[track_caller]
fn assert_lapses(found: &[Deadline], expected: &[(&str, &str, &str)]) {
    let expected: Vec<_> =
        expected.iter().map(|(instant, id, reading)| ((*instant).to_owned(), *id, *reading)).collect();
    assert_eq!(lapses(found), expected);
}

#[test]
fn the_lapses_of_november_2026_as_known_before_anybody_spoke_of_an_extension() {
    let found = truce("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", "2026-09-01T00:00:00Z");
    assert_lapses(
        &found,
        &[
            ("2026-11-09T16:00:00Z", "cn-24pct-suspension", "one-year"),
            ("2026-11-09T16:00:00Z", "cn-port-fees-suspension", "base"),
            ("2026-11-09T16:00:00Z", "rare-earth-suspension", "until"),
            ("2026-11-10T03:59:00Z", "us-301-exclusions", "base"),
            ("2026-11-10T04:59:00Z", "us-301-exclusions", "eastern-time"),
            ("2026-11-10T05:00:00Z", "us-301-exclusions", "fact-sheet"),
            ("2026-11-10T05:00:00Z", "us-affiliates-rule-suspension", "-"),
            ("2026-11-10T05:00:00Z", "us-port-fees-suspension", "-"),
            ("2026-11-10T05:01:00Z", "cn-24pct-suspension", "base"),
            ("2026-11-10T05:01:00Z", "us-reciprocal-duty-suspension", "-"),
            ("2026-11-10T16:00:00Z", "cn-exclusions", "us-order"),
            ("2026-11-10T16:00:00Z", "cn-port-fees-suspension", "through-10"),
            ("2026-11-10T16:00:00Z", "rare-earth-suspension", "base"),
            ("2026-11-26T16:00:00Z", "gallium-germanium-suspension", "until"),
            ("2026-11-27T16:00:00Z", "gallium-germanium-suspension", "base"),
        ],
    );
    // Nothing of the truce runs to January, then.
    let january = truce("2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z", "2026-09-01T00:00:00Z");
    assert_lapses(&january, &[]);
}

#[test]
fn the_extension_adds_january_and_takes_nothing_of_november_away() {
    let known = "2026-10-31T00:00:00Z";
    let november = truce("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", known);
    assert_eq!(lapses(&november).len(), 15, "the base text still ends in November");
    let rule = november.iter().find(|it| it.commitment.as_str() == "us-affiliates-rule-suspension").unwrap();
    assert_eq!(rule.reading.as_deref(), Some("base"), "no longer the only reading");
    let january = truce("2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z", known);
    assert_lapses(
        &january,
        &[
            ("2027-01-10T05:00:00Z", "us-affiliates-rule-suspension", "extended"),
            ("2027-01-10T05:00:00Z", "us-port-fees-suspension", "extended"),
            ("2027-01-10T16:00:00Z", "cn-24pct-suspension", "extended"),
            ("2027-01-10T16:00:00Z", "cn-port-fees-suspension", "extended"),
            ("2027-01-10T16:00:00Z", "rare-earth-suspension", "extended"),
        ],
    );
}

#[test]
fn one_minute_past_one_in_shanghai_and_one_past_midnight_in_new_york_are_one_instant() {
    let found = truce("2026-11-10T05:01:00Z", "2026-11-10T05:01:01Z", "2026-10-31T00:00:00Z");
    let words: Vec<(&str, String)> = found
        .iter()
        .map(|it| match it.said.form() {
            MomentForm::Local { at, zone } => (zone.name(), at.to_string()),
            other => panic!("{other:?} is not a local time"),
        })
        .collect();
    assert_eq!(
        words,
        [("Asia/Shanghai", "2026-11-10T13:01:00".to_owned()), ("America/New_York", "2026-11-10T00:01:00".to_owned())]
    );
    assert!(found.iter().all(|it| it.zone.local(it.at).to_string() == words_of(it)));
}

fn words_of(deadline: &Deadline) -> String {
    match deadline.said.form() {
        MomentForm::Local { at, .. } => at.to_string(),
        _ => String::new(),
    }
}

#[test]
fn a_lapse_names_what_comes_back_and_what_cannot() {
    let found = truce("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", "2026-10-31T00:00:00Z");
    let lapse = |id: &str, reading: Option<&str>| {
        let of = |it: &&Deadline| it.commitment.as_str() == id && it.reading.as_deref() == reading;
        found.iter().find(of).unwrap()
    };
    let rare_earths = lapse("rare-earth-suspension", Some("base"));
    let back: Vec<&str> = rare_earths.measures.iter().map(|it| it.measure.as_str()).collect();
    let announcements = ["55", "56", "57", "58", "61", "62"].map(|number| format!("cn-announcement-{number}"));
    assert_eq!(back, announcements);
    assert!(rare_earths.measures[1].title.as_ref().unwrap().as_str().contains("rare earths"));
    assert_eq!(rare_earths.consequence, Consequence::MeasuresComeBack);
    // The commitment as a whole is disputed before and after; the base text says that it has lapsed.
    assert!(!rare_earths.changes_status());
    let (before, after) = rare_earths.in_reading.unwrap();
    assert_ne!(before, after);
    assert!(lapse("rare-earth-suspension", Some("until")).changes_status());

    let reciprocal = lapse("us-reciprocal-duty-suspension", None);
    assert_eq!(reciprocal.consequence, Consequence::DutyEnds, "a court has voided the duty");
    assert!(reciprocal.measures.iter().all(|measure| measure.is_void));
}

#[test]
fn the_due_date_of_a_tranche_is_told_by_the_tranches_own_status() {
    let found = truce("2026-12-31T00:00:00Z", "2027-02-01T00:00:00Z", "2026-11-24T00:00:00Z");
    let of = |kind| found.iter().find(|it| it.commitment.as_str() == "soybeans" && it.kind == kind).unwrap();
    let due = of(DeadlineKind::Due);
    assert_eq!((due.at, due.target.as_ref().map(Slug::as_str)), (at("2026-12-31T16:00:00Z"), Some("t2026")));
    assert!(!due.changes_status(), "the first tranche has settled the whole");
    let (before, after) = due.of_target.unwrap();
    assert_eq!((before.as_str(), after.as_str()), ("BEHIND", "UNVERIFIED"));
    let lag = of(DeadlineKind::ReportingLag);
    assert_eq!((lag.at, lag.consequence), (at("2027-01-30T16:00:00Z"), Consequence::SilenceUnverified));
}
