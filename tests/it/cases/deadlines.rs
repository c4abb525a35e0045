//! Deadlines of the worked examples: which clocks they have, in which words, and what hangs on them.

use std::path::Path;

use entente::domain::{Instant, Position};
use entente::views::{Deadline, deadlines_of};

use super::example::docket_of;

/// Every deadline of an example from an instant on, as known with everything recorded.
fn deadlines(id: &str, from: &str) -> Vec<Deadline> {
    let file = super::read(Path::new(super::WORKED_EXAMPLES));
    let example = file["examples"].as_array().unwrap().iter().find(|example| example["id"] == id).unwrap();
    let read = docket_of(example).unwrap();
    let dossier = read.docket.dossier(&read.commitment).unwrap();
    let from = Instant::parse(from).unwrap();
    deadlines_of(dossier, &read.counterpart, from, None, Position::new(read.docket.head().get()))
}

/// A deadline in one line: instant, clock, reading, consequence, and `*` where it changes lifecycle or status.
fn line(deadline: &Deadline) -> String {
    let of = deadline.target.as_ref().map_or_else(String::new, |target| format!(" of {target}"));
    let reading = deadline.reading.as_ref().map_or_else(String::new, |reading| format!(" in {reading}"));
    let change = if deadline.changes_status() { " *" } else { "" };
    format!("{} {}{of}{reading}: {}{change}", deadline.at, deadline.kind, deadline.consequence)
}

/// What is said of the clocks of an example, from an instant on.
fn check(id: &str, from: &str, expected: &[&str]) {
    let lines: Vec<String> = deadlines(id, from).iter().map(line).collect();
    assert_eq!(lines, expected, "{id}");
}

#[test]
fn duties_in_time_lapse_snap_back_or_are_ended_and_their_cures_run_out() {
    // An extension known before the old end leaves one interval: the old end is no deadline.
    check(
        "S04",
        "2026-01-01T00:00:00Z",
        &["2026-10-20T03:00:00Z AMENDMENT: TERMS_CHANGE", "2027-11-10T16:00:00Z LAPSE: MEASURES_COME_BACK *"],
    );
    // One known after it leaves a gap.
    check(
        "S05",
        "2026-01-01T00:00:00Z",
        &[
            "2026-11-10T16:00:00Z LAPSE: MEASURES_COME_BACK *",
            "2026-11-14T02:00:00Z AMENDMENT: TERMS_CHANGE *",
            "2027-11-10T16:00:00Z LAPSE: MEASURES_COME_BACK *",
        ],
    );
    check(
        "S11",
        "2026-03-10T00:00:00Z",
        &["2026-04-01T00:00:00Z WAIVER_END: DUTY_RESUMES *", "2026-11-10T16:00:00Z LAPSE: MEASURES_COME_BACK *"],
    );
    check("S13", "2026-01-01T00:00:00Z", &["2026-08-31T00:00:00Z SNAPBACK: MEASURES_COME_BACK *"]);
    check(
        "S15",
        "2026-01-01T00:00:00Z",
        &[
            "2026-03-10T00:00:00Z COUNTERPART: EVIDENCE_CHANGES *",
            "2026-03-18T00:00:00Z COUNTERPART: EVIDENCE_CHANGES *",
            "2026-11-10T16:00:00Z LAPSE: MEASURES_COME_BACK *",
        ],
    );
    check("S17", "2026-01-01T00:00:00Z", &["2026-06-20T00:00:00Z TERMINATION: MEASURES_COME_BACK *"]);
    // The cure period runs from the notice of 20 March, not from the breach.
    check(
        "S19",
        "2026-03-10T00:00:00Z",
        &["2026-03-25T00:00:00Z CURE_END: BREACH_STANDS *", "2026-11-10T16:00:00Z LAPSE: MEASURES_COME_BACK *"],
    );
}

#[test]
fn tranches_fall_due_in_each_reading_until_one_is_adopted() {
    check(
        "Q12",
        "2025-12-16T00:00:00Z",
        &[
            "2025-12-31T16:00:00Z DUE of t in base: NO_LONGER_COUNTS *",
            "2025-12-31T16:00:00Z RECORD_EFFECTIVE: EVIDENCE_CHANGES *",
            "2026-02-14T16:00:00Z REPORTING_LAG of t in base: NOTHING",
            "2026-02-28T16:00:00Z DUE of t in season: NO_LONGER_COUNTS *",
            "2026-02-28T16:00:00Z RECORD_EFFECTIVE: EVIDENCE_CHANGES *",
            "2026-03-20T00:00:00Z READING in season: TERMS_CHANGE *",
            "2026-04-14T16:00:00Z REPORTING_LAG of t: NOTHING",
        ],
    );
    // 31 excused days move the due date from June to July.
    check(
        "Q15a",
        "2026-03-01T00:00:00Z",
        &[
            "2026-03-31T16:00:00Z EXCUSE_END: DUTY_RESUMES *",
            "2026-07-31T16:00:00Z DUE of h1: NO_LONGER_COUNTS *",
            "2026-07-31T16:00:00Z RECORD_EFFECTIVE: EVIDENCE_CHANGES *",
            "2026-09-14T16:00:00Z REPORTING_LAG of h1: NOTHING",
        ],
    );
    // What is terminated does not fall due.
    check("Q16a", "2026-03-01T00:00:00Z", &["2026-06-15T00:00:00Z TERMINATION: DUTY_ENDS *"]);
}

#[test]
fn acts_fall_due_are_cured_reported_and_kept_to_the_end() {
    check(
        "A02",
        "2025-12-01T00:00:00Z",
        &["2025-12-31T16:00:00Z DUE: NO_LONGER_COUNTS *", "2026-01-14T16:00:00Z REPORTING_LAG: SILENCE_NOT_MET *"],
    );
    check(
        "A03",
        "2025-12-01T00:00:00Z",
        &[
            "2025-12-31T16:00:00Z DUE: COUNTS_AS_LATE *",
            "2026-01-14T16:00:00Z REPORTING_LAG: FIGURES_OVERDUE *",
            "2026-01-30T15:59:59Z RECORD_EFFECTIVE: EVIDENCE_CHANGES *",
            "2026-01-30T16:00:00Z CURE_END: NOTHING *",
            "2026-02-13T16:00:00Z LAST_REPORTING_LAG: NOTHING",
        ],
    );
    check("A05a", "2026-05-02T00:00:00Z", &["2026-11-10T16:00:00Z PERSISTENCE_END: DUTY_ENDS *"]);
}

#[test]
fn periods_end_mature_and_run_out_of_their_lag() {
    check(
        "C06",
        "2026-05-01T00:00:00Z",
        &[
            "2026-05-10T16:00:00Z REPORTING_LAG of q1: NOTHING",
            "2026-06-30T16:00:00Z PERIOD_END of q2: PERIOD_JUDGED",
            "2026-08-09T16:00:00Z REPORTING_LAG of q2: SILENCE_UNVERIFIED *",
            "2026-09-30T16:00:00Z PERIOD_END of q3: PERIOD_JUDGED",
            "2026-11-09T16:00:00Z REPORTING_LAG of q3: SILENCE_UNVERIFIED",
            "2026-12-31T16:00:00Z PERIOD_END of q4: PERIOD_JUDGED *",
            "2027-02-09T16:00:00Z REPORTING_LAG of q4: SILENCE_UNVERIFIED",
        ],
    );
    check(
        "L02",
        "2026-02-01T00:00:00Z",
        &[
            "2026-02-28T16:00:00Z PERIOD_END of feb: PERIOD_JUDGED *",
            "2026-03-17T16:00:00Z MATURITY of jan: PERIOD_JUDGED",
            "2026-04-14T16:00:00Z MATURITY of feb: PERIOD_JUDGED",
            "2026-04-16T16:00:00Z REPORTING_LAG of jan: SILENCE_UNVERIFIED *",
            "2026-05-14T16:00:00Z REPORTING_LAG of feb: SILENCE_UNVERIFIED",
        ],
    );
}
